// The target that a command line names.
#pragma once

#include <memory>
#include <string_view>
#include <tl/expected.hpp>

#include "tools/device/target.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// `text` as of --device: sim[:key=value,…], file:PATH[,key=value,…], /dev/…. A file that holds something, and a block
// device that a script writes to, need `destroy_data`.
tl::expected<std::unique_ptr<Target>, InputError> open_target(std::string_view text, bool destroy_data);

}  // namespace zoneknot::tools
