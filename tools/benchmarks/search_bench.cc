// What the simulator costs on programs that do nothing but take locks: scheduling points, executions, traces a second.

#include <algorithm>
#include <array>
#include <deque>
#include <vector>

#include "core/shared.h"
#include "sim/dpor/depth_first.h"
#include "sim/dpor/optimal_dpor.h"
#include "sim/dpor/source_dpor.h"
#include "sim/states/stateful_search.h"
#include "sim/strategy/random_walk.h"
#include "tools/benchmarks/search_batches.h"

namespace zoneknot::tools {
namespace {

// Each of the tasks takes its locks in turn, then gives them back, again and again. The program allocates nothing, so
// that it is the simulator that is measured.
template <std::size_t kTasks, std::size_t kLocks>
class LockLoops {
 public:
  // For each task the numbers of the locks that it takes, below kTasks.
  using Order = std::array<std::array<std::uint32_t, kLocks>, kTasks>;

  LockLoops(const Order& order, unsigned rounds) : order_(order), rounds_(rounds) {}

  void operator()(sim::Simulation& simulation) const {
    std::array<core::LockId, kTasks> locks{};
    for (core::LockId& lock : locks) {
      lock = simulation.create_lock({.lock_class = "lock", .kind = core::LockKind::plain, .order_key = {}});
    }
    std::array<Task, kTasks> tasks{};
    for (std::size_t i = 0; i < kTasks; ++i) {
      Task& task = tasks.at(i);
      task.simulation = &simulation;
      task.rounds = rounds_;
      for (std::size_t j = 0; j < kLocks; ++j) task.locks.at(j) = locks.at(order_.at(i).at(j));
      task.id = simulation.spawn("task", [&task] { task.run(); });
    }
    for (const Task& task : tasks) simulation.join(task.id);
  }

 private:
  struct Task {
    sim::Simulation* simulation = nullptr;
    std::array<core::LockId, kLocks> locks{};
    unsigned rounds = 0;
    core::TaskId id = core::kNoId;

    void run() const {
      for (unsigned round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < kLocks; ++i) simulation->lock(locks[i]);
        for (std::size_t i = kLocks; i-- > 0;) simulation->unlock(locks[i]);
      }
    }
  };

  Order order_;
  unsigned rounds_;
};

// Three tasks, two locks, taken in the same order.
void random_walk_small_lock_model(benchmark::State& state) {
  sim::Simulation simulation;
  sim::RandomWalk strategy(1);
  search_in_batches(state, simulation, LockLoops<3, 2>({{{0, 1}, {0, 1}, {0, 1}}}, 1000), strategy, 100);
}
BENCHMARK(random_walk_small_lock_model);

// With rotating forks a part of the executions hangs, and is given up; with the lower fork first none does.
void random_walk_three_philosophers(benchmark::State& state, bool rotating) {
  const std::array<std::uint32_t, 2> last = rotating ? std::array{2U, 0U} : std::array{0U, 2U};
  sim::Simulation simulation;
  sim::RandomWalk strategy(1);
  search_in_batches(state, simulation, LockLoops<3, 2>({{{0, 1}, {1, 2}, last}}, 1), strategy);
}
BENCHMARK_CAPTURE(random_walk_three_philosophers, ordered, false);
BENCHMARK_CAPTURE(random_walk_three_philosophers, rotating, true);

// Four tasks take one lock so often each: the first argument; the second is the number of traces, (4K)!/(K!)^4.
template <class Search>
void exhaust_one_lock(benchmark::State& state) {
  const LockLoops<4, 1> program({{{0}, {0}, {0}, {0}}}, static_cast<unsigned>(state.range(0)));
  const auto expected = static_cast<std::uint64_t>(state.range(1));
  sim::Simulation simulation;
  std::uint64_t points = 0;
  for (auto _ : state) {
    Search strategy;
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
void rounds_and_traces(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"rounds", "traces"})->Args({2, 2520})->Args({3, 369600})->Unit(benchmark::kMillisecond);
}
BENCHMARK(exhaust_one_lock<sim::DepthFirst>)->Name("depth_first_one_lock")->Apply(rounds_and_traces);
BENCHMARK(exhaust_one_lock<sim::SourceDpor>)->Name("source_dpor_one_lock")->Apply(rounds_and_traces);
BENCHMARK(exhaust_one_lock<sim::OptimalDpor>)->Name("optimal_dpor_one_lock")->Apply(rounds_and_traces);

// "Last zero" (Abdulla, Aronis, Jonsson, Sagonas, POPL 2014): a task looks for the last cell that is still 0, while
// each of the others makes its cell one more than the cell before it. What the first one looks at next depends on what
// it has found, so an order of steps that one execution shows to be worth a try may lead to nothing new.
void last_zero(sim::Simulation& simulation, std::uint32_t writers) {
  std::deque<core::Shared<std::uint32_t>> cells;
  for (std::uint32_t i = 0; i <= writers; ++i) cells.emplace_back(simulation, "cell", core::Sharing::racy, 0U);
  std::vector<core::TaskId> tasks;
  tasks.push_back(simulation.spawn("looks", [&] {
    for (std::uint32_t i = writers; cells[i].peek() != 0; --i) continue;
  }));
  for (std::uint32_t i = 1; i <= writers; ++i) {
    tasks.push_back(simulation.spawn("writes", [&cells, i] { cells[i].write(cells[i - 1].peek() + 1); }));
  }
  for (const core::TaskId task : tasks) simulation.join(task);
}

template <class Search>
void exhaust_last_zero(benchmark::State& state) {
  const auto writers = static_cast<std::uint32_t>(state.range(0));
  const auto expected = static_cast<std::uint64_t>(state.range(1));
  sim::Simulation simulation;
  std::uint64_t executions = 0;
  for (auto _ : state) {
    Search strategy;
    const sim::SearchResult result =
        sim::explore(simulation, [&](sim::Simulation& sim) { last_zero(sim, writers); }, strategy, {});
    if (!result.exhaustive || result.traces != expected) {
      state.SkipWithError("not every trace was seen, or some were seen twice");
      break;
    }
    executions = result.executions;
  }
  state.counters["executions"] = benchmark::Counter(static_cast<double>(executions));
}
void writers_and_traces(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"writers", "traces"})->Args({10, 3328})->Args({15, 147456})->Unit(benchmark::kMillisecond);
}
BENCHMARK(exhaust_last_zero<sim::SourceDpor>)->Name("source_dpor_last_zero")->Apply(writers_and_traces);
BENCHMARK(exhaust_last_zero<sim::OptimalDpor>)->Name("optimal_dpor_last_zero")->Apply(writers_and_traces);

// Five philosophers, four rounds, the lower fork first: every state once. spin does the same (spin/philosophers.pml).
void stateful_philosophers(benchmark::State& state) {
  const LockLoops<5, 2> program({{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {0, 4}}}, 4);
  sim::Simulation simulation;
  std::uint64_t states = 0;
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    const sim::SearchResult result = sim::explore_states(simulation, program, {}, {});
    if (!result.exhaustive || result.hangs != 0) {
      state.SkipWithError("not every state was seen, or one hangs");
      break;
    }
    states += result.space->states;
    bytes = result.space->bytes;
  }
  using benchmark::Counter;
  state.counters["states"] = Counter(static_cast<double>(states), Counter::kIsRate);
  const double all = static_cast<double>(states) / static_cast<double>(std::max<std::size_t>(state.iterations(), 1));
  state.counters["bytes_a_state"] = Counter(static_cast<double>(bytes) / std::max(all, 1.0));
}
BENCHMARK(stateful_philosophers)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace zoneknot::tools
