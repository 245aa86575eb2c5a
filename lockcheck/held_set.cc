#include "lockcheck/held_set.h"

namespace zoneknot::lockcheck {

core::LockId HeldSet::first_of(LockRole role, const StableVector<LockRecord>& locks) const {
  const HeldEntry* first = nullptr;
  for (const HeldEntry& entry : entries_) {
    if (locks[entry.lock].role == role && (first == nullptr || entry.since < first->since)) first = &entry;
  }
  return first == nullptr ? core::kNoId : first->lock;
}

core::LockId HeldSet::highest_zone() const {
  const auto highest = std::find_if(entries_.begin(), entries_.end(), [this](const HeldEntry& entry) {
    return entry.rank != 0 && entry.rank == highest_rank_;
  });
  return highest == entries_.end() ? core::kNoId : highest->lock;
}

}  // namespace zoneknot::lockcheck
