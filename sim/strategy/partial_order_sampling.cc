#include "sim/strategy/partial_order_sampling.h"

namespace zoneknot::sim {

bool PartialOrderSampling::begin() {
  choice_ = RandomChoice(seeds_.next());
  priorities_.clear();
  return true;
}

std::uint32_t PartialOrderSampling::pick(const Candidates& candidates) {
  if (candidates.starting() > 0) return choice_.one_that_starts(candidates);
  std::uint32_t chosen = 0;
  std::uint64_t highest = 0;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    std::uint64_t& priority = priorities_[candidates.actor(i)];
    if (priority == 0) priority = choice_.number() | 1U;
    if (priority > highest) {
      highest = priority;
      chosen = i;
    }
  }
  const Op& op = candidates.op(chosen);
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (i == chosen || dependent(candidates.op(i), op)) priorities_[candidates.actor(i)] = 0;
  }
  return chosen;
}

}  // namespace zoneknot::sim
