#include "lockcheck/lock_watch.h"

#include <algorithm>
#include <cassert>

#include "lockcheck/lock_watch_state.h"

namespace zoneknot::lockcheck {
namespace {

using core::kNoId;

// The lock classes that docs/protocol.md section 5 speaks of.
constexpr std::string_view kZoneClass = "zone";
constexpr std::string_view kDeviceTableClass = "M";

LockRole role_of(std::string_view lock_class) {
  if (lock_class == kZoneClass) return LockRole::zone;
  return lock_class == kDeviceTableClass ? LockRole::device_table : LockRole::other;
}

core::TaskId owner_of(const LockRecord& lock) { return lock.owner.load(std::memory_order_relaxed); }

void note_taken(SemaphoreRecord& record, core::TaskId task, Threads threads) {
  if (!record.is_pool) return;
  const GuardIfMany guard(record.lock, threads);
  record.holders.push_back(task);
}

void note_given_back(SemaphoreRecord& record, core::TaskId task, std::uint32_t count, Threads threads) {
  if (!record.is_pool) return;
  const GuardIfMany guard(record.lock, threads);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto own = std::ranges::find(record.holders, task);
    if (own == record.holders.end()) return;
    record.holders.erase(own);
  }
}

}  // namespace

// Rule (f): whoever owns M waits for nothing; whoever owns a zone waits for zone locks, M and completions alone.
core::LockId LockWatch::State::forbidden_while_waiting(const TaskRecord& record, core::TaskId task,
                                                       const core::Wait& wait) const {
  const bool for_a_lock = wait.kind == core::WaitKind::lock;
  // Waiting for a lock that one owns is rule self-wait.
  if (for_a_lock && owner_of(locks[wait.object]) == task) return kNoId;
  if (record.held.holds_device_table()) return record.held.first_of(LockRole::device_table, locks);
  const bool allowed =
      wait.kind == core::WaitKind::completion || (for_a_lock && locks[wait.object].role != LockRole::other);
  return allowed || !record.held.holds_zone() ? kNoId : record.held.first_of(LockRole::zone, locks);
}

LockWatch::LockWatch(Threads threads, OrderChecks order) : state_(std::make_unique<State>(threads)) {
  state_->order_checked = order == OrderChecks::on;
}
LockWatch::~LockWatch() = default;

void LockWatch::reset() {
  state_->tasks.clear();
  state_->locks.clear();
  state_->conditions.clear();
  state_->semaphores.clear();
  state_->waiting_on_anybody.store(0, std::memory_order_relaxed);
  if (state_->order_checked) state_->order.clear();
  state_->rules.clear();
  state_->any_broken.store(false, std::memory_order_relaxed);
  state_->mode.store(state_->listener == nullptr ? 0 : State::kListened, std::memory_order_relaxed);
}

void LockWatch::freeze() { state_->mode.store(State::kFrozen, std::memory_order_relaxed); }

void LockWatch::set_listener(core::LockObserver* listener) {
  state_->listener = listener;
  const std::uint8_t frozen = state_->mode.load(std::memory_order_relaxed) & State::kFrozen;
  state_->mode.store(frozen != 0 || listener == nullptr ? frozen : State::kListened, std::memory_order_relaxed);
}

void LockWatch::task_started(core::TaskId task, std::string_view name) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.task_started(task, name); })) return;
  {
    const GuardIfMany guard(s.growth, s.threads);
    s.tasks.grow_to(task + 1, [](TaskRecord& record) { record.clear(); });
  }
  TaskRecord& record = s.tasks[task];
  const GuardIfMany guard(record.lock, s.threads);
  record.name = name;
  ++record.events;
  if (!s.order_checked) return;
  s.order.forked(kNoId, task);
  s.order.begin_segment(task, record.order);
}

void LockWatch::task_ended(core::TaskId task, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.task_ended(task, site); })) return;
  TaskRecord& record = s.tasks[task];
  const GuardIfMany guard(record.lock, s.threads);
  ++record.events;
  record.state = TaskState::ended;
  for (const HeldEntry& entry : record.held.entries()) {
    // What was dropped has been reported by hold_dropped.
    if (entry.dropped >= entry.count) continue;
    s.broken({.rule = Rule::lock_outlives_task, .task = task, .site = entry.site, .lock = entry.lock});
  }
  if (record.ios.pending() > 0) {
    s.broken({.rule = Rule::own_io_reapable, .task = task, .site = site, .number = record.ios.pending()});
  }
}

void LockWatch::lock_created(core::LockId lock, const core::LockInfo& info) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.lock_created(lock, info); })) return;
  const GuardIfMany guard(s.growth, s.threads);
  s.locks.grow_to(lock + 1, [](LockRecord& record) {
    record.describe(kNoId, {}, LockRole::other);
    record.owner.store(kNoId, std::memory_order_relaxed);
  });
  s.locks[lock].describe(lock, info, role_of(info.lock_class));
}

// Rule (g) is a rule about asking: a request that happens to find the lock free would have waited in another schedule,
// so it is reported whether or not it waits this time. try_lock never waits and is not told of.
// Whatever is looked at here only the task itself changes, so the record's lock, which costs more than all the rest, is
// not needed; what follows the request says that the task has moved.
void LockWatch::lock_requested(core::TaskId task, core::LockId lock, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.lock_requested(task, lock, site); })) return;
  TaskRecord& record = s.tasks[task];
  const LockRecord& wanted = s.locks[lock];
  if (owner_of(wanted) == task) {
    if (wanted.info.kind == core::LockKind::plain) {
      s.broken({.rule = Rule::self_wait, .task = task, .site = site, .lock = lock});
    }
    return;
  }
  if (wanted.rank != 0 && record.held.highest_rank() >= wanted.rank) {
    s.broken({.rule = Rule::order, .task = task, .site = site, .lock = lock, .owned = record.held.highest_zone()});
  }
  if (record.ios.completing() > 0) {
    s.broken(
        {.rule = Rule::completion, .task = task, .site = site, .wait = {.kind = core::WaitKind::lock, .object = lock}});
  }
  if (wanted.keyed) {
    const core::LockId later = record.held.not_before(wanted, s.locks);
    if (later != kNoId) s.broken({.rule = Rule::order, .task = task, .site = site, .lock = lock, .owned = later});
  }
  if (s.order_checked) s.order.requested(task, record.order, record.held, lock, site);
}

void LockWatch::lock_acquired(core::TaskId task, core::LockId lock, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.lock_acquired(task, lock, site); })) return;
  TaskRecord& record = s.tasks[task];
  const GuardIfMany guard(record.lock, s.threads);
  ++record.events;
  LockRecord& taken = s.locks[lock];
  const core::TaskId owner = owner_of(taken);
  if (owner == task) {
    ++record.held.entry(taken).count;
    return;
  }
  assert(owner == kNoId);
  taken.owner.store(task, std::memory_order_relaxed);
  record.held.add(lock, taken, site, record.events);
}

bool LockWatch::lock_released(core::TaskId task, core::LockId lock, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.lock_released(task, lock, site); })) return true;
  TaskRecord& record = s.tasks[task];
  const GuardIfMany guard(record.lock, s.threads);
  ++record.events;
  LockRecord& given = s.locks[lock];
  const core::TaskId owner = owner_of(given);
  if (owner != task) {
    s.broken({.rule = Rule::released_by_owner, .task = task, .site = site, .lock = lock, .owner = owner});
    return false;
  }
  HeldEntry& entry = record.held.entry(given);
  if (--entry.count == 0) {
    record.held.remove(lock, given, s.locks);
    given.owner.store(kNoId, std::memory_order_relaxed);
  } else {
    entry.dropped = std::min(entry.dropped, entry.count);
  }
  return true;
}

void LockWatch::condition_created(core::ConditionId condition, std::string_view name) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.condition_created(condition, name); })) return;
  if (s.order_checked) s.order.has_wakers();
  const GuardIfMany guard(s.growth, s.threads);
  s.conditions.grow_to(condition + 1, [name](ConditionRecord& record) { record.name = name; });
}

void LockWatch::semaphore_created(core::SemaphoreId semaphore, std::string_view name, std::uint32_t count) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.semaphore_created(semaphore, name, count); })) return;
  if (s.order_checked) s.order.pool_created(semaphore, count);
  const GuardIfMany guard(s.growth, s.threads);
  s.semaphores.grow_to(semaphore + 1, [name, count](SemaphoreRecord& record) {
    record.name = name;
    record.is_pool = false;
    record.units = count;
    record.holders.clear();
    record.count.store(count, std::memory_order_relaxed);
  });
}

void LockWatch::pool_declared(core::SemaphoreId pool) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.pool_declared(pool); })) return;
  s.semaphores[pool].is_pool = true;
}

void LockWatch::semaphore_acquired(core::TaskId task, core::SemaphoreId semaphore, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.semaphore_acquired(task, semaphore, site); })) return;
  note_taken(s.semaphores[semaphore], task, s.threads);
  if (!s.order_checked) return;
  const GuardIfMany guard(s.tasks[task].lock, s.threads);
  OrderWatch::acquired_unit(s.tasks[task].order, semaphore, site);
}

void LockWatch::semaphore_released(core::TaskId task, core::SemaphoreId semaphore, std::uint32_t count,
                                   core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.semaphore_released(task, semaphore, count, site); })) return;
  note_given_back(s.semaphores[semaphore], task, count, s.threads);
  if (!s.order_checked) return;
  TaskRecord& record = s.tasks[task];
  const GuardIfMany guard(record.lock, s.threads);
  const auto nested = s.order.released_units(task, record.order, semaphore, count, site);
  if (!nested) return;
  s.broken({.rule = Rule::pool,
            .task = task,
            .site = *nested,
            .wait = {.kind = core::WaitKind::semaphore, .object = semaphore}});
}

void LockWatch::semaphore_changed(core::SemaphoreId semaphore, std::uint32_t count) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.semaphore_changed(semaphore, count); })) return;
  s.semaphores[semaphore].count.store(count, std::memory_order_relaxed);
}

void LockWatch::wait_began(core::TaskId task, const core::Wait& wait, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.wait_began(task, wait, site); })) return;
  TaskRecord& record = s.tasks[task];
  const GuardIfMany guard(record.lock, s.threads);
  ++record.events;
  record.state = TaskState::waiting;
  record.wait = wait;
  record.site = site;
  if (waits_on_anybody(wait)) s.waiting_on_anybody.fetch_add(1, std::memory_order_relaxed);
  if (wait.kind == core::WaitKind::completion && !wait.can_end) {
    s.broken({.rule = Rule::reap_ends, .task = task, .site = site});
  }
  if (record.ios.completing() > 0 && wait.kind != core::WaitKind::lock) {
    s.broken({.rule = Rule::completion, .task = task, .site = site, .wait = wait});
  }
  const core::LockId owned = s.forbidden_while_waiting(record, task, wait);
  if (owned != kNoId) {
    s.broken({.rule = Rule::waits_owning, .task = task, .site = site, .owned = owned, .wait = wait});
  }
  if (s.order_checked && wait.kind == core::WaitKind::condition && !wait.timed) {
    s.order.waits_for_condition(task, record.order, record.held, wait.object, site);
  }
}

void LockWatch::wait_ended(core::TaskId task) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.wait_ended(task); })) return;
  TaskRecord& record = s.tasks[task];
  const GuardIfMany guard(record.lock, s.threads);
  ++record.events;
  record.state = TaskState::running;
  if (waits_on_anybody(record.wait)) s.waiting_on_anybody.fetch_sub(1, std::memory_order_relaxed);
}

void LockWatch::hold_dropped(core::TaskId task, core::LockId lock, core::Site acquired) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.hold_dropped(task, lock, acquired); })) return;
  TaskRecord& record = s.tasks[task];
  const GuardIfMany guard(record.lock, s.threads);
  ++record.events;
  const LockRecord& dropped = s.locks[lock];
  if (owner_of(dropped) == task) {
    HeldEntry& entry = record.held.entry(dropped);
    entry.dropped = std::min(entry.dropped + 1, entry.count);
  }
  s.broken({.rule = Rule::lock_outlives_task, .task = task, .site = acquired, .lock = lock});
}

void LockWatch::io(core::TaskId task, const core::IoEvent& event, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.io(task, event, site); })) return;
  TaskRecord& record = s.tasks[task];
  const GuardIfMany guard(record.lock, s.threads);
  ++record.events;
  record.ios.note(event);
  if (event.step == core::IoStep::requeue && event.holds_zone) {
    s.broken({.rule = Rule::requeued_owns_none, .task = task, .site = site, .number = event.offset});
  }
}

void LockWatch::assertion_failed(core::TaskId task, std::string_view what, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.assertion_failed(task, what, site); })) return;
  TaskRecord& record = s.tasks[task];
  const GuardIfMany guard(record.lock, s.threads);
  ++record.events;
  s.broken({.rule = Rule::assertion, .task = task, .site = site, .literal = what});
}

void LockWatch::stack_overflowed(core::TaskId task, core::Site site) {
  State& s = *state_;
  if (!s.ignores()) s.broken({.rule = Rule::stack, .task = task, .site = site});
}

}  // namespace zoneknot::lockcheck
