// How fast a job goes on purpose: pauses (thinktime) and rates. A job that is ahead of its rate waits before the block
// of its next I/O is chosen: a slot is taken, no lock for that I/O, own I/O reaped first. Used by the job's task alone.
#pragma once

#include <array>
#include <cstdint>

#include "core/workload/io_pipeline.h"
#include "core/workload/job_context.h"

namespace zoneknot::core {

class Pace {
 public:
  Pace(JobContext& job, IoPipeline& pipeline);

  // Something the job does depends on when it began.
  [[nodiscard]] bool uses_time() const { return uses_time_; }

  // Waits until an I/O of `direction` is due; a mixed job may do one of the other direction instead. False: the job was
  // told to stop or its time is over, and the unit is dropped.
  bool wait_for_turn(Direction& direction) { return !counts_ || wait_until_due(direction); }

  // An I/O of so many bytes was prepared.
  void prepared(Direction direction, std::uint32_t bytes) {
    if (counts_) count(direction, bytes);
  }

  // At the end of a pass of the loop: pauses where one is due.
  void think() {
    if (job_.spec.thinktime_ns != 0) pause_if_due();
  }

  // At the end of a pass: a cycle of `rate_cycle` is over in which the job did less than its least rate.
  bool too_slow() { return counts_ && below_least_rate(); }

  // What decides the waits to come.
  void describe(StateSink& sink) const;

 private:
  bool wait_until_due(Direction& direction);
  void count(Direction direction, std::uint32_t bytes);
  void pause_if_due();
  bool below_least_rate();
  [[nodiscard]] bool has_rate(Direction direction) const;
  [[nodiscard]] std::uint64_t due_ns(Direction direction) const;
  bool sleep_until(std::uint64_t due_ns);
  [[nodiscard]] bool pause_is_due() const;
  [[nodiscard]] std::uint64_t counted_ios() const;
  [[nodiscard]] std::uint64_t since_begin_ns() const { return job_.world.clock().now_ns() - job_.stats.begin_ns; }

  JobContext& job_;
  IoPipeline& pipeline_;
  const bool uses_time_;
  const bool counts_;  // there is a rate, or a least one
  // By direction, of I/Os prepared.
  std::array<std::uint64_t, 3> bytes_{};
  std::array<std::uint64_t, 3> ios_{};
  std::uint64_t cycle_began_ns_ = 0;
  std::array<std::uint64_t, 3> bytes_before_cycle_{};
  std::array<std::uint64_t, 3> ios_before_cycle_{};
  std::uint64_t thought_ns_ = 0;     // in pauses that need not be made up for
  std::uint64_t last_pause_ns_ = 0;  // since the job began, with thinktime_iotime
  std::uint64_t ios_at_pause_ = 0;   // of those that thinktime_blocks counts, at the last pause
};

}  // namespace zoneknot::core
