// The seam through which a run is watched. The Runtime tells of every task, lock and wait; core tells of what happens
// to every I/O and of assertions of the historic program that failed. Each call is made on the task's own stack, so an
// implementation for threads sees calls of different tasks at the same time.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/io_engine.h"
#include "core/runtime.h"

namespace zoneknot::core {

enum class WaitKind : std::uint8_t {
  lock,        // object: LockId
  completion,  // a reap that has too few ended I/Os
  timer,       // a sleep
  join,        // object: TaskId
  condition,   // object: ConditionId
  semaphore,   // object: SemaphoreId
};

struct Wait {
  WaitKind kind = WaitKind::lock;
  std::uint32_t object = kNoId;
  // completion: enough I/Os are under way at a device that answers. Always true for timer.
  bool can_end = true;
  bool timed = false;       // lock, condition, semaphore: a time-out ends it
  LockId released = kNoId;  // condition: the lock that was given back for it
  bool shared = false;      // lock: a share of it
};

// The life of an IoUnit: prepare (adjusted, zone taken) → queue → commit → complete → reap → put.
enum class IoStep : std::uint8_t { prepare, queue, commit, complete, reap, put, requeue };

struct IoEvent {
  IoStep step = IoStep::prepare;
  Direction direction = Direction::read;
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t unit = 0;   // slot of the job, 0 … iodepth-1
  bool holds_zone = false;  // the unit owns an acquisition of its zone's lock
  int error = 0;            // errno value, for queue, complete and reap
};

class LockObserver {
 public:
  LockObserver() = default;
  virtual ~LockObserver() = default;
  LockObserver(const LockObserver&) = delete;
  LockObserver& operator=(const LockObserver&) = delete;

  virtual void task_started(TaskId task, std::string_view name) = 0;
  // The task has left its body; what it still owns it owns for ever.
  virtual void task_ended(TaskId task, Site site) = 0;

  virtual void lock_created(LockId lock, const LockInfo& info) = 0;
  // lock() was called: it may wait. Before it does, and before lock_acquired if it need not wait. Not told for
  // try_lock, which never waits.
  virtual void lock_requested(TaskId task, LockId lock, Site site) = 0;
  virtual void lock_acquired(TaskId task, LockId lock, Site site) = 0;
  // lock() has got the lock without a wait. The same as the two above at this moment, at the price of one.
  virtual void lock_taken(TaskId task, LockId lock, Site site) {
    lock_requested(task, lock, site);
    lock_acquired(task, lock, site);
  }
  // unlock() was called. False: the task did not own the lock, and the Runtime must leave it alone.
  virtual bool lock_released(TaskId task, LockId lock, Site site) = 0;

  // A share of a reader-writer lock: requested, had, given back; as above.
  virtual void shared_requested(TaskId /*task*/, LockId /*lock*/, Site /*site*/) {}
  virtual void shared_acquired(TaskId /*task*/, LockId /*lock*/, Site /*site*/) {}
  virtual bool shared_released(TaskId /*task*/, LockId /*lock*/, Site /*site*/) { return true; }

  virtual void condition_created(ConditionId /*condition*/, std::string_view /*name*/) {}
  virtual void semaphore_created(SemaphoreId /*semaphore*/, std::string_view /*name*/, std::uint32_t /*count*/) {}
  // The pool's units are given back by the tasks that took them. Told before the pool is used.
  virtual void pool_declared(SemaphoreId /*pool*/) {}
  // The semaphore has so many units now.
  virtual void semaphore_changed(SemaphoreId /*semaphore*/, std::uint32_t /*count*/) {}

  virtual void wait_began(TaskId task, const Wait& wait, Site site) = 0;
  // The end of a wait for a condition variable may be told by the task that signals: it is the moment that counts.
  virtual void wait_ended(TaskId task) = 0;

  // --- What tells more than who waits: for order checkers and traces ---

  // After the child's task_started, before anything it does. Not told of a program's first task.
  virtual void task_forked(TaskId /*parent*/, TaskId /*child*/, Site /*site*/) {}
  // A join returns: `other` has ended. After the wait, if there was one.
  virtual void task_joined(TaskId /*task*/, TaskId /*other*/, Site /*site*/) {}
  // A try_lock, or a lock with a time-out, has come away without it, or without a share of it.
  virtual void lock_refused(TaskId /*task*/, LockId /*lock*/, Site /*site*/) {}
  // From here on a signal finds the task waiting. It still owns `lock`, and gives it back next.
  virtual void condition_entered(TaskId /*task*/, ConditionId /*condition*/, LockId /*lock*/, Site /*site*/) {}
  virtual void condition_signalled(TaskId /*task*/, ConditionId /*condition*/, bool /*all*/, Site /*site*/) {}
  // One of those that a signal or broadcast of `task` wakes; after condition_signalled, before the wait_ended.
  virtual void condition_woke(TaskId /*task*/, TaskId /*woken*/, ConditionId /*condition*/) {}
  // acquire() without a time-out was called: it may wait.
  virtual void semaphore_requested(TaskId /*task*/, SemaphoreId /*semaphore*/, Site /*site*/) {}
  // A unit is the task's; after the wait, if there was one, and after semaphore_changed.
  virtual void semaphore_acquired(TaskId /*task*/, SemaphoreId /*semaphore*/, Site /*site*/) {}
  // There was no unit, or none within the time.
  virtual void semaphore_refused(TaskId /*task*/, SemaphoreId /*semaphore*/, Site /*site*/) {}
  // After semaphore_changed, before a task takes one of the units.
  virtual void semaphore_released(TaskId /*task*/, SemaphoreId /*semaphore*/, std::uint32_t /*count*/, Site /*site*/) {}

  // Asked once, when a run begins. False: cell_accessed is not told in it.
  [[nodiscard]] virtual bool wants_accesses() const { return false; }
  virtual void cell_created(CellId /*cell*/, std::string_view /*name*/) {}
  // Every load is a read, every value stored a write, an update first the one and then the other. Among real threads
  // racy accesses may be told in another order than that in which they happened.
  virtual void cell_accessed(TaskId /*task*/, CellId /*cell*/, Access /*access*/, Site /*site*/) {}

  // Core tells this: an acquisition that should have been given back was dropped. `acquired` is where it was taken.
  virtual void hold_dropped(TaskId task, LockId lock, Site acquired) = 0;
  virtual void io(TaskId task, const IoEvent& event, Site site) = 0;
  // Core tells this: an assertion of the historic program fails here; `what` is a literal. The job stops.
  virtual void assertion_failed(TaskId task, std::string_view what, Site site) = 0;
};

}  // namespace zoneknot::core
