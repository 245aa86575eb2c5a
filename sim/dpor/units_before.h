// What an operation that takes something finds: a number that says whether it can be made, and what it takes of it that
// others find less. Pure functions of what a watch knows.
#pragma once

#include <cstdint>

#include "lockcheck/watch/lock_watch.h"
#include "sim/run/op.h"

namespace zoneknot::sim {

// The units of a reader-writer lock: how many shares are out, and
inline constexpr std::uint32_t kClosed = 1U << 31U;  // nobody gets one: somebody owns it or comes first
inline constexpr std::uint32_t kOwned = 1U << 30U;

// A semaphore's units are its own. Everything else has none.
inline std::uint32_t units_before(const Op& op, const lockcheck::LockWatch& watch) {
  if (op.object_class == ObjectClass::semaphore) return watch.semaphore_count(op.object);
  if (op.object_class != ObjectClass::shared_lock) return 0;
  const lockcheck::SharedLock lock = watch.shared_lock(op.object);
  const bool owned = lock.owner != core::kNoId;
  return lock.shares | (owned ? kOwned : 0) | (owned || lock.readers_wait ? kClosed : 0);
}

}  // namespace zoneknot::sim
