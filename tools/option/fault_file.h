// A fault plan as a user wrote it (TOML, docs/faults.md), made into the plan of the device model. Pure functions. The
// only place that knows TOML.
#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "device/model/fault_plan.h"
#include "device/model/zone_model.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// `zones`: how many the device has; a fault of a zone beyond them would never strike. Errors: such a zone, what is no
// TOML, a file without a [[fault]], a key or value that is unknown, of the wrong type, missing, or in contradiction to
// another; each with its line and column.
tl::expected<device::FaultPlan, InputError> parse_fault_file(std::string_view text, std::string_view file_name,
                                                             std::uint32_t zones = device::kMaxZones);

}  // namespace zoneknot::tools
