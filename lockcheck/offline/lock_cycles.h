// Deadlocks that a trace makes one think of: rings of dependencies in which each task owns the lock that the task
// before it wants. Kept are those of different tasks and different locks, in which no two tasks own the same lock (a
// gate lock would keep them apart) and all can run at the same time as far as forks and joins go. A pure function of
// the dependencies.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lockcheck/offline/lock_dependencies.h"
#include "lockcheck/order/task_segments.h"

namespace zoneknot::lockcheck {

// Rings of more tasks are not looked for.
inline constexpr std::size_t kCycleTasksMax = 8;
// The search ends after so many steps.
inline constexpr std::uint64_t kCycleStepsMax = 100'000'000;

// The dependencies of a ring, by number: each wants a lock that the next one owns, the last one what the first owns.
using CycleFound = std::function<void(std::span<const std::uint32_t> cycle)>;

// True: all of them, up to kCycleTasksMax tasks, were found.
bool for_each_lock_cycle(const std::vector<LockDependency>& dependencies, const TaskSegments& segments,
                         const CycleFound& found);

}  // namespace zoneknot::lockcheck
