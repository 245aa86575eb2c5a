#include "lockcheck/report/report_callers.h"

#include <fmt/format.h>

#include <algorithm>

#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::size_t kCallersShown = 6;
constexpr std::size_t kPlaceWidth = 28;

}  // namespace

std::string text_of_callers(const Place& place, std::size_t indent) {
  const std::string space(indent, ' ');
  const std::size_t width = kReportWidth - kPlaceWidth - 4 - indent;
  const std::size_t shown = std::min(place.callers.size(), kCallersShown);
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    const Place& caller = place.callers[i];
    out += line(space + "< " + column(caller.function, width) + " " + fit(place_text(caller), kPlaceWidth));
  }
  if (shown < place.callers.size()) {
    out += fmt::format("{}and {}\n", space, counted(place.callers.size() - shown, "more caller"));
  }
  return out;
}

}  // namespace zoneknot::lockcheck
