// Who waits for what, at one moment, and who of them waits for ever. Plain data and a pure function over it: the
// simulator asks at every block, the watchdog of real threads when nothing moves. Nobody else in the project decides
// that a run hangs.
#pragma once

#include <cstdint>
#include <vector>

#include "core/lock_observer.h"
#include "core/runtime.h"

namespace zoneknot::lockcheck {

enum class TaskState : std::uint8_t { running, waiting, ended };

struct TaskWait {
  TaskState state = TaskState::running;
  core::Wait wait;  // of a waiting task
};

struct WaitState {
  std::vector<TaskWait> tasks;                   // by TaskId
  std::vector<core::TaskId> lock_owner;          // by LockId; kNoId: free. May be a task that has ended.
  std::vector<std::uint32_t> semaphore_count{};  // by SemaphoreId; one that is missing has none
};

struct StuckCore {
  // A smallest set of tasks that wait on each other, or on what nobody will ever give, in the order in which they wait
  // on each other; empty: nobody is stuck. Whoever waits for a condition variable or a semaphore waits on all the
  // others that have not ended, so such a task is in the core only with all of them; then they are in order of TaskId.
  std::vector<core::TaskId> core;
  // Stuck too, behind the core; by TaskId.
  std::vector<core::TaskId> bystanders;

  [[nodiscard]] bool empty() const { return core.empty(); }
};

// AND-OR reduction, linear in tasks and locks. A running task goes on; a waiting one can go on if what it waits for can
// come: a free lock, or one whose owner can go on; a join whose task can end; a completion or a timer that can end; a
// semaphore with a unit; a condition variable or a semaphore, as long as any other task can go on: it might signal or
// release. A wait with a time-out can always go on. Everybody else is stuck.
StuckCore stuck_core(const WaitState& state);

}  // namespace zoneknot::lockcheck
