// What a LockWatch makes of shares of reader-writer locks. All of it goes the long way.

#include <algorithm>
#include <cassert>

#include "lockcheck/watch/lock_watch.h"
#include "lockcheck/watch/lock_watch_state.h"

namespace zoneknot::lockcheck {

// A share beside one that the task has is nothing wrong by itself: where readers come first it is to be had.
void LockWatch::shared_requested(core::TaskId task, core::LockId lock, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.shared_requested(task, lock, site); })) return;
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  const LockRecord& wanted = s.locks[lock];
  if (wanted.owned_by() == task) {
    if (wanted.info.kind == core::LockKind::plain)
      s.broken({.rule = Rule::self_wait, .task = task, .site = site, .lock = lock});
  } else if (s.order.on()) {
    s.order.requested_share(task, record.order, {record.held, record.shares}, lock, site);
  }
}

void LockWatch::shared_acquired(core::TaskId task, core::LockId lock, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.shared_acquired(task, lock, site); })) return;
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  if (HeldEntry* own = record.share_of(lock); own != nullptr) {
    ++own->count;
    return;
  }
  const std::uint64_t moves = record.moves.load(std::memory_order_relaxed) - 1;
  if (s.order.on()) OrderWatch::shares_changed(record.order, lock, true);
  record.shares.push_back({.lock = lock, .count = 1, .site = site, .since = moves});
}

bool LockWatch::shared_released(core::TaskId task, core::LockId lock, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.shared_released(task, lock, site); })) return true;
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  HeldEntry* own = record.share_of(lock);
  if (own == nullptr) {
    s.broken({.rule = Rule::released_by_owner, .task = task, .site = site, .lock = lock, .shared = true});
    return false;
  }
  if (--own->count > 0) return true;
  if (s.order.on()) OrderWatch::shares_changed(record.order, lock, false);
  record.shares.erase(record.shares.begin() + (own - record.shares.data()));
  return true;
}

std::vector<SharesInWaitState> LockWatch::State::shares_in_wait_state(const StoppedTasks& all) const {
  std::vector<SharesInWaitState> shares(locks.size());
  for (core::LockId lock = 0; lock < shares.size(); ++lock) {
    shares[lock].writers_first = locks[lock].info.readers == core::Readers::after_writers;
  }
  for (core::TaskId task = 0; task < all.count(); ++task) {
    for (const HeldEntry& share : tasks[task].shares) shares[share.lock].readers.push_back(task);
  }
  return shares;
}

std::span<const HeldEntry> LockWatch::shares_of(core::TaskId task) const { return state_->tasks[task].shares; }

SharedLock LockWatch::shared_lock(core::LockId lock) const {
  const State& s = *state_;
  SharedLock found{.owner = s.locks[lock].owned_by()};
  const bool writers_first = s.locks[lock].info.readers == core::Readers::after_writers;
  for (core::TaskId task = 0; task < s.tasks.size(); ++task) {
    const TaskRecord& record = s.tasks[task];
    for (const HeldEntry& share : record.shares) found.shares += share.lock == lock ? share.count : 0;
    const core::Wait& wait = record.wait;
    const bool waits = record.state == TaskState::waiting && wait.kind == core::WaitKind::lock && wait.object == lock;
    found.readers_wait |= waits && !wait.shared && writers_first;
  }
  return found;
}

}  // namespace zoneknot::lockcheck
