// What predicting deadlocks costs: a warm acquire and release with the order checks off and on, by one thread and by
// two that contend, beside a bare mutex and Abseil's with its deadlock detector; and what an edge of a large graph
// costs.

#include <absl/synchronization/mutex.h>
#include <benchmark/benchmark.h>
#include <pthread.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "core/random.h"
#include "lockcheck/order/order_graph.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::tools {
namespace {

using lockcheck::LockWatch;
using lockcheck::OrderChecks;
using lockcheck::Threads;

// Each thread owns an outer lock of its own and takes the inner one, which all share: the order of the two is looked at
// every time, and is the same every time.
constexpr core::TaskId kMostThreads = 2;
constexpr core::LockId kInner = kMostThreads;

std::unique_ptr<LockWatch> watch_with_outer_locks(OrderChecks checks) {
  auto watch = std::make_unique<LockWatch>(Threads::many, checks);
  for (core::LockId lock = 0; lock <= kInner; ++lock) watch->lock_created(lock, {.lock_class = "some"});
  for (core::TaskId task = 0; task < kMostThreads; ++task) {
    watch->task_started(task, "task");
    watch->lock_requested(task, task, core::Site::current());
    watch->lock_acquired(task, task, core::Site::current());
  }
  return watch;
}

pthread_mutex_t shared_mutex = PTHREAD_MUTEX_INITIALIZER;

void nested_bare_mutex(benchmark::State& state) {
  for (auto _ : state) {
    pthread_mutex_lock(&shared_mutex);
    benchmark::ClobberMemory();
    pthread_mutex_unlock(&shared_mutex);
  }
}
BENCHMARK(nested_bare_mutex)->Threads(1)->Threads(2)->UseRealTime();

// The mutex as ThreadRuntime takes it, with or without a checker: it wants to know whether it has to wait.
void nested_tried_mutex(benchmark::State& state) {
  for (auto _ : state) {
    if (pthread_mutex_trylock(&shared_mutex) != 0) pthread_mutex_lock(&shared_mutex);
    benchmark::ClobberMemory();
    pthread_mutex_unlock(&shared_mutex);
  }
}
BENCHMARK(nested_tried_mutex)->Threads(1)->Threads(2)->UseRealTime();

void nested_watched_mutex(benchmark::State& state, OrderChecks checks) {
  static std::unique_ptr<LockWatch> watch;
  if (state.thread_index() == 0) watch = watch_with_outer_locks(checks);
  const auto task = static_cast<core::TaskId>(state.thread_index());
  for (auto _ : state) {
    core::LockObserver& observer = *watch;
    if (pthread_mutex_trylock(&shared_mutex) == 0) {
      observer.lock_taken(task, kInner, core::Site::current());
    } else {
      observer.lock_requested(task, kInner, core::Site::current());
      pthread_mutex_lock(&shared_mutex);
      observer.lock_acquired(task, kInner, core::Site::current());
    }
    observer.lock_released(task, kInner, core::Site::current());
    pthread_mutex_unlock(&shared_mutex);
  }
  if (state.thread_index() == 0) state.counters["slow_paths"] = static_cast<double>(watch->order_stats().slow_paths);
}
BENCHMARK_CAPTURE(nested_watched_mutex, order_off, OrderChecks::off)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK_CAPTURE(nested_watched_mutex, order_on, OrderChecks::on)->Threads(1)->Threads(2)->UseRealTime();

void nested_abseil_mutex(benchmark::State& state, absl::OnDeadlockCycle detector) {
  static absl::Mutex outer[kMostThreads];
  static absl::Mutex inner;
  absl::SetMutexDeadlockDetectionMode(detector);
  absl::Mutex& own = outer[state.thread_index()];
  own.Lock();
  for (auto _ : state) {
    inner.Lock();
    benchmark::ClobberMemory();
    inner.Unlock();
  }
  own.Unlock();
}
BENCHMARK_CAPTURE(nested_abseil_mutex, detector_off, absl::OnDeadlockCycle::kIgnore)
    ->Threads(1)
    ->Threads(2)
    ->UseRealTime();
BENCHMARK_CAPTURE(nested_abseil_mutex, detector_on, absl::OnDeadlockCycle::kReport)
    ->Threads(1)
    ->Threads(2)
    ->UseRealTime();

// A task with zones in flight asks for M: another set of them every time, as a job of the workload does.
void ask_owning_many(benchmark::State& state, OrderChecks checks) {
  constexpr std::uint64_t kZones = 64;
  LockWatch watch(Threads::many, checks);
  watch.task_started(0, "task");
  for (core::LockId lock = 0; lock <= kZones; ++lock) watch.lock_created(lock, {.lock_class = "some"});
  const auto owned = static_cast<std::size_t>(state.range(0));
  core::SplitMix64 random(1);
  std::vector<core::LockId> held;
  const auto add_one = [&] {
    core::LockId lock = static_cast<core::LockId>(random.below(kZones));
    while (std::find(held.begin(), held.end(), lock) != held.end()) lock = (lock + 1) % kZones;
    watch.lock_acquired(0, lock, core::Site::current());
    held.push_back(lock);
  };
  while (held.size() < owned) add_one();
  for (auto _ : state) {
    const std::size_t oldest = random.below(held.size());
    watch.lock_released(0, held[oldest], core::Site::current());
    held.erase(held.begin() + static_cast<std::ptrdiff_t>(oldest));
    add_one();
    watch.lock_requested(0, kZones, core::Site::current());
    watch.lock_acquired(0, kZones, core::Site::current());
    watch.lock_released(0, kZones, core::Site::current());
  }
  state.counters["slow_paths"] = static_cast<double>(watch.order_stats().slow_paths);
}
BENCHMARK_CAPTURE(ask_owning_many, order_off, OrderChecks::off)->ArgName("owned")->Arg(2)->Arg(31);
BENCHMARK_CAPTURE(ask_owning_many, order_on, OrderChecks::on)->ArgName("owned")->Arg(2)->Arg(31);

// Edges of a random graph that has no cycle, in random order: so many nodes, four times as many edges. The nodes come
// in the order of the locks, but for stretches of `shuffled` nodes that come in any order.
void order_insertion(benchmark::State& state) {
  const auto nodes = static_cast<std::uint64_t>(state.range(0));
  const auto shuffled = static_cast<std::uint64_t>(state.range(1));
  const std::uint64_t edges = 4 * nodes;
  core::SplitMix64 random(7);
  std::vector<lockcheck::NodeId> rank(nodes);
  for (std::uint64_t i = 0; i < nodes; ++i) rank[i] = static_cast<lockcheck::NodeId>(i);
  for (std::uint64_t i = 0; i < nodes; ++i) {
    const std::uint64_t begin = i - i % shuffled;
    std::swap(rank[i], rank[begin + random.below(i - begin + 1)]);
  }
  std::uint64_t moved = 0;
  for (auto _ : state) {
    lockcheck::OrderGraph graph;
    for (std::uint64_t i = 0; i < nodes; ++i) graph.add_node();
    for (std::uint64_t i = 0; i < edges; ++i) {
      // Locks are taken near those that were taken before.
      constexpr std::uint64_t kReach = 100;
      const std::uint64_t from = random.below(nodes - 1);
      const std::uint64_t to = std::min(from + 1 + random.below(kReach), nodes - 1);
      graph.add_edge(rank[from], rank[to]);
    }
    if (!graph.acyclic()) state.SkipWithError("a cycle in a graph that has none");
    moved = graph.moved();
  }
  state.counters["moved_per_edge"] = static_cast<double>(moved) / static_cast<double>(edges);
  state.SetItemsProcessed(static_cast<std::int64_t>(edges * state.iterations()));
}
BENCHMARK(order_insertion)
    ->ArgNames({"nodes", "shuffled"})
    ->Args({10'000, 1})
    ->Args({10'000, 100})
    ->Args({5'000, 5'000})
    ->Args({10'000, 10'000})
    ->Args({100'000, 1})
    ->Args({100'000, 100})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace zoneknot::tools
