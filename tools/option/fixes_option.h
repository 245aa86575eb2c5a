// The option --fixes. Pure functions.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "core/fix_set.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// FixSet::parse(), with a suggestion where a name is misspelt.
tl::expected<core::FixSet, InputError> parse_fixes(const std::string& text);

// "adjust-trylock, swd-skip, …".
std::string fix_names();

}  // namespace zoneknot::tools
