// A latency profile as a user wrote it (TOML, docs/latency.md). Pure functions.
#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "device/model/latency_profile.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// Errors: what is no TOML, a key or value that is unknown, of the wrong type, out of range or out of order; each with
// its line and column.
tl::expected<device::LatencyProfile, InputError> parse_latency_file(std::string_view text, std::string_view file_name);

}  // namespace zoneknot::tools
