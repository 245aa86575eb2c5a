// Some zones of a device, as a user names them: "0-7+12", or "0-15/3" for every third of them. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zoneknot::device {

// first, first + step, … up to and with last.
struct ZoneRun {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint32_t step = 1;
  bool operator==(const ZoneRun&) const = default;
};

using ZonePick = std::vector<ZoneRun>;

std::string to_string(const ZonePick& pick);

// Every zone of the pick below `zones`, in the order of its runs; a zone that is in two of them comes twice.
template <class Visit>
void for_each_zone(const ZonePick& pick, std::uint32_t zones, Visit visit) {
  for (const ZoneRun& run : pick) {
    for (std::uint64_t zone = run.first; zone <= run.last && zone < zones; zone += run.step) {
      visit(static_cast<std::uint32_t>(zone));
    }
  }
}

}  // namespace zoneknot::device
