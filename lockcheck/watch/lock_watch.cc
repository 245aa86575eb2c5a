#include "lockcheck/watch/lock_watch.h"

#include <algorithm>
#include <cassert>

#include "core/lost_completion.h"
#include "lockcheck/watch/lock_watch_state.h"

namespace zoneknot::lockcheck {
namespace {

using core::kNoId;

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
    *own = record.holders.back();
    record.holders.pop_back();
  }
}

}  // namespace

// Rule (f): the owner of M waits for nothing; the owner of a zone waits for zone locks, M and completions alone.
core::LockId LockWatch::State::forbidden_while_waiting(const TaskRecord& record, core::TaskId task,
                                                       const core::Wait& wait) const {
  const bool for_a_lock = wait.kind == core::WaitKind::lock;
  // Waiting for a lock that one owns is rule self-wait.
  if (for_a_lock && locks[wait.object].owned_by() == task) return kNoId;
  const core::LockId device_table = record.held.first_of(core::LockRole::device_table, locks);
  if (device_table != kNoId) return device_table;
  const bool allowed =
      wait.kind == core::WaitKind::completion || (for_a_lock && locks[wait.object].info.role != core::LockRole::none);
  return allowed ? kNoId : record.held.first_of(core::LockRole::zone, locks);
}

LockWatch::LockWatch(Threads threads, OrderChecks order) : state_(std::make_unique<State>(threads)) {
  set_order_checks(order);
}
LockWatch::~LockWatch() = default;

void LockWatch::reset() {
  state_->tasks.clear();
  state_->locks.clear();
  state_->conditions.clear();
  state_->semaphores.clear();
  state_->waiting_on_anybody.store(0, std::memory_order_relaxed);
  state_->any_readers.store(false, std::memory_order_relaxed);
  state_->order.begin_run();
  state_->rules.clear();
  state_->any_broken.store(false, std::memory_order_relaxed);
  state_->mode.begin(!state_->listeners.empty());
}

void LockWatch::freeze() { state_->mode.freeze(); }

void LockWatch::add_listener(core::LockObserver& listener) {
  state_->listeners.push_back(&listener);
  state_->mode.set_listened(true);
}

void LockWatch::remove_listener(core::LockObserver& listener) {
  std::erase(state_->listeners, &listener);
  state_->mode.set_listened(!state_->listeners.empty());
}

void LockWatch::task_started(core::TaskId task, std::string_view name) {
  State& s = *state_;
  const bool ignored = s.ignores_or_tells([&](core::LockObserver& to) { to.task_started(task, name); });
  {
    const GuardIfMany guard(s.growth, s.threads);
    s.tasks.grow_to(task + 1, [](TaskRecord& record) { record.clear(); });
  }
  // Events that will be ignored find a record all the same, before they know.
  if (ignored) return;
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  record.name = name;
  if (!s.order.on()) return;
  s.order.forked(kNoId, task);
  s.order.begin_segment(task, record.order);
}

void LockWatch::task_ended(core::TaskId task, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.task_ended(task, site); })) return;
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  record.state = TaskState::ended;
  for (const HeldEntry& entry : record.held.entries()) {
    // What was dropped has been reported by hold_dropped.
    if (entry.dropped >= entry.count) continue;
    s.broken({.rule = Rule::lock_outlives_task, .task = task, .site = entry.site, .lock = entry.lock});
  }
  for (const HeldEntry& share : record.shares) {
    s.broken({.rule = Rule::lock_outlives_task, .task = task, .site = share.site, .lock = share.lock, .shared = true});
  }
  if (record.ios.pending() > 0) {
    s.broken({.rule = Rule::own_io_reapable, .task = task, .site = site, .number = record.ios.pending()});
  }
}

void LockWatch::condition_created(core::ConditionId condition, std::string_view name) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.condition_created(condition, name); })) return;
  if (s.order.on()) s.order.has_wakers();
  const GuardIfMany guard(s.growth, s.threads);
  s.conditions.grow_to(condition + 1, [name](ConditionRecord& record) { record.name = name; });
}

void LockWatch::semaphore_created(core::SemaphoreId semaphore, std::string_view name, std::uint32_t count) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.semaphore_created(semaphore, name, count); })) return;
  if (s.order.on()) s.order.pool_created(semaphore, count);
  const GuardIfMany guard(s.growth, s.threads);
  s.semaphores.grow_to(semaphore + 1, [name, count](SemaphoreRecord& record) {
    record.name = name;
    record.is_pool = false;
    record.units = count;
    record.holders.clear();
    record.owned_units.store(true, std::memory_order_relaxed);
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
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  record.units.acquired(semaphore, site, record.order.asked);
}

void LockWatch::semaphore_released(core::TaskId task, core::SemaphoreId semaphore, std::uint32_t count,
                                   core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.semaphore_released(task, semaphore, count, site); })) return;
  SemaphoreRecord& given = s.semaphores[semaphore];
  note_given_back(given, task, count, s.threads);
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  const UnitsOwned& owned = record.units.of(semaphore);
  if (owned.units < count) {
    given.owned_units.store(false, std::memory_order_relaxed);
    record.units.gave_back_others(semaphore);
    if (s.order.on()) s.order.released_foreign_units(task, record.order, semaphore, site);
    return;
  }
  if (s.order.on()) s.order.released_own_units(task, record.order, owned);
  const auto asked_again_at = record.units.gave_back(semaphore, count);
  if (!asked_again_at || !given.owned_units.load(std::memory_order_relaxed)) return;
  s.broken({.rule = Rule::pool,
            .task = task,
            .site = *asked_again_at,
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
  const RecordChange change(s.mode, record);
  record.state = TaskState::waiting;
  record.wait = wait;
  record.site = site;
  if (waits_on_anybody(wait)) s.waiting_on_anybody.fetch_add(1, std::memory_order_relaxed);
  if (wait.kind == core::WaitKind::lock) s.count_lock_wait();
  // What a device has lost is no fault of the program.
  if (wait.kind == core::WaitKind::completion && wait.object == core::kLostByDevice) return;
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
  if (s.order.on() && wait.kind == core::WaitKind::condition && !wait.timed) {
    s.order.waits_for_condition(task, record.order, {record.held, record.shares}, wait.object, site);
  }
}

void LockWatch::wait_ended(core::TaskId task) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.wait_ended(task); })) return;
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  record.state = TaskState::running;
  if (waits_on_anybody(record.wait)) s.waiting_on_anybody.fetch_sub(1, std::memory_order_relaxed);
}

void LockWatch::hold_dropped(core::TaskId task, core::LockId lock, core::Site acquired) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.hold_dropped(task, lock, acquired); })) return;
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  const LockRecord& dropped = s.locks[lock];
  if (dropped.owned_by() == task) {
    HeldEntry& entry = record.held.entry(dropped);
    entry.dropped = std::min(entry.dropped + 1, entry.count);
  }
  s.broken({.rule = Rule::lock_outlives_task, .task = task, .site = acquired, .lock = lock});
}

void LockWatch::io(core::TaskId task, const core::IoEvent& event, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.io(task, event, site); })) return;
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  record.ios.note(event);
  if (event.step == core::IoStep::requeue && event.holds_zone) {
    s.broken({.rule = Rule::requeued_owns_none, .task = task, .site = site, .number = event.offset});
  }
}

void LockWatch::assertion_failed(core::TaskId task, std::string_view what, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.assertion_failed(task, what, site); })) return;
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  s.broken({.rule = Rule::assertion, .task = task, .site = site, .literal = what});
}

void LockWatch::guard_missed(core::TaskId task, std::string_view cell, core::LockId guard, core::Access access,
                             core::Site site) {
  State& s = *state_;
  if (s.mode.frozen()) return;
  s.broken({.rule = Rule::guard,
            .task = task,
            .site = site,
            .lock = guard,
            .number = static_cast<std::uint64_t>(access),
            .literal = cell});
}

void LockWatch::stack_overflowed(core::TaskId task, core::Site site) {
  State& s = *state_;
  if (!s.mode.frozen()) s.broken({.rule = Rule::stack, .task = task, .site = site});
}

}  // namespace zoneknot::lockcheck
