// What the simulator costs on programs that do nothing but take locks: scheduling points, executions, traces a second.

#include "sim/depth_first.h"
#include "sim/random_walk.h"
#include "t/sim/programs.h"
#include "tools/benchmarks/search_batches.h"

namespace zoneknot::tools {
namespace {

namespace programs = sim::programs;

// Three tasks take two locks, in the same order, again and again.
sim::Program small_lock_model(unsigned rounds) {
  return [rounds](sim::Simulation& simulation) {
    const core::LockId outer = simulation.create_lock(programs::plain("outer"));
    const core::LockId inner = simulation.create_lock(programs::plain("inner"));
    const std::function<void()> body = [&simulation, outer, inner, rounds] {
      for (unsigned round = 0; round < rounds; ++round) {
        simulation.lock(outer);
        simulation.lock(inner);
        simulation.unlock(inner);
        simulation.unlock(outer);
      }
    };
    programs::run_all(simulation, {body, body, body});
  };
}

void random_walk_small_lock_model(benchmark::State& state) {
  sim::Simulation simulation;
  sim::RandomWalk strategy(1);
  search_in_batches(state, simulation, small_lock_model(1000), strategy, 100);
}
BENCHMARK(random_walk_small_lock_model);

// Some of the executions hang, and are given up.
void random_walk_three_philosophers(benchmark::State& state) {
  sim::Simulation simulation;
  sim::RandomWalk strategy(1);
  search_in_batches(state, simulation, programs::philosophers(3, programs::Forks::rotating), strategy);
}
BENCHMARK(random_walk_three_philosophers);

// With the lower fork first no execution hangs.
void random_walk_three_careful_philosophers(benchmark::State& state) {
  sim::Simulation simulation;
  sim::RandomWalk strategy(1);
  search_in_batches(state, simulation, programs::philosophers(3, programs::Forks::ordered), strategy);
}
BENCHMARK(random_walk_three_careful_philosophers);

// Arguments: tasks, how often each takes the one lock, and the number of traces, (NK)!/(K!)^N.
void depth_first_one_lock(benchmark::State& state) {
  const sim::Program program =
      programs::one_lock(static_cast<unsigned>(state.range(0)), static_cast<unsigned>(state.range(1)));
  const auto expected = static_cast<std::uint64_t>(state.range(2));
  sim::Simulation simulation;
  std::uint64_t points = 0;
  for (auto _ : state) {
    sim::DepthFirst strategy;
    const sim::SearchResult result = sim::explore(simulation, program, strategy, {});
    if (!result.exhaustive || result.traces != expected) {
      state.SkipWithError("not every trace was seen, or some were seen twice");
      break;
    }
    points += result.steps;
  }
  using benchmark::Counter;
  state.counters["traces"] = Counter(static_cast<double>(expected), Counter::kIsIterationInvariantRate);
  state.counters["points"] = Counter(static_cast<double>(points), Counter::kIsRate);
}
BENCHMARK(depth_first_one_lock)->Args({4, 2, 2520})->Args({4, 3, 369600})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace zoneknot::tools
