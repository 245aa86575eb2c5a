// Condition variables, as pthreads and as C11 call them. A thread that is cancelled in a wait has its mutex again when
// its cleanup begins; that is noted by a cleanup of ours.
#include <pthread.h>
#include <threads.h>

#include <cerrno>

#include "device/record/interposed.h"
#include "device/record/locking.h"
#include "device/record/real.h"
#include "device/record/recorder.h"

namespace zoneknot::record {
namespace {

// The newer of two kinds that the C library has.
constexpr const char* kVersion = "GLIBC_2.3.2";
constinit Real<decltype(record_cond_init)> real_cond_init("pthread_cond_init", kVersion);
constinit Real<decltype(record_cond_destroy)> real_cond_destroy("pthread_cond_destroy", kVersion);
constinit Real<decltype(record_cond_wait)> real_cond_wait("pthread_cond_wait", kVersion);
constinit Real<decltype(record_cond_timedwait)> real_cond_timedwait("pthread_cond_timedwait", kVersion);
constinit Real<decltype(record_cond_clockwait)> real_cond_clockwait("pthread_cond_clockwait");
constinit Real<decltype(record_cond_signal)> real_cond_signal("pthread_cond_signal", kVersion);
constinit Real<decltype(record_cond_broadcast)> real_cond_broadcast("pthread_cond_broadcast", kVersion);
constinit Real<decltype(record_cnd_init)> real_cnd_init("cnd_init");
constinit Real<decltype(record_cnd_destroy)> real_cnd_destroy("cnd_destroy");

// As the C library keeps it: <bits/pthreadtypes.h>, and its pthread_cond_common.c for the bit.
constexpr unsigned kSharedWaiters = 1;

std::uint8_t condition_flags(const pthread_cond_t* condition) {
  const bool shared = (condition->__data.__wrefs & kSharedWaiters) != 0;
  return static_cast<std::uint8_t>(flags_of(RawObject::condition) | (shared ? kShared : 0));
}

struct InWait {
  pthread_cond_t* condition;
  Caller from;
};

void note_back(pthread_cond_t* condition, Caller from, RawBack back) {
  note<When::after>({RawKind::cond_back, condition_flags(condition), static_cast<std::uint16_t>(back)}, condition,
                    from);
}

void cancelled(void* in_wait) {
  const auto& wait = *static_cast<InWait*>(in_wait);
  note_back(wait.condition, wait.from, RawBack::cancelled);
}

template <class Wait>
int wait_for(pthread_cond_t* condition, pthread_mutex_t* mutex, std::uint8_t flags, Caller from, const Wait& wait) {
  const std::uint8_t of_mutex = flags_of_mutex(mutex);
  note<When::before>({RawKind::cond_wait, static_cast<std::uint8_t>(condition_flags(condition) | flags)}, condition,
                     from);
  note<When::before>({RawKind::cond_mutex, of_mutex}, mutex, from);
  InWait in_wait{condition, from};
  int result = 0;
  pthread_cleanup_push(cancelled, &in_wait);
  result = wait();
  pthread_cleanup_pop(0);
  const RawBack back = result == 0 || result == EOWNERDEAD ? RawBack::woken
                       : result == ETIMEDOUT               ? RawBack::timed_out
                                                           : RawBack::cancelled;
  note_back(condition, from, back);
  return result;
}

[[gnu::always_inline]] inline int signal_one(pthread_cond_t* condition, Caller from) {
  note<When::before>({RawKind::cond_signal, condition_flags(condition)}, condition, from);
  return real_cond_signal(condition);
}
[[gnu::always_inline]] inline int signal_all(pthread_cond_t* condition, Caller from) {
  note<When::before>({RawKind::cond_broadcast, condition_flags(condition)}, condition, from);
  return real_cond_broadcast(condition);
}

int result_in_c11(int result) {
  if (result == 0) return thrd_success;
  return result == ETIMEDOUT ? thrd_timedout : thrd_error;
}

pthread_cond_t* condition_inside(cnd_t* condition) { return reinterpret_cast<pthread_cond_t*>(condition); }
pthread_mutex_t* mutex_inside(mtx_t* mutex) { return reinterpret_cast<pthread_mutex_t*>(mutex); }

}  // namespace

int record_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes) {
  const int result = real_cond_init(condition, attributes);
  if (result == 0) note<When::after>({RawKind::init, condition_flags(condition)}, condition, caller());
  return result;
}
int record_cond_destroy(pthread_cond_t* condition) {
  const int result = real_cond_destroy(condition);
  if (result == 0) note<When::after>({RawKind::destroy, flags_of(RawObject::condition)}, condition, caller());
  return result;
}
int record_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return wait_for(condition, mutex, 0, caller(), [=] { return real_cond_wait(condition, mutex); });
}
int record_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  return wait_for(condition, mutex, kTimed, caller(), [=] { return real_cond_timedwait(condition, mutex, until); });
}
int record_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
  return wait_for(condition, mutex, kTimed, caller(),
                  [=] { return real_cond_clockwait(condition, mutex, clock, until); });
}
int record_cond_signal(pthread_cond_t* condition) { return signal_one(condition, caller()); }
int record_cond_broadcast(pthread_cond_t* condition) { return signal_all(condition, caller()); }

int record_cnd_init(cnd_t* condition) {
  const int result = real_cnd_init(condition);
  if (result == thrd_success)
    note<When::after>({RawKind::init, condition_flags(condition_inside(condition))}, condition, caller());
  return result;
}
void record_cnd_destroy(cnd_t* condition) {
  real_cnd_destroy(condition);
  note<When::after>({RawKind::destroy, flags_of(RawObject::condition)}, condition, caller());
}
int record_cnd_wait(cnd_t* condition, mtx_t* mutex) {
  return result_in_c11(wait_for(condition_inside(condition), mutex_inside(mutex), 0, caller(),
                                [=] { return real_cond_wait(condition_inside(condition), mutex_inside(mutex)); }));
}
int record_cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  return result_in_c11(wait_for(condition_inside(condition), mutex_inside(mutex), kTimed, caller(), [=] {
    return real_cond_timedwait(condition_inside(condition), mutex_inside(mutex), until);
  }));
}
int record_cnd_signal(cnd_t* condition) { return result_in_c11(signal_one(condition_inside(condition), caller())); }
int record_cnd_broadcast(cnd_t* condition) { return result_in_c11(signal_all(condition_inside(condition), caller())); }

}  // namespace zoneknot::record
