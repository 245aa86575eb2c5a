#include "sim/strategy/random_walk.h"

namespace zoneknot::sim {

bool RandomWalk::begin() {
  choice_ = RandomChoice(seeds_.next());
  return true;
}

}  // namespace zoneknot::sim
