#include "sim/run/timed_waits.h"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace zoneknot::sim {

namespace {

// Cookies of events: whose wait they end, and whether for no reason.
constexpr std::uint64_t kSpuriousBit = std::uint64_t{1} << 32U;

std::string unknown(const char* what, std::size_t id, std::size_t count) {
  return fmt::format("names {} {}, and there are {}", what, id, count);
}

constexpr PartName kWaitsName = std::uint64_t{1} << 33U;  // no engine's owner, no device

}  // namespace

void TimedWaits::clear() {
  condition_count_ = 0;
  semaphores_.clear();
  in_state_ = false;
}

// Steps on them are not told as a Footprint.
void TimedWaits::add_to_state() {
  if (std::exchange(in_state_, true)) return;
  scheduler_.states().add_state(kWaitsName, wait_ends_);
  scheduler_.states().no_step_told();
}

void TimedWaits::WaitEnds::describe(core::StateSink& sink) const {
  sink.add(kWaitsName);
  for (core::ConditionId id = 0; id < waits_.condition_count_; ++id) {
    const std::vector<Task*>& waiters = waits_.conditions_[id].waiters;
    sink.add(waiters.size());
    for (const Task* task : waiters) sink.add(task->id);
  }
  for (const Semaphore& semaphore : waits_.semaphores_) sink.add(semaphore.count);
  for (core::TaskId id = 0; id < waits_.scheduler_.task_count(); ++id) {
    const TimedWait& wait = waits_.scheduler_.task(id).timed;
    const bool may_expire = wait.timeout != core::kNoId;
    const bool may_be_spurious = wait.spurious != core::kNoId;
    sink.add((wait.expired ? 1U : 0U) | (wait.woken ? 2U : 0U) | (may_expire ? 4U : 0U) | (may_be_spurious ? 8U : 0U));
  }
}

// --- What ends a wait ---

void TimedWaits::start_timeout(Task& task, std::uint64_t timeout_ns, const Op& op) {
  add_to_state();
  task.timed.on = true;
  task.enabled_by = 0;
  task.timed.deadline = time_.deadline_in(timeout_ns);
  task.timed.timeout = scheduler_.add_event(op, wait_ends_, task.id, task.id);
}

void TimedWaits::drop_event(ActorId& event) {
  if (event != core::kNoId) scheduler_.remove_event(event);
  event = core::kNoId;
}

void TimedWaits::WaitEnds::happened(std::uint64_t cookie) {
  Task& task = waits_.scheduler_.task(static_cast<core::TaskId>(cookie));
  if ((cookie & kSpuriousBit) != 0) {
    task.timed.spurious = core::kNoId;
    task.timed.woken = true;
  } else {
    task.timed.timeout = core::kNoId;
    task.timed.expired = true;
    waits_.time_.move_to(task.timed.deadline);
    if (task.op.object_class == ObjectClass::shared_lock) waits_.locks_.shared().time_is_over(task);
  }
  waits_.end_wait_early(task);
}

// The task need not wait any more; if it does already, it goes on when it is chosen.
void TimedWaits::end_wait_early(Task& task) {
  task.enabled_by = static_cast<std::uint32_t>(scheduler_.step());
  if (task.waits_for_condition != core::kNoId) {
    std::erase(conditions_[task.waits_for_condition].waiters, &task);
    task.waits_for_condition = core::kNoId;
    drop_event(task.timed.timeout);
    drop_event(task.timed.spurious);
    if (!task.wait_told) return;  // it still has to give its lock back
  }
  if (task.wait_told) scheduler_.watch().wait_ended(task.id);
  task.wait_told = false;
  scheduler_.enable(task);
}

bool TimedWaits::end_timed_wait(bool in_time) {
  Task& self = scheduler_.running();
  assert(in_time || self.timed.expired);
  scheduler_.add_to_history(in_time ? 1 : 0);
  drop_event(self.timed.timeout);
  self.timed = {};
  return in_time;
}

bool TimedWaits::lock_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) {
  if (timeout_ns == 0) return locks_.try_lock(lock, site);
  if (!scheduler_.abandoned() && locks_.is_shared(lock)) return lock_for(lock, LockMode::exclusive, timeout_ns, site);
  if (locks_.try_to_take(lock, site)) return true;
  if (scheduler_.abandoned()) return false;
  Task& self = scheduler_.running();
  start_timeout(self, timeout_ns, {OpKind::timeout, ObjectClass::lock, false, lock, site});
  if (!locks_.wait_for(self, lock, OpKind::timed_lock, site)) return false;
  const bool in_time = end_timed_wait(locks_.can_be_taken_by(self, lock));
  if (in_time) {
    locks_.take(self, lock, site);
  } else {
    scheduler_.watch().lock_refused(self.id, lock, site);
  }
  return in_time;
}

bool TimedWaits::lock_shared_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) {
  if (timeout_ns == 0) return locks_.shared().try_lock(lock, LockMode::shared, site);
  return lock_for(lock, LockMode::shared, timeout_ns, site);
}

// For a reader-writer lock.
bool TimedWaits::lock_for(core::LockId lock, LockMode mode, std::uint64_t timeout_ns, core::Site site) {
  SimulatedSharedLocks& locks = locks_.shared();
  if (locks.try_to_take(lock, mode, site)) return true;
  if (scheduler_.abandoned()) return false;
  start_timeout(scheduler_.running(), timeout_ns, {OpKind::timeout, ObjectClass::shared_lock, false, lock, site});
  const OpKind kind = mode == LockMode::shared ? OpKind::timed_lock_shared : OpKind::timed_lock_exclusive;
  if (!locks.wait_for(lock, mode, kind, site)) return false;
  const bool in_time = end_timed_wait(locks.can_be_taken(lock, mode));
  if (in_time) {
    locks.take(lock, mode, site);
  } else {
    scheduler_.watch().lock_refused(scheduler_.running().id, lock, site);
  }
  return in_time;
}

// --- Condition variables ---

core::ConditionId TimedWaits::create_condition(std::string_view name) {
  if (scheduler_.abandoned()) {
    scheduler_.give_up();
    return 0;
  }
  if (!scheduler_.about_to_create(ObjectClass::condition, scheduler_.running().op.site)) return 0;
  add_to_state();
  if (condition_count_ == conditions_.size()) conditions_.emplace_back();
  conditions_[condition_count_].waiters.clear();
  scheduler_.watch().condition_created(condition_count_, name);
  scheduler_.note_created(ObjectClass::condition);
  scheduler_.add_to_history(condition_count_);
  return condition_count_++;
}

// Begins to wait first and gives the lock back then, so that no signal is lost by a task that takes the lock in
// between.
bool TimedWaits::wait(core::ConditionId id, core::LockId lock, std::uint64_t timeout_ns, core::Site site) {
  if (scheduler_.abandoned()) {
    scheduler_.give_up();
    return false;
  }
  if (id >= condition_count_) scheduler_.refuse(unknown("condition variable", id, condition_count_), site);
  if (lock >= locks_.all().size()) scheduler_.refuse(unknown("lock", lock, locks_.all().size()), site);
  if (!scheduler_.pass({OpKind::wait, ObjectClass::condition, true, id, site}, true)) return false;
  bool may_wake_for_no_reason = false;
  if (scheduler_.options().spurious_wakeups) {
    const std::optional<std::uint32_t> drawn = scheduler_.draw_unheard(2, site);
    if (!drawn) {
      scheduler_.give_up();
      return false;
    }
    may_wake_for_no_reason = *drawn == 1;
  }
  Task& self = scheduler_.running();
  std::vector<Task*>& waiters = conditions_[id].waiters;
  const auto later = [&self](const Task* other) { return other->id > self.id; };
  waiters.insert(std::find_if(waiters.begin(), waiters.end(), later), &self);
  self.waits_for_condition = id;
  self.wait_told = false;
  scheduler_.watch().condition_entered(self.id, id, lock, site);
  if (timeout_ns != core::kNoTimeout) {
    start_timeout(self, timeout_ns, {OpKind::timeout, ObjectClass::condition, false, id, site});
  }
  if (may_wake_for_no_reason) {
    const Op op{OpKind::spurious, ObjectClass::condition, false, id, site};
    self.timed.spurious = scheduler_.add_event(op, wait_ends_, kSpuriousBit | self.id, self.id);
  }
  locks_.unlock(lock, site);
  if (!wait_unlocked(id, lock, site)) return false;
  const bool in_time = self.timed.woken;
  scheduler_.add_to_history(in_time ? 1 : 0);
  self.timed = {};
  locks_.lock(lock, site);
  return in_time;
}

// False: the execution was given up.
bool TimedWaits::wait_unlocked(core::ConditionId id, core::LockId lock, core::Site site) {
  if (scheduler_.abandoned()) {
    scheduler_.give_up();
    return false;
  }
  Task& self = scheduler_.running();
  const bool waits = self.waits_for_condition != core::kNoId;
  if (waits) {
    self.wait_told = true;
    scheduler_.watch().wait_began(self.id, {core::WaitKind::condition, id, false, self.timed.on, lock}, site);
  }
  return scheduler_.pass({OpKind::woken, ObjectClass::condition, true, id, site}, !waits);
}

void TimedWaits::wake(core::ConditionId id, bool all, core::Site site) noexcept {
  if (scheduler_.abandoned()) return;
  if (id >= condition_count_) {
    return scheduler_.refuse_and_end(unknown("condition variable", id, condition_count_), site);
  }
  const OpKind kind = all ? OpKind::broadcast : OpKind::signal;
  if (!scheduler_.reach({kind, ObjectClass::condition, false, id, site}, true)) return;
  scheduler_.watch().condition_signalled(scheduler_.running().id, id, all, site);
  std::vector<Task*>& waiters = conditions_[id].waiters;
  if (all) {
    while (!waiters.empty()) wake_waiter(*waiters.front(), id);
  } else if (Task* chosen = choose_waiter(conditions_[id], site); chosen != nullptr) {
    wake_waiter(*chosen, id);
  }
}

void TimedWaits::wake_waiter(Task& task, core::ConditionId condition) {
  scheduler_.watch().condition_woke(scheduler_.running().id, task.id, condition);
  task.timed.woken = true;
  end_wait_early(task);
}

// Null: nobody waits, or the execution ends here.
Task* TimedWaits::choose_waiter(const Condition& condition, core::Site site) {
  const auto count = static_cast<std::uint32_t>(condition.waiters.size());
  if (count == 0) return nullptr;
  if (count == 1) return condition.waiters.front();
  const std::optional<std::uint32_t> drawn = scheduler_.draw_unheard(count, site);
  return drawn ? condition.waiters[*drawn] : nullptr;
}

// --- Semaphores ---

core::SemaphoreId TimedWaits::create_semaphore(std::string_view name, std::uint32_t count) {
  if (scheduler_.abandoned()) {
    scheduler_.give_up();
    return 0;
  }
  if (!scheduler_.about_to_create(ObjectClass::semaphore, scheduler_.running().op.site)) return 0;
  const auto id = static_cast<core::SemaphoreId>(semaphores_.size());
  add_to_state();
  semaphores_.push_back({count, nullptr});
  scheduler_.note_created(ObjectClass::semaphore);
  scheduler_.add_to_history(id);
  scheduler_.watch().semaphore_created(id, name, count);
  return id;
}

bool TimedWaits::acquire(core::SemaphoreId id, std::uint64_t timeout_ns, core::Site site) {
  if (scheduler_.abandoned()) {
    scheduler_.give_up();
    return false;
  }
  if (id >= semaphores_.size()) scheduler_.refuse(unknown("semaphore", id, semaphores_.size()), site);
  Task& self = scheduler_.running();
  const bool timed = timeout_ns != core::kNoTimeout;
  if (timed) {
    if (!scheduler_.pass({OpKind::try_acquire, ObjectClass::semaphore, false, id, site}, true)) return false;
    const bool taken = take_unit(id);
    scheduler_.add_to_history(taken ? 1 : 0);
    if (taken || timeout_ns == 0) {
      tell_unit(id, taken, site);
      return taken;
    }
    start_timeout(self, timeout_ns, {OpKind::timeout, ObjectClass::semaphore, false, id, site});
  } else {
    scheduler_.watch().semaphore_requested(self.id, id, site);
  }
  if (!wait_for_unit(id, timed ? OpKind::timed_acquire : OpKind::acquire, site)) return false;
  const bool in_time = end_timed_wait(take_unit(id));
  tell_unit(id, in_time, site);
  return in_time;
}

// False: the execution was given up.
bool TimedWaits::wait_for_unit(core::SemaphoreId id, OpKind kind, core::Site site) {
  Task& self = scheduler_.running();
  link(semaphores_[id].first_pending, self);
  const bool ready = semaphores_[id].count > 0;
  self.wait_told = false;
  if (!ready) begin_semaphore_wait(self, id, site);
  if (!scheduler_.pass({kind, ObjectClass::semaphore, false, id, site}, ready)) return false;
  unlink(semaphores_[id].first_pending, self);
  if (self.wait_told) scheduler_.watch().wait_ended(self.id);
  return true;
}

void TimedWaits::tell_unit(core::SemaphoreId semaphore, bool taken, core::Site site) {
  const core::TaskId self = scheduler_.running().id;
  if (taken) {
    scheduler_.watch().semaphore_acquired(self, semaphore, site);
  } else {
    scheduler_.watch().semaphore_refused(self, semaphore, site);
  }
}

void TimedWaits::begin_semaphore_wait(Task& task, core::SemaphoreId semaphore, core::Site site) {
  task.wait_told = true;
  scheduler_.watch().wait_began(task.id, {core::WaitKind::semaphore, semaphore, false, task.timed.on}, site);
}

// False: there is none.
bool TimedWaits::take_unit(core::SemaphoreId id) {
  Semaphore& semaphore = semaphores_[id];
  if (semaphore.count == 0) return false;
  scheduler_.watch().semaphore_changed(id, --semaphore.count);
  if (semaphore.count > 0) return true;
  for (Task* other = semaphore.first_pending; other != nullptr; other = other->next_waiter) {
    if (other->timed.expired) continue;
    scheduler_.disable(*other);
    if (!other->wait_told) begin_semaphore_wait(*other, id, other->op.site);
  }
  return true;
}

void TimedWaits::release(core::SemaphoreId id, std::uint32_t count, core::Site site) noexcept {
  if (scheduler_.abandoned()) return;
  if (id >= semaphores_.size()) {
    return scheduler_.refuse_and_end(unknown("semaphore", id, semaphores_.size()), site);
  }
  // Two releases commute.
  if (!scheduler_.reach({OpKind::release, ObjectClass::semaphore, true, id, site}, true)) return;
  Semaphore& semaphore = semaphores_[id];
  if (count > UINT32_MAX - semaphore.count) {
    return scheduler_.refuse_and_end(
        fmt::format("releases {} units of a semaphore that has {}, more than can be counted", count, semaphore.count),
        site);
  }
  if (count == 0) return;
  semaphore.count += count;
  scheduler_.watch().semaphore_changed(id, semaphore.count);
  scheduler_.watch().semaphore_released(scheduler_.running().id, id, count, site);
  scheduler_.reconsider_stuck();
  for (Task* task = semaphore.first_pending; task != nullptr; task = task->next_waiter) scheduler_.enable(*task);
}

}  // namespace zoneknot::sim
