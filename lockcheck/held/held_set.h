// The locks one task owns, as a multiset, and what a LockWatch knows of each lock. A HeldSet belongs to its task's
// record and changes with the task's events. A lock remembers where it stands in its owner's set, so every change
// takes constant time, however many zones a task owns.
#pragma once

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdint>
#include <memory>
#include <span>

#include "core/lock_observer.h"
#include "core/runtime.h"
#include "lockcheck/held/chain_cache.h"
#include "lockcheck/held/stable_vector.h"

namespace zoneknot::lockcheck {

// Apart from other locks' records, which other processors write.
struct alignas(64) LockRecord {
  std::atomic<core::TaskId> owner = core::kNoId;
  std::uint32_t held_index = 0;  // position in the owner's set; the owner's alone
  std::uint64_t rank = 0;        // greater for a zone with a greater (file, zone); 0: not an ordered zone lock
  std::uint64_t mark = 0;        // chain_mark() of its LockId
  // A task that owns no lock of this rank or a greater one does not ask against an order. 0: ask not_before().
  std::uint64_t limit = 0;
  bool keyed = false;                          // has an order key, and is not ordered by rank
  core::LockRole role = core::LockRole::none;  // the info's, in one cache line with the rest of what events look at
  core::LockInfo info;

  [[nodiscard]] core::TaskId owned_by() const { return owner.load(std::memory_order_relaxed); }

  // What a new lock is.
  void describe(core::LockId lock, const core::LockInfo& new_info) {
    mark = chain_mark(lock);
    info = new_info;
    role = info.role;
    rank = 0;
    keyed = role != core::LockRole::zone && info.order_key;
    // Requests for a reader-writer lock all go the long way.
    limit = keyed || info.readers != core::Readers::none ? 0 : UINT64_MAX;
    if (role != core::LockRole::zone || !info.order_key) return;
    assert(*info.order_key < UINT32_MAX);
    rank = (std::uint64_t{info.group} << 32) + *info.order_key + 1;
    limit = rank;
  }
};

struct HeldEntry {
  std::uint64_t rank = 0;  // the lock's
  core::LockId lock = core::kNoId;
  std::uint32_t count = 0;    // acquisitions
  std::uint32_t dropped = 0;  // of these, how many were reported as dropped
  core::Site site;            // of the first acquisition that is still held
  std::uint64_t since = 0;    // the task's event number of that acquisition
};

class HeldSet {
 public:
  void clear() {
    size_ = 0;
    highest_rank_ = 0;
    mark_ = 0;
  }

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::span<const HeldEntry> entries() const { return {entries_.get(), size_}; }
  // The sum of the marks of all that is owned.
  [[nodiscard]] std::uint64_t mark() const { return mark_; }
  // The greatest rank of a lock that is owned; 0: no ordered zone lock is.
  [[nodiscard]] std::uint64_t highest_rank() const { return highest_rank_; }
  // The entry of a lock that this task owns.
  [[nodiscard]] HeldEntry& entry(const LockRecord& record) { return entries_[record.held_index]; }

  // add() has to be preceded by make_room().
  [[nodiscard]] bool full() const { return size_ == capacity_; }
  void make_room() {
    if (full()) grow();
  }
  // The first acquisition of a lock, whose record is given.
  void add(core::LockId lock, LockRecord& record, core::Site site, std::uint64_t since) {
    entries_[size_] = {record.rank, lock, 1, 0, site, since};
    record.held_index = size_++;
    // Not std::max: most locks have no rank, and then nothing is to be stored.
    if (record.rank > highest_rank_) highest_rank_ = record.rank;
    mark_ += record.mark;
  }

  // The last acquisition of a lock, whose record is given, is gone.
  void remove(core::LockId lock, const LockRecord& record, const StableVector<LockRecord>& locks) {
    assert(record.held_index < size_ && entries_[record.held_index].lock == lock);
    const HeldEntry& last = entries_[size_ - 1];
    if (last.lock != lock) {
      entries_[record.held_index] = last;
      locks[last.lock].held_index = record.held_index;
    }
    remove_last(record);
  }

  // The lock that this task owns stands at the end of the set, with one acquisition.
  [[nodiscard]] bool is_last(const LockRecord& record) const {
    return record.held_index + 1 == size_ && entries_[record.held_index].count == 1;
  }
  // remove(), for a lock that is_last().
  void remove_last(const LockRecord& record) {
    --size_;
    mark_ -= record.mark;
    if (record.rank != 0 && record.rank == highest_rank_) find_highest_rank();
  }

  // An owned lock of the class and group of one that is keyed, which does not come before it. kNoId: none.
  [[nodiscard]] core::LockId not_before(const LockRecord& keyed, const StableVector<LockRecord>& locks) const;

  // For reports: the lock with the highest rank. kNoId: there is none.
  [[nodiscard]] core::LockId highest_zone() const;
  // The lock of a role that was taken first. kNoId: there is none.
  [[nodiscard]] core::LockId first_of(core::LockRole role, const StableVector<LockRecord>& locks) const;

 private:
  void find_highest_rank() {
    highest_rank_ = 0;
    for (const HeldEntry& entry : entries()) highest_rank_ = std::max(highest_rank_, entry.rank);
  }
  void grow();

  std::unique_ptr<HeldEntry[]> entries_;  // in no order
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
  std::uint64_t highest_rank_ = 0;
  std::uint64_t mark_ = 0;
};

}  // namespace zoneknot::lockcheck
