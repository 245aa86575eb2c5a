#include "sim/strategy/baseline.h"

#include "sim/strategy/partial_order_sampling.h"
#include "sim/strategy/priority_changes.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/remaining_work_walk.h"

namespace zoneknot::sim {

bool fits_baseline(const core::Schedule& schedule) {
  switch (schedule.baseline) {
    case core::Baseline::priority_changes:
      return PriorityChanges::fits(schedule.parameters);
    case core::Baseline::remaining_work:
      return RemainingWorkWalk::fits(schedule.parameters);
    case core::Baseline::steady:
    case core::Baseline::random:
    case core::Baseline::partial_order:
      break;
  }
  return schedule.parameters.empty();
}

std::unique_ptr<Strategy> baseline_strategy(const core::Schedule& schedule) {
  switch (schedule.baseline) {
    case core::Baseline::steady:
      break;
    case core::Baseline::random:
      return std::make_unique<RandomWalk>(schedule);
    case core::Baseline::partial_order:
      return std::make_unique<PartialOrderSampling>(schedule);
    case core::Baseline::priority_changes:
      return std::make_unique<PriorityChanges>(schedule);
    case core::Baseline::remaining_work:
      return std::make_unique<RemainingWorkWalk>(schedule);
  }
  return nullptr;
}

}  // namespace zoneknot::sim
