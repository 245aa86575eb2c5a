#include "lockcheck/stuck/wait_graph.h"

#include <utility>

namespace zoneknot::lockcheck {

// An ended owner gives nothing back; a task that nothing is known of yet counts as running.
std::uint32_t WaitGraph::need_of_lock(core::TaskId task, const core::Wait& wait) {
  if (wait.object >= state_->lock_owner.size()) return kNothing;
  const core::TaskId owner = state_->lock_owner[wait.object];
  if (wait.object >= state_->shares.size()) {
    if (owner >= tasks_) return kNothing;
    return state_->tasks[owner].state == TaskState::ended ? kNever : owner;
  }
  std::vector<core::TaskId> others = in_the_way(wait);
  const auto has_ended = [this](core::TaskId other) { return state_->tasks[other].state == TaskState::ended; };
  if (std::ranges::any_of(others, has_ended)) return kNever;
  if (others.size() < 2) return others.empty() ? kNothing : others.front();
  several_.resize(tasks_);
  several_[task] = std::move(others);
  return kSeveral;
}

std::vector<core::TaskId> WaitGraph::in_the_way(const core::Wait& wait) const {
  std::vector<core::TaskId> others = {state_->lock_owner[wait.object]};
  const SharesInWaitState& shares = state_->shares[wait.object];
  if (!wait.shared) {
    others.insert(others.end(), shares.readers.begin(), shares.readers.end());
  } else if (shares.writers_first) {
    for (core::TaskId writer = 0; writer < tasks_; ++writer) {
      const TaskWait& entry = state_->tasks[writer];
      const bool waits = entry.state == TaskState::waiting && entry.wait.kind == core::WaitKind::lock;
      if (waits && entry.wait.object == wait.object && !entry.wait.shared) others.push_back(writer);
    }
  }
  std::erase_if(others, [this](core::TaskId other) { return other >= tasks_; });
  std::ranges::sort(others);
  others.erase(std::unique(others.begin(), others.end()), others.end());
  return others;
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

std::uint32_t WaitGraph::need_of(core::TaskId task) {
  const TaskWait& entry = state_->tasks[task];
  if (entry.state != TaskState::waiting || entry.wait.timed) return kNothing;
  switch (entry.wait.kind) {
    case core::WaitKind::lock:
      return need_of_lock(task, entry.wait);
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
