// What all kinds of locks have in common: first it is tried, because most locks are free and then one event says it
// all; a thread that has to wait says so before, so that a hang is in the file.
#pragma once

#include <pthread.h>

#include <cerrno>
#include <cstdint>

#include "device/record/recorder.h"

namespace zoneknot::record {

// The kinds of events of one way to have a lock.
struct LockKinds {
  RawKind at_once, request, acquire, give_up, try_got, try_failed;
};
inline constexpr LockKinds kAlone = {RawKind::lock_at_once, RawKind::request, RawKind::acquire,
                                     RawKind::give_up,      RawKind::try_got, RawKind::try_failed};
inline constexpr LockKinds kWithOthers = {RawKind::share_at_once, RawKind::share_request, RawKind::share_acquire,
                                          RawKind::share_give_up, RawKind::share_try_got, RawKind::share_try_failed};
inline constexpr LockKinds kUnit = {RawKind::unit_at_once, RawKind::unit_request, RawKind::unit_take,
                                    RawKind::unit_give_up, RawKind::unit_try_got, RawKind::unit_try_failed};

// The last owner of a robust mutex has died with it: it is had all the same.
[[gnu::always_inline]] inline bool is_had(int result) { return result == 0 || result == EOWNERDEAD; }

template <class Wait>
[[gnu::always_inline]] inline int note_wait(const LockKinds& kinds, const volatile void* lock, std::uint8_t flags,
                                            Caller caller, const Wait& wait) {
  note<When::before>({kinds.request, flags}, lock, caller);
  const int result = wait();
  const int error = errno;
  note<When::after>({is_had(result) ? kinds.acquire : kinds.give_up, flags}, lock, caller);
  errno = error;
  return result;
}

// `attempt` gives 0 or an error; `busy` is the one that says that somebody else has it. Any other is left to `wait`.
template <class Attempt, class Wait>
[[gnu::always_inline]] inline int note_lock(const LockKinds& kinds, const volatile void* lock, std::uint8_t flags,
                                            Caller caller, const Attempt& attempt, const Wait& wait) {
  const int at_once = attempt();
  if (__builtin_expect(is_had(at_once), 1)) {
    note<When::after>({kinds.at_once, flags}, lock, caller);
    return at_once;
  }
  return at_once == EBUSY ? note_wait(kinds, lock, flags, caller, wait) : wait();
}

template <class Attempt>
[[gnu::always_inline]] inline int note_try(const LockKinds& kinds, const volatile void* lock, std::uint8_t flags,
                                           Caller caller, const Attempt& attempt) {
  const int result = attempt();
  note<When::after>({is_had(result) ? kinds.try_got : kinds.try_failed, flags}, lock, caller);
  return result;
}

constexpr std::uint8_t timed(std::uint8_t flags) { return static_cast<std::uint8_t>(flags | kTimed); }

std::uint8_t flags_of_mutex(const pthread_mutex_t* mutex);

}  // namespace zoneknot::record
