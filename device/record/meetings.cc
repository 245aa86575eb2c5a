// Where threads meet: barriers, and what is done once while the others wait.
#include <pthread.h>
#include <threads.h>

#include "device/record/interposed.h"
#include "device/record/real.h"
#include "device/record/recorder.h"

// This source alone is compiled with exceptions. Where no C++ library is, nobody throws one.
__asm__(".weak __gxx_personality_v0");

namespace zoneknot::record {
namespace {

constinit Real<decltype(record_barrier_init)> real_barrier_init("pthread_barrier_init");
constinit Real<decltype(record_barrier_destroy)> real_barrier_destroy("pthread_barrier_destroy");
constinit Real<decltype(record_barrier_wait)> real_barrier_wait("pthread_barrier_wait");
constinit Real<decltype(record_once)> real_once("pthread_once");

constexpr std::uint8_t kBarrier = flags_of(RawObject::barrier);
constexpr std::uint8_t kOnce = flags_of(RawObject::once);
constexpr int kIsDone = 2;  // as the C library writes it

// What the calling thread is to do once; the routine gets no argument. They nest.
struct Doing {
  pthread_once_t* once;
  void (*routine)();
  Caller from;
  bool begun;
  Doing* outer;
};
thread_local constinit Doing* doing [[gnu::tls_model("initial-exec")]] = nullptr;

// An exception may leave the routine; then it was not done, and another thread may begin it.
struct WhileDoing {
  explicit WhileDoing(Doing* which) : now(which) {
    now->begun = true;
    note<When::after>({RawKind::acquire, kOnce}, now->once, now->from);
  }
  WhileDoing(const WhileDoing&) = delete;
  WhileDoing& operator=(const WhileDoing&) = delete;
  ~WhileDoing() {
    note<When::before>({RawKind::release, kOnce}, now->once, now->from);
    doing = now;
  }
  Doing* now;
};

void do_it() {
  const WhileDoing now(doing);
  now.now->routine();
}

struct UntilDone {
  explicit UntilDone(Doing* which) : now(which) { doing = which; }
  UntilDone(const UntilDone&) = delete;
  UntilDone& operator=(const UntilDone&) = delete;
  ~UntilDone() { doing = now->outer; }
  Doing* now;
};

// A once that is done is never waited for again. Until then it is a lock that whoever does it has.
[[gnu::always_inline]] inline int once_only(pthread_once_t* once, void (*routine)(), Caller from) {
  if (__builtin_expect((__atomic_load_n(once, __ATOMIC_ACQUIRE) & kIsDone) != 0, 1)) return real_once(once, routine);
  Doing now{.once = once, .routine = routine, .from = from, .begun = false, .outer = doing};
  note<When::before>({RawKind::request, kOnce}, once, from);
  const UntilDone until(&now);
  const int result = real_once(once, do_it);
  if (now.begun) return result;
  note<When::after>({RawKind::acquire, kOnce}, once, from);
  note<When::before>({RawKind::release, kOnce}, once, from);
  return result;
}

}  // namespace

int record_barrier_init(pthread_barrier_t* barrier, const pthread_barrierattr_t* attributes, unsigned count) {
  const int result = real_barrier_init(barrier, attributes, count);
  int shared = PTHREAD_PROCESS_PRIVATE;
  if (attributes != nullptr) pthread_barrierattr_getpshared(attributes, &shared);
  const auto flags = static_cast<std::uint8_t>(kBarrier | (shared == PTHREAD_PROCESS_SHARED ? kShared : 0));
  const auto known = static_cast<std::uint16_t>(count < UINT16_MAX ? count : UINT16_MAX);
  if (result == 0) note<When::after>({RawKind::init, flags, known}, barrier, caller());
  return result;
}

int record_barrier_destroy(pthread_barrier_t* barrier) {
  const int result = real_barrier_destroy(barrier);
  if (result == 0) note<When::after>({RawKind::destroy, kBarrier}, barrier, caller());
  return result;
}

int record_barrier_wait(pthread_barrier_t* barrier) {
  const Caller from = caller();
  note<When::before>({RawKind::arrive, kBarrier}, barrier, from);
  const int result = real_barrier_wait(barrier);
  note<When::after>({RawKind::pass, kBarrier}, barrier, from);
  return result;
}

int record_once(pthread_once_t* once, void (*routine)()) { return once_only(once, routine, caller()); }
int record_inner_once(pthread_once_t* once, void (*routine)()) { return once_only(once, routine, caller()); }
void record_call_once(once_flag* once, void (*routine)()) {
  once_only(reinterpret_cast<pthread_once_t*>(once), routine, caller());
}

}  // namespace zoneknot::record
