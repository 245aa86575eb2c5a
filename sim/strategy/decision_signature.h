// Notices that a program does not repeat itself: a number for what there is to choose between. Pure functions.
#pragma once

#include "core/random.h"
#include "sim/run/strategy.h"

namespace zoneknot::sim {

// A hash of the candidates' operations, in their order.
inline std::uint64_t signature_of(const Candidates& candidates) {
  std::uint64_t hash = candidates.size();
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    const Op& op = candidates.op(i);
    const std::uint64_t kinds = static_cast<std::uint64_t>(op.kind) << 8U | static_cast<std::uint64_t>(op.object_class);
    hash = core::SplitMix64::mix(hash ^ (static_cast<std::uint64_t>(candidates.actor(i)) << 32U | op.object)) + kinds;
  }
  return hash;
}

}  // namespace zoneknot::sim
