// What a run has done, printed as fio prints it: a block for each job, or for each group with group_reporting, and the
// run status. Pure functions over what the workload counted; also of a run that hung.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/job_spec.h"
#include "core/no_io.h"
#include "core/stats.h"

namespace zoneknot::tools {

struct JobResult {
  const core::JobSpec* spec = nullptr;
  std::string task;  // "first", "stress.3"
  core::Stats stats;
  int error = 0;                      // errno value
  bool aborted = false;               // an assertion of the historic program failed
  std::optional<core::NoIo> no_io{};  // it did none, and did not fail
  bool stuck = false;                 // the run hung before it came to its end: `error` says nothing
};

// A job that has not ended has run until `now_ns`.
core::Stats ended_by(core::Stats stats, std::uint64_t now_ns);

enum class RunTime : std::uint8_t { real, virtual_time };

// `now_ns`: the end of the run, for jobs that have not ended. What is counted by a virtual time is called so.
std::string run_report_text(const std::vector<JobResult>& results, std::uint64_t now_ns, RunTime time);

}  // namespace zoneknot::tools
