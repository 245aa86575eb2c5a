// What of a trace must have happened before what, in every run that does the same things in the same order as far as it
// goes: the order within each task, reads after the write whose value they saw, forks and joins, wakes, units, and
// critical sections. Built event by event, in the order of the trace; keeps only what ties tasks together. Closures
// over it decide whether a predicted deadlock can be reached without changing what any task sees.
#pragma once

#include <cstdint>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

// An event of a task, counted from 0 within the task.
struct Position {
  core::TaskId task = core::kNoId;
  std::uint32_t at = 0;
  [[nodiscard]] bool valid() const { return task != core::kNoId; }
};

// From the moment a task takes a lock until it gives it back. Numbered in the order of the trace.
struct CriticalSection {
  core::LockId lock = 0;
  core::TaskId task = 0;
  std::uint32_t released_at = core::kNoId;  // kNoId: never
};

class TraceOrder {
 public:
  // What a position of a task asks for: a section that begins there, or an event of another task before it.
  struct Step {
    std::uint32_t at = 0;
    core::TaskId other = core::kNoId;  // kNoId: `what` is a section
    std::uint32_t what = 0;            // or the position of the other task
  };

  // The task's next event.
  Position next(core::TaskId task) {
    grow(task);
    return {task, lengths_[task]++};
  }
  // How many events the task has had.
  [[nodiscard]] std::uint32_t length(core::TaskId task) const { return task < lengths_.size() ? lengths_[task] : 0; }
  [[nodiscard]] std::uint32_t tasks() const { return static_cast<std::uint32_t>(lengths_.size()); }

  // `event` needs `earlier`. An event of a task that has been given one already, or the task's first one to come.
  void need(Position event, Position earlier);
  // A section that begins with `event`; its number.
  std::uint32_t begin_section(Position event, core::LockId lock);
  void end_section(std::uint32_t section, Position event) { sections_[section].released_at = event.at; }

  [[nodiscard]] const std::vector<Step>& steps(core::TaskId task) const { return steps_[task]; }
  [[nodiscard]] const CriticalSection& section(std::uint32_t section) const { return sections_[section]; }

 private:
  void grow(core::TaskId task);

  std::vector<std::uint32_t> lengths_;
  std::vector<std::vector<Step>> steps_;  // by task, by position
  std::vector<CriticalSection> sections_;
};

// The smallest set of events that has what was asked for and is closed: a run that makes these events alone, in the
// order of the trace, is possible. It only grows, until reset(). In every closed set all sections of a lock but the
// last are over.
class TraceClosure {
 public:
  // The order must be complete, and outlive this.
  explicit TraceClosure(const TraceOrder& order);

  void reset();
  // Adds the task's events before `length`, and what they need.
  void add(core::TaskId task, std::uint32_t length);
  // How many of the task's events are in it: always its first ones.
  [[nodiscard]] std::uint32_t length(core::TaskId task) const { return tasks_[task].length; }
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
