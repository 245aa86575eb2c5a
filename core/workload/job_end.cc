#include "core/workload/job_end.h"

#include <algorithm>
#include <limits>

namespace zoneknot::core {
namespace {

std::uint64_t times(std::uint64_t bytes, std::uint64_t count) {
  const bool too_much = count != 0 && bytes > std::numeric_limits<std::uint64_t>::max() / count;
  return too_much ? std::numeric_limits<std::uint64_t>::max() : bytes * count;
}

bool in_range(const Zone& zone, const Range& range) { return zone.start >= range.base && zone.start < range.end(); }

// Whole blocks between the start of each zone of the ranges and where `end` says.
template <class End>
std::uint64_t blocks_of_zones(const JobContext& job, std::uint32_t block, const End& end) {
  std::uint64_t bytes = 0;
  for (const FileOfJob& file : job.files) {
    for (std::uint32_t i = 0; i < file.table.nr_zones(); ++i) {
      const Zone& zone = file.table.zone(i);
      if (in_range(zone, file.range)) bytes += (end(zone) - zone.start) / block * block;
    }
  }
  return bytes;
}

std::uint64_t bytes_with_data(const JobContext& job) {
  return blocks_of_zones(job, job.spec.smallest_bs(), [](const Zone& zone) {
    return zone.conventional() ? zone.writable_end() : std::min(zone.wp.read(), zone.writable_end());
  });
}

std::uint64_t bytes_to_write(const JobContext& job) {
  return blocks_of_zones(job, job.spec.smallest_bs(), [](const Zone& zone) { return zone.writable_end(); });
}

// What the options ask for, as far as there is a place for it.
std::uint64_t told_bytes(const JobContext& job) {
  const JobSpec& spec = job.spec;
  const std::uint64_t size = spec.size != 0 ? spec.size : job.bytes_in_range();
  std::uint64_t told = times(spec.io_size != 0 ? spec.io_size : size, spec.loops);
  if (spec.number_ios != 0) told = std::min(told, times(times(spec.number_ios, spec.loops), spec.smallest_bs()));
  if (spec.max_ios != 0) told = std::min(told, times(spec.max_ios, spec.smallest_bs()));
  if (!spec.writes) {
    const std::uint64_t data = bytes_with_data(job);
    // Random I/O can come back to what there is, trims take it away.
    if (spec.trims) return data == 0 ? 0 : told;
    return std::min(told, spec.random && data != 0 ? told : times(data, spec.loops));
  }
  return spec.random ? told : std::min(told, times(bytes_to_write(job), spec.loops));
}

bool no_zone_takes_a_block(const JobContext& job, Direction direction) {
  for (std::uint32_t i = 0; i < job.table().nr_zones(); ++i) {
    const Zone& zone = job.table().zone(i);
    const std::uint64_t room = zone.writable_end() - zone.start;
    if (in_range(zone, job.range()) && room >= job.spec.min_bs_of(direction)) return false;
  }
  return true;
}

// Some job that raises the stop flag had ended by then.
bool may_be_stopped(const Workload& workload, const JobContext& job) {
  for (std::size_t i = 0; i < workload.job_count(); ++i) {
    const JobContext& other = workload.job(i);
    const bool ends_others = other.spec.exitall || (other.spec.exitall_on_error && other.error != 0);
    if (ends_others && &other != &job && other.stats.end_ns <= job.stats.end_ns) return true;
  }
  return false;
}

}  // namespace

std::uint64_t ios_done(const JobContext& job) { return job.ios_of_ramp + job.stats.ios_or_errors(); }

NoIo why_no_io(const JobContext& job) {
  if (job.stats.begin_ns == UINT64_MAX) return NoIo::not_begun;
  if (!job.ended) return NoIo::under_way;
  if (job.spec.create_only) return NoIo::create_only;
  if (job.loop_end == LoopEnd::stopped) return NoIo::ended_by_others;
  if (job.loop_end == LoopEnd::time_over) return NoIo::time_over;
  if (job.loop_end != LoopEnd::file_done) return NoIo::nothing_to_do;
  if (!job.out_of_blocks()) return NoIo::no_block;
  if (no_zone_takes_a_block(job, job.last_chosen)) return NoIo::block_too_large;
  if (job.last_chosen == Direction::read) return NoIo::nothing_to_read;
  return job.last_chosen == Direction::trim ? NoIo::nothing_to_trim : NoIo::no_open_zone;
}

JobEnding how_it_ended(const Workload& workload, std::size_t index) {
  const JobContext& job = workload.job(index);
  const JobSpec& spec = job.spec;
  const Stats& stats = job.stats;
  JobEnding ending{.bytes = job.bytes_done, .runtime_ns = spec.runtime_ns};
  if (job.error != 0 || job.aborted) return ending;
  const std::uint64_t last_ns = std::max(stats.last_issue_ns, stats.begin_ns) - stats.begin_ns;
  if (spec.runtime_ns != 0 && last_ns > spec.runtime_ns + spec.ramp_time_ns + kLateNs) {
    ending.end = JobEnd::late;
    ending.ran_ns = last_ns;
    return ending;
  }
  ending.ran_ns = stats.end_ns - stats.begin_ns;
  const bool time_was_over = spec.runtime_ns != 0 && ending.ran_ns >= spec.runtime_ns;
  if (!job.out_of_blocks() || time_was_over || may_be_stopped(workload, job)) return ending;
  ending.bytes_told = told_bytes(job);
  // A job that has a runtime to fill goes over its range again and again.
  const bool time_based = spec.time_based && spec.runtime_ns != 0;
  const bool early = time_based ? ending.bytes_told != 0 : ending.bytes + spec.largest_bs() <= ending.bytes_told;
  if (early) ending.end = JobEnd::early;
  return ending;
}

}  // namespace zoneknot::core
