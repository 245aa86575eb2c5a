// Small programs against core::Runtime that the tests of the simulator run.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/runtime.h"
#include "sim/search/explorer.h"

namespace zoneknot::sim::programs {

inline core::LockInfo plain(std::string_view lock_class = "lock") {
  return {lock_class, core::LockKind::plain, 0, std::nullopt};
}
inline core::LockInfo recursive(std::string_view lock_class = "lock") {
  return {lock_class, core::LockKind::recursive, 0, std::nullopt};
}

// Starts all bodies as tasks and joins them.
inline void run_all(core::Runtime& runtime, std::vector<std::function<void()>> bodies) {
  std::vector<core::TaskId> tasks;
  tasks.reserve(bodies.size());
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    tasks.push_back(runtime.spawn("task" + std::to_string(i), std::move(bodies[i])));
  }
  for (const core::TaskId task : tasks) runtime.join(task);
}

enum class Forks : std::uint8_t { rotating, ordered };

// Task i takes fork i, then i+1 mod n; or of the two the lower one first. `rounds` times.
inline Program philosophers(unsigned n, Forks forks, unsigned rounds = 1) {
  return [=](Simulation& sim) {
    std::vector<core::LockId> locks;
    locks.reserve(n);
    for (unsigned i = 0; i < n; ++i) locks.push_back(sim.create_lock(plain("fork")));
    std::vector<std::function<void()>> bodies;
    for (unsigned i = 0; i < n; ++i) {
      core::LockId first = locks[i];
      core::LockId second = locks[(i + 1) % n];
      if (forks == Forks::ordered && first > second) std::swap(first, second);
      bodies.emplace_back([&sim, first, second, rounds] {
        for (unsigned round = 0; round < rounds; ++round) {
          sim.lock(first);
          sim.lock(second);
          sim.unlock(second);
          sim.unlock(first);
        }
      });
    }
    run_all(sim, std::move(bodies));
  };
}

// Each of n tasks locks and unlocks one mutex k times.
inline Program one_lock(unsigned n, unsigned k) {
  return [=](Simulation& sim) {
    const core::LockId lock = sim.create_lock(plain());
    std::vector<std::function<void()>> bodies(n, [&sim, lock, k] {
      for (unsigned i = 0; i < k; ++i) {
        sim.lock(lock);
        sim.unlock(lock);
      }
    });
    run_all(sim, std::move(bodies));
  };
}

// Two tasks take two locks in opposite order.
inline void inversion(Simulation& sim) {
  const core::LockId a = sim.create_lock(plain("a"));
  const core::LockId b = sim.create_lock(plain("b"));
  const auto body = [&sim](core::LockId first, core::LockId second) {
    return [&sim, first, second] {
      sim.lock(first);
      sim.lock(second);
      sim.unlock(second);
      sim.unlock(first);
    };
  };
  run_all(sim, {body(a, b), body(b, a)});
}

// The same, but the second task comes to it only after so many pairs of lock and unlock of a mutex that nobody else
// uses: a schedule that hangs keeps the first one waiting between its two locks all that time.
inline Program hidden_inversion(unsigned private_pairs) {
  return [=](Simulation& sim) {
    const core::LockId a = sim.create_lock(plain("a"));
    const core::LockId b = sim.create_lock(plain("b"));
    const core::LockId own = sim.create_lock(plain("private"));
    const auto both = [&sim](core::LockId first, core::LockId second) {
      sim.lock(first);
      sim.lock(second);
      sim.unlock(second);
      sim.unlock(first);
    };
    run_all(sim, {[&] { both(a, b); },
                  [&] {
                    for (unsigned i = 0; i < private_pairs; ++i) {
                      sim.lock(own);
                      sim.unlock(own);
                    }
                    both(b, a);
                  }});
  };
}

}  // namespace zoneknot::sim::programs
