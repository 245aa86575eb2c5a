// Whether a job that has ended did what it was told: all of its I/O, or its runtime, and not much longer. Pure
// functions over jobs that stand still.
#pragma once

#include <cstdint>
#include <vector>

#include "core/no_io.h"
#include "core/workload/job_context.h"
#include "core/workload/workload.h"

namespace zoneknot::core {

enum class JobEnd : std::uint8_t {
  as_told,  // also with an error, or by a stop
  early,    // without an error, below its I/O total; time_based: before its runtime
  late,     // it still issued I/O a second after its runtime
};

struct JobEnding {
  JobEnd end = JobEnd::as_told;
  std::uint64_t bytes = 0;       // of its I/O, what it read back to verify included
  std::uint64_t bytes_told = 0;  // of which there is a place; 0: none were told
  std::uint64_t ran_ns = 0;      // late: until its last I/O was issued
  std::uint64_t runtime_ns = 0;  // 0: no runtime
};

// A job still issues I/O after its runtime if that is more than this: it may be about to when the time is over.
inline constexpr std::uint64_t kLateNs = 1'000'000'000;

// READs, WRITEs and TRIMs, also those that failed; a SYNC goes to no zone.
std::uint64_t ios_done(const JobContext& job);

// Of a job without any, that did not fail either; the execution may have been ended at any moment.
NoIo why_no_io(const JobContext& job);

// Job `index` of a workload whose jobs have all ended. More is not asked of a job than there is a place for: readers
// need data, sequential jobs come by each zone's capacity once.
JobEnding how_it_ended(const Workload& workload, std::size_t index);

}  // namespace zoneknot::core
