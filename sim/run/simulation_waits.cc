// Waits that somebody else ends, or time: condition variables, semaphores, locks with a time-out. Every step is on one
// object, so that sim::dependent() tells all: a time-out is an event of its own on the object that is waited for, and
// whoever ends the wait otherwise takes that event away in a step on the same object.
//
// Time is elastic here: any task may be late, so a time-out may happen at any moment after the wait began, whatever
// other deadlines there are. Virtual time then is at least its deadline.

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/run/simulation.h"

namespace zoneknot::sim {

namespace {

// Cookies of events: whose wait they end, and whether for no reason.
constexpr std::uint64_t kSpuriousBit = std::uint64_t{1} << 32U;

constexpr PartName kWaitsName = std::uint64_t{1} << 33U;  // no engine's owner, no device

}  // namespace

void Simulation::add_waits_to_state() {
  if (!std::exchange(waits_in_state_, true)) add_state(kWaitsName, wait_ends_);
}

void Simulation::WaitEnds::describe(core::StateSink& sink) const {
  const Simulation& sim = simulation_;
  sink.add(kWaitsName);
  for (core::ConditionId id = 0; id < sim.condition_count_; ++id) {
    const std::vector<Task*>& waiters = sim.conditions_[id].waiters;
    sink.add(waiters.size());
    for (const Task* task : waiters) sink.add(task->id);
  }
  for (const Semaphore& semaphore : sim.semaphores_) sink.add(semaphore.count);
  for (core::TaskId id = 0; id < sim.task_count_; ++id) {
    const TimedWait& wait = sim.tasks_[id]->timed;
    const bool may_expire = wait.timeout != core::kNoId;
    const bool may_be_spurious = wait.spurious != core::kNoId;
    sink.add((wait.expired ? 1U : 0U) | (wait.woken ? 2U : 0U) | (may_expire ? 4U : 0U) | (may_be_spurious ? 8U : 0U));
  }
}

// --- What ends a wait ---

void Simulation::start_timeout(Task& task, std::uint64_t timeout_ns, const Op& op) {
  add_waits_to_state();
  task.timed.on = true;
  task.enabled_by = 0;
  task.timed.deadline = now_ns_ + std::min(timeout_ns, UINT64_MAX - now_ns_);
  task.timed.timeout = add_event(op, wait_ends_, task.id, task.id);
}

void Simulation::drop_event(ActorId& event) {
  if (event != core::kNoId) remove_event(event);
  event = core::kNoId;
}

void Simulation::WaitEnds::happened(std::uint64_t cookie) {
  Simulation& sim = simulation_;
  Task& task = *sim.tasks_[static_cast<core::TaskId>(cookie)];
  if ((cookie & kSpuriousBit) != 0) {
    task.timed.spurious = core::kNoId;
    task.timed.woken = true;
  } else {
    task.timed.timeout = core::kNoId;
    task.timed.expired = true;
    sim.now_ns_ = std::max(sim.now_ns_, task.timed.deadline);
  }
  sim.end_wait_early(task);
}

// The task need not wait any more; if it does already, it goes on when it is chosen.
void Simulation::end_wait_early(Task& task) {
  task.enabled_by = static_cast<std::uint32_t>(steps_);
  if (task.waits_for_condition != core::kNoId) {
    std::erase(conditions_[task.waits_for_condition].waiters, &task);
    task.waits_for_condition = core::kNoId;
    drop_event(task.timed.timeout);
    drop_event(task.timed.spurious);
    if (!task.wait_told) return;  // it still has to give its lock back
  }
  if (task.wait_told) watch_.wait_ended(task.id);
  task.wait_told = false;
  enabled_.add(task);
}

bool Simulation::do_lock_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) {
  if (timeout_ns == 0) return do_try_lock(lock, site);
  if (try_to_take(lock, site)) return true;
  if (abandoned_) return false;
  Task& self = *current_;
  start_timeout(self, timeout_ns, {OpKind::timeout, ObjectClass::lock, false, lock, site});
  link(locks_[lock].first_pending, self);
  const bool free = can_take(locks_[lock], self);
  self.wait_told = false;
  if (!free) begin_lock_wait(self, lock, site);
  if (!pass({OpKind::timed_lock, ObjectClass::lock, false, lock, site}, free)) return false;
  unlink(locks_[lock].first_pending, self);
  if (self.wait_told) watch_.wait_ended(self.id);
  const bool in_time = can_take(locks_[lock], self);
  assert(in_time || self.timed.expired);
  hear(in_time ? 1 : 0);
  drop_event(self.timed.timeout);
  self.timed = {};
  if (in_time) {
    take(lock, self, site);
  } else {
    watch_.lock_refused(self.id, lock, site);
  }
  return in_time;
}

// --- Condition variables ---

core::ConditionId Simulation::do_create_condition(std::string_view name) {
  if (abandoned_) {
    give_up();
    return 0;
  }
  add_waits_to_state();
  if (condition_count_ == conditions_.size()) conditions_.emplace_back();
  conditions_[condition_count_].waiters.clear();
  watch_.condition_created(condition_count_, name);
  tell_created(ObjectClass::condition);
  return condition_count_++;
}

// Begins to wait first and gives the lock back then, so that no signal is lost by a task that takes the lock in
// between.
bool Simulation::do_wait(core::ConditionId id, core::LockId lock, std::uint64_t timeout_ns, core::Site site) {
  if (abandoned_) {
    give_up();
    return false;
  }
  assert(id < condition_count_ && lock < locks_.size());
  Task& self = *current_;
  if (!pass({OpKind::wait, ObjectClass::condition, true, id, site}, true)) return false;
  std::vector<Task*>& waiters = conditions_[id].waiters;
  const auto later = [&self](const Task* other) { return other->id > self.id; };
  waiters.insert(std::find_if(waiters.begin(), waiters.end(), later), &self);
  self.waits_for_condition = id;
  self.wait_told = false;
  watch_.condition_entered(self.id, id, lock, site);
  if (timeout_ns != core::kNoTimeout) {
    start_timeout(self, timeout_ns, {OpKind::timeout, ObjectClass::condition, false, id, site});
  }
  if (options_.spurious_wakeups) {
    const Op op{OpKind::spurious, ObjectClass::condition, false, id, site};
    self.timed.spurious = add_event(op, wait_ends_, kSpuriousBit | self.id, self.id);
  }
  do_unlock(lock, site);
  if (!wait_unlocked(id, lock, site)) return false;
  const bool in_time = self.timed.woken;
  hear(in_time ? 1 : 0);
  self.timed = {};
  do_lock(lock, site);
  return in_time;
}

// False: the execution was given up.
bool Simulation::wait_unlocked(core::ConditionId id, core::LockId lock, core::Site site) {
  if (abandoned_) {
    give_up();
    return false;
  }
  Task& self = *current_;
  const bool waits = self.waits_for_condition != core::kNoId;
  if (waits) {
    self.wait_told = true;
    watch_.wait_began(self.id, {core::WaitKind::condition, id, false, self.timed.on, lock}, site);
  }
  return pass({OpKind::woken, ObjectClass::condition, true, id, site}, !waits);
}

void Simulation::do_wake(core::ConditionId id, bool all, core::Site site) noexcept {
  if (abandoned_) return;
  assert(id < condition_count_);
  if (!reach({all ? OpKind::broadcast : OpKind::signal, ObjectClass::condition, false, id, site}, true)) return;
  watch_.condition_signalled(current_->id, id, all, site);
  std::vector<Task*>& waiters = conditions_[id].waiters;
  if (all) {
    while (!waiters.empty()) wake_waiter(*waiters.front(), id);
  } else if (Task* chosen = choose_waiter(conditions_[id], site); chosen != nullptr) {
    wake_waiter(*chosen, id);
  }
}

void Simulation::wake_waiter(Task& task, core::ConditionId condition) {
  watch_.condition_woke(current_->id, task.id, condition);
  task.timed.woken = true;
  end_wait_early(task);
}

// Null: nobody waits, or the execution ends here.
Simulation::Task* Simulation::choose_waiter(const Condition& condition, core::Site site) {
  const auto count = static_cast<std::uint32_t>(condition.waiters.size());
  if (count == 0) return nullptr;
  if (count == 1) return condition.waiters.front();
  const std::uint32_t value = strategy_->draw(count);
  record_decision(value, count, 0);
  if (ending_) {
    hand_over(nullptr);
    return nullptr;
  }
  note(current_->id, {OpKind::draw, ObjectClass::draw, false, value, site}, count, value);
  return condition.waiters[value];
}

// --- Semaphores ---

core::SemaphoreId Simulation::do_create_semaphore(std::string_view name, std::uint32_t count) {
  if (abandoned_) {
    give_up();
    return 0;
  }
  const auto semaphore = static_cast<core::SemaphoreId>(semaphores_.size());
  add_waits_to_state();
  semaphores_.push_back({count, nullptr});
  tell_created(ObjectClass::semaphore);
  watch_.semaphore_created(semaphore, name, count);
  return semaphore;
}

bool Simulation::do_acquire(core::SemaphoreId id, std::uint64_t timeout_ns, core::Site site) {
  if (abandoned_) {
    give_up();
    return false;
  }
  assert(id < semaphores_.size());
  Task& self = *current_;
  const bool timed = timeout_ns != core::kNoTimeout;
  if (timed) {
    if (!pass({OpKind::try_acquire, ObjectClass::semaphore, false, id, site}, true)) return false;
    const bool taken = take_unit(id);
    hear(taken ? 1 : 0);
    if (taken || timeout_ns == 0) {
      tell_unit(id, taken, site);
      return taken;
    }
    start_timeout(self, timeout_ns, {OpKind::timeout, ObjectClass::semaphore, false, id, site});
  }
  if (!timed) watch_.semaphore_requested(self.id, id, site);
  link(semaphores_[id].first_pending, self);
  const bool ready = semaphores_[id].count > 0;
  self.wait_told = false;
  if (!ready) begin_semaphore_wait(self, id, site);
  const OpKind kind = timed ? OpKind::timed_acquire : OpKind::acquire;
  if (!pass({kind, ObjectClass::semaphore, false, id, site}, ready)) return false;
  unlink(semaphores_[id].first_pending, self);
  if (self.wait_told) watch_.wait_ended(self.id);
  const bool in_time = take_unit(id);
  assert(in_time || self.timed.expired);
  hear(in_time ? 1 : 0);
  drop_event(self.timed.timeout);
  self.timed = {};
  tell_unit(id, in_time, site);
  return in_time;
}

void Simulation::tell_unit(core::SemaphoreId semaphore, bool taken, core::Site site) {
  if (taken) {
    watch_.semaphore_acquired(current_->id, semaphore, site);
  } else {
    watch_.semaphore_refused(current_->id, semaphore, site);
  }
}

void Simulation::begin_semaphore_wait(Task& task, core::SemaphoreId semaphore, core::Site site) {
  task.wait_told = true;
  watch_.wait_began(task.id, {core::WaitKind::semaphore, semaphore, false, task.timed.on}, site);
}

// False: there is none.
bool Simulation::take_unit(core::SemaphoreId id) {
  Semaphore& semaphore = semaphores_[id];
  if (semaphore.count == 0) return false;
  watch_.semaphore_changed(id, --semaphore.count);
  if (semaphore.count > 0) return true;
  for (Task* other = semaphore.first_pending; other != nullptr; other = other->next_waiter) {
    if (other->timed.expired) continue;
    enabled_.remove(*other);
    if (!other->wait_told) begin_semaphore_wait(*other, id, other->op.site);
  }
  return true;
}

void Simulation::do_release(core::SemaphoreId id, std::uint32_t count, core::Site site) noexcept {
  if (abandoned_) return;
  assert(id < semaphores_.size());
  // Two releases commute.
  if (!reach({OpKind::release, ObjectClass::semaphore, true, id, site}, true)) return;
  Semaphore& semaphore = semaphores_[id];
  assert(count <= UINT32_MAX - semaphore.count);
  if (count == 0) return;
  semaphore.count += count;
  watch_.semaphore_changed(id, semaphore.count);
  watch_.semaphore_released(current_->id, id, count, site);
  for (Task* task = semaphore.first_pending; task != nullptr; task = task->next_waiter) enabled_.add(*task);
}

}  // namespace zoneknot::sim
