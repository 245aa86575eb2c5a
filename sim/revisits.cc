#include "sim/revisits.h"

#include <algorithm>

#include "sim/cycle_watch.h"

namespace zoneknot::sim {

std::uint32_t Revisits::pick(const Candidates& candidates) {
  states_.push_back(simulation_.state_key(simulation_.clock_read()));
  const std::uint32_t chosen = candidates.size() > 1 || of_.sees_every_step() ? of_.pick(candidates) : 0;
  if (chosen < candidates.size() && is_progress(candidates.op(chosen))) achieved_ = states_.size();
  return chosen;
}

bool Revisits::came_back() const {
  const auto first = states_.begin() + static_cast<std::ptrdiff_t>(achieved_);
  return std::find(first, states_.end(), simulation_.last_state_key()) != states_.end();
}

}  // namespace zoneknot::sim
