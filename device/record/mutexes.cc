// Mutexes, as pthreads and as C11 call them: they are laid out alike.
#include <pthread.h>
#include <threads.h>

#include <cerrno>

#include "device/record/interposed.h"
#include "device/record/locking.h"
#include "device/record/real.h"
#include "device/record/recorder.h"

namespace zoneknot::record {
namespace {

constinit Real<decltype(record_mutex_init)> real_mutex_init("pthread_mutex_init");
constinit Real<decltype(record_mutex_destroy)> real_mutex_destroy("pthread_mutex_destroy");
constinit Real<decltype(record_mutex_lock)> real_mutex_lock("pthread_mutex_lock");
constinit Real<decltype(record_mutex_trylock)> real_mutex_trylock("pthread_mutex_trylock");
constinit Real<decltype(record_mutex_timedlock)> real_mutex_timedlock("pthread_mutex_timedlock");
constinit Real<decltype(record_mutex_clocklock)> real_mutex_clocklock("pthread_mutex_clocklock");
constinit Real<decltype(record_mutex_unlock)> real_mutex_unlock("pthread_mutex_unlock");
constinit Real<decltype(record_mtx_init)> real_mtx_init("mtx_init");
constinit Real<decltype(record_mtx_destroy)> real_mtx_destroy("mtx_destroy");

// As the C library keeps it in the mutex: <bits/struct_mutex.h>.
constexpr int kTypeBits = 3;
constexpr int kRobustBit = 16;
constexpr int kSharedBit = 128;

[[gnu::always_inline]] inline std::uint8_t mutex_flags(const pthread_mutex_t* mutex) {
  const int kind = mutex->__data.__kind;
  const bool recursive = (kind & kTypeBits) == PTHREAD_MUTEX_RECURSIVE;
  return static_cast<std::uint8_t>(flags_of(RawObject::mutex) | (recursive ? kRecursive : 0) |
                                   ((kind & kRobustBit) != 0 ? kRobust : 0) | ((kind & kSharedBit) != 0 ? kShared : 0));
}

// Its owner asks for it, and will be told so.
bool is_own_and_checked(const pthread_mutex_t* mutex) {
  return (mutex->__data.__kind & kTypeBits) == PTHREAD_MUTEX_ERRORCHECK && mutex->__data.__owner == own_tid();
}

[[gnu::always_inline]] inline int lock_mutex(pthread_mutex_t* mutex, Caller caller) {
  return note_lock(
      kAlone, mutex, mutex_flags(mutex), caller,
      [mutex] {
        const int result = real_mutex_trylock(mutex);
        return result == EBUSY && is_own_and_checked(mutex) ? EDEADLK : result;
      },
      [mutex] { return real_mutex_lock(mutex); });
}

[[gnu::always_inline]] inline int try_mutex(pthread_mutex_t* mutex, Caller caller) {
  return note_try(kAlone, mutex, mutex_flags(mutex), caller, [mutex] { return real_mutex_trylock(mutex); });
}

template <class Wait>
[[gnu::always_inline]] inline int lock_mutex_until(pthread_mutex_t* mutex, Caller caller, const Wait& wait) {
  return is_own_and_checked(mutex) ? wait() : note_wait(kAlone, mutex, timed(mutex_flags(mutex)), caller, wait);
}

// Nothing is said of what could not be given back; but before anybody else can have it.
[[gnu::always_inline]] inline int unlock_mutex(pthread_mutex_t* mutex, Caller caller) {
  const bool checked = (mutex->__data.__kind & kTypeBits) == PTHREAD_MUTEX_ERRORCHECK;
  if (!checked || is_own_and_checked(mutex)) note<When::before>({RawKind::release, mutex_flags(mutex)}, mutex, caller);
  return real_mutex_unlock(mutex);
}

int as_in_c11(int result) {
  switch (result) {
    case 0:
      return thrd_success;
    case EBUSY:
      return thrd_busy;
    case ETIMEDOUT:
      return thrd_timedout;
    case ENOMEM:
      return thrd_nomem;
    default:
      return thrd_error;
  }
}

pthread_mutex_t* inside(mtx_t* mutex) { return reinterpret_cast<pthread_mutex_t*>(mutex); }

}  // namespace

std::uint8_t flags_of_mutex(const pthread_mutex_t* mutex) { return mutex_flags(mutex); }

int record_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attributes) {
  const int result = real_mutex_init(mutex, attributes);
  if (result == 0) note<When::after>({RawKind::init, mutex_flags(mutex)}, mutex, caller());
  return result;
}

// What it was is not to be seen afterwards, and what it fails to destroy is there.
int record_mutex_destroy(pthread_mutex_t* mutex) {
  const std::uint8_t flags = mutex_flags(mutex);
  const int result = real_mutex_destroy(mutex);
  if (result == 0) note<When::after>({RawKind::destroy, flags}, mutex, caller());
  return result;
}

int record_mutex_lock(pthread_mutex_t* mutex) { return lock_mutex(mutex, caller()); }
int record_mutex_trylock(pthread_mutex_t* mutex) { return try_mutex(mutex, caller()); }
int record_mutex_unlock(pthread_mutex_t* mutex) { return unlock_mutex(mutex, caller()); }

int record_mutex_timedlock(pthread_mutex_t* mutex, const timespec* until) {
  return lock_mutex_until(mutex, caller(), [=] { return real_mutex_timedlock(mutex, until); });
}

int record_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
  return lock_mutex_until(mutex, caller(), [=] { return real_mutex_clocklock(mutex, clock, until); });
}

int record_inner_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attributes) {
  const int result = real_mutex_init(mutex, attributes);
  if (result == 0) note<When::after>({RawKind::init, mutex_flags(mutex)}, mutex, caller());
  return result;
}
int record_inner_mutex_destroy(pthread_mutex_t* mutex) {
  const std::uint8_t flags = mutex_flags(mutex);
  const int result = real_mutex_destroy(mutex);
  if (result == 0) note<When::after>({RawKind::destroy, flags}, mutex, caller());
  return result;
}
int record_inner_mutex_lock(pthread_mutex_t* mutex) { return lock_mutex(mutex, caller()); }
int record_inner_mutex_trylock(pthread_mutex_t* mutex) { return try_mutex(mutex, caller()); }
int record_inner_mutex_unlock(pthread_mutex_t* mutex) { return unlock_mutex(mutex, caller()); }

int record_mtx_init(mtx_t* mutex, int type) {
  const int result = real_mtx_init(mutex, type);
  if (result == thrd_success) note<When::after>({RawKind::init, mutex_flags(inside(mutex))}, mutex, caller());
  return result;
}
void record_mtx_destroy(mtx_t* mutex) {
  const std::uint8_t flags = mutex_flags(inside(mutex));
  real_mtx_destroy(mutex);
  note<When::after>({RawKind::destroy, flags}, mutex, caller());
}
int record_mtx_lock(mtx_t* mutex) { return as_in_c11(lock_mutex(inside(mutex), caller())); }
int record_mtx_trylock(mtx_t* mutex) { return as_in_c11(try_mutex(inside(mutex), caller())); }
int record_mtx_timedlock(mtx_t* mutex, const timespec* until) {
  return as_in_c11(
      lock_mutex_until(inside(mutex), caller(), [=] { return real_mutex_timedlock(inside(mutex), until); }));
}
int record_mtx_unlock(mtx_t* mutex) { return as_in_c11(unlock_mutex(inside(mutex), caller())); }

}  // namespace zoneknot::record
