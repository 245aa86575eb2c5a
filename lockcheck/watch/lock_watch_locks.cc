// What a LockWatch makes of the life of a lock: created, asked for, taken, given back. Nearly all of these events say
// nothing new: for each there is a short way, which calls nothing, and a long one for all others.

#include <algorithm>
#include <cassert>

#include "lockcheck/watch/lock_watch.h"
#include "lockcheck/watch/lock_watch_state.h"

namespace zoneknot::lockcheck {
namespace {

using core::kNoId;

// `moves`: what they were before this event.
void take(TaskRecord& record, core::TaskId task, core::LockId lock, LockRecord& taken, core::Site site,
          std::uint64_t moves) {
  taken.owner.store(task, std::memory_order_relaxed);
  record.held.add(lock, taken, site, moves);
}

}  // namespace

void LockWatch::lock_created(core::LockId lock, const core::LockInfo& info) {
  State& s = *state_;
  // Events that will be ignored find a record all the same, before they know.
  static_cast<void>(s.ignores_or_tells([&](core::LockObserver& to) { to.lock_created(lock, info); }));
  static const core::LockInfo kUnknown;  // not made anew: copying what has just been written stalls
  const GuardIfMany guard(s.growth, s.threads);
  s.locks.grow_to(lock + 1, [](LockRecord& record) {
    record.describe(kNoId, kUnknown);
    record.owner.store(kNoId, std::memory_order_relaxed);
  });
  s.locks[lock].describe(lock, info);
  if (info.readers == core::Readers::none) return;
  s.any_readers.store(true, std::memory_order_relaxed);
  if (s.order.on()) s.order.has_wakers();
}

// --- Asked for -------------------------------------------------------------------------------------------------------

// Whatever is looked at here only the task itself changes, so a snapshot need not wait for it; what follows the request
// says that the task has moved.
void LockWatch::lock_requested(core::TaskId task, core::LockId lock, core::Site site) {
  State& s = *state_;
  if (s.mode.plain()) [[likely]] {
    const LockRecord& wanted = s.locks[lock];
    if (wanted.owned_by() != task && s.may_ask(s.tasks[task], wanted)) return;
  }
  s.look_at_request(task, lock, site);
}

// Rule (g) is a rule about asking: a request that happens to find the lock free would have waited in another schedule,
// so it is reported whether or not it waits this time. try_lock never waits and is not told of.
void LockWatch::State::look_at_request(core::TaskId task, core::LockId lock, core::Site site) {
  if (ignores_or_tells([&](core::LockObserver& to) { to.lock_requested(task, lock, site); })) return;
  TaskRecord& record = tasks[task];
  const LockRecord& wanted = locks[lock];
  if (wanted.owned_by() == task) {
    if (wanted.info.kind == core::LockKind::plain) {
      broken({.rule = Rule::self_wait, .task = task, .site = site, .lock = lock});
    }
    return;
  }
  if (wanted.info.readers != core::Readers::none && record.share_of(lock) != nullptr) {
    broken({.rule = Rule::self_wait, .task = task, .site = site, .lock = lock, .shared = true});
    return;
  }
  if (wanted.rank != 0 && record.held.highest_rank() >= wanted.rank) {
    broken({.rule = Rule::order, .task = task, .site = site, .lock = lock, .owned = record.held.highest_zone()});
  }
  // The owner of M waits for nothing, so nobody is held up by waiting for it.
  if (record.ios.completing() > 0 && wanted.info.role != core::LockRole::device_table) {
    broken(
        {.rule = Rule::completion, .task = task, .site = site, .wait = {.kind = core::WaitKind::lock, .object = lock}});
  }
  if (wanted.keyed) {
    const core::LockId later = record.held.not_before(wanted, locks);
    if (later != kNoId) broken({.rule = Rule::order, .task = task, .site = site, .lock = lock, .owned = later});
  }
  if (order.on()) order.requested(task, record.order, {record.held, record.shares}, lock, site);
}

// --- Taken -----------------------------------------------------------------------------------------------------------

void LockWatch::lock_taken(core::TaskId task, core::LockId lock, core::Site site) {
  State& s = *state_;
  TaskRecord& record = s.tasks[task];
  LockRecord& taken = s.locks[lock];
  const std::uint64_t moves = record.moves.load(std::memory_order_relaxed);
  if (s.mode.enter_plainly(record.moves, moves) && taken.owned_by() == kNoId && !record.held.full() &&
      s.may_ask(record, taken)) [[likely]] {
    take(record, task, lock, taken, site, moves);
    return RunMode::leave(record.moves, moves + 2);
  }
  RunMode::leave(record.moves, moves);
  s.look_at_taking(task, lock, site);
}

void LockWatch::State::look_at_taking(core::TaskId task, core::LockId lock, core::Site site) {
  look_at_request(task, lock, site);
  look_at_acquisition(task, lock, site);
}

void LockWatch::lock_acquired(core::TaskId task, core::LockId lock, core::Site site) {
  State& s = *state_;
  TaskRecord& record = s.tasks[task];
  LockRecord& taken = s.locks[lock];
  const std::uint64_t moves = record.moves.load(std::memory_order_relaxed);
  if (s.mode.enter_plainly(record.moves, moves) && taken.owned_by() == kNoId && !record.held.full()) [[likely]] {
    take(record, task, lock, taken, site, moves);
    return RunMode::leave(record.moves, moves + 2);
  }
  RunMode::leave(record.moves, moves);
  s.look_at_acquisition(task, lock, site);
}

void LockWatch::State::look_at_acquisition(core::TaskId task, core::LockId lock, core::Site site) {
  if (ignores_or_tells([&](core::LockObserver& to) { to.lock_acquired(task, lock, site); })) return;
  TaskRecord& record = tasks[task];
  const RecordChange change(mode, record);
  LockRecord& taken = locks[lock];
  if (taken.owned_by() == task) {
    ++record.held.entry(taken).count;
    return;
  }
  assert(taken.owned_by() == kNoId);
  record.held.make_room();
  take(record, task, lock, taken, site, record.moves.load(std::memory_order_relaxed) - 1);
}

// --- Given back ------------------------------------------------------------------------------------------------------

bool LockWatch::lock_released(core::TaskId task, core::LockId lock, core::Site site) {
  State& s = *state_;
  TaskRecord& record = s.tasks[task];
  LockRecord& given = s.locks[lock];
  const std::uint64_t moves = record.moves.load(std::memory_order_relaxed);
  if (s.mode.enter_plainly(record.moves, moves) && given.owned_by() == task && record.held.is_last(given)) [[likely]] {
    record.held.remove_last(given);
    given.owner.store(kNoId, std::memory_order_relaxed);
    RunMode::leave(record.moves, moves + 2);
    return true;
  }
  RunMode::leave(record.moves, moves);
  return s.look_at_release(task, lock, site);
}

bool LockWatch::State::look_at_release(core::TaskId task, core::LockId lock, core::Site site) {
  if (ignores_or_tells([&](core::LockObserver& to) { to.lock_released(task, lock, site); })) return true;
  TaskRecord& record = tasks[task];
  const RecordChange change(mode, record);
  LockRecord& given = locks[lock];
  const core::TaskId owner = given.owned_by();
  if (owner != task) {
    broken({.rule = Rule::released_by_owner, .task = task, .site = site, .lock = lock, .owner = owner});
    return false;
  }
  HeldEntry& entry = record.held.entry(given);
  if (--entry.count == 0) {
    record.held.remove(lock, given, locks);
    given.owner.store(kNoId, std::memory_order_relaxed);
  } else {
    entry.dropped = std::min(entry.dropped, entry.count);
  }
  return true;
}

}  // namespace zoneknot::lockcheck
