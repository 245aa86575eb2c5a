#include "tools/instance/workload_report.h"

#include <array>

#include "core/workload/job_end.h"

namespace zoneknot::tools {
namespace {

// The words of zbd-utils.
std::string condition_text(core::ZoneCondition condition) {
  constexpr std::array<const char*, 8> kWords = {"not-wp", "empty", "implicit-open", "explicit-open",
                                                 "closed", "full",  "read-only",     "offline"};
  return kWords.at(static_cast<std::size_t>(condition));
}

}  // namespace

lockcheck::ZoneLookup zone_lookup(const core::Workload& workload) {
  return [&workload](std::uint32_t group, std::uint32_t index, core::TaskId owner) {
    const core::ZoneTable& table = workload.table(group);
    const core::Zone& zone = table.zone(index);
    const core::ZoneReport reported = table.device().report()[index];
    // Task 0 starts the jobs and owns no zone.
    const bool owned = owner != core::kNoId && owner > 0 && owner <= workload.job_count();
    return lockcheck::ZoneFacts{condition_text(reported.condition), zone.start, zone.wp.read(),
                                owned ? workload.unput_ios(owner - 1, zone) : 0};
  };
}

std::vector<JobResult> job_results(const core::Workload& workload, const std::vector<std::string>& task_names) {
  std::vector<JobResult> results;
  for (std::size_t i = 0; i < workload.job_count(); ++i) {
    const core::JobContext& job = workload.job(i);
    // Task 0 is the one that starts the jobs.
    results.push_back({&job.spec, task_names[i + 1], job.stats, job.error, job.aborted});
    const bool failed = job.error != 0 || job.aborted;
    if (!failed && core::ios_done(job) == 0) results.back().no_io = core::why_no_io(job);
  }
  return results;
}

std::vector<lockcheck::EndInVerdict> job_ends(const core::Workload& workload,
                                              const std::vector<std::string>& task_names) {
  std::vector<lockcheck::EndInVerdict> ends;
  for (std::size_t i = 0; i < workload.job_count(); ++i) {
    const core::JobEnding ending = core::how_it_ended(workload, i);
    if (ending.end == core::JobEnd::as_told) continue;
    ends.push_back({.task = task_names[i + 1],
                    .kind = ending.end == core::JobEnd::early ? lockcheck::EndKind::early : lockcheck::EndKind::late,
                    .bytes = ending.bytes,
                    .bytes_told = ending.bytes_told,
                    .ran_ns = ending.ran_ns,
                    .runtime_ns = ending.runtime_ns});
  }
  return ends;
}

}  // namespace zoneknot::tools
