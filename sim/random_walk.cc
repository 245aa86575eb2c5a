#include "sim/random_walk.h"

namespace zoneknot::sim {

bool RandomWalk::begin() {
  seed_ = core::SplitMix64::mix(base_seed_ + execution_++);
  choice_ = RandomChoice(seed_);
  return true;
}

}  // namespace zoneknot::sim
