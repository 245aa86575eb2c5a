// The actors of an execution as the simulation keeps them: tasks, and pseudo-tasks with one event of their own. They
// belong to a Scheduler, which uses their memory again from execution to execution.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "core/runtime.h"
#include "sim/run/actor.h"
#include "sim/run/fiber.h"
#include "sim/run/program_state.h"
#include "sim/run/state_hash.h"

namespace zoneknot::sim {

// Who is told when an event happens.
class EventTarget {
 public:
  EventTarget() = default;
  virtual ~EventTarget() = default;
  EventTarget(const EventTarget&) = delete;
  EventTarget& operator=(const EventTarget&) = delete;

  // The event added with `cookie` has been chosen and is gone. Called on the stack of any task; must neither throw nor
  // make a visible operation.
  virtual void happened(std::uint64_t cookie) = 0;
};

struct Event : Actor {
  EventTarget* target = nullptr;
  std::uint64_t cookie = 0;
  std::uint64_t label = 0;

  [[nodiscard]] EventKey key() const { return {op.object_class, op.kind, op.object, label}; }
};

// The present wait of a task, as far as somebody or something may end it early (sim/run/timed_waits.h).
struct TimedWait {
  bool on = false;       // there is a time-out
  bool expired = false;  // it is over
  bool woken = false;    // for a condition variable: by a signal, a broadcast, or for no reason
  std::uint64_t deadline = 0;
  ActorId timeout = core::kNoId;   // the event, until it has happened
  ActorId spurious = core::kNoId;  // likewise
};

// How many tasks were created, and how many objects of each class.
using CreationCounts = std::array<std::uint32_t, kObjectClasses>;

struct Task : Actor {
  Fiber* fiber = nullptr;  // null: not started, or ended
  bool ended = false;
  std::uint32_t created_classes = 0;  // one bit for each ObjectClass of which it has created something
  CreationCounts created_by_first{};  // before the first task has started this one, or one that it comes from
  bool unwinding = false;             // Abandoned was thrown through it
  bool wait_told = false;             // the watch knows that it waits for a lock, a condition variable or a semaphore
  core::ConditionId waits_for_condition = core::kNoId;  // it is among the waiters
  Task* next_waiter =
      nullptr;  // in the list it is in: pending on one lock or semaphore, trying it, or joining one task
  Task* previous_waiter = nullptr;
  Task* first_joiner = nullptr;
  core::TaskId parent = core::kNoId;
  std::uint32_t live_children = 0;
  std::uint64_t last_step = 0;  // the step of the execution that it made last
  TimedWait timed;
  std::function<void()> body;
  std::string name;
  core::Site site;    // of the spawn
  StateHash history;  // while tracking: what it was handed, from its start or its last checkpoint on
};

// A list of tasks through next_waiter; a task is in at most one.
inline void link(Task*& first, Task& task) {
  task.next_waiter = first;
  task.previous_waiter = nullptr;
  if (first != nullptr) first->previous_waiter = &task;
  first = &task;
}

inline void unlink(Task*& first, Task& task) {
  if (task.next_waiter != nullptr) task.next_waiter->previous_waiter = task.previous_waiter;
  (task.previous_waiter != nullptr ? task.previous_waiter->next_waiter : first) = task.next_waiter;
}

}  // namespace zoneknot::sim
