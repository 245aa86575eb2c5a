// The zones of one device as the workload sees them: the DeviceInfo of docs/protocol.md section 1. One table per file
// name, made before any job starts and shared by all jobs with that name. What it knows of write pointers and open
// zones is the program's own book-keeping, which may differ from the device's truth.
//
// Locks: each zone has a recursive one (class "zone", ordered by index), the table one recursive mutex M (class "M"). A
// zone's lock is the outer one. Nobody waits for a zone lock while owning M, and M is never held across I/O.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/runtime.h"
#include "core/shared.h"
#include "core/world.h"
#include "core/zoned_device.h"

namespace zoneknot::core {

inline constexpr std::string_view kZoneLockClass = "zone";
inline constexpr std::string_view kTableLockClass = "M";

// What recover_zbd_write_error knows of a zone, under its lock.
struct Mending {
  Shared<std::uint32_t> writes;    // accepted and not put
  Shared<bool> fixing;             // one of them has failed
  Shared<std::uint64_t> farthest;  // end of the farthest one that ever failed, bytes from the zone's start
};

struct Zone {
  Mutex lock;
  std::uint32_t index;
  std::uint64_t start;     // bytes
  std::uint64_t capacity;  // bytes that can be written; all of a conventional zone
  ZoneType type;
  ZoneCondition condition;  // as reported at the start; never read from the device again

  // Under `lock`; zoneskip peeks at wp without it.
  Shared<std::uint64_t> wp;
  Shared<bool> open;  // listed as open
  Shared<bool> reset_zone;
  Shared<std::uint32_t> verify_block;
  std::optional<Mending> mending{};               // nothing: no job of the device mends
  std::optional<Shared<std::uint32_t>> opener{};  // which job has listed it, under M; nothing: nobody asks

  [[nodiscard]] std::uint64_t writable_end() const { return start + capacity; }
  [[nodiscard]] bool conventional() const { return type == ZoneType::conventional; }
  // Where its data ends: at the write pointer, of a conventional zone, which later programs read without its lock, at
  // its end.
  [[nodiscard]] std::uint64_t data_end() const { return conventional() ? writable_end() : wp.read(); }
  // Bytes that can still be written.
  [[nodiscard]] std::uint64_t room_at(std::uint64_t offset) const {
    return writable_end() - std::min(offset, writable_end());
  }
  [[nodiscard]] std::uint64_t room() const { return room_at(wp.read()); }
  // No room for a block of `min_bs` bytes. A conventional zone is never full.
  [[nodiscard]] bool full(std::uint32_t min_bs) const { return !conventional() && wp.read() + min_bs > writable_end(); }
};

// Zones first … end-1.
struct ZoneSpan {
  std::uint32_t first = 0;
  std::uint32_t end = 0;
  [[nodiscard]] bool contains(std::uint32_t zone) const { return zone >= first && zone < end; }
  [[nodiscard]] std::uint32_t clamp(std::uint32_t zone) const { return std::clamp(zone, first, end - 1); }
  constexpr bool operator==(const ZoneSpan&) const = default;
};

// The zones that the workload has open, oldest first: n_open and open[]. Changed under M; convert_to_open_zone peeks at
// it without.
class OpenList {
 public:
  // `most`: how many zones are ever open at a time; 1 … kMaxOpenZonesListed. `guard` is M.
  // Zones are numbered below `nr_zones`.
  OpenList(Runtime& runtime, LockId guard, std::uint32_t most, std::uint32_t nr_zones);

  // Under M:
  [[nodiscard]] std::uint32_t count() const { return count_.read(); }
  [[nodiscard]] std::uint32_t at(std::uint64_t position) const { return entries_.at(position).read(); }
  void append(std::uint32_t zone);
  // Every zone that there is stands in it, or as many as the limits of all jobs allow.
  [[nodiscard]] bool full() const { return count_.read() >= entries_.size(); }
  // Later entries move down; the one past the new end keeps what it had.
  void drop(std::uint64_t position);
  // Where a zone stands; nothing: it is not listed.
  [[nodiscard]] std::optional<std::uint32_t> position_of(std::uint32_t zone) const;

  // Without M. Positions past the count give what an earlier drop left there, at first 0.
  [[nodiscard]] std::uint32_t peek_count(Site site = Site::current()) const { return count_.peek(site); }
  [[nodiscard]] std::uint32_t peek_at(std::uint64_t position, Site site = Site::current()) const {
    return entries_.at(position).peek(site);
  }

 private:
  Shared<std::uint32_t> count_;
  std::vector<Shared<std::uint32_t>> entries_;  // `most` of them: the historic table has kMaxOpenZonesListed
};

// What the jobs that share a table do with it.
struct TableUse {
  bool wp_is_peeked = false;    // some job looks at write pointers without the zone's lock
  std::uint32_t most_open = 1;  // the most zones that are ever listed, at least 1
  std::uint32_t block = 4096;   // bytes: every block of every job is a multiple of it
  LockKind m_kind = LockKind::recursive;
  bool two_sums = false;          // of the bytes with data: in all zones, and in those with a write pointer
  bool finishes = false;          // write pointers may go to the end of a zone, behind its capacity
  std::uint32_t limit = 0;        // of open zones, of the device; 0: none
  std::uint32_t slot_owners = 0;  // jobs, where slots go back to the job that took them; 0: to anybody
  std::uint32_t most_mended = 0;  // writes that a job that mends has in a zone at most; 0: no job mends
  // The device has no zones: the table alone has some, of `capacity` bytes (0: all of a zone).
  bool emulates = false;
  bool starts_full = false;
  std::uint64_t capacity = 0;
};

class ZoneTable {
 public:
  // `group` numbers the tables of a workload.
  ZoneTable(World& world, ZonedDevice& device, std::uint32_t group, const TableUse& use);
  ZoneTable(const ZoneTable&) = delete;
  ZoneTable& operator=(const ZoneTable&) = delete;

  [[nodiscard]] std::uint32_t nr_zones() const { return static_cast<std::uint32_t>(zones_.size()); }
  [[nodiscard]] Zone& zone(std::uint32_t index) { return zones_[index]; }
  [[nodiscard]] const Zone& zone(std::uint32_t index) const { return zones_[index]; }
  // The zone of an offset; null beyond the device's end (the historic sentinel).
  [[nodiscard]] Zone* zone_at(std::uint64_t offset);
  [[nodiscard]] std::uint64_t zone_size() const { return zone_size_; }
  // Where the next zone starts, also behind the last one.
  [[nodiscard]] std::uint64_t end_of(const Zone& zone) const { return zone.start + zone_size_; }
  [[nodiscard]] std::uint64_t device_end() const { return zone_size_ * zones_.size(); }
  [[nodiscard]] ZonedDevice& device() const { return *device_; }
  [[nodiscard]] const std::vector<ZoneReport>& initial_report() const { return initial_report_; }
  // The zones are the table's alone: no command about them goes to the device.
  [[nodiscard]] bool emulated() const { return emulated_; }

  Mutex mutex;  // M
  OpenList open_list;
  std::uint32_t limit;                                        // of open zones, for all jobs together; 0: none
  Shared<std::uint64_t> sectors_with_data;                    // swd, in bytes; under M, peeked at by adjust_block
  std::optional<ZoneSpan> summed;                             // at setup, for thresholds; nothing: no job has one
  std::optional<Shared<std::uint64_t>> wp_sectors_with_data;  // of zones with a write pointer; likewise
  Shared<std::uint32_t> write_count;                          // under M
  // How many zones each job has listed as open, under M; empty: each counts for itself (JobContext).
  std::vector<Shared<std::uint32_t>> slots;

 private:
  ZonedDevice* device_;
  std::uint64_t zone_size_;
  bool emulated_;
  std::vector<ZoneReport> initial_report_;
  std::vector<Zone> zones_;
};

}  // namespace zoneknot::core
