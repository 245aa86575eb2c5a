#include "sim/random_walk.h"

namespace zoneknot::sim {

bool RandomWalk::begin() {
  seed_ = seeds_.next();
  choice_ = RandomChoice(seed_);
  return true;
}

}  // namespace zoneknot::sim
