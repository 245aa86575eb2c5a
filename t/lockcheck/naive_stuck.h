// Who is stuck, found the slow and obvious way: a second opinion for tests of stuck_core.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "lockcheck/wait_state.h"

namespace zoneknot::lockcheck {

// Task `task` gets what it waits for, given who can go on.
inline bool naive_can_go_on(const WaitState& state, core::TaskId task, const std::vector<bool>& goes_on) {
  const TaskWait& entry = state.tasks.at(task);
  if (entry.state != TaskState::waiting || entry.wait.timed) return true;
  const auto another_goes_on = [&] {
    for (core::TaskId other = 0; other < state.tasks.size(); ++other) {
      if (other != task && state.tasks[other].state != TaskState::ended && goes_on.at(other)) return true;
    }
    return false;
  };
  switch (entry.wait.kind) {
    case core::WaitKind::timer:
      return true;
    case core::WaitKind::completion:
      return entry.wait.can_end;
    case core::WaitKind::join:
      return goes_on.at(entry.wait.object);
    case core::WaitKind::lock: {
      const core::TaskId owner = state.lock_owner.at(entry.wait.object);
      return owner == core::kNoId || (state.tasks.at(owner).state != TaskState::ended && goes_on.at(owner));
    }
    case core::WaitKind::condition:
      return another_goes_on();
    case core::WaitKind::semaphore:
      return state.semaphore_count.at(entry.wait.object) > 0 || another_goes_on();
  }
  return true;
}

// True: any other task might end the wait, and nothing else.
inline bool waits_on_anybody(const TaskWait& entry) {
  return entry.state == TaskState::waiting && !entry.wait.timed &&
         (entry.wait.kind == core::WaitKind::condition || entry.wait.kind == core::WaitKind::semaphore);
}

// By TaskId: true for every task that waits for ever.
inline std::vector<bool> naive_stuck(const WaitState& state) {
  std::vector<bool> goes_on(state.tasks.size(), false);
  for (std::size_t round = 0; round <= state.tasks.size(); ++round) {
    for (core::TaskId task = 0; task < state.tasks.size(); ++task) {
      if (naive_can_go_on(state, task, goes_on)) goes_on[task] = true;
    }
  }
  goes_on.flip();
  return goes_on;
}

// The size of the smallest non-empty set of tasks that would stay stuck even if everybody else went on; 0: there is
// none. Tries every set: at most 16 tasks.
inline std::size_t naive_smallest_knot(const WaitState& state) {
  const std::size_t tasks = state.tasks.size();
  std::size_t smallest = 0;
  for (std::uint32_t set = 1; set < 1U << tasks; ++set) {
    std::vector<bool> goes_on(tasks);
    for (std::size_t task = 0; task < tasks; ++task) goes_on[task] = (set >> task & 1U) == 0;
    bool stays = true;
    for (core::TaskId task = 0; task < tasks && stays; ++task) {
      stays = goes_on[task] || !naive_can_go_on(state, task, goes_on);
    }
    const auto size = static_cast<std::size_t>(std::popcount(set));
    if (stays && (smallest == 0 || size < smallest)) smallest = size;
  }
  return smallest;
}

// True if the core's tasks wait on each other in their order, or its only task waits for what never comes, or one of
// them waits on anybody and they are in the order of their numbers.
inline bool is_a_knot_in_order(const WaitState& state, const std::vector<core::TaskId>& core) {
  const auto on_anybody = [&](core::TaskId task) { return waits_on_anybody(state.tasks.at(task)); };
  if (std::any_of(core.begin(), core.end(), on_anybody)) return std::is_sorted(core.begin(), core.end());
  for (std::size_t i = 0; i < core.size(); ++i) {
    const TaskWait& entry = state.tasks.at(core[i]);
    if (entry.state != TaskState::waiting) return false;
    const core::TaskId next = core[(i + 1) % core.size()];
    const bool for_lock = entry.wait.kind == core::WaitKind::lock;
    const bool for_task = for_lock || entry.wait.kind == core::WaitKind::join;
    const core::TaskId waits_on = for_lock ? state.lock_owner.at(entry.wait.object) : entry.wait.object;
    if (for_task && waits_on == next) continue;
    const bool never = for_lock ? waits_on != core::kNoId && state.tasks.at(waits_on).state == TaskState::ended
                                : entry.wait.kind == core::WaitKind::completion && !entry.wait.can_end;
    if (core.size() != 1 || !never) return false;
  }
  return true;
}

}  // namespace zoneknot::lockcheck
