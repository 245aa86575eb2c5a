// The option --fixes.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "core/fix_set.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// FixSet::parse(), with a suggestion where a name is misspelt; "fio" is the preset of the fio that is installed.
tl::expected<core::FixSet, InputError> parse_fixes(const std::string& typed);

}  // namespace zoneknot::tools
