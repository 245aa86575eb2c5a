// A zone that starts in a condition of its own, as a report of a real device has it: "5:cl:100", or "0-7:fu" for some
// of them. Conditions are called as zbd-utils call them. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/zoned_device.h"

namespace zoneknot::device {

struct ZoneStart {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  core::ZoneCondition condition = core::ZoneCondition::empty;
  std::uint64_t written = 0;  // blocks from the zone's start; of zones that are open or closed
  bool operator==(const ZoneStart&) const = default;
};

inline constexpr std::array<std::pair<std::string_view, core::ZoneCondition>, 7> kStartWords = {{
    {"em", core::ZoneCondition::empty},
    {"oi", core::ZoneCondition::implicit_open},
    {"oe", core::ZoneCondition::explicit_open},
    {"cl", core::ZoneCondition::closed},
    {"fu", core::ZoneCondition::full},
    {"ro", core::ZoneCondition::read_only},
    {"ol", core::ZoneCondition::offline},
}};

// "0-7:fu+9:cl:100".
std::string to_string(const std::vector<ZoneStart>& starts);

// What a user has to say for a device whose zones are as `report` has them. Neighbours that are alike make one range;
// conventional and empty zones are not named.
std::vector<ZoneStart> starts_of(const std::vector<core::ZoneReport>& report, std::uint32_t block_size);

}  // namespace zoneknot::device
