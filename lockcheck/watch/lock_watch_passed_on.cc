// The events that a LockWatch passes on to its listeners, and makes nothing of itself but for the order of waits.

#include <algorithm>

#include "lockcheck/watch/lock_watch.h"
#include "lockcheck/watch/lock_watch_state.h"

namespace zoneknot::lockcheck {

void LockWatch::task_forked(core::TaskId parent, core::TaskId child, core::Site site) {
  State& s = *state_;
  if (!s.tells_and_orders([&](core::LockObserver& to) { to.task_forked(parent, child, site); })) return;
  s.order.forked(parent, child);
  for (const core::TaskId task : {parent, child}) {
    const RecordChange change(s.mode, s.tasks[task]);
    s.order.begin_segment(task, s.tasks[task].order);
  }
}

void LockWatch::task_joined(core::TaskId task, core::TaskId other, core::Site site) {
  State& s = *state_;
  if (!s.tells_and_orders([&](core::LockObserver& to) { to.task_joined(task, other, site); })) return;
  s.order.joined(task, other);
  const RecordChange change(s.mode, s.tasks[task]);
  s.order.begin_segment(task, s.tasks[task].order);
}

void LockWatch::lock_refused(core::TaskId task, core::LockId lock, core::Site site) {
  state_->pass_on([&](core::LockObserver& to) { to.lock_refused(task, lock, site); });
}

void LockWatch::condition_entered(core::TaskId task, core::ConditionId condition, core::LockId lock, core::Site site) {
  state_->pass_on([&](core::LockObserver& to) { to.condition_entered(task, condition, lock, site); });
}

void LockWatch::condition_signalled(core::TaskId task, core::ConditionId condition, bool all, core::Site site) {
  State& s = *state_;
  if (!s.tells_and_orders([&](core::LockObserver& to) { to.condition_signalled(task, condition, all, site); })) return;
  const RecordChange change(s.mode, s.tasks[task]);
  s.order.signalled(task, s.tasks[task].order, condition, site);
}

void LockWatch::condition_woke(core::TaskId task, core::TaskId woken, core::ConditionId condition) {
  state_->pass_on([&](core::LockObserver& to) { to.condition_woke(task, woken, condition); });
}

void LockWatch::semaphore_requested(core::TaskId task, core::SemaphoreId semaphore, core::Site site) {
  State& s = *state_;
  if (s.ignores_or_tells([&](core::LockObserver& to) { to.semaphore_requested(task, semaphore, site); })) return;
  TaskRecord& record = s.tasks[task];
  const RecordChange change(s.mode, record);
  record.units.requested(semaphore, site);
  if (s.order.on()) s.order.requested_unit(task, record.order, {record.held, record.shares}, semaphore, site);
}

void LockWatch::semaphore_refused(core::TaskId task, core::SemaphoreId semaphore, core::Site site) {
  state_->pass_on([&](core::LockObserver& to) { to.semaphore_refused(task, semaphore, site); });
}

void LockWatch::cell_created(core::CellId cell, std::string_view name) {
  state_->pass_on([&](core::LockObserver& to) { to.cell_created(cell, name); });
}

void LockWatch::cell_accessed(core::TaskId task, core::CellId cell, core::Access access, core::Site site) {
  state_->pass_on([&](core::LockObserver& to) { to.cell_accessed(task, cell, access, site); });
}

bool LockWatch::wants_accesses() const {
  return std::ranges::any_of(state_->listeners, [](const auto* listener) { return listener->wants_accesses(); });
}

void LockWatch::set_order_checks(OrderChecks order) {
  state_->order.set_on(order != OrderChecks::off, order == OrderChecks::over_runs);
}

OrderPredictions LockWatch::predictions() const { return state_->order.predictions(); }

OrderStats LockWatch::order_stats() const { return state_->order.stats(); }

}  // namespace zoneknot::lockcheck
