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
    next_mark_ns_ = kSlackNs;
    last_moved_ = 0;
    sleepers_.clear();
    standing_.clear();
  }

  // Since the execution began.
  [[nodiscard]] std::uint64_t now_ns() const { return now_ns_; }
  // For a task whose way may depend on it.
  [[nodiscard]] std::uint64_t read() {
    scheduler_.note_clock_read();
    scheduler_.add_to_history(now_ns_);
    return now_ns_;
  }
  void advance(std::uint64_t duration_ns) { move_to(now_ns_ + duration_ns); }
  // Unless it is later already.
  void move_to(std::uint64_t deadline) {
    now_ns_ = std::max(now_ns_, deadline);
    last_moved_ = scheduler_.step();
    if (now_ns_ >= next_mark_ns_) pass_mark();
  }
  [[nodiscard]] std::uint64_t deadline_in(std::uint64_t duration_ns) const {
    return now_ns_ + std::min(duration_ns, UINT64_MAX - now_ns_);
  }

  // Puts the calling task to sleep. Of all sleeping tasks only the one that wakes first is a candidate.
  void sleep(std::uint64_t duration_ns, core::Site site);
  // The one that wakes first is the last.
  [[nodiscard]] const std::vector<Sleeper>& sleepers() const { return sleepers_; }

  // Time stands still while tasks go on, so a timer may fire where that is the one thing left to happen, where it is
  // due, or where tasks have made so many steps and no time has passed: they wait for it in a loop. A timely execution
  // keeps to that, and nobody who could go on stands still, or sleeps on, for as long as this.
  static constexpr std::uint64_t kSlackNs = 100'000'000;
  static constexpr std::uint64_t kStepsWithoutTime = 20'000;
  // Whether the sleeper that wakes first may wake.
  [[nodiscard]] bool may_fire() const;

 private:
  struct Standing {
    const Task* task = nullptr;
    std::uint64_t last_step = 0;
  };

  void pass_mark();

  Scheduler& scheduler_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t next_mark_ns_ = kSlackNs;
  std::uint64_t last_moved_ = 0;  // the step in which time passed last
  std::vector<Sleeper> sleepers_;
  std::vector<Standing> standing_;  // at the last mark: who could go on
};

}  // namespace zoneknot::sim
