#include "device/model/zone_start.h"

#include <algorithm>

#include "device/model/zone_state.h"

namespace zoneknot::device {

std::string to_string(const std::vector<ZoneStart>& starts) {
  std::string text;
  for (const ZoneStart& start : starts) {
    text += (text.empty() ? "" : "+") + std::to_string(start.first);
    if (start.last != start.first) text += "-" + std::to_string(start.last);
    const auto* word =
        std::ranges::find(kStartWords, start.condition, &std::pair<std::string_view, core::ZoneCondition>::second);
    text += ":" + std::string(word->first);
    if (start.written != 0) text += ":" + std::to_string(start.written);
  }
  return text;
}

std::vector<ZoneStart> starts_of(const std::vector<core::ZoneReport>& report, std::uint32_t block_size) {
  std::vector<ZoneStart> starts;
  for (std::uint32_t zone = 0; zone < report.size(); ++zone) {
    const core::ZoneReport& of = report[zone];
    if (of.type == core::ZoneType::conventional || of.condition == core::ZoneCondition::empty) continue;
    const std::uint64_t written = counts_as_active(of.condition) ? (of.wp - of.start) / block_size : 0;
    const bool goes_on = !starts.empty() && starts.back().last + 1 == zone && starts.back().condition == of.condition &&
                         starts.back().written == written;
    if (goes_on) {
      starts.back().last = zone;
    } else {
      starts.push_back({.first = zone, .last = zone, .condition = of.condition, .written = written});
    }
  }
  return starts;
}

}  // namespace zoneknot::device
