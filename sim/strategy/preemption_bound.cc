#include "sim/strategy/preemption_bound.h"

#include "sim/strategy/decision_signature.h"

namespace zoneknot::sim {

bool PreemptionBound::begin() {
  depth_ = 0;
  preemptions_ = 0;
  if (!started_) {
    started_ = true;
    return true;
  }
  while (!path_.empty() && path_.back().tried + 1 == path_.back().alternatives) path_.pop_back();
  if (path_.empty()) return next_bound();
  ++path_.back().tried;
  return true;
}

// Everything within the bound has been explored.
bool PreemptionBound::next_bound() {
  if (!cut_) covered_ = bound_;
  if (!beyond_bound_ || bound_ == most_) return false;
  ++bound_;
  beyond_bound_ = false;
  return true;
}

std::uint32_t PreemptionBound::pick(const Candidates& candidates) {
  Node found{.signature = signature_of(candidates),
             .alternatives = candidates.size(),
             .first = candidates.steady(),
             .preemptions = preemptions_,
             .others_preempt = candidates.last() != core::kNoId};
  if (found.others_preempt && preemptions_ == bound_) {
    found.alternatives = 1;
    beyond_bound_ = true;
  }
  return decide(found);
}

std::uint32_t PreemptionBound::draw(std::uint32_t bound) {
  return decide({.signature = bound, .alternatives = bound, .preemptions = preemptions_, .draw = true});
}

std::uint32_t PreemptionBound::decide(const Node& found) {
  if (depth_ == path_.size()) path_.push_back(found);
  const Node& node = path_[depth_++];
  if (node.draw != found.draw || node.signature != found.signature) return kDiverged;
  if (node.others_preempt && node.tried > 0) ++preemptions_;
  return alternative_of(node);
}

std::uint32_t PreemptionBound::alternative_of(const Node& node) {
  if (node.tried == 0) return node.first;
  return node.tried <= node.first ? node.tried - 1 : node.tried;
}

void PreemptionBound::ended(const Outcome& outcome) { cut_ = cut_ || outcome.kind == OutcomeKind::cut; }

StrategyDescription PreemptionBound::describe() const {
  StrategyDescription description{.name = "preemption-bounded", .covers_everything = !beyond_bound_ && !cut_};
  if (most_ != kNoMost) description.name += ", at most " + std::to_string(most_);
  if (covered_ == 0U) {
    description.coverage = "every execution without a preemption";
  } else if (covered_) {
    description.coverage =
        "every execution with at most " + std::to_string(*covered_) + (*covered_ == 1 ? " preemption" : " preemptions");
  }
  return description;
}

}  // namespace zoneknot::sim
