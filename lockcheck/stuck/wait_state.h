// Who waits for what, at one moment, and who of them waits for ever. Plain data and a pure function over it: the
// simulator asks at every block, the watchdog of real threads when nothing moves. Nobody else in the project decides
// that a run hangs.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/lock_observer.h"
#include "core/runtime.h"

namespace zoneknot::lockcheck {

enum class TaskState : std::uint8_t { running, waiting, ended };

struct TaskWait {
  TaskState state = TaskState::running;
  core::Wait wait;  // of a waiting task
};

// What a reader-writer lock has beside an owner.
struct SharesInWaitState {
  std::vector<core::TaskId> readers;  // each once; may have ended
  bool writers_first = false;         // nobody gets a share while a writer waits
};

struct WaitState {
  std::vector<TaskWait> tasks;                   // by TaskId
  std::vector<core::TaskId> lock_owner;          // by LockId; kNoId: free. May be a task that has ended.
  std::vector<std::uint32_t> semaphore_count{};  // by SemaphoreId; one that is missing has none
  // By SemaphoreId: who has the units that are taken, each task once, if only they give them back (a pool). Nothing, or
  // missing: any task may release.
  std::vector<std::optional<std::vector<core::TaskId>>> unit_holders{};
  std::vector<SharesInWaitState> shares{};  // by LockId; missing: nobody shares it
};

struct StuckCore {
  // A smallest set of tasks that wait on each other, or on what nobody will ever give: no part of it would be stuck
  // without the rest. Empty: nobody is stuck. Where each waits on exactly one other, they are in that order, from the
  // smallest TaskId; else by TaskId. Whoever waits for a condition variable or a semaphore waits on all the others that
  // have not ended, so such a task is in the core only with all of them; whoever waits for a unit of a pool, only with
  // all that have one.
  std::vector<core::TaskId> core;
  // Stuck too, behind the core; by TaskId.
  std::vector<core::TaskId> bystanders;

  [[nodiscard]] bool empty() const { return core.empty(); }
};

// AND-OR reduction, linear in tasks, locks and holders as long as nobody shares a lock. A running task goes on; a
// waiting one can go on if what it waits for can come: a free lock, or one whose owner can go on; a reader-writer lock
// if its owner and all readers can; a share of it if its owner can, and where writers come first all writers that wait
// for it; a join whose task can end; a completion or a timer that can end; a semaphore with a unit; a unit of a pool,
// as long as one of those who have one can go on; a condition variable or any other semaphore, as long as any other
// task can go on: it might signal or release. A wait with a time-out can always go on. Everybody else is stuck. A
// circle of waits is none of this as long as one of them can end some other way.
StuckCore stuck_core(const WaitState& state);

}  // namespace zoneknot::lockcheck
