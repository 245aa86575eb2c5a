// In what zoned devices differ that keep the same standards, as data: each dialect is one row of a table, and the zone
// model reads its fields. The documentation of dialects is generated from the same table (docs/dialects.md). Plain
// values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "device/model/zone_status.h"

namespace zoneknot::device {

// Which implicitly open zone is closed to make room for another.
enum class ClosePolicy : std::uint8_t {
  lowest,     // the one with the lowest number
  cursor,     // the next one from where the last was found (null_blk)
  fifo_open,  // the one that was opened first
  lru_write,  // the one whose last write is the longest ago
  random,     // any; draws that are the same in every run
  none,       // none: the command is refused
};

enum class DialectName : std::uint8_t { zns, zbc, null_blk, qemu, scsi_debug };

// What stands between the program and the device.
enum class HostLayer : std::uint8_t {
  raw,         // nothing: one command for each I/O, which ends at a zone's end and at the device's largest command
  write_lock,  // Linux up to 6.9: I/Os are cut, every piece is sent
  write_plug,  // Linux from 6.10 on: the host keeps a write pointer of its own, which can be stale
};

// A condition that a write may break. Several broken at once: the first in the dialect's order is reported.
enum class WriteRule : std::uint8_t { condition, pointer, capacity };

// The unwritten part of a zone, above the write pointer.
enum class Unwritten : std::uint8_t { zeros, ones };

// Which piece of a write that the device refuses is over before the host sends the next one: those that come later wait
// for the pieces before them.
enum class Refusal : std::uint8_t { later, first_at_once, at_once };

struct Dialect {
  std::string_view word;  // as users write it
  ErrnoRules errors;
  ClosePolicy close_policy;
  std::array<WriteRule, 3> write_order;
  bool closes_to_empty;           // a close of an explicitly open zone that was never written makes it empty (ZBC)
  bool finish_needs_resources;    // a finish of an empty or closed zone needs what an open would need
  bool closes_before_check;       // a zone is closed implicitly before the limits are looked at
  bool close_needs_active;        // a zone is closed implicitly only while the limit of active zones is not reached
  bool refused_is_ok;             // open and close of a zone that is full, close of one that is empty: do nothing, ok
  bool full_at_capacity;          // the write pointer of a zone that was written full is at the capacity, not the size
  bool read_stops_at_capacity;    // a read across the capacity is refused: what lies behind is no part of the zone
  bool read_crosses_zones;        // one read command may cross a zone's end
  Unwritten unwritten;            // what reads above the write pointer give
  bool limits_active;             // knows a limit of active zones
  bool limits_must_bite;          // a limit that the sequential zones cannot reach is none
  bool can_append;                // has zone append
  bool can_degrade;               // a zone can be made read-only or offline from outside
  bool degrade_finishes;          // a zone is finished before it is degraded, and degrading it twice restores it
  Refusal refusal;                // when a refused piece of a write is over
  std::uint32_t max_transfer;     // bytes of the largest read or write; 0: no limit
  std::uint32_t max_append;       // bytes of the largest append; 0: no limit
  std::uint32_t max_passthrough;  // bytes above which the host refuses an append by itself; 0: no limit
};

const Dialect& dialect(DialectName name);

std::span<const std::string_view> dialect_words();
std::span<const std::string_view> host_words();
std::span<const std::string_view> close_policy_words();
std::optional<DialectName> dialect_named(std::string_view word);
std::optional<HostLayer> host_named(std::string_view word);
std::optional<ClosePolicy> close_policy_named(std::string_view word);
std::string_view word_of(DialectName name);
std::string_view word_of(HostLayer host);
std::string_view word_of(ClosePolicy policy);

// The table as Markdown, a column for each dialect.
std::string dialect_table();

}  // namespace zoneknot::device
