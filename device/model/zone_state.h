// The zone state machine of ZNS Command Set 1.1 (ZBC-2 has the same states) as one table: which condition follows on
// which event. Pure functions over plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "core/zoned_device.h"

namespace zoneknot::device {

// The four management commands. What a write does, ZoneModel knows.
enum class ZoneEvent : std::uint8_t { open, close, finish, reset };

inline constexpr std::size_t kZoneEvents = 4;
inline constexpr std::size_t kZoneConditions = 8;

// The condition of a zone after `event`, or nothing where the device refuses it (EIO) and changes nothing. What an
// event costs in open and active zones follows from the two conditions, see counts_as_open and counts_as_active.
std::optional<core::ZoneCondition> next_condition(ZoneEvent event, core::ZoneCondition condition);

// Takes part in the limit of open zones.
constexpr bool counts_as_open(core::ZoneCondition condition) {
  return condition == core::ZoneCondition::implicit_open || condition == core::ZoneCondition::explicit_open;
}

// Takes part in the limit of active zones.
constexpr bool counts_as_active(core::ZoneCondition condition) {
  return counts_as_open(condition) || condition == core::ZoneCondition::closed;
}

}  // namespace zoneknot::device
