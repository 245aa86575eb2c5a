// Runs a search inside a benchmark's loop, some executions at a time, and reports what it did a second. One thread.
#pragma once

#include <benchmark/benchmark.h>

#include "sim/search/explorer.h"

namespace zoneknot::tools {

// Executions of one call of explore(). Each call repeats its first one to see that the program is repeatable; among so
// many that does not count.
inline constexpr std::uint64_t kExecutionsPerCall = 1000;

// An iteration of the benchmark is one execution. Hangs are counted, and the search goes on after them.
inline void search_in_batches(benchmark::State& state, sim::Simulation& simulation, const sim::Program& program,
                              sim::Strategy& strategy, std::uint64_t executions_per_call = kExecutionsPerCall) {
  sim::SearchLimits limits;
  limits.executions = executions_per_call;
  limits.first_hang_ends = false;
  std::uint64_t points = 0;
  std::uint64_t hangs = 0;
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(executions_per_call))) {
    const sim::SearchResult result = sim::explore(simulation, program, strategy, limits);
    if (result.end != sim::SearchEnd::executions || result.cut != 0) {
      state.SkipWithError("the search ended early");
      break;
    }
    points += result.steps;
    hangs += result.hangs;
  }
  using benchmark::Counter;
  const auto executions = static_cast<double>(state.iterations());
  state.counters["executions"] = Counter(executions, Counter::kIsRate);
  state.counters["points"] = Counter(static_cast<double>(points), Counter::kIsRate);
  state.counters["hangs"] = Counter(static_cast<double>(hangs) / executions);
}

}  // namespace zoneknot::tools
