#include "sim/dpor/depth_first.h"

#include <algorithm>

#include "sim/strategy/decision_signature.h"

namespace zoneknot::sim {

bool DepthFirst::begin() {
  depth_ = 0;
  asleep_.clear();
  if (!started_) {
    started_ = true;
    return true;
  }
  while (!path_.empty() && path_.back().next + 1 == path_.back().alternatives) {
    alternatives_.resize(path_.back().first_alternative);
    sleepers_.resize(path_.back().first_sleeper);
    path_.pop_back();
  }
  exhausted_ = path_.empty();
  if (!exhausted_) ++path_.back().next;
  return !exhausted_;
}

std::uint32_t DepthFirst::pick(const Candidates& candidates) {
  if (candidates.size() > 1) return repeating() ? repeat(candidates) : discover(candidates);
  if (repeating()) return 0;
  if (asleep(candidates.actor(0))) return kPrune;
  wake_dependent(candidates.op(0));
  return 0;
}

std::uint32_t DepthFirst::draw(std::uint32_t bound) {
  if (!repeating()) {
    push({.signature = bound,
          .alternatives = bound,
          .first_alternative = alternatives_.size(),
          .first_sleeper = sleepers_.size(),
          .draw = true});
    ++depth_;
    return 0;
  }
  const Node& node = path_[depth_++];
  if (!node.draw || node.signature != bound) return kDiverged;
  if (!repeating()) restore_sleepers(node);
  return node.next;
}

std::uint32_t DepthFirst::repeat(const Candidates& candidates) {
  const Node& node = path_[depth_++];
  if (node.draw || node.signature != signature_of(candidates)) return kDiverged;
  const std::uint32_t chosen = chosen_at(node);
  if (!repeating()) leave(node, candidates, chosen);
  return chosen;
}

std::uint32_t DepthFirst::discover(const Candidates& candidates) {
  Node node{.signature = signature_of(candidates),
            .first_alternative = alternatives_.size(),
            .first_sleeper = sleepers_.size()};
  list_alternatives(node, candidates);
  if (node.alternatives == 0) return kPrune;
  push(node);
  ++depth_;
  const std::uint32_t chosen = chosen_at(node);
  wake_dependent(candidates.op(chosen));
  return chosen;
}

// All that are not asleep; or one alone, if nothing can ever conflict with it.
void DepthFirst::list_alternatives(Node& node, const Candidates& candidates) {
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (asleep(candidates.actor(i))) continue;
    if (candidates.op(i).commutes_with_all()) {
      alternatives_.resize(node.first_alternative);
      alternatives_.push_back(i);
      break;
    }
    alternatives_.push_back(i);
  }
  node.alternatives = static_cast<std::uint32_t>(alternatives_.size() - node.first_alternative);
}

void DepthFirst::leave(const Node& node, const Candidates& candidates, std::uint32_t chosen) {
  restore_sleepers(node);
  for (std::uint32_t i = 0; i < node.next; ++i) {
    const std::uint32_t explored = alternatives_[node.first_alternative + i];
    asleep_.push_back({candidates.actor(explored), candidates.op(explored)});
  }
  wake_dependent(candidates.op(chosen));
}

void DepthFirst::wake_dependent(const Op& op) {
  std::erase_if(asleep_, [&op](const Sleeper& sleeper) { return dependent(sleeper.op, op); });
}

bool DepthFirst::asleep(ActorId actor) const {
  return std::any_of(asleep_.begin(), asleep_.end(),
                     [actor](const Sleeper& sleeper) { return sleeper.actor == actor; });
}

void DepthFirst::restore_sleepers(const Node& node) {
  asleep_.assign(sleepers_.begin() + static_cast<std::ptrdiff_t>(node.first_sleeper), sleepers_.end());
}

void DepthFirst::push(const Node& node) {
  path_.push_back(node);
  sleepers_.insert(sleepers_.end(), asleep_.begin(), asleep_.end());
}

std::uint32_t DepthFirst::chosen_at(const Node& node) const {
  return alternatives_[node.first_alternative + node.next];
}

}  // namespace zoneknot::sim
