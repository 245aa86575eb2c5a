// Waits that somebody else ends, or time: condition variables, semaphores, locks with a time-out. Every step is on one
// object, so that sim::dependent() tells all: a time-out is an event of its own on the object that is waited for, and
// the task that ends the wait otherwise takes that event away in a step on the same object. What a Simulation does for
// core::Runtime; belongs to it.
//
// Time is elastic here: any task may be late, so a time-out may happen at any moment after the wait began, whatever
// other deadlines there are. Virtual time then is at least its deadline.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/live_state.h"
#include "sim/run/scheduler.h"
#include "sim/run/simulated_locks.h"
#include "sim/run/virtual_time.h"

namespace zoneknot::sim {

class TimedWaits {
 public:
  TimedWaits(Scheduler& scheduler, SimulatedLocks& locks, VirtualTime& time)
      : scheduler_(scheduler), locks_(locks), time_(time) {}

  // An execution begins.
  void clear();

  bool lock_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site);
  bool lock_shared_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site);

  core::ConditionId create_condition(std::string_view name);
  bool wait(core::ConditionId condition, core::LockId lock, std::uint64_t timeout_ns, core::Site site);
  void wake(core::ConditionId condition, bool all, core::Site site) noexcept;

  core::SemaphoreId create_semaphore(std::string_view name, std::uint32_t count);
  bool acquire(core::SemaphoreId semaphore, std::uint64_t timeout_ns, core::Site site);
  void release(core::SemaphoreId semaphore, std::uint32_t count, core::Site site) noexcept;

 private:
  struct Condition {
    std::vector<Task*> waiters;  // by TaskId: in which order they came makes no difference
  };
  struct Semaphore {
    std::uint32_t count = 0;
    Task* first_pending = nullptr;  // tasks whose next operation is to take a unit
  };
  // Ends waits of tasks: the cookie of an event says whose and which. As a part of the world, once there is anything
  // to wait for: who waits, and how many units there are.
  class WaitEnds final : public EventTarget, public core::LiveState {
   public:
    explicit WaitEnds(TimedWaits& waits) : waits_(waits) {}
    void happened(std::uint64_t cookie) override;
    void describe(core::StateSink& sink) const override;

   private:
    TimedWaits& waits_;
  };

  bool lock_for(core::LockId lock, LockMode mode, std::uint64_t timeout_ns, core::Site site);

  void add_to_state();
  void start_timeout(Task& task, std::uint64_t timeout_ns, const Op& op);
  void drop_event(ActorId& event);
  void end_wait_early(Task& task);
  // The calling task's wait is over. True: in time.
  bool end_timed_wait(bool in_time);

  bool wait_unlocked(core::ConditionId condition, core::LockId lock, core::Site site);
  void wake_waiter(Task& task, core::ConditionId condition);
  Task* choose_waiter(const Condition& condition, core::Site site);

  bool wait_for_unit(core::SemaphoreId semaphore, OpKind kind, core::Site site);
  void begin_semaphore_wait(Task& task, core::SemaphoreId semaphore, core::Site site);
  bool take_unit(core::SemaphoreId semaphore);
  void tell_unit(core::SemaphoreId semaphore, bool taken, core::Site site);

  Scheduler& scheduler_;
  SimulatedLocks& locks_;
  VirtualTime& time_;
  std::vector<Condition> conditions_;  // the first condition_count_ are in use
  std::uint32_t condition_count_ = 0;
  std::vector<Semaphore> semaphores_;
  WaitEnds wait_ends_{*this};
  bool in_state_ = false;
};

}  // namespace zoneknot::sim
