// Reader-writer locks and spin locks.
#include <pthread.h>

#include <cerrno>

#include "device/record/interposed.h"
#include "device/record/locking.h"
#include "device/record/real.h"
#include "device/record/recorder.h"

namespace zoneknot::record {
namespace {

constinit Real<decltype(record_rwlock_init)> real_rwlock_init("pthread_rwlock_init");
constinit Real<decltype(record_rwlock_destroy)> real_rwlock_destroy("pthread_rwlock_destroy");
constinit Real<decltype(record_rwlock_rdlock)> real_rdlock("pthread_rwlock_rdlock");
constinit Real<decltype(record_rwlock_tryrdlock)> real_tryrdlock("pthread_rwlock_tryrdlock");
constinit Real<decltype(record_rwlock_timedrdlock)> real_timedrdlock("pthread_rwlock_timedrdlock");
constinit Real<decltype(record_rwlock_clockrdlock)> real_clockrdlock("pthread_rwlock_clockrdlock");
constinit Real<decltype(record_rwlock_wrlock)> real_wrlock("pthread_rwlock_wrlock");
constinit Real<decltype(record_rwlock_trywrlock)> real_trywrlock("pthread_rwlock_trywrlock");
constinit Real<decltype(record_rwlock_timedwrlock)> real_timedwrlock("pthread_rwlock_timedwrlock");
constinit Real<decltype(record_rwlock_clockwrlock)> real_clockwrlock("pthread_rwlock_clockwrlock");
constinit Real<decltype(record_rwlock_unlock)> real_rwlock_unlock("pthread_rwlock_unlock");
constinit Real<decltype(record_spin_init)> real_spin_init("pthread_spin_init");
constinit Real<decltype(record_spin_destroy)> real_spin_destroy("pthread_spin_destroy");
constinit Real<decltype(record_spin_lock)> real_spin_lock("pthread_spin_lock");
constinit Real<decltype(record_spin_trylock)> real_spin_trylock("pthread_spin_trylock");
constinit Real<decltype(record_spin_unlock)> real_spin_unlock("pthread_spin_unlock");

constexpr std::uint8_t kSpin = flags_of(RawObject::spin);

[[gnu::always_inline]] inline std::uint8_t rwlock_flags(const pthread_rwlock_t* lock) {
  const bool writers_first = lock->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
  return static_cast<std::uint8_t>(flags_of(RawObject::rwlock) | (writers_first ? kWritersFirst : 0) |
                                   (lock->__data.__shared != 0 ? kShared : 0));
}

[[gnu::always_inline]] inline int lock_to_read(pthread_rwlock_t* lock, Caller caller) {
  return note_lock(
      kWithOthers, lock, rwlock_flags(lock), caller, [lock] { return real_tryrdlock(lock); },
      [lock] { return real_rdlock(lock); });
}
[[gnu::always_inline]] inline int lock_to_write(pthread_rwlock_t* lock, Caller caller) {
  return note_lock(
      kAlone, lock, rwlock_flags(lock), caller, [lock] { return real_trywrlock(lock); },
      [lock] { return real_wrlock(lock); });
}
[[gnu::always_inline]] inline int unlock_either(pthread_rwlock_t* lock, Caller caller) {
  note<When::before>({RawKind::release, rwlock_flags(lock)}, lock, caller);
  return real_rwlock_unlock(lock);
}
[[gnu::always_inline]] inline int init_rwlock(pthread_rwlock_t* lock, const pthread_rwlockattr_t* attributes,
                                              Caller caller) {
  const int result = real_rwlock_init(lock, attributes);
  if (result == 0) note<When::after>({RawKind::init, rwlock_flags(lock)}, lock, caller);
  return result;
}
[[gnu::always_inline]] inline int destroy_rwlock(pthread_rwlock_t* lock, Caller caller) {
  const int result = real_rwlock_destroy(lock);
  if (result == 0) note<When::after>({RawKind::destroy, rwlock_flags(lock)}, lock, caller);
  return result;
}

}  // namespace

int record_rwlock_init(pthread_rwlock_t* lock, const pthread_rwlockattr_t* attributes) {
  return init_rwlock(lock, attributes, caller());
}
int record_rwlock_destroy(pthread_rwlock_t* lock) { return destroy_rwlock(lock, caller()); }
int record_rwlock_rdlock(pthread_rwlock_t* lock) { return lock_to_read(lock, caller()); }
int record_rwlock_wrlock(pthread_rwlock_t* lock) { return lock_to_write(lock, caller()); }
int record_rwlock_unlock(pthread_rwlock_t* lock) { return unlock_either(lock, caller()); }
int record_rwlock_tryrdlock(pthread_rwlock_t* lock) {
  return note_try(kWithOthers, lock, rwlock_flags(lock), caller(), [lock] { return real_tryrdlock(lock); });
}
int record_rwlock_trywrlock(pthread_rwlock_t* lock) {
  return note_try(kAlone, lock, rwlock_flags(lock), caller(), [lock] { return real_trywrlock(lock); });
}
int record_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* until) {
  return note_wait(kWithOthers, lock, timed(rwlock_flags(lock)), caller(),
                   [=] { return real_timedrdlock(lock, until); });
}
int record_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock, const timespec* until) {
  return note_wait(kWithOthers, lock, timed(rwlock_flags(lock)), caller(),
                   [=] { return real_clockrdlock(lock, clock, until); });
}
int record_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* until) {
  return note_wait(kAlone, lock, timed(rwlock_flags(lock)), caller(), [=] { return real_timedwrlock(lock, until); });
}
int record_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock, const timespec* until) {
  return note_wait(kAlone, lock, timed(rwlock_flags(lock)), caller(),
                   [=] { return real_clockwrlock(lock, clock, until); });
}

int record_inner_rwlock_init(pthread_rwlock_t* lock, const pthread_rwlockattr_t* attributes) {
  return init_rwlock(lock, attributes, caller());
}
int record_inner_rwlock_destroy(pthread_rwlock_t* lock) { return destroy_rwlock(lock, caller()); }
int record_inner_rwlock_rdlock(pthread_rwlock_t* lock) { return lock_to_read(lock, caller()); }
int record_inner_rwlock_wrlock(pthread_rwlock_t* lock) { return lock_to_write(lock, caller()); }
int record_inner_rwlock_unlock(pthread_rwlock_t* lock) { return unlock_either(lock, caller()); }
int record_inner_rwlock_tryrdlock(pthread_rwlock_t* lock) {
  return note_try(kWithOthers, lock, rwlock_flags(lock), caller(), [lock] { return real_tryrdlock(lock); });
}
int record_inner_rwlock_trywrlock(pthread_rwlock_t* lock) {
  return note_try(kAlone, lock, rwlock_flags(lock), caller(), [lock] { return real_trywrlock(lock); });
}

// Whether it is shared with other processes a spin lock does not say, and its init alone knows.
int record_spin_init(pthread_spinlock_t* lock, int shared) {
  const int result = real_spin_init(lock, shared);
  const bool others = shared == PTHREAD_PROCESS_SHARED;
  const auto flags = static_cast<std::uint8_t>(kSpin | (others ? kShared : 0));
  if (result == 0) note<When::after>({RawKind::init, flags}, lock, caller());
  return result;
}
int record_spin_destroy(pthread_spinlock_t* lock) {
  const int result = real_spin_destroy(lock);
  if (result == 0) note<When::after>({RawKind::destroy, kSpin}, lock, caller());
  return result;
}
int record_spin_lock(pthread_spinlock_t* lock) {
  return note_lock(
      kAlone, lock, kSpin, caller(), [lock] { return real_spin_trylock(lock); },
      [lock] { return real_spin_lock(lock); });
}
int record_spin_trylock(pthread_spinlock_t* lock) {
  return note_try(kAlone, lock, kSpin, caller(), [lock] { return real_spin_trylock(lock); });
}
int record_spin_unlock(pthread_spinlock_t* lock) {
  note<When::before>({RawKind::release, kSpin}, lock, caller());
  return real_spin_unlock(lock);
}

}  // namespace zoneknot::record
