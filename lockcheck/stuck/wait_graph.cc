#include "lockcheck/stuck/wait_graph.h"

namespace zoneknot::lockcheck {

// An ended owner gives nothing back; a task that nothing is known of yet counts as running.
std::uint32_t WaitGraph::need_of_lock(core::LockId lock) const {
  if (lock >= state_->lock_owner.size()) return kNothing;
  const core::TaskId owner = state_->lock_owner[lock];
  if (owner >= tasks_) return kNothing;
  return state_->tasks[owner].state == TaskState::ended ? kNever : owner;
}

std::uint32_t WaitGraph::need_of_unit(core::SemaphoreId semaphore) const {
  if (semaphore < state_->semaphore_count.size() && state_->semaphore_count[semaphore] > 0) return kNothing;
  const bool is_pool = semaphore < state_->unit_holders.size() && state_->unit_holders[semaphore].has_value();
  if (!is_pool) return tasks_;
  const auto may_give = [this](core::TaskId task) {
    return task >= tasks_ || state_->tasks[task].state != TaskState::ended;
  };
  return std::ranges::any_of(*state_->unit_holders[semaphore], may_give) ? tasks_ + 1 + semaphore : kNever;
}

std::uint32_t WaitGraph::need_of(core::TaskId task) const {
  const TaskWait& entry = state_->tasks[task];
  if (entry.state != TaskState::waiting || entry.wait.timed) return kNothing;
  switch (entry.wait.kind) {
    case core::WaitKind::lock:
      return need_of_lock(entry.wait.object);
    case core::WaitKind::join: {
      const core::TaskId other = entry.wait.object;
      return other >= tasks_ || state_->tasks[other].state == TaskState::ended ? kNothing : other;
    }
    case core::WaitKind::completion:
      return entry.wait.can_end ? kNothing : kNever;
    case core::WaitKind::timer:
      return kNothing;
    case core::WaitKind::condition:
      return tasks_;
    case core::WaitKind::semaphore:
      return need_of_unit(entry.wait.object);
  }
  return kNothing;
}

}  // namespace zoneknot::lockcheck
