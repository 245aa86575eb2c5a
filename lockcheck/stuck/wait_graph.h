// The wait-for graph of one moment: its nodes are the tasks, "anybody", and the pools. An arm of a node leads to what
// could let it go on; one of them is enough, except for a task that waits for all who have a lock, or come first. Made
// of a WaitState, which it refers to; one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/lock_observer.h"
#include "core/runtime.h"
#include "lockcheck/stuck/wait_state.h"

namespace zoneknot::lockcheck {

// Nodes are numbered: tasks by TaskId, then "anybody", then semaphores by SemaphoreId.
class WaitGraph {
 public:
  explicit WaitGraph(const WaitState& state)
      : state_(&state), tasks_(static_cast<std::uint32_t>(state.tasks.size())), arm_of_task_(tasks_) {
    bool on_anybody = false;
    for (core::TaskId task = 0; task < tasks_; ++task) {
      arm_of_task_[task] = need_of(task);
      on_anybody |= arm_of_task_[task] == tasks_;
    }
    for (core::TaskId task = 0; on_anybody && task < tasks_; ++task) {
      if (state.tasks[task].state != TaskState::ended) anybody_.push_back(task);
    }
  }

  [[nodiscard]] std::uint32_t tasks() const { return tasks_; }
  [[nodiscard]] std::uint32_t nodes() const {
    return tasks_ + 1 + static_cast<std::uint32_t>(state_->unit_holders.size());
  }
  [[nodiscard]] bool is_task(std::uint32_t node) const { return node < tasks_; }
  // The node goes on only if all of its arms do. Of a node with one arm it makes no difference.
  [[nodiscard]] bool needs_all(std::uint32_t node) const { return is_task(node) && arm_of_task_[node] == kSeveral; }
  // There is such a node.
  [[nodiscard]] bool some_need_all() const { return !several_.empty(); }

  // Without the help of another node.
  [[nodiscard]] bool goes_on_alone(std::uint32_t node) const {
    if (is_task(node)) return arm_of_task_[node] == kNothing;
    const std::vector<core::TaskId>& helpers = helpers_of(node);
    return std::ranges::any_of(helpers, [this](core::TaskId helper) { return helper >= tasks_; });
  }

  [[nodiscard]] std::uint32_t arms(std::uint32_t node) const {
    if (needs_all(node)) return static_cast<std::uint32_t>(several_[node].size());
    if (is_task(node)) return arm_of_task_[node] < kSeveral ? 1 : 0;
    return static_cast<std::uint32_t>(helpers_of(node).size());
  }

  // What a holder that has ended has is lost: that arm leads back to the pool.
  [[nodiscard]] std::uint32_t arm(std::uint32_t node, std::uint32_t number) const {
    if (needs_all(node)) return several_[node][number];
    if (is_task(node)) return arm_of_task_[node];
    const core::TaskId helper = helpers_of(node)[number];
    return helper < tasks_ && state_->tasks[helper].state != TaskState::ended ? helper : node;
  }

 private:
  static constexpr std::uint32_t kNothing = UINT32_MAX;      // it can go on by itself
  static constexpr std::uint32_t kNever = UINT32_MAX - 1;    // nobody will give it
  static constexpr std::uint32_t kSeveral = UINT32_MAX - 2;  // all of several_

  // Nobody, of a semaphore that is no pool: who waits for that waits on anybody.
  [[nodiscard]] const std::vector<core::TaskId>& helpers_of(std::uint32_t node) const {
    if (node == tasks_) return anybody_;
    const std::optional<std::vector<core::TaskId>>& holders = state_->unit_holders[node - tasks_ - 1];
    return holders ? *holders : nobody_;
  }

  [[nodiscard]] std::uint32_t need_of(core::TaskId task);
  [[nodiscard]] std::uint32_t need_of_lock(core::TaskId task, const core::Wait& wait);
  // The tasks that have to give back a lock, or a share of it, or to get it first.
  [[nodiscard]] std::vector<core::TaskId> in_the_way(const core::Wait& wait) const;
  [[nodiscard]] std::uint32_t need_of_unit(core::SemaphoreId semaphore) const;

  const WaitState* state_;
  std::uint32_t tasks_;
  std::vector<std::uint32_t> arm_of_task_;          // by TaskId: a node, kNothing, kNever or kSeveral
  std::vector<std::vector<core::TaskId>> several_;  // by TaskId; empty if nobody needs several
  std::vector<core::TaskId> anybody_;               // who has not ended; empty if nobody asks
  std::vector<core::TaskId> nobody_;
};

}  // namespace zoneknot::lockcheck
