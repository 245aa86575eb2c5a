// What a trace shows beyond its own run: what must come before what in every run that does the same, which tasks can
// run at the same time, and which locks were waited for by the owners of which. Built event by event, for predictions;
// needs memory for the critical sections, dependencies and ties between tasks of the trace, not for its events. One
// thread.
#pragma once

#include <cstdint>
#include <vector>

#include "lockcheck/offline/lock_dependencies.h"
#include "lockcheck/offline/trace_order.h"
#include "lockcheck/order/task_segments.h"
#include "lockcheck/trace/trace_event.h"

namespace zoneknot::lockcheck {

class TraceFacts final : public TraceSink {
 public:
  // The trace must be one in which no lock has two owners: the readers see to that.
  void event(const TraceEvent& event, const TraceNames& names) override;

  // The trace has ended. A task that still asks for a lock takes part in deadlocks like one that got it.
  void finish();

  [[nodiscard]] const TraceOrder& order() const { return order_; }
  [[nodiscard]] const TaskSegments& segments() const { return segments_; }
  [[nodiscard]] const LockDependencies& dependencies() const { return dependencies_; }

 private:
  struct OwnedLock {
    core::LockId lock = 0;
    std::uint32_t site = 0;
    std::uint32_t section = 0;
    std::uint32_t count = 0;
  };
  struct Task {
    std::vector<OwnedLock> owned;  // in the order in which they were taken
    core::LockId requested = core::kNoId;
    std::uint32_t requested_at = 0;  // a place
    Position woken_by;               // while it is in a wait for a condition variable
  };
  struct Lock {
    core::TaskId owner = core::kNoId;
    Position taken;  // by the owner
  };
  struct Semaphore {
    Position last_taken, last_added;
  };

  Task& task(core::TaskId id) { return at(tasks_, id); }
  template <class Element>
  static Element& at(std::vector<Element>& all, std::uint32_t id) {
    if (id >= all.size()) all.resize(id + 1);
    return all[id];
  }

  void acquire(const TraceEvent& event);
  void release(const TraceEvent& event);
  void refuse(const TraceEvent& event);
  void fork(const TraceEvent& event);
  void join(const TraceEvent& event);
  void wake(const TraceEvent& event);
  void use_semaphore(const TraceEvent& event);
  void access(const TraceEvent& event);
  // Whatever a task does after it was woken comes after the wake.
  void go_on_after_wake(core::TaskId task);
  void note_dependency(core::TaskId task, core::LockId wanted, std::uint32_t site, std::uint32_t position);

  std::vector<Task> tasks_;
  std::vector<Lock> locks_;
  std::vector<Semaphore> semaphores_;
  std::vector<Position> writes_;  // by cell: the last one
  TraceOrder order_;
  TaskSegments segments_;
  LockDependencies dependencies_;
};

}  // namespace zoneknot::lockcheck
