// A search for a hang that shows why a proof could not establish an obligation: of the same jobs, steered to the place.
// What it finds is real; what it does not find may be.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "sim/proof/findings.h"
#include "sim/proof/world.h"
#include "tools/instance/instance.h"
#include "tools/instance/search_verdict.h"
#include "tools/prove/instance.h"

namespace zoneknot::tools {

// The instance for the search: as large as the proof's, or without a `size` the job file as it is. A single job is
// doubled; `faults` other than none give the device a fault plan.
tl::expected<Instance, InputError> instance_to_confirm(const Instance& instance, const std::optional<ProofSize>& size,
                                                       sim::ProofFaults faults);

// Searches for a hang in which a stuck task waits at the place of `broken`, or in which the same rule was broken at
// that place; else for a run that broke it. Nothing: neither was found in `executions`, or in time (empty: there is
// enough).
std::optional<sim::Conclusion> confirm(const Instance& instance, const sim::ProofBreak& broken,
                                       std::uint64_t executions, const std::function<bool()>& time_is_over);

}  // namespace zoneknot::tools
