// What is read off a Workload for reports, in both worlds: facts about zones and the results of jobs. Called while the
// jobs stand still or have ended.
#pragma once

#include <string>
#include <vector>

#include "core/workload/workload.h"
#include "lockcheck/picture/hang_picture.h"
#include "tools/instance/run_report.h"

namespace zoneknot::tools {

// Condition and write pointer of a zone, for describe_hang(). The workload must outlive the result.
lockcheck::ZoneLookup zone_lookup(const core::Workload& workload);

std::vector<JobResult> job_results(const core::Workload& workload, const std::vector<std::string>& task_names);

// The jobs of a workload whose jobs have all ended that did not end as they were told.
std::vector<lockcheck::EndInVerdict> job_ends(const core::Workload& workload,
                                              const std::vector<std::string>& task_names);

}  // namespace zoneknot::tools
