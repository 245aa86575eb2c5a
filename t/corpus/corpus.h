// What the programs of the corpus are made of. Each is a function of a Runtime in a file of its own, which is named
// like it; the file beside it says what one plain run of it has to show: first the verdict, then what the report
// contains.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/condition_variable.h"
#include "core/runtime.h"
#include "core/semaphore.h"

namespace zoneknot::corpus {

inline core::LockInfo lock(std::string_view name) { return {.lock_class = name}; }
inline core::LockInfo recursive_lock(std::string_view name) {
  return {.lock_class = name, .kind = core::LockKind::recursive};
}
inline core::LockInfo keyed_lock(std::string_view name, std::uint64_t key) {
  return {.lock_class = name, .order_key = key};
}

// Takes both and gives them back; says where it waits for the second.
inline void take_both(core::Mutex& outer, core::Mutex& inner, core::Site site = core::Site::current()) {
  const core::ScopedLock first(outer, site);
  const core::ScopedLock second(inner, site);
}

// Runs the bodies as tasks "task 1", "task 2", … and waits for their end.
inline void run_all(core::Runtime& runtime, std::vector<std::function<void()>> bodies) {
  std::vector<core::TaskId> tasks;
  for (std::function<void()>& body : bodies) {
    tasks.push_back(runtime.spawn("task " + std::to_string(tasks.size() + 1), std::move(body)));
  }
  for (const core::TaskId task : tasks) runtime.join(task);
}

// Lets whoever can go on do so.
inline void pause(core::Runtime& runtime) {
  core::Semaphore never(runtime, "pause", 0);
  (void)never.acquire_for(1'000'000);
}

}  // namespace zoneknot::corpus
