// What the thread sanitizer's detector of lock-order inversions costs: the loop of nested_bare_mutex (order_bench.cc)
// in a program of its own that is compiled with -fsanitize=thread. Two programs are made of it, one with the detector
// and one without: what the sanitizer does anyway, for data races, is in both.

#include <benchmark/benchmark.h>
#include <pthread.h>

#ifdef ZONEKNOT_DETECTOR
constexpr const char* kOptions = "detect_deadlocks=1";
constexpr const char* kName = "nested_tsan_mutex/detector_on";
#else
constexpr const char* kOptions = "detect_deadlocks=0";
constexpr const char* kName = "nested_tsan_mutex/detector_off";
#endif

// The sanitizer asks for it by this name.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __tsan_default_options() { return kOptions; }

namespace zoneknot::tools {
namespace {

constexpr int kThreads = 2;
pthread_mutex_t outer[kThreads] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
pthread_mutex_t inner = PTHREAD_MUTEX_INITIALIZER;

// Each thread owns an outer mutex of its own, so that there is an order to look at.
void nested_tsan_mutex(benchmark::State& state) {
  pthread_mutex_t& own = outer[state.thread_index()];
  pthread_mutex_lock(&own);
  for (auto _ : state) {
    pthread_mutex_lock(&inner);
    benchmark::ClobberMemory();
    pthread_mutex_unlock(&inner);
  }
  pthread_mutex_unlock(&own);
}
BENCHMARK(nested_tsan_mutex)->Name(kName)->Threads(1)->Threads(2)->UseRealTime();

}  // namespace
}  // namespace zoneknot::tools
