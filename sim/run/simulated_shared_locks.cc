#include "sim/run/simulated_shared_locks.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace zoneknot::sim {
namespace {

constexpr PartName kHoldersName = (std::uint64_t{1} << 33U) + 1;  // beside that of timed waits

constexpr OpKind lock_kind(LockMode mode) {
  return mode == LockMode::shared ? OpKind::lock_shared : OpKind::lock_exclusive;
}

// Where a task is, or would be, among those that are sorted.
template <class Tasks>
auto place_of(Tasks& tasks, core::TaskId task) {
  return std::lower_bound(tasks.begin(), tasks.end(), task);
}

}  // namespace

void SimulatedSharedLocks::clear() {
  for (Lock& lock : locks_) lock.readers = core::Readers::none;
  in_state_ = false;
}

void SimulatedSharedLocks::create(core::LockId id, core::Readers readers) {
  if (!std::exchange(in_state_, true)) {
    scheduler_.states().add_state(kHoldersName, holders_);
    scheduler_.states().no_step_told();
  }
  if (id >= locks_.size()) locks_.resize(id + 1);
  Lock& lock = locks_[id];
  lock.readers = readers;
  lock.owner = core::kNoId;
  lock.shares.clear();
  lock.queue.clear();
  lock.first_exclusive_pending = lock.first_shared_pending = nullptr;
}

void SimulatedSharedLocks::Holders::describe(core::StateSink& sink) const {
  sink.add(kHoldersName);
  for (const Lock& lock : locks_.locks_) {
    if (lock.readers == core::Readers::none) continue;
    sink.add(lock.owner);
    sink.add(lock.shares.size());
    for (const Share& share : lock.shares) sink.add(std::uint64_t{share.task} << 32U | share.count);
    sink.add(lock.queue.size());
    for (const core::TaskId task : lock.queue) sink.add(task);
  }
}

bool SimulatedSharedLocks::can_be_taken(const Lock& lock, LockMode mode) {
  if (lock.owner != core::kNoId) return false;
  return mode == LockMode::shared ? lock.queue.empty() : lock.shares.empty();
}

// --- To take it ---

void SimulatedSharedLocks::lock(core::LockId id, LockMode mode, core::Site site) {
  if (scheduler_.abandoned()) return scheduler_.give_up();
  const core::TaskId self = scheduler_.running().id;
  if (mode == LockMode::shared) {
    scheduler_.watch().shared_requested(self, id, site);
  } else {
    scheduler_.watch().lock_requested(self, id, site);
    if (locks_[id].readers == core::Readers::after_writers) {
      if (!scheduler_.pass({OpKind::ask_exclusive, ObjectClass::shared_lock, false, id, site}, true)) return;
      if (can_be_taken(id, mode)) return take(id, mode, site);
    }
  }
  if (wait_for(id, mode, lock_kind(mode), site)) take(id, mode, site);
}

bool SimulatedSharedLocks::try_lock(core::LockId id, LockMode mode, core::Site site) {
  const bool taken = try_to_take(id, mode, site);
  if (!taken && !scheduler_.abandoned()) scheduler_.watch().lock_refused(scheduler_.running().id, id, site);
  return taken;
}

bool SimulatedSharedLocks::try_to_take(core::LockId id, LockMode mode, core::Site site) {
  if (scheduler_.abandoned()) {
    scheduler_.give_up();
    return false;
  }
  const OpKind kind = mode == LockMode::shared ? OpKind::try_lock_shared : OpKind::try_lock_exclusive;
  if (!scheduler_.pass({kind, ObjectClass::shared_lock, false, id, site}, true)) return false;
  const bool taken = can_be_taken(id, mode);
  scheduler_.add_to_history(taken ? 1 : 0);
  if (taken) take(id, mode, site);
  return taken;
}

// A writer joins the others in the step before, in which it found the lock taken.
bool SimulatedSharedLocks::wait_for(core::LockId id, LockMode mode, OpKind kind, core::Site site) {
  Task& self = scheduler_.running();
  link(first_pending(locks_[id], mode), self);
  const bool free = can_be_taken(id, mode);
  self.wait_told = false;
  if (!free) begin_wait(self, id, mode, site);
  if (mode == LockMode::exclusive && locks_[id].readers == core::Readers::after_writers) {
    std::vector<core::TaskId>& queue = locks_[id].queue;
    queue.insert(place_of(queue, self.id), self.id);
    settle(locks_[id].first_shared_pending, id, LockMode::shared);
  }
  if (!scheduler_.pass({kind, ObjectClass::shared_lock, false, id, site}, free)) return false;
  unlink(first_pending(locks_[id], mode), self);
  if (self.wait_told) scheduler_.watch().wait_ended(self.id);
  return true;
}

void SimulatedSharedLocks::take(core::LockId id, LockMode mode, core::Site site) {
  Lock& lock = locks_[id];
  const core::TaskId self = scheduler_.running().id;
  assert(can_be_taken(lock, mode) || std::ranges::binary_search(lock.queue, self));
  if (mode == LockMode::exclusive) {
    leave_queue(lock, self);
    lock.owner = self;
  } else {
    const auto by_task = [](const Share& share, core::TaskId task) { return share.task < task; };
    auto own = std::lower_bound(lock.shares.begin(), lock.shares.end(), self, by_task);
    if (own == lock.shares.end() || own->task != self) own = lock.shares.insert(own, {self, 0});
    ++own->count;
  }
  settle(id);
  if (mode == LockMode::exclusive) {
    scheduler_.watch().lock_acquired(self, id, site);
  } else {
    scheduler_.watch().shared_acquired(self, id, site);
  }
}

// --- To give it back ---

void SimulatedSharedLocks::unlock(core::LockId id, core::Site site) noexcept {
  if (scheduler_.abandoned()) return;
  if (!scheduler_.reach({OpKind::unlock_exclusive, ObjectClass::shared_lock, false, id, site}, true)) return;
  const core::TaskId self = scheduler_.running().id;
  if (!scheduler_.watch().lock_released(self, id, site)) return;
  assert(locks_[id].owner == self);
  locks_[id].owner = core::kNoId;
  settle(id);
}

void SimulatedSharedLocks::unlock_shared(core::LockId id, core::Site site) noexcept {
  if (scheduler_.abandoned()) return;
  if (!scheduler_.reach({OpKind::unlock_shared, ObjectClass::shared_lock, false, id, site}, true)) return;
  const core::TaskId self = scheduler_.running().id;
  if (!scheduler_.watch().shared_released(self, id, site)) return;
  std::vector<Share>& shares = locks_[id].shares;
  const auto own = std::ranges::find(shares, self, &Share::task);
  assert(own != shares.end());
  if (--own->count > 0) return;
  shares.erase(own);
  settle(id);
}

// --- Who waits ---

void SimulatedSharedLocks::settle(core::LockId id) {
  settle(locks_[id].first_exclusive_pending, id, LockMode::exclusive);
  settle(locks_[id].first_shared_pending, id, LockMode::shared);
}

void SimulatedSharedLocks::settle(Task* first, core::LockId id, LockMode mode) {
  const bool free = can_be_taken(id, mode);
  for (Task* task = first; task != nullptr; task = task->next_waiter) {
    if (task->timed.expired) continue;
    if (free) {
      scheduler_.enable(*task);
    } else {
      scheduler_.disable(*task);
      if (!task->wait_told) begin_wait(*task, id, mode, task->op.site);
    }
  }
}

void SimulatedSharedLocks::begin_wait(Task& task, core::LockId id, LockMode mode, core::Site site) {
  task.wait_told = true;
  const core::Wait wait{.kind = core::WaitKind::lock,
                        .object = id,
                        .can_end = true,
                        .timed = task.timed.on,
                        .released = core::kNoId,
                        .shared = mode == LockMode::shared};
  scheduler_.watch().wait_began(task.id, wait, site);
}

void SimulatedSharedLocks::time_is_over(Task& task) {
  Lock& lock = locks_[task.op.object];
  if (lock.queue.empty()) return;
  leave_queue(lock, task.id);
  settle(lock.first_shared_pending, task.op.object, LockMode::shared);
}

void SimulatedSharedLocks::leave_queue(Lock& lock, core::TaskId task) {
  const auto own = place_of(lock.queue, task);
  if (own != lock.queue.end() && *own == task) lock.queue.erase(own);
}

}  // namespace zoneknot::sim
