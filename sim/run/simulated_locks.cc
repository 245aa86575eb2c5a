#include "sim/run/simulated_locks.h"

#include <fmt/core.h>

#include <cassert>

namespace zoneknot::sim {

core::LockId SimulatedLocks::create(const core::LockInfo& info) {
  if (scheduler_.abandoned()) {
    scheduler_.give_up();
    return 0;
  }
  if (!scheduler_.about_to_create(ObjectClass::lock, scheduler_.running().op.site)) return 0;
  const auto id = static_cast<core::LockId>(locks_.size());
  locks_.emplace_back().kind = info.kind;
  if (info.readers != core::Readers::none) {
    assert(info.kind == core::LockKind::plain);
    locks_.back().shared = true;
    shared_.create(id, info.readers);
  }
  scheduler_.note_created(ObjectClass::lock);
  scheduler_.watch().lock_created(id, info);
  scheduler_.add_to_history(id);
  return id;
}

std::string SimulatedLocks::unknown(core::LockId id) const {
  return fmt::format("names lock {}, and there are {}", id, locks_.size());
}

void SimulatedLocks::refuse(core::LockId id, core::Site site) { scheduler_.refuse(unknown(id), site); }

void SimulatedLocks::lock(core::LockId id, core::Site site) {
  if (scheduler_.abandoned()) return scheduler_.give_up();
  if (id >= locks_.size()) refuse(id, site);
  if (locks_[id].shared) return shared_.lock(id, LockMode::exclusive, site);
  Task& self = scheduler_.running();
  scheduler_.watch().lock_requested(self.id, id, site);
  if (!wait_for(self, id, OpKind::lock, site)) return;
  look_at(id);
  take(self, id, site);
}

bool SimulatedLocks::try_lock(core::LockId id, core::Site site) {
  const bool taken = try_to_take(id, site);
  if (!taken && !scheduler_.abandoned()) scheduler_.watch().lock_refused(scheduler_.running().id, id, site);
  return taken;
}

bool SimulatedLocks::try_to_take(core::LockId id, core::Site site) {
  if (scheduler_.abandoned()) {
    scheduler_.give_up();
    return false;
  }
  if (id >= locks_.size()) refuse(id, site);
  if (locks_[id].shared) return shared_.try_to_take(id, LockMode::exclusive, site);
  Task& self = scheduler_.running();
  const bool fails = !locks_[id].can_be_taken_by(self);
  link(locks_[id].first_trying, self);
  if (!scheduler_.pass({OpKind::try_lock, ObjectClass::lock, fails, id, site}, true)) return false;
  unlink(locks_[id].first_trying, self);
  look_at(id);
  const bool taken = locks_[id].can_be_taken_by(self);
  assert(taken != self.op.read_only);
  scheduler_.add_to_history(taken ? 1 : 0);
  if (taken) take(self, id, site);
  return taken;
}

void SimulatedLocks::unlock(core::LockId id, core::Site site) noexcept {
  if (scheduler_.abandoned()) return;
  if (id >= locks_.size()) return scheduler_.refuse_and_end(unknown(id), site);
  if (locks_[id].shared) return shared_.unlock(id, site);
  Task& self = scheduler_.running();
  if (!scheduler_.reach({OpKind::unlock, ObjectClass::lock, false, id, site}, true)) return;
  look_at(id);
  if (!scheduler_.watch().lock_released(self.id, id, site)) return;
  Lock& lock = locks_[id];
  assert(lock.owner == self.id && lock.count > 0);
  if (--lock.count > 0) return;
  lock.owner = core::kNoId;
  for (Task* task = lock.first_pending; task != nullptr; task = task->next_waiter) scheduler_.enable(*task);
  for (Task* task = lock.first_trying; task != nullptr; task = task->next_waiter) task->op.read_only = false;
}

void SimulatedLocks::take(Task& self, core::LockId id, core::Site site) {
  Lock& lock = locks_[id];
  assert(lock.can_be_taken_by(self));
  if (lock.count++ == 0) {
    lock.owner = self.id;
    for (Task* other = lock.first_pending; other != nullptr; other = other->next_waiter) {
      if (other->timed.expired) continue;
      scheduler_.disable(*other);
      if (!other->wait_told) begin_wait(*other, id, other->op.site);
    }
    for (Task* other = lock.first_trying; other != nullptr; other = other->next_waiter) other->op.read_only = true;
  }
  scheduler_.watch().lock_acquired(self.id, id, site);
}

void SimulatedLocks::begin_wait(Task& task, core::LockId id, core::Site site) {
  task.wait_told = true;
  scheduler_.watch().wait_began(task.id, {core::WaitKind::lock, id, true, task.timed.on}, site);
}

}  // namespace zoneknot::sim
