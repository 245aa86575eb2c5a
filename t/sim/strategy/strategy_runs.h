// Every strategy that draws its executions, by name, and short searches with it, for tests of what they have in common.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/search/explorer.h"
#include "sim/strategy/directed.h"
#include "sim/strategy/partial_order_sampling.h"
#include "sim/strategy/portfolio.h"
#include "sim/strategy/priority_changes.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/remaining_work_walk.h"
#include "t/sim/programs.h"

namespace zoneknot::sim::strategy_runs {

struct Drawing {
  std::string name;
  std::function<std::unique_ptr<Strategy>(std::uint64_t seed)> make;
};

// Towards an owner of one lock who waits for the other one, both ways.
inline Target inversion_of(const std::string& a, const std::string& b) {
  const LockPattern first{.lock_class = a};
  const LockPattern second{.lock_class = b};
  return {.cycle = {{first, second, ""}, {second, first, ""}}, .waiting = {}};
}

inline std::vector<Drawing> all_that_draw() {
  const auto portfolio = [](std::uint64_t seed) {
    std::vector<std::unique_ptr<Strategy>> parts;
    parts.push_back(std::make_unique<PartialOrderSampling>(seed));
    parts.push_back(std::make_unique<RandomWalk>(seed));
    return std::make_unique<Portfolio>(std::move(parts));
  };
  return {{"random", [](std::uint64_t seed) { return std::make_unique<RandomWalk>(seed); }},
          {"POS", [](std::uint64_t seed) { return std::make_unique<PartialOrderSampling>(seed); }},
          {"PCT", [](std::uint64_t seed) { return std::make_unique<PriorityChanges>(seed, 3); }},
          {"URW", [](std::uint64_t seed) { return std::make_unique<RemainingWorkWalk>(seed); }},
          {"directed", [](std::uint64_t seed) { return std::make_unique<Directed>(seed, inversion_of("a", "b")); }},
          {"portfolio", portfolio}};
}

// The execution, counted from 1, in which each of so many searches found its first hang; 0: within `executions` none.
inline std::vector<std::uint64_t> first_hangs(const Program& program,
                                              const std::function<std::unique_ptr<Strategy>(std::uint64_t)>& make,
                                              std::uint64_t searches, std::uint64_t executions) {
  Simulation simulation;
  std::vector<std::uint64_t> found;
  for (std::uint64_t seed = 1; seed <= searches; ++seed) {
    const auto strategy = make(core::SplitMix64::mix(seed));
    const SearchResult result = explore(simulation, program, *strategy, {.executions = executions});
    found.push_back(result.first_hang ? result.first_hang->execution : 0);
  }
  return found;
}

}  // namespace zoneknot::sim::strategy_runs
