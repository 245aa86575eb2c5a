// Who is stuck, found the slow and obvious way: a second opinion for tests of stuck_core.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lockcheck/stuck/wait_state.h"

namespace zoneknot::lockcheck {

// Null: the semaphore is no pool.
inline const std::vector<core::TaskId>* holders_of(const WaitState& state, core::SemaphoreId semaphore) {
  if (semaphore >= state.unit_holders.size() || !state.unit_holders[semaphore]) return nullptr;
  return &*state.unit_holders[semaphore];
}

// Whoever has to give back the lock, or a share of it, or to get it first, before a wait for it can end.
inline std::vector<core::TaskId> in_the_way(const WaitState& state, const core::Wait& wait) {
  std::vector<core::TaskId> others;
  if (state.lock_owner.at(wait.object) != core::kNoId) others.push_back(state.lock_owner.at(wait.object));
  if (wait.object >= state.shares.size()) return others;
  const SharesInWaitState& shares = state.shares[wait.object];
  if (!wait.shared) others.insert(others.end(), shares.readers.begin(), shares.readers.end());
  for (core::TaskId writer = 0; wait.shared && shares.writers_first && writer < state.tasks.size(); ++writer) {
    const TaskWait& entry = state.tasks[writer];
    if (entry.state != TaskState::waiting || entry.wait.kind != core::WaitKind::lock) continue;
    if (entry.wait.object == wait.object && !entry.wait.shared) others.push_back(writer);
  }
  return others;
}

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
    case core::WaitKind::lock:
      return std::ranges::all_of(in_the_way(state, entry.wait), [&](core::TaskId other) {
        return state.tasks.at(other).state != TaskState::ended && goes_on.at(other);
      });
    case core::WaitKind::condition:
      return another_goes_on();
    case core::WaitKind::semaphore: {
      if (state.semaphore_count.at(entry.wait.object) > 0) return true;
      const std::vector<core::TaskId>* holders = holders_of(state, entry.wait.object);
      if (holders == nullptr) return another_goes_on();
      return std::any_of(holders->begin(), holders->end(), [&](core::TaskId holder) {
        return state.tasks.at(holder).state != TaskState::ended && goes_on.at(holder);
      });
    }
  }
  return true;
}

// True: any other task might end the wait, and nothing else.
inline bool waits_on_anybody(const WaitState& state, core::TaskId task) {
  const TaskWait& entry = state.tasks.at(task);
  if (entry.state != TaskState::waiting || entry.wait.timed) return false;
  return entry.wait.kind == core::WaitKind::condition ||
         (entry.wait.kind == core::WaitKind::semaphore && holders_of(state, entry.wait.object) == nullptr);
}

// Its pool has units with several tasks, or a single one that will never come back.
inline bool waits_on_several_holders(const WaitState& state, core::TaskId task) {
  const TaskWait& entry = state.tasks.at(task);
  if (entry.state != TaskState::waiting || entry.wait.kind != core::WaitKind::semaphore) return false;
  const std::vector<core::TaskId>* holders = holders_of(state, entry.wait.object);
  return holders != nullptr && holders->size() != 1;
}

// These tasks would stay stuck even if everybody else went on.
inline bool stay_stuck(const WaitState& state, const std::vector<core::TaskId>& tasks) {
  std::vector<bool> goes_on(state.tasks.size(), true);
  for (const core::TaskId task : tasks) goes_on.at(task) = false;
  return std::none_of(tasks.begin(), tasks.end(),
                      [&](core::TaskId task) { return naive_can_go_on(state, task, goes_on); });
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
    std::vector<core::TaskId> members;
    for (core::TaskId task = 0; task < tasks; ++task) {
      if ((set >> task & 1U) != 0) members.push_back(task);
    }
    if (smallest != 0 && members.size() >= smallest) continue;
    if (stay_stuck(state, members)) smallest = members.size();
  }
  return smallest;
}

// Whom alone a task waits for; kNoId: nobody, several, or one who has ended.
inline core::TaskId waits_on(const WaitState& state, core::TaskId task) {
  const TaskWait& entry = state.tasks.at(task);
  if (entry.state != TaskState::waiting) return core::kNoId;
  core::TaskId other = core::kNoId;
  if (entry.wait.kind == core::WaitKind::lock) other = state.lock_owner.at(entry.wait.object);
  if (entry.wait.kind == core::WaitKind::join) other = entry.wait.object;
  if (entry.wait.kind == core::WaitKind::semaphore && holders_of(state, entry.wait.object) != nullptr) {
    other = holders_of(state, entry.wait.object)->front();
  }
  return other != core::kNoId && state.tasks.at(other).state != TaskState::ended ? other : core::kNoId;
}

// True if the core's tasks wait on each other in their order, or its only task waits for what never comes, or one of
// them waits on several and they are in the order of their numbers.
inline bool is_a_knot_in_order(const WaitState& state, const std::vector<core::TaskId>& core) {
  const auto on_several = [&](core::TaskId task) {
    return waits_on_anybody(state, task) || waits_on_several_holders(state, task);
  };
  if (std::any_of(core.begin(), core.end(), on_several)) return std::is_sorted(core.begin(), core.end());
  if (core.size() == 1 && state.tasks.at(core.front()).state == TaskState::waiting &&
      waits_on(state, core.front()) == core::kNoId) {
    return true;
  }
  for (std::size_t i = 0; i < core.size(); ++i) {
    if (waits_on(state, core[i]) != core[(i + 1) % core.size()]) return false;
  }
  return true;
}

// Of tasks that wait for locks and each other's ends alone: each waits for the next one, and perhaps for others too.
inline bool is_a_circle(const WaitState& state, const std::vector<core::TaskId>& core) {
  for (std::size_t i = 0; i < core.size(); ++i) {
    const core::Wait& wait = state.tasks.at(core[i]).wait;
    const core::TaskId next = core[(i + 1) % core.size()];
    const std::vector<core::TaskId> others =
        wait.kind == core::WaitKind::lock ? in_the_way(state, wait) : std::vector<core::TaskId>{wait.object};
    if (std::ranges::find(others, next) == others.end()) return false;
  }
  return std::ranges::min_element(core) == core.begin();
}

}  // namespace zoneknot::lockcheck
