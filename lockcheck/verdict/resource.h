// What a verdict refers to: places in the source, tasks, and what tasks own and wait for. Plain values that outlive the
// run that they were read from; what they are called in a report is the report's affair (lockcheck/report/words.h).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/lock_observer.h"

namespace zoneknot::lockcheck {

// Two places are equal if they are one line of one file.
struct Place {
  std::string file{};      // empty: not known
  std::uint32_t line = 0;  // 0: not known
  std::string function{};  // its bare name; says where the line is
  std::vector<Place>
      callers{};  // of the function when the program first came there, the nearest first; mostly not known

  [[nodiscard]] bool known() const { return !file.empty() || line != 0; }
  bool operator==(const Place& other) const { return line == other.line && file == other.file; }
  auto operator<=>(const Place& other) const { return std::tie(file, line) <=> std::tie(other.file, other.line); }
};

struct TaskRef {
  core::TaskId id = core::kNoId;
  std::string name{};  // empty: no task

  [[nodiscard]] bool none() const { return name.empty(); }
  bool operator==(const TaskRef&) const = default;
};

enum class ResourceType : std::uint8_t {
  none,
  lock,
  completion,
  lost_completion,  // one that cannot come
  timer,
  task_end,
  condition,  // a signal of a condition variable
  semaphore,  // a unit of a semaphore that any task may give
  unit,       // a unit of a semaphore, as one task has it while others wait
  pool,       // a unit of a pool
  turn,       // of a reader-writer lock: to be a writer that waits for it, and comes before readers
};

// Something that a task can own, or can alone bring about, while others wait for it.
struct ResourceInVerdict {
  ResourceType kind = ResourceType::none;
  std::uint32_t id = core::kNoId;            // LockId, TaskId, ConditionId or SemaphoreId, in its own run
  std::string name{};                        // "zone 3", "worker", "changed"
  std::string lock_class{};                  // what follows is of a lock: "zone"
  std::optional<std::uint64_t> order_key{};  // the zone's number
  std::uint32_t group = 0;                   // the file's
  std::string released{};                    // a condition variable: the lock that is given back meanwhile
  bool shared = false;                       // a share of the lock, which has readers

  [[nodiscard]] bool none() const { return kind == ResourceType::none; }
};

// Whether both are the same thing of the program: numbers may differ from one run to another, names do not, and a unit
// of a semaphore is one whether or not it is known to be a pool.
bool same_resource(const ResourceInVerdict& a, const ResourceInVerdict& b);

// Acquisitions that were not given back.
struct HeldLock {
  ResourceInVerdict lock{};
  Place since{};  // the first of them
  std::uint32_t count = 0;
  std::vector<Place> taken{};  // each of them, in their order; empty: only the first is known
};

// One task's part in a deadlock, predicted or real: it owns one thing and waits for the next.
struct LinkInVerdict {
  TaskRef task{};
  ResourceInVerdict owns{};  // a lock, a unit, or the signal of a condition variable that only this task can give
  Place owned_at{};
  ResourceInVerdict waits_for{};  // what the next link owns; the last link waits for what the first one owns
  Place asked_at{};
};

// One step of a run, in words.
struct StepInVerdict {
  std::uint64_t step = 0;
  TaskRef task{};
  std::string what{};  // "lock zone 3  adjust_block:41"
  bool lasts = false;  // what it did is so at the end: a lock that is still owned, a wait, the end of a task
  bool draws = false;  // it is no scheduling point, but a random choice of the task
};

}  // namespace zoneknot::lockcheck
