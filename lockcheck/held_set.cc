#include "lockcheck/held_set.h"

namespace zoneknot::lockcheck {

core::LockId HeldSet::first_of(LockRole role, const StableVector<LockRecord>& locks) const {
  const HeldEntry* first = nullptr;
  for (const HeldEntry& entry : entries_) {
    if (locks[entry.lock].role == role && (first == nullptr || entry.since < first->since)) first = &entry;
  }
  return first == nullptr ? core::kNoId : first->lock;
}

core::LockId HeldSet::not_before(const LockRecord& keyed, const StableVector<LockRecord>& locks) const {
  const core::LockInfo& wanted = keyed.info;
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const HeldEntry& entry) {
    const core::LockInfo& owned = locks[entry.lock].info;
    return owned.lock_class == wanted.lock_class && owned.group == wanted.group && owned.order_key &&
           *owned.order_key >= *wanted.order_key;
  });
  return found == entries_.end() ? core::kNoId : found->lock;
}

core::LockId HeldSet::highest_zone() const {
  const auto highest = std::find_if(entries_.begin(), entries_.end(), [this](const HeldEntry& entry) {
    return entry.rank != 0 && entry.rank == highest_rank_;
  });
  return highest == entries_.end() ? core::kNoId : highest->lock;
}

}  // namespace zoneknot::lockcheck
