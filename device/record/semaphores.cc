// Semaphores.
#include <fcntl.h>
#include <semaphore.h>

#include <cerrno>
#include <cstdarg>

#include "device/record/interposed.h"
#include "device/record/locking.h"
#include "device/record/real.h"
#include "device/record/recorder.h"

namespace zoneknot::record {
namespace {

constinit Real<decltype(record_sem_init)> real_sem_init("sem_init");
constinit Real<decltype(record_sem_destroy)> real_sem_destroy("sem_destroy");
constinit Real<sem_t*(const char*, int, mode_t, unsigned)> real_sem_open("sem_open");
constinit Real<decltype(record_sem_wait)> real_sem_wait("sem_wait");
constinit Real<decltype(record_sem_trywait)> real_sem_trywait("sem_trywait");
constinit Real<decltype(record_sem_timedwait)> real_sem_timedwait("sem_timedwait");
constinit Real<decltype(record_sem_clockwait)> real_sem_clockwait("sem_clockwait");
constinit Real<decltype(record_sem_post)> real_sem_post("sem_post");

constexpr unsigned kUnitsMax = UINT16_MAX;
constexpr std::uint8_t kOwn = flags_of(RawObject::semaphore);
constexpr auto kOfOthersToo = static_cast<std::uint8_t>(kOwn | kShared);

void note_made(const sem_t* semaphore, std::uint8_t flags, unsigned units, Caller from) {
  const auto known = static_cast<std::uint16_t>(units < kUnitsMax ? units : kUnitsMax);
  note<When::after>({RawKind::init, flags, known}, semaphore, from);
}

// The one of <semaphore.h> cannot be told from ours by its name alone.
int units_of_semaphore(sem_t* semaphore) {
  int units = 0;
  return sem_getvalue(semaphore, &units) == 0 && units > 0 ? units : 0;
}

}  // namespace

int record_sem_init(sem_t* semaphore, int shared, unsigned units) {
  const int result = real_sem_init(semaphore, shared, units);
  if (result == 0) note_made(semaphore, shared != 0 ? kOfOthersToo : kOwn, units, caller());
  return result;
}

int record_sem_destroy(sem_t* semaphore) {
  const int result = real_sem_destroy(semaphore);
  if (result == 0) note<When::after>({RawKind::destroy, kOwn}, semaphore, caller());
  return result;
}

sem_t* record_sem_open(const char* name, int flags, ...) {
  mode_t mode = 0;
  unsigned units = 0;
  if ((flags & O_CREAT) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    units = va_arg(arguments, unsigned);
    va_end(arguments);
  }
  sem_t* const semaphore = real_sem_open(name, flags, mode, units);
  if (semaphore == SEM_FAILED) return semaphore;
  note_made(semaphore, kOfOthersToo, static_cast<unsigned>(units_of_semaphore(semaphore)), caller());
  return semaphore;
}

// An attempt that fails leaves errno as it was: a wait that succeeds after it does not touch it.
int record_sem_wait(sem_t* semaphore) {
  const int before = errno;
  return note_lock(
      kUnit, semaphore, kOwn, caller(),
      [=] {
        if (real_sem_trywait(semaphore) == 0) return 0;
        const int error = errno;
        errno = before;
        return error == EAGAIN ? EBUSY : error;
      },
      [=] { return real_sem_wait(semaphore); });
}

int record_sem_trywait(sem_t* semaphore) {
  const int result = real_sem_trywait(semaphore);
  note<When::after>({result == 0 ? RawKind::unit_try_got : RawKind::unit_try_failed, kOwn}, semaphore, caller());
  return result;
}

int record_sem_timedwait(sem_t* semaphore, const timespec* until) {
  return note_wait(kUnit, semaphore, timed(kOwn), caller(), [=] { return real_sem_timedwait(semaphore, until); });
}

int record_sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) {
  return note_wait(kUnit, semaphore, timed(kOwn), caller(),
                   [=] { return real_sem_clockwait(semaphore, clock, until); });
}

int record_sem_post(sem_t* semaphore) {
  note<When::before>({RawKind::unit_add, kOwn}, semaphore, caller());
  return real_sem_post(semaphore);
}

}  // namespace zoneknot::record
