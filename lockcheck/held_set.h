// The locks one task owns, as a multiset, and what a LockWatch knows of each lock. A HeldSet belongs to its task's
// record and is touched under that record's lock. A lock remembers where it stands in its owner's set, so every change
// takes constant time, however many zones a task owns.
#pragma once

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdint>
#include <vector>

#include "core/lock_observer.h"
#include "core/runtime.h"
#include "lockcheck/chain_cache.h"
#include "lockcheck/stable_vector.h"

namespace zoneknot::lockcheck {

// Which part a lock plays in the rules of docs/protocol.md.
enum class LockRole : std::uint8_t { zone, device_table, other };

struct LockRecord {
  std::atomic<core::TaskId> owner = core::kNoId;
  std::uint32_t held_index = 0;  // position in the owner's set; the owner's alone
  std::uint64_t rank = 0;        // greater for a zone with a greater (file, zone); 0: not an ordered zone lock
  std::uint64_t mark = 0;        // chain_mark() of its LockId
  LockRole role = LockRole::other;
  bool keyed = false;  // has an order key, and is not ordered by rank
  core::LockInfo info;

  // What a new lock is.
  void describe(core::LockId lock, const core::LockInfo& new_info, LockRole new_role) {
    mark = chain_mark(lock);
    info = new_info;
    role = new_role;
    rank = 0;
    keyed = role != LockRole::zone && info.order_key;
    if (role != LockRole::zone || !info.order_key) return;
    assert(*info.order_key < UINT32_MAX);
    rank = (std::uint64_t{info.group} << 32) + *info.order_key + 1;
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
    entries_.clear();
    zones_ = 0;
    device_tables_ = 0;
    highest_rank_ = 0;
    mark_ = 0;
  }

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] const std::vector<HeldEntry>& entries() const { return entries_; }
  [[nodiscard]] bool holds_zone() const { return zones_ != 0; }
  [[nodiscard]] bool holds_device_table() const { return device_tables_ != 0; }
  // The sum of the marks of all that is owned.
  [[nodiscard]] std::uint64_t mark() const { return mark_; }
  // The greatest rank of a lock that is owned; 0: no ordered zone lock is.
  [[nodiscard]] std::uint64_t highest_rank() const { return highest_rank_; }
  // The entry of a lock that this task owns.
  [[nodiscard]] HeldEntry& entry(const LockRecord& record) { return entries_[record.held_index]; }

  // The first acquisition of a lock, whose record is given.
  void add(core::LockId lock, LockRecord& record, core::Site site, std::uint64_t since) {
    record.held_index = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({record.rank, lock, 1, 0, site, since});
    zones_ += record.role == LockRole::zone ? 1 : 0;
    device_tables_ += record.role == LockRole::device_table ? 1 : 0;
    highest_rank_ = std::max(highest_rank_, record.rank);
    mark_ += record.mark;
  }

  // The last acquisition of a lock, whose record is given, is gone.
  void remove(core::LockId lock, const LockRecord& record, const StableVector<LockRecord>& locks) {
    assert(record.held_index < entries_.size() && entries_[record.held_index].lock == lock);
    // Mostly the last one goes; copying it onto itself right after it was written would stall.
    if (record.held_index + 1 != entries_.size()) {
      entries_[record.held_index] = entries_.back();
      locks[entries_.back().lock].held_index = record.held_index;
    }
    entries_.pop_back();
    zones_ -= record.role == LockRole::zone ? 1 : 0;
    device_tables_ -= record.role == LockRole::device_table ? 1 : 0;
    mark_ -= record.mark;
    if (record.rank != 0 && record.rank == highest_rank_) find_highest_rank();
  }

  // Of the same class and group as a lock that is keyed: one that is owned and does not come before it. kNoId: none.
  [[nodiscard]] core::LockId not_before(const LockRecord& keyed, const StableVector<LockRecord>& locks) const;

  // For reports: the lock with the highest rank; and the one of a role that was taken first. kNoId: there is none.
  [[nodiscard]] core::LockId highest_zone() const;
  [[nodiscard]] core::LockId first_of(LockRole role, const StableVector<LockRecord>& locks) const;

 private:
  void find_highest_rank() {
    highest_rank_ = 0;
    for (const HeldEntry& entry : entries_) highest_rank_ = std::max(highest_rank_, entry.rank);
  }

  std::vector<HeldEntry> entries_;  // in no order
  std::uint32_t zones_ = 0;
  std::uint32_t device_tables_ = 0;
  std::uint64_t highest_rank_ = 0;
  std::uint64_t mark_ = 0;
};

}  // namespace zoneknot::lockcheck
