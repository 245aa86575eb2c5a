#include "sim/strategy/due_order.h"

#include <tuple>

namespace zoneknot::sim {

std::uint32_t DueOrder::pick(const Candidates& candidates) {
  if (candidates.starting() > 0) return choice_.one_that_starts(candidates);
  std::uint32_t ready = 0;
  std::uint32_t first = core::kNoId;  // of what is due; of two at once, what came to be earlier
  const auto due = [&](std::uint32_t i) {
    const Actor& actor = candidates.at(i);
    return std::tuple(due_.of(actor.id), actor.created, actor.id);
  };
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (due_.of(candidates.actor(i)) == 0) {
      ++ready;
    } else if (first == core::kNoId || due(i) < due(first)) {
      first = i;
    }
  }
  const bool spins = first != core::kNoId && ++in_a_row_ > kMostInARow;
  if (ready == 0 || spins) {
    in_a_row_ = 0;
    return first;
  }
  std::uint32_t others = choice_.below(ready);
  std::uint32_t index = 0;
  while (due_.of(candidates.actor(index)) != 0 || others-- > 0) ++index;
  return index;
}

}  // namespace zoneknot::sim
