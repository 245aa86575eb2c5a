// Which units of semaphores one task has acquired and not given back, and whether it asked for more of them meanwhile.
// Belongs to the task's record, and changes with the task's events.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

// Units of one semaphore.
struct UnitsOwned {
  core::SemaphoreId semaphore = core::kNoId;
  std::uint32_t units = 0;
  std::uint64_t since = 0;  // TaskOrder::asked when the task came to own any
  core::Site taken_at{};    // the first of them
  std::optional<core::Site> asked_again_at{};
};

class UnitsOfTask {
 public:
  void clear() { all_.clear(); }

  // Valid until the next call for a semaphore that is new.
  UnitsOwned& of(core::SemaphoreId semaphore) {
    for (UnitsOwned& owned : all_) {
      if (owned.semaphore == semaphore) return owned;
    }
    return all_.emplace_back(UnitsOwned{.semaphore = semaphore});
  }

  // The task is about to wait for a unit, without a time-out, if there is none.
  void requested(core::SemaphoreId semaphore, core::Site site) {
    UnitsOwned& owned = of(semaphore);
    if (owned.units > 0) owned.asked_again_at = site;
  }
  // `asked`: TaskOrder::asked.
  void acquired(core::SemaphoreId semaphore, core::Site site, std::uint64_t asked) {
    UnitsOwned& owned = of(semaphore);
    if (owned.units++ > 0) return;
    owned.since = asked;
    owned.taken_at = site;
  }
  // Units that the task owns, at least so many. Where it had asked for one more while it owned some.
  std::optional<core::Site> gave_back(core::SemaphoreId semaphore, std::uint32_t units) {
    UnitsOwned& owned = of(semaphore);
    std::optional<core::Site> asked;
    if (owned.units > 1) asked = std::exchange(owned.asked_again_at, std::nullopt);
    owned.units -= units;
    if (owned.units == 0) owned = {.semaphore = semaphore};
    return asked;
  }
  // Units that the task does not own: whose they were nobody knows any more.
  void gave_back_others(core::SemaphoreId semaphore) { of(semaphore) = {.semaphore = semaphore}; }

 private:
  std::vector<UnitsOwned> all_;
};

}  // namespace zoneknot::lockcheck
