// The smallest set of a trace's events that has what was asked for and is closed: a run that makes these events alone,
// in the order of the trace, is possible. It only grows, until reset(). In every closed set all sections of a lock but
// the last are over. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "lockcheck/offline/trace_order.h"

namespace zoneknot::lockcheck {

class TraceClosure {
 public:
  // The order must be complete, and outlive this.
  explicit TraceClosure(const TraceOrder& order);

  void reset();
  // Adds the task's events before `length`, and what they need.
  void add(core::TaskId task, std::uint32_t length);
  // How many of the task's events are in it: always its first ones.
  [[nodiscard]] std::uint32_t length(core::TaskId task) const { return task < tasks_.size() ? tasks_[task].length : 0; }
  // By task.
  [[nodiscard]] std::vector<std::uint32_t> lengths() const;
  [[nodiscard]] std::uint64_t events() const { return events_; }
  // Steps looked at since this was made: what all its work is measured in.
  [[nodiscard]] std::uint64_t work() const { return work_; }

 private:
  struct OfTask {
    std::uint32_t length = 0;
    std::uint32_t wanted = 0;
    std::uint32_t next_step = 0;
    bool queued = false;
  };

  void want(core::TaskId task, std::uint32_t length);
  void enter_section(std::uint32_t section);

  const TraceOrder& order_;
  std::vector<OfTask> tasks_;
  std::vector<core::TaskId> queue_;
  std::vector<core::TaskId> touched_tasks_;
  std::vector<std::uint32_t> last_section_;  // by lock; kNoId: none of its sections is in
  std::vector<core::LockId> touched_locks_;
  std::uint64_t events_ = 0;
  std::uint64_t work_ = 0;
};

}  // namespace zoneknot::lockcheck
