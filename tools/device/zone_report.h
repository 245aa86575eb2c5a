// The report of a device's zones, as `zbd report` of zbd-utils prints it, and as JSON. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/zoned_device.h"

namespace zoneknot::tools {

// "em", "oi", "oe", "cl", "fu", "ro", "ol", "nw".
std::optional<core::ZoneCondition> condition_of_option(std::string_view word);

// Only zones in this condition are printed; nothing: all.
using ConditionFilter = std::optional<core::ZoneCondition>;

std::string report_text(const std::vector<core::ZoneReport>& zones, ConditionFilter filter);
std::string report_csv(const std::vector<core::ZoneReport>& zones, ConditionFilter filter);
std::string report_json(const core::DeviceGeometry& geometry, const std::vector<core::ZoneReport>& zones,
                        ConditionFilter filter);

}  // namespace zoneknot::tools
