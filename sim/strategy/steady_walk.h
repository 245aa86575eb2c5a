// The plainest execution there is: each task goes on until it has to wait or has ended, then the first one that can go
// on does; I/Os end and time passes only when nobody can. Of values the smallest. Draws nothing, so it makes the same
// execution every time.
#pragma once

#include <string>

#include "sim/run/strategy.h"

namespace zoneknot::sim {

class SteadyWalk final : public Strategy {
 public:
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "steady walk"}; }
  [[nodiscard]] bool begin() override { return true; }
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override {
    if (candidates.last() != core::kNoId) return candidates.last();
    // Events have greater numbers than tasks.
    std::uint32_t first = 0;
    for (std::uint32_t i = 1; i < candidates.size(); ++i) {
      if (candidates.actor(i) < candidates.actor(first)) first = i;
    }
    return first;
  }
  [[nodiscard]] std::uint32_t draw(std::uint32_t) override { return 0; }
};

}  // namespace zoneknot::sim
