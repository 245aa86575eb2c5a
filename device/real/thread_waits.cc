// ThreadRuntime's condition variables, semaphores and locks with a time-out. A condition variable keeps a list of those
// who wait, so that it is known of each task from which moment on it need not wait any more: the task that wakes it
// tells the observer, and a task that the system has not yet let run never looks stuck.

#include <algorithm>
#include <cassert>

#include "device/real/deadline.h"
#include "device/real/thread_runtime.h"

namespace zoneknot::device {

bool ThreadRuntime::do_lock_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) {
  Task& task = this_task();
  if (!proceeds(task)) return false;
  Lock& entry = locks_[lock];
  if (entry.shared != nullptr) return take(lock, false, timeout_ns, site);
  bool got = enter(entry, task.id);
  if (!got && timeout_ns > 0) {
    const Deadline deadline(timeout_ns);
    wait({.kind = core::WaitKind::lock, .object = lock, .timed = true}, site, [&] {
      got = enter_within(entry, task.id, deadline.left_ns());
      return got || deadline.passed();
    });
  }
  tell_attempt(task, lock, got, site);
  return got;
}

// --- condition variables ---------------------------------------------------------------------------------------------

core::ConditionId ThreadRuntime::do_create_condition(std::string_view name) {
  const std::lock_guard guard(growth_);
  const core::ConditionId id = conditions_.size();
  conditions_.grow_to(id + 1, [](Condition&) {});
  observer_->condition_created(id, name);
  return id;
}

bool ThreadRuntime::do_wait(core::ConditionId id, core::LockId lock, std::uint64_t timeout_ns, core::Site site) {
  Task& task = this_task();
  if (!proceeds(task)) return false;
  Condition& condition = conditions_[id];
  Waiter self{.task = task.id};
  {
    const std::lock_guard guard(condition.mutex);
    condition.waiters.push_back(&self);
    observer_->condition_entered(task.id, id, lock, site);
  }
  do_unlock(lock, site);
  const core::Wait wait{.kind = core::WaitKind::condition,
                        .object = id,
                        .can_end = false,
                        .timed = timeout_ns != core::kNoTimeout,
                        .released = lock};
  const bool in_time = wait_to_be_woken(condition, self, wait, timeout_ns, site);
  if (abandoned()) unwind(task);
  do_lock(lock, site);
  return in_time;
}

bool ThreadRuntime::wait_to_be_woken(Condition& condition, Waiter& self, const core::Wait& wait,
                                     std::uint64_t timeout_ns, core::Site site) {
  const Deadline deadline(timeout_ns);
  std::unique_lock guard(condition.mutex);
  if (self.woken) return true;
  self.told = true;
  observer_->wait_began(self.task, wait, site);
  while (!self.woken && !abandoned() && !deadline.passed()) self.wake.wait_for(guard, deadline.left(kSliceNs));
  if (self.woken) return true;
  std::erase(condition.waiters, &self);
  if (!abandoned()) observer_->wait_ended(self.task);
  return false;
}

void ThreadRuntime::do_wake(core::ConditionId id, bool all, core::Site site) noexcept {
  const Task& task = this_task();
  if (task.unwinding) return;
  Condition& condition = conditions_[id];
  const std::lock_guard guard(condition.mutex);
  observer_->condition_signalled(task.id, id, all, site);
  const std::size_t count = all ? condition.waiters.size() : std::min<std::size_t>(condition.waiters.size(), 1);
  for (std::size_t i = 0; i < count; ++i) {
    Waiter& waiter = *condition.waiters[i];
    waiter.woken = true;
    observer_->condition_woke(task.id, waiter.task, id);
    if (waiter.told) observer_->wait_ended(waiter.task);
    waiter.wake.notify_one();
  }
  condition.waiters.erase(condition.waiters.begin(), condition.waiters.begin() + static_cast<std::ptrdiff_t>(count));
}

// --- semaphores ------------------------------------------------------------------------------------------------------

core::SemaphoreId ThreadRuntime::do_create_semaphore(std::string_view name, std::uint32_t count) {
  const std::lock_guard guard(growth_);
  const core::SemaphoreId id = semaphores_.size();
  semaphores_.grow_to(id + 1, [count](Semaphore& semaphore) { semaphore.count = count; });
  observer_->semaphore_created(id, name, count);
  return id;
}

bool ThreadRuntime::do_acquire(core::SemaphoreId id, std::uint64_t timeout_ns, core::Site site) {
  Task& task = this_task();
  come_to(task, core::StepKind::acquire, id, site);
  if (!proceeds(task)) return false;
  if (timeout_ns == core::kNoTimeout) observer_->semaphore_requested(task.id, id, site);
  Semaphore& semaphore = semaphores_[id];
  std::unique_lock guard(semaphore.mutex);
  if (semaphore.count == 0 && timeout_ns > 0) {
    const Deadline deadline(timeout_ns);
    observer_->wait_began(
        task.id,
        {.kind = core::WaitKind::semaphore, .object = id, .can_end = false, .timed = timeout_ns != core::kNoTimeout},
        site);
    while (semaphore.count == 0 && !abandoned() && !deadline.passed()) {
      semaphore.released.wait_for(guard, deadline.left(kSliceNs));
    }
    if (abandoned()) {
      guard.unlock();
      unwind(task);
    }
    observer_->wait_ended(task.id);
  }
  if (semaphore.count == 0) {
    observer_->semaphore_refused(task.id, id, site);
    return false;
  }
  observer_->semaphore_changed(id, --semaphore.count);
  observer_->semaphore_acquired(task.id, id, site);
  return true;
}

void ThreadRuntime::do_release(core::SemaphoreId id, std::uint32_t count, core::Site site) noexcept {
  Task& task = this_task();
  come_to(task, core::StepKind::release, id, site);
  if (task.unwinding) return;
  Semaphore& semaphore = semaphores_[id];
  const std::lock_guard guard(semaphore.mutex);
  assert(count <= UINT32_MAX - semaphore.count);
  semaphore.count += count;
  observer_->semaphore_changed(id, semaphore.count);
  observer_->semaphore_released(task.id, id, count, site);
  semaphore.released.notify_all();
}

}  // namespace zoneknot::device
