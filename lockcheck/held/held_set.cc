#include "lockcheck/held/held_set.h"

#include <algorithm>
#include <utility>

namespace zoneknot::lockcheck {

void HeldSet::grow() {
  constexpr std::uint32_t kFirst = 8;
  const std::uint32_t capacity = capacity_ == 0 ? kFirst : 2 * capacity_;
  auto more = std::make_unique<HeldEntry[]>(capacity);
  std::ranges::copy(entries(), more.get());
  entries_ = std::move(more);
  capacity_ = capacity;
}

core::LockId HeldSet::first_of(core::LockRole role, const StableVector<LockRecord>& locks) const {
  const HeldEntry* first = nullptr;
  for (const HeldEntry& entry : entries()) {
    if (locks[entry.lock].role == role && (first == nullptr || entry.since < first->since)) first = &entry;
  }
  return first == nullptr ? core::kNoId : first->lock;
}

core::LockId HeldSet::not_before(const LockRecord& keyed, const StableVector<LockRecord>& locks) const {
  const core::LockInfo& wanted = keyed.info;
  const auto found = std::ranges::find_if(entries(), [&](const HeldEntry& entry) {
    const core::LockInfo& owned = locks[entry.lock].info;
    return owned.lock_class == wanted.lock_class && owned.group == wanted.group && owned.order_key &&
           *owned.order_key >= *wanted.order_key;
  });
  return found == entries().end() ? core::kNoId : found->lock;
}

core::LockId HeldSet::highest_zone() const {
  const auto highest = std::ranges::find_if(
      entries(), [this](const HeldEntry& entry) { return entry.rank != 0 && entry.rank == highest_rank_; });
  return highest == entries().end() ? core::kNoId : highest->lock;
}

}  // namespace zoneknot::lockcheck
