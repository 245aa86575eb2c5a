// What watching a lock costs: acquire and release of one that nobody else wants, alone and beside a real mutex.

#include <benchmark/benchmark.h>
#include <pthread.h>

#include <memory>
#include <string_view>

#include "core/ignoring_observer.h"
#include "device/real/thread_runtime.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::tools {
namespace {

// A zone lock above all those the task owns already.
core::LockInfo zone_lock(std::uint64_t index) {
  return {.lock_class = "zone", .kind = core::LockKind::recursive, .order_key = index, .role = core::LockRole::zone};
}

// One task of a watch, which owns so many zones.
void make_owner(lockcheck::LockWatch& watch, std::uint32_t owned) {
  watch.task_started(0, "task");
  for (std::uint32_t lock = 0; lock <= owned; ++lock) watch.lock_created(lock, zone_lock(lock));
  for (std::uint32_t lock = 0; lock < owned; ++lock) {
    watch.lock_requested(0, lock, core::Site::current());
    watch.lock_acquired(0, lock, core::Site::current());
  }
}

void bare_mutex(benchmark::State& state) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  for (auto _ : state) {
    pthread_mutex_lock(&mutex);
    benchmark::ClobberMemory();
    pthread_mutex_unlock(&mutex);
  }
}
BENCHMARK(bare_mutex);

// Argument: zones that the task owns beside.
void watch_alone(benchmark::State& state, lockcheck::Threads threads) {
  lockcheck::LockWatch watch(threads);
  const auto owned = static_cast<std::uint32_t>(state.range(0));
  make_owner(watch, owned);
  core::LockObserver& observer = watch;
  benchmark::DoNotOptimize(observer);
  for (auto _ : state) {
    observer.lock_taken(0, owned, core::Site::current());
    observer.lock_released(0, owned, core::Site::current());
  }
}
BENCHMARK_CAPTURE(watch_alone, one_thread, lockcheck::Threads::one)->ArgName("owned")->Arg(0)->Arg(31);
BENCHMARK_CAPTURE(watch_alone, many_threads, lockcheck::Threads::many)->ArgName("owned")->Arg(0)->Arg(31);

void mutex_and_watch(benchmark::State& state) {
  lockcheck::LockWatch watch(lockcheck::Threads::many);
  make_owner(watch, 0);
  core::LockObserver& observer = watch;
  benchmark::DoNotOptimize(observer);
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  for (auto _ : state) {
    pthread_mutex_lock(&mutex);
    observer.lock_taken(0, 0, core::Site::current());
    observer.lock_released(0, 0, core::Site::current());
    pthread_mutex_unlock(&mutex);
  }
}
BENCHMARK(mutex_and_watch);

// Takes no notice of anything: a run without the checker.
class NoObserver final : public core::IgnoringObserver {
 public:
  void lock_taken(core::TaskId, core::LockId, core::Site) override {}
};

// As core takes a lock on real threads: through the seam, recursion included.
void thread_runtime_lock(benchmark::State& state, std::unique_ptr<core::LockObserver> (*make_observer)()) {
  const std::unique_ptr<core::LockObserver> observer = make_observer();
  device::ThreadRuntime runtime(*observer);
  runtime.run("main", [&] {
    core::Mutex mutex(runtime, zone_lock(0));
    for (auto _ : state) {
      mutex.lock();
      mutex.unlock();
    }
  });
}
BENCHMARK_CAPTURE(thread_runtime_lock, checker_off,
                  []() -> std::unique_ptr<core::LockObserver> { return std::make_unique<NoObserver>(); });
BENCHMARK_CAPTURE(thread_runtime_lock, checker_on, []() -> std::unique_ptr<core::LockObserver> {
  return std::make_unique<lockcheck::LockWatch>(lockcheck::Threads::many);
});

}  // namespace
}  // namespace zoneknot::tools
