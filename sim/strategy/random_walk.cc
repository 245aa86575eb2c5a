#include "sim/strategy/random_walk.h"

namespace zoneknot::sim {

std::uint32_t RandomChoice::one_that_starts(const Candidates& candidates) {
  std::uint32_t others = below(candidates.starting());
  std::uint32_t index = 0;
  while (candidates.op(index).kind != OpKind::start || others-- > 0) ++index;
  return index;
}

bool RandomWalk::begin() {
  choice_ = RandomChoice(seeds_.next());
  return true;
}

}  // namespace zoneknot::sim
