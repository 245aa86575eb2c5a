// A simulated device like one that was reported: geometry, limits, and conditions of the zones. Pure functions.
#pragma once

#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/zoned_device.h"
#include "tools/option/device_option.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// Fills in what `option` does not say. A simulated device has its conventional zones first and one capacity: those of
// the report are taken so.
void make_like(const core::DeviceGeometry& geometry, const std::vector<core::ZoneReport>& zones, DeviceOption& option);

// Reads a saved report: `zoneknot device --report`, as text, -csv or --format=json, or what zbd-utils print. The texts
// know no limits and no block size. `name` is the file's, for errors.
tl::expected<void, InputError> make_like_report(std::string_view text, const std::string& name, DeviceOption& option);

}  // namespace zoneknot::tools
