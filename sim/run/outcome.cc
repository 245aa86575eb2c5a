#include "sim/run/outcome.h"

#include <array>

namespace zoneknot::sim {

std::string_view outcome_name(OutcomeKind kind) {
  static constexpr std::array<std::string_view, 7> kNames = {"finished", "hang",     "cut",     "pruned",
                                                             "stopped",  "diverged", "overflow"};
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace zoneknot::sim
