#include "sim/conclude/search_plan.h"

#include <utility>

#include "sim/dpor/depth_first.h"
#include "sim/dpor/source_dpor.h"
#include "sim/strategy/partial_order_sampling.h"
#include "sim/strategy/portfolio.h"
#include "sim/strategy/priority_changes.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/remaining_work_walk.h"

namespace zoneknot::sim {

SearchStage drawing_stage() {
  return {.make = [](std::uint64_t seed) {
    std::vector<std::unique_ptr<Strategy>> parts;
    const auto seed_of_next = [&] { return Portfolio::seed_of_part(seed, parts.size()); };
    parts.push_back(std::make_unique<RandomWalk>(seed_of_next()));
    parts.push_back(std::make_unique<PartialOrderSampling>(seed_of_next()));
    parts.push_back(std::make_unique<PriorityChanges>(seed_of_next(), PriorityChanges::kDefaultDepth));
    parts.push_back(std::make_unique<RemainingWorkWalk>(seed_of_next()));
    return std::make_unique<Portfolio>(std::move(parts));
  }};
}

std::vector<SearchStage> exhausting_stages() {
  const std::string no_data =
      "tasks share nothing but what the Runtime shows: data outside of core::Shared is seen as it is, not searched";
  return {{.make = [](std::uint64_t) { return std::make_unique<SourceDpor>(); },
           .exhaustive = true,
           .reservation = no_data},
          {.make = [](std::uint64_t) { return std::make_unique<DepthFirst>(); },
           .exhaustive = true,
           .reservation = no_data}};
}

}  // namespace zoneknot::sim
