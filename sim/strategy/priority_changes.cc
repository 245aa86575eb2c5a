#include "sim/strategy/priority_changes.h"

#include <algorithm>
#include <cassert>

namespace zoneknot::sim {

PriorityChanges::PriorityChanges(std::uint64_t base_seed, std::uint32_t depth) : depth_(depth), seeds_(base_seed) {
  assert(depth >= 1 && depth <= kMostDepth);
}

PriorityChanges::PriorityChanges(const core::Schedule& again) : depth_(0), seeds_(again) {
  assert(fits(again.parameters));
  depth_ = static_cast<std::uint32_t>(again.parameters[0]);
  most_decisions_ = again.parameters[1];
}

bool PriorityChanges::fits(const std::vector<std::uint64_t>& parameters) {
  return parameters.size() == 2 && parameters[0] >= 1 && parameters[0] <= kMostDepth;
}

std::optional<core::Schedule> PriorityChanges::schedule() const {
  return core::Schedule{
      .baseline = core::Baseline::priority_changes, .seed = seeds_.last(), .parameters = {depth_, expected_decisions_}};
}

bool PriorityChanges::begin() {
  choice_ = RandomChoice(seeds_.next());
  priorities_.clear();
  change_points_.clear();
  expected_decisions_ = most_decisions_;
  const auto decisions = static_cast<std::uint32_t>(std::min<std::uint64_t>(expected_decisions_, UINT32_MAX));
  for (std::uint32_t i = 1; i < depth_ && decisions > 0; ++i) change_points_.push_back(choice_.below(decisions));
  std::sort(change_points_.begin(), change_points_.end());
  next_change_ = 0;
  lowest_ = 0;
  last_ = core::kNoId;
  in_a_row_ = 0;
  decision_ = 0;
  actors_ = 0;
  return true;
}

std::uint32_t PriorityChanges::pick(const Candidates& candidates) {
  if (candidates.starting() > 0) return choice_.one_that_starts(candidates);
  std::uint32_t chosen = highest(candidates);
  if (candidates.size() > 1) {
    while (next_change_ < change_points_.size() && change_points_[next_change_] == decision_) {
      fall_at_change_point(candidates.actor(chosen));
      chosen = highest(candidates);
    }
    ++decision_;
    in_a_row_ = candidates.actor(chosen) == last_ ? in_a_row_ + 1 : 0;
    last_ = candidates.actor(chosen);
    if (in_a_row_ >= kMostInARow) {
      fall_after_a_loop(last_);
      in_a_row_ = 0;
    }
  }
  // Its number is the next event's.
  if (is_event(candidates.actor(chosen))) priorities_[candidates.actor(chosen)] = 0;
  return chosen;
}

std::uint32_t PriorityChanges::highest(const Candidates& candidates) {
  std::uint32_t chosen = 0;
  Priority most = INT64_MIN;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    Priority& priority = priorities_[candidates.actor(i)];
    if (priority == 0) {
      priority = static_cast<Priority>(choice_.number() >> 1U) | kChangeable;
      ++actors_;
    }
    if (priority > most) {
      most = priority;
      chosen = i;
    }
  }
  return chosen;
}

// The later the change, the lower.
void PriorityChanges::fall_at_change_point(ActorId actor) {
  priorities_[actor] = kChangeable - 1 - static_cast<Priority>(next_change_++);
}

void PriorityChanges::fall_after_a_loop(ActorId actor) { priorities_[actor] = --lowest_; }

void PriorityChanges::ended(const Outcome& /*outcome*/) {
  most_decisions_ = std::max(most_decisions_, decision_);
  most_actors_ = std::max(most_actors_, actors_);
}

StrategyDescription PriorityChanges::describe() const {
  return {.name = "PCT of depth " + std::to_string(depth_), .samples = true, .guarantee = guarantee()};
}

std::optional<Guarantee> PriorityChanges::guarantee() const {
  if (most_decisions_ == 0) return std::nullopt;
  double schedules = static_cast<double>(most_actors_);
  for (std::uint32_t i = 1; i < depth_; ++i) schedules *= static_cast<double>(most_decisions_);
  return Guarantee{depth_, most_actors_, most_decisions_, 1 / schedules};
}

}  // namespace zoneknot::sim
