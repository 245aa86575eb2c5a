// Takes a trace in, event by event, and then says what is wrong with the run that it shows, or could go wrong in
// another one: broken rules, tasks that were stuck at its end, and predicted deadlocks. Needs memory for the critical
// sections, dependencies and ties between tasks of the trace, not for its events. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lockcheck/offline/lock_dependencies.h"
#include "lockcheck/offline/trace_order.h"
#include "lockcheck/offline/trace_units.h"
#include "lockcheck/order/task_segments.h"
#include "lockcheck/stuck/wait_state.h"
#include "lockcheck/trace/trace_event.h"
#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

class TraceCheck final : public TraceSink {
 public:
  // The trace must be one in which no lock has two owners: the readers see to that.
  void event(const TraceEvent& event, const TraceNames& names) override;

  // Fills word, tasks, rules, predictions and assumptions. Once, after the last event.
  void conclude(const TraceNames& names, Verdict& verdict);

  // The parts of that which tests look at.
  [[nodiscard]] const LockDependencies& dependencies() const { return dependencies_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  struct OwnedLock {
    core::LockId lock = 0;
    std::uint32_t site = 0;
    std::uint32_t section = 0;
    std::uint32_t count = 0;
    std::uint32_t dropped = 0;
  };
  struct Task {
    std::vector<OwnedLock> owned;  // in the order in which they were taken
    core::LockId requested = core::kNoId;
    std::uint32_t site = 0;  // of the request or the wait
    Position woken_by;       // while it is in a wait for a condition variable
    TaskState state = TaskState::running;
    core::Wait wait;
  };
  struct Lock {
    core::TaskId owner = core::kNoId;
    Position taken;  // by the owner
  };
  struct Semaphore {
    Position last_taken, last_added;
    std::int64_t count_change = 0;
    TraceUnits units;
  };
  struct BrokenRule {
    std::uint32_t site = 0;
    core::TaskId task = 0;
    std::string what;
    std::uint64_t count = 0;
  };

  Task& task(core::TaskId id) { return at(tasks_, id); }
  template <class Element>
  static Element& at(std::vector<Element>& all, std::uint32_t id) {
    if (id >= all.size()) all.resize(id + 1);
    return all[id];
  }

  void request(const TraceEvent& event, const TraceNames& names);
  void acquire(const TraceEvent& event);
  void release(const TraceEvent& event, const TraceNames& names);
  void refuse(const TraceEvent& event);
  void fork(const TraceEvent& event);
  void join(const TraceEvent& event);
  void wake(const TraceEvent& event);
  void use_semaphore(const TraceEvent& event, const TraceNames& names);
  void access(const TraceEvent& event);
  void begin_wait(const TraceEvent& event);
  void end(const TraceEvent& event, const TraceNames& names);
  void drop(const TraceEvent& event, const TraceNames& names);
  // Whatever a task does after it was woken comes after the wake.
  void go_on_after_wake(core::TaskId task);
  void note_dependency(core::TaskId task, core::LockId wanted, std::uint32_t site, std::uint32_t position);
  void broken(const char* rule, const TraceEvent& event, std::uint32_t site, std::string what);

  void requests_that_never_ended();
  [[nodiscard]] WaitState wait_state(const TraceNames& names) const;
  void describe_rules(const TraceNames& names, Verdict& verdict) const;
  // Whether anybody is stuck at the end.
  bool describe_tasks(const TraceNames& names, Verdict& verdict) const;

  std::vector<Task> tasks_;
  std::vector<Lock> locks_;
  std::vector<Semaphore> semaphores_;
  std::vector<Position> writes_;  // by cell: the last one
  TraceOrder order_;
  TaskSegments segments_;
  LockDependencies dependencies_;
  std::map<std::pair<std::string, std::uint32_t>, BrokenRule> rules_;  // by rule and place
  std::uint64_t events_ = 0;
};

}  // namespace zoneknot::lockcheck
