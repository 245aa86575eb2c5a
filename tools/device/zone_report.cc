#include "tools/device/zone_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace zoneknot::tools {
namespace {

using core::ZoneCondition;
using core::ZoneReport;
using core::ZoneType;

struct Names {
  std::string_view word;  // zbd-utils'
  unsigned number;        // linux/blkzoned.h
};

// By ZoneCondition.
constexpr std::array<Names, 8> kConditionNames = {
    {{"nw", 0}, {"em", 1}, {"oi", 2}, {"oe", 3}, {"cl", 4}, {"fu", 14}, {"ro", 13}, {"ol", 15}}};

const Names& names_of(ZoneCondition condition) { return kConditionNames.at(static_cast<std::size_t>(condition)); }

template <class Print>
std::string for_each_shown(const std::vector<ZoneReport>& zones, ConditionFilter filter, const Print& print) {
  std::string text;
  std::size_t index = 0;
  for (const ZoneReport& zone : zones) {
    if (!filter || zone.condition == *filter) text += print(index, zone);
    ++index;
  }
  return text;
}

}  // namespace

std::optional<ZoneCondition> condition_of_option(std::string_view word) {
  const auto place = std::ranges::find(kConditionNames, word, &Names::word);
  if (place == kConditionNames.end()) return std::nullopt;
  return static_cast<ZoneCondition>(place - kConditionNames.begin());
}

std::string report_text(const std::vector<ZoneReport>& zones, ConditionFilter filter) {
  return for_each_shown(zones, filter, [](std::size_t index, const ZoneReport& zone) {
    if (zone.type == ZoneType::conventional) {
      return fmt::format("Zone {:05}: cnv, ofst {:014}, len {:014}, cap {:014}\n", index, zone.start, zone.length,
                         zone.capacity);
    }
    return fmt::format("Zone {:05}: swr, ofst {:014}, len {:014}, cap {:014}, wp {:014}, {}, non_seq 0, reset 0\n",
                       index, zone.start, zone.length, zone.capacity, zone.wp, names_of(zone.condition).word);
  });
}

std::string report_csv(const std::vector<ZoneReport>& zones, ConditionFilter filter) {
  return "zone num, type, ofst, len, cap, wp, cond, non_seq, reset\n" +
         for_each_shown(zones, filter, [](std::size_t index, const ZoneReport& zone) {
           return fmt::format("{:05}, {}, {:014}, {:014}, {:014}, {:014}, 0x{:x}, 0, 0\n", index,
                              zone.type == ZoneType::conventional ? 1 : 2, zone.start, zone.length, zone.capacity,
                              zone.wp, names_of(zone.condition).number);
         });
}

}  // namespace zoneknot::tools
