// What of a trace must have happened before what, in every run that does the same things in the same order as far as it
// goes: the order within each task, reads after the write whose value they saw, forks and joins, wakes, units, and
// critical sections. Built event by event, in the order of the trace; keeps only what ties tasks together. Closures
// over it decide whether a predicted deadlock can be reached without changing what any task sees.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

// An event of a task, counted from 0 within the task.
struct Position {
  core::TaskId task = core::kNoId;
  std::uint32_t at = 0;
  [[nodiscard]] bool valid() const { return task != core::kNoId; }
};

// From the moment a task takes a lock, or a share of it, until that is given back. Numbered in the order of the trace.
struct CriticalSection {
  core::LockId lock = 0;
  Position taken;
  Position released;        // not valid: never
  std::uint32_t where = 0;  // in the trace: TraceFacts::where
};

// Why an event needs an earlier one of another task.
enum class Tie : std::uint8_t {
  section,  // it takes a lock, so whoever had it has given it back
  share,    // it takes a share of a lock: nothing follows from that alone
  fork,
  join,
  data,         // it reads what the other one wrote
  wake,         // one wakes the other
  unit,         // of a semaphore
  acquisition,  // it is about a lock that the other one has taken
};

class TraceOrder {
 public:
  // What a position of a task asks for.
  struct Step {
    std::uint32_t at = 0;
    std::uint32_t other : 24 = 0;  // the other task; of a section none
    Tie tie : 8 = Tie::section;
    std::uint32_t what = 0;  // the position of the other task, or the section
    std::uint32_t note = 0;  // as it was given
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
  void need(Position event, Position earlier, Tie tie, std::uint32_t note = 0);
  // A section that begins with `event`; its number.
  std::uint32_t begin_section(Position event, core::LockId lock, std::uint32_t where, Tie tie = Tie::section);
  void end_section(std::uint32_t section, Position event) { sections_[section].released = event; }

  [[nodiscard]] const std::vector<Step>& steps(core::TaskId task) const { return steps_[task]; }
  [[nodiscard]] const CriticalSection& section(std::uint32_t section) const { return sections_[section]; }
  // The section of that lock in which the task is before its event `position`; null: in none.
  [[nodiscard]] const CriticalSection* section_around(Position position, core::LockId lock) const;

 private:
  void grow(core::TaskId task);

  std::vector<std::uint32_t> lengths_;
  std::vector<std::vector<Step>> steps_;  // by task, by position
  std::vector<CriticalSection> sections_;
};

// What was read, of a way from `first` to `last` by forks, joins and data: Step::note of the data nearest to `last`.
// Nothing: there is no such way, or no data on it.
std::optional<std::uint32_t> data_between(const TraceOrder& order, Position first, Position last);

}  // namespace zoneknot::lockcheck
