// Virtual time of an execution, in nanoseconds: it moves only when a sleeper wakes, a wait is over or an I/O ends.
// Belongs to a Simulation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/run/scheduler.h"

namespace zoneknot::sim {

class VirtualTime {
 public:
  struct Sleeper {
    std::uint64_t deadline = 0;
    Task* task = nullptr;
  };

  explicit VirtualTime(Scheduler& scheduler) : scheduler_(scheduler) {}

  // An execution begins.
  void clear() {
    now_ns_ = 0;
    sleepers_.clear();
  }

  // Since the execution began.
  [[nodiscard]] std::uint64_t now_ns() const { return now_ns_; }
  // For a task whose way may depend on it.
  [[nodiscard]] std::uint64_t read() {
    scheduler_.note_clock_read();
    scheduler_.hear(now_ns_);
    return now_ns_;
  }
  void advance(std::uint64_t duration_ns) { now_ns_ += duration_ns; }
  // Unless it is later already.
  void move_to(std::uint64_t deadline) { now_ns_ = std::max(now_ns_, deadline); }
  [[nodiscard]] std::uint64_t deadline_in(std::uint64_t duration_ns) const {
    return now_ns_ + std::min(duration_ns, UINT64_MAX - now_ns_);
  }

  // Puts the calling task to sleep. Of all sleeping tasks only the one that wakes first is a candidate.
  void sleep(std::uint64_t duration_ns, core::Site site);
  // The one that wakes first is the last.
  [[nodiscard]] const std::vector<Sleeper>& sleepers() const { return sleepers_; }

 private:
  Scheduler& scheduler_;
  std::uint64_t now_ns_ = 0;
  std::vector<Sleeper> sleepers_;
};

}  // namespace zoneknot::sim
