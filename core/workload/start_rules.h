// What the program of a set of switches refuses when it starts, whatever the device holds: limits of open zones that do
// not go together, block sizes that do not fit, modes that exclude each other. Pure functions.
#pragma once

#include <optional>
#include <vector>

#include "core/fix_set.h"
#include "core/job_spec.h"

namespace zoneknot::core {

// One line, as check_job() says it; nothing if `job`, one of `jobs`, can start. check_job() comes first.
std::optional<SpecError> refused_at_start(const JobSpec& job, const std::vector<JobSpec>& jobs,
                                          const DeviceGeometry& geometry, FixSet fixes);

}  // namespace zoneknot::core
