// Every function of the C library that the program gets from us instead, by the name that it has there. Each does what
// the library's own does, and notes it.
#pragma once

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/types.h>
#include <threads.h>
#include <time.h>

namespace zoneknot::record {

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
#pragma GCC visibility push(default)
extern "C" {
using SignalHandler = void(int);

// Mutexes; under their inner names too, which old binaries and some libraries call.
int record_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attributes) __asm__("pthread_mutex_init");
int record_mutex_destroy(pthread_mutex_t* mutex) __asm__("pthread_mutex_destroy");
int record_mutex_lock(pthread_mutex_t* mutex) __asm__("pthread_mutex_lock");
int record_mutex_trylock(pthread_mutex_t* mutex) __asm__("pthread_mutex_trylock");
int record_mutex_timedlock(pthread_mutex_t* mutex, const timespec* until) __asm__("pthread_mutex_timedlock");
int record_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) __asm__("pthread_mutex_clocklock");
int record_mutex_unlock(pthread_mutex_t* mutex) __asm__("pthread_mutex_unlock");
int record_inner_mutex_init(pthread_mutex_t* mutex,
                            const pthread_mutexattr_t* attributes) __asm__("__pthread_mutex_init");
int record_inner_mutex_destroy(pthread_mutex_t* mutex) __asm__("__pthread_mutex_destroy");
int record_inner_mutex_lock(pthread_mutex_t* mutex) __asm__("__pthread_mutex_lock");
int record_inner_mutex_trylock(pthread_mutex_t* mutex) __asm__("__pthread_mutex_trylock");
int record_inner_mutex_unlock(pthread_mutex_t* mutex) __asm__("__pthread_mutex_unlock");

// Reader-writer locks.
int record_rwlock_init(pthread_rwlock_t* lock, const pthread_rwlockattr_t* attributes) __asm__("pthread_rwlock_init");
int record_rwlock_destroy(pthread_rwlock_t* lock) __asm__("pthread_rwlock_destroy");
int record_rwlock_rdlock(pthread_rwlock_t* lock) __asm__("pthread_rwlock_rdlock");
int record_rwlock_tryrdlock(pthread_rwlock_t* lock) __asm__("pthread_rwlock_tryrdlock");
int record_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* until) __asm__("pthread_rwlock_timedrdlock");
int record_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                              const timespec* until) __asm__("pthread_rwlock_clockrdlock");
int record_rwlock_wrlock(pthread_rwlock_t* lock) __asm__("pthread_rwlock_wrlock");
int record_rwlock_trywrlock(pthread_rwlock_t* lock) __asm__("pthread_rwlock_trywrlock");
int record_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* until) __asm__("pthread_rwlock_timedwrlock");
int record_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                              const timespec* until) __asm__("pthread_rwlock_clockwrlock");
int record_rwlock_unlock(pthread_rwlock_t* lock) __asm__("pthread_rwlock_unlock");
int record_inner_rwlock_init(pthread_rwlock_t* lock,
                             const pthread_rwlockattr_t* attributes) __asm__("__pthread_rwlock_init");
int record_inner_rwlock_destroy(pthread_rwlock_t* lock) __asm__("__pthread_rwlock_destroy");
int record_inner_rwlock_rdlock(pthread_rwlock_t* lock) __asm__("__pthread_rwlock_rdlock");
int record_inner_rwlock_tryrdlock(pthread_rwlock_t* lock) __asm__("__pthread_rwlock_tryrdlock");
int record_inner_rwlock_wrlock(pthread_rwlock_t* lock) __asm__("__pthread_rwlock_wrlock");
int record_inner_rwlock_trywrlock(pthread_rwlock_t* lock) __asm__("__pthread_rwlock_trywrlock");
int record_inner_rwlock_unlock(pthread_rwlock_t* lock) __asm__("__pthread_rwlock_unlock");

// Spin locks.
int record_spin_init(pthread_spinlock_t* lock, int shared) __asm__("pthread_spin_init");
int record_spin_destroy(pthread_spinlock_t* lock) __asm__("pthread_spin_destroy");
int record_spin_lock(pthread_spinlock_t* lock) __asm__("pthread_spin_lock");
int record_spin_trylock(pthread_spinlock_t* lock) __asm__("pthread_spin_trylock");
int record_spin_unlock(pthread_spinlock_t* lock) __asm__("pthread_spin_unlock");

// Condition variables.
int record_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes) __asm__("pthread_cond_init");
int record_cond_destroy(pthread_cond_t* condition) __asm__("pthread_cond_destroy");
int record_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) __asm__("pthread_cond_wait");
int record_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                          const timespec* until) __asm__("pthread_cond_timedwait");
int record_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                          const timespec* until) __asm__("pthread_cond_clockwait");
int record_cond_signal(pthread_cond_t* condition) __asm__("pthread_cond_signal");
int record_cond_broadcast(pthread_cond_t* condition) __asm__("pthread_cond_broadcast");

// Semaphores.
int record_sem_init(sem_t* semaphore, int shared, unsigned units) __asm__("sem_init");
int record_sem_destroy(sem_t* semaphore) __asm__("sem_destroy");
sem_t* record_sem_open(const char* name, int flags, ...) __asm__("sem_open");
int record_sem_wait(sem_t* semaphore) __asm__("sem_wait");
int record_sem_trywait(sem_t* semaphore) __asm__("sem_trywait");
int record_sem_timedwait(sem_t* semaphore, const timespec* until) __asm__("sem_timedwait");
int record_sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) __asm__("sem_clockwait");
int record_sem_post(sem_t* semaphore) __asm__("sem_post");

// Barriers and what is done once.
int record_barrier_init(pthread_barrier_t* barrier, const pthread_barrierattr_t* attributes,
                        unsigned count) __asm__("pthread_barrier_init");
int record_barrier_destroy(pthread_barrier_t* barrier) __asm__("pthread_barrier_destroy");
int record_barrier_wait(pthread_barrier_t* barrier) __asm__("pthread_barrier_wait");
int record_once(pthread_once_t* once, void (*routine)()) __asm__("pthread_once");
int record_inner_once(pthread_once_t* once, void (*routine)()) __asm__("__pthread_once");

// Threads.
int record_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*routine)(void*),
                  void* argument) __asm__("pthread_create");
int record_join(pthread_t thread, void** result) __asm__("pthread_join");
int record_tryjoin(pthread_t thread, void** result) __asm__("pthread_tryjoin_np");
int record_timedjoin(pthread_t thread, void** result, const timespec* until) __asm__("pthread_timedjoin_np");
int record_clockjoin(pthread_t thread, void** result, clockid_t clock,
                     const timespec* until) __asm__("pthread_clockjoin_np");
int record_setname(pthread_t thread, const char* name) __asm__("pthread_setname_np");
int record_prctl(int option, ...) __asm__("prctl");

// The threads of C11.
int record_mtx_init(mtx_t* mutex, int type) __asm__("mtx_init");
void record_mtx_destroy(mtx_t* mutex) __asm__("mtx_destroy");
int record_mtx_lock(mtx_t* mutex) __asm__("mtx_lock");
int record_mtx_trylock(mtx_t* mutex) __asm__("mtx_trylock");
int record_mtx_timedlock(mtx_t* mutex, const timespec* until) __asm__("mtx_timedlock");
int record_mtx_unlock(mtx_t* mutex) __asm__("mtx_unlock");
int record_cnd_init(cnd_t* condition) __asm__("cnd_init");
void record_cnd_destroy(cnd_t* condition) __asm__("cnd_destroy");
int record_cnd_wait(cnd_t* condition, mtx_t* mutex) __asm__("cnd_wait");
int record_cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) __asm__("cnd_timedwait");
int record_cnd_signal(cnd_t* condition) __asm__("cnd_signal");
int record_cnd_broadcast(cnd_t* condition) __asm__("cnd_broadcast");
int record_thrd_create(thrd_t* thread, thrd_start_t routine, void* argument) __asm__("thrd_create");
int record_thrd_join(thrd_t thread, int* result) __asm__("thrd_join");
void record_call_once(once_flag* once, void (*routine)()) __asm__("call_once");

// The process.
[[noreturn]] void record_exit_now(int status) __asm__("_exit");
[[noreturn]] void record_exit_now_in_c(int status) __asm__("_Exit");
pid_t record_fork_without_handlers() __asm__("_Fork");
int record_dlclose(void* module) __asm__("dlclose");
int record_sigaction(int number, const struct sigaction* action, struct sigaction* before) __asm__("sigaction");
SignalHandler* record_signal(int number, SignalHandler* handler) __asm__("signal");
int record_timer_create(clockid_t clock, sigevent* event, timer_t* timer) __asm__("timer_create");
}
#pragma GCC visibility pop
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

}  // namespace zoneknot::record
