// What programs and the parts of the simulated world call: each is a visible operation or next to one.

#include <algorithm>
#include <cassert>

#include "sim/run/simulation.h"

namespace zoneknot::sim {

core::TaskId Simulation::do_spawn(std::string name, std::function<void()> body, core::Site site) {
  if (abandoned_) {
    give_up();
    return core::kNoId;
  }
  Task& task = new_task(name, site);
  tell_created(ObjectClass::task);
  task.body = std::move(body);
  watch_.task_started(task.id, name);
  watch_.task_forked(current_->id, task.id, site);
  hear(task.id);
  return task.id;
}

void Simulation::do_join(core::TaskId task, core::Site site) {
  if (abandoned_) return give_up();
  assert(task < task_count_);
  Task& self = *current_;
  const Op op{OpKind::join, ObjectClass::task, true, task, site};
  const bool ready = tasks_[task]->ended;
  if (!ready) {
    watch_.wait_began(self.id, {core::WaitKind::join, task, true}, site);
    link(tasks_[task]->first_joiner, self);
  }
  if (!pass(op, ready)) return;
  if (!ready) {
    unlink(tasks_[task]->first_joiner, self);
    watch_.wait_ended(self.id);
  }
  // From here on it may read whatever that task has left.
  const StateHash& left = tasks_[task]->history;
  if (footprint_ != nullptr) footprint_->look_at_ended(task);
  hear(left.high);
  hear(left.low);
  watch_.task_joined(self.id, task, site);
}

// --- Locks ---

core::LockId Simulation::do_create_lock(const core::LockInfo& info) {
  if (abandoned_) {
    give_up();
    return 0;
  }
  const auto lock = static_cast<core::LockId>(locks_.size());
  step_not_told();
  locks_.emplace_back().kind = info.kind;
  tell_created(ObjectClass::lock);
  watch_.lock_created(lock, info);
  hear(lock);
  return lock;
}

void Simulation::do_lock(core::LockId lock, core::Site site) {
  if (abandoned_) return give_up();
  assert(lock < locks_.size());
  Task& self = *current_;
  watch_.lock_requested(self.id, lock, site);
  link(locks_[lock].first_pending, self);
  const bool free = can_take(locks_[lock], self);
  self.wait_told = false;
  if (!free) begin_lock_wait(self, lock, site);
  if (!pass({OpKind::lock, ObjectClass::lock, false, lock, site}, free)) return;
  unlink(locks_[lock].first_pending, self);
  if (self.wait_told) watch_.wait_ended(self.id);
  look_at_lock(lock);
  take(lock, self, site);
}

bool Simulation::do_try_lock(core::LockId lock, core::Site site) {
  const bool taken = try_to_take(lock, site);
  if (!taken && !abandoned_) watch_.lock_refused(current_->id, lock, site);
  return taken;
}

bool Simulation::try_to_take(core::LockId lock, core::Site site) {
  if (abandoned_) {
    give_up();
    return false;
  }
  assert(lock < locks_.size());
  Task& self = *current_;
  const bool fails = !can_take(locks_[lock], self);
  link(locks_[lock].first_trying, self);
  if (!pass({OpKind::try_lock, ObjectClass::lock, fails, lock, site}, true)) return false;
  unlink(locks_[lock].first_trying, self);
  look_at_lock(lock);
  const bool taken = can_take(locks_[lock], self);
  assert(taken != self.op.read_only);
  hear(taken ? 1 : 0);
  if (taken) take(lock, self, site);
  return taken;
}

void Simulation::do_unlock(core::LockId id, core::Site site) noexcept {
  if (abandoned_) return;
  assert(id < locks_.size());
  Task& self = *current_;
  if (!reach({OpKind::unlock, ObjectClass::lock, false, id, site}, true)) return;
  look_at_lock(id);
  if (!watch_.lock_released(self.id, id, site)) return;
  Lock& lock = locks_[id];
  assert(lock.owner == self.id && lock.count > 0);
  if (--lock.count > 0) return;
  lock.owner = core::kNoId;
  for (Task* task = lock.first_pending; task != nullptr; task = task->next_waiter) enabled_.add(*task);
  for (Task* task = lock.first_trying; task != nullptr; task = task->next_waiter) task->op.read_only = false;
}

bool Simulation::can_take(const Lock& lock, const Task& task) {
  return lock.owner == core::kNoId || (lock.owner == task.id && lock.kind == core::LockKind::recursive);
}

void Simulation::take(core::LockId id, Task& task, core::Site site) {
  Lock& lock = locks_[id];
  assert(can_take(lock, task));
  if (lock.count++ == 0) {
    lock.owner = task.id;
    for (Task* other = lock.first_pending; other != nullptr; other = other->next_waiter) {
      if (other->timed.expired) continue;
      enabled_.remove(*other);
      if (!other->wait_told) begin_lock_wait(*other, id, other->op.site);
    }
    for (Task* other = lock.first_trying; other != nullptr; other = other->next_waiter) other->op.read_only = true;
  }
  watch_.lock_acquired(task.id, id, site);
}

void Simulation::begin_lock_wait(Task& task, core::LockId lock, core::Site site) {
  task.wait_told = true;
  watch_.wait_began(task.id, {core::WaitKind::lock, lock, true, task.timed.on}, site);
}

void Simulation::link(Task*& first, Task& task) {
  task.next_waiter = first;
  task.previous_waiter = nullptr;
  if (first != nullptr) first->previous_waiter = &task;
  first = &task;
}

void Simulation::unlink(Task*& first, Task& task) {
  if (task.next_waiter != nullptr) task.next_waiter->previous_waiter = task.previous_waiter;
  (task.previous_waiter != nullptr ? task.previous_waiter->next_waiter : first) = task.next_waiter;
}

// --- Shared data ---

core::CellId Simulation::do_create_cell(const core::CellInfo& info) {
  if (abandoned_) {
    give_up();
    return 0;
  }
  const auto cell = static_cast<core::CellId>(cells_.size());
  step_not_told();
  cells_.push_back({.info = info});
  if (accesses_told_) watch_.cell_created(cell, info.name);
  tell_created(ObjectClass::cell);
  hear(cell);
  return cell;
}

void Simulation::do_access(core::CellId cell, core::Access access, core::Site site) {
  const bool reads = access == core::Access::read;
  const OpKind kind = reads ? OpKind::read : access == core::Access::write ? OpKind::write : OpKind::update;
  visible({kind, ObjectClass::cell, reads, cell, site});
}

std::uint64_t Simulation::do_load(core::CellId cell, std::atomic<std::uint64_t>& storage, core::Site site) {
  const std::uint64_t value = storage.load(std::memory_order_relaxed);
  if (accesses_told_) watch_.cell_accessed(current_->id, cell, core::Access::read, site);
  if (footprint_ != nullptr) footprint_->look(Footprint::Place::cell, cell);
  hear(value);
  return value;
}

void Simulation::do_stored(core::CellId cell, std::uint64_t value, core::Site site) {
  if (accesses_told_) watch_.cell_accessed(current_->id, cell, core::Access::write, site);
  if (footprint_ != nullptr) footprint_->write(cell);
  if (options_.tracking && !abandoned_) cells_[cell].value = value;
}

core::Mark Simulation::do_mark() const { return current_->history.mark(); }

// From here on the task is what it tells of itself.
void Simulation::do_landmark(const core::LiveState& live, const core::Mark& since, core::Site site) {
  if (!options_.tracking || abandoned_) return;
  StateHash place = StateHash::of(since);
  place.add(std::string_view(site.file_name()));
  place.add(site.line());
  HashSink sink(place);
  live.describe(sink);
  current_->history = sink.hash();
}

// A scheduling point only for a task that has come from one checkpoint to the next without any: it may be waiting for
// what others do, or never end.
void Simulation::do_checkpoint(const core::LiveState* live, const core::Mark& since, core::Site site) {
  if (abandoned_) return give_up();
  outcome_.bare_checkpoints |= live == nullptr;
  if (live != nullptr) do_landmark(*live, since, site);
  const Op op{OpKind::checkpoint, ObjectClass::task, true, current_->id, site};
  if (current_->op.kind == OpKind::checkpoint) {
    pass(op, true);
  } else {
    current_->op = op;
    beat();
  }
}

// --- The world ---

void Simulation::visible_when(bool ready, const Op& op, const core::Wait& wait, std::uint64_t enabled_by) {
  if (abandoned_) return give_up();
  Task& self = *current_;
  self.enabled_by = static_cast<std::uint32_t>(enabled_by);
  if (!ready) watch_.wait_began(self.id, wait, op.site);
  if (!pass(op, ready)) return;
  self.enabled_by = 0;
  if (!ready) watch_.wait_ended(self.id);
}

void Simulation::wake(core::TaskId task) {
  if (abandoned_) return;
  tasks_[task]->enabled_by = static_cast<std::uint32_t>(steps_);
  enabled_.add(*tasks_[task]);
  if (footprint_ != nullptr) footprint_->wake(task);
}

ActorId Simulation::add_event(const Op& op, EventTarget& target, std::uint64_t cookie, std::uint64_t label) {
  assert(!abandoned_);
  if (free_events_.empty()) {
    if (event_count_ == events_.size()) {
      events_.push_back(std::make_unique<Event>());
      events_.back()->id = kEventBit | event_count_;
    }
    free_events_.push_back(events_[event_count_++].get());
  }
  Event& event = *free_events_.back();
  free_events_.pop_back();
  event.op = op;
  event.created = static_cast<std::uint32_t>(steps_);
  event.target = &target;
  event.cookie = cookie;
  event.label = label;
  if (options_.trace_hash != nullptr) options_.trace_hash->event_added(event.id, current_->id);
  enabled_.add(event);
  if (footprint_ != nullptr) footprint_->add({key_of(event), op});
  return event.id;
}

void Simulation::remove_event(ActorId id) {
  if (abandoned_) return;
  Event& event = *events_[id & ~kEventBit];
  assert(event.enabled());
  if (ask_always_) strategy_->never_made(event);
  enabled_.remove(event);
  free_events_.push_back(&event);
  if (footprint_ != nullptr) footprint_->remove(key_of(event));
}

std::uint64_t Simulation::draw(std::uint64_t bound, core::Site site) {
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 31U;
  assert(bound >= 1);
  if (bound <= kHalf) return draw_small(static_cast<std::uint32_t>(bound), nullptr, site);
  const std::uint64_t high = draw((bound - 1) / kHalf + 1, site);
  return std::min(high * kHalf + draw_small(static_cast<std::uint32_t>(kHalf), nullptr, site), bound - 1);
}

bool Simulation::chance(double probability, core::Site site) {
  if (probability <= 0) return false;
  if (probability >= 1) return true;
  return draw_small(2, &probability, site) == 1;
}

std::uint32_t Simulation::draw_small(std::uint32_t bound, const double* probability, core::Site site) {
  if (abandoned_) {
    give_up();
    return 0;
  }
  if (bound < 2) return 0;
  const std::uint32_t value = probability != nullptr ? strategy_->chance(*probability) : strategy_->draw(bound);
  record_decision(value, bound, 0);
  if (ending_) {
    if (!hand_over(nullptr)) give_up();
    return 0;
  }
  hear(value);
  if (footprint_ != nullptr) footprint_->draw(bound, value);
  note(current_->id, {OpKind::draw, ObjectClass::draw, false, value, site}, bound, value);
  return value;
}

void Simulation::sleep(std::uint64_t duration_ns, core::Site site) {
  if (abandoned_) return give_up();
  step_not_told();
  Task& self = *current_;
  const std::uint64_t deadline = now_ns_ + std::min(duration_ns, UINT64_MAX - now_ns_);
  Task* first_before = sleepers_.empty() ? nullptr : sleepers_.back().task;
  const auto wakes_earlier = [&](const Sleeper& sleeper) { return sleeper.deadline <= deadline; };
  sleepers_.insert(std::find_if(sleepers_.begin(), sleepers_.end(), wakes_earlier), {deadline, &self});
  const bool first = sleepers_.back().task == &self;
  if (first && first_before != nullptr) enabled_.remove(*first_before);
  watch_.wait_began(self.id, {core::WaitKind::timer, core::kNoId, true}, site);
  if (!pass({OpKind::sleep, ObjectClass::clock, false, 0, site}, first)) return;
  assert(sleepers_.back().task == &self);
  sleepers_.pop_back();
  now_ns_ = std::max(now_ns_, deadline);
  if (!sleepers_.empty()) enabled_.add(*sleepers_.back().task);
  watch_.wait_ended(self.id);
}

}  // namespace zoneknot::sim
