#include "sim/conclude/search_plan.h"

#include <utility>

#include "sim/dpor/depth_first.h"
#include "sim/strategy/partial_order_sampling.h"
#include "sim/strategy/portfolio.h"
#include "sim/strategy/priority_changes.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/remaining_work_walk.h"

namespace zoneknot::sim {

SearchStage drawing_stage() {
  return {.make = [](std::uint64_t seed) {
    std::vector<std::unique_ptr<Strategy>> parts;
    parts.push_back(std::make_unique<RandomWalk>(seed));
    parts.push_back(std::make_unique<PartialOrderSampling>(seed));
    parts.push_back(std::make_unique<PriorityChanges>(seed, PriorityChanges::kDefaultDepth));
    parts.push_back(std::make_unique<RemainingWorkWalk>(seed));
    return std::make_unique<Portfolio>(std::move(parts));
  }};
}

SearchStage exhausting_stage() {
  return {.make = [](std::uint64_t) { return std::make_unique<DepthFirst>(); }, .exhaustive = true};
}

}  // namespace zoneknot::sim
