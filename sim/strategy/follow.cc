#include "sim/strategy/follow.h"

#include <utility>

namespace zoneknot::sim {

bool Follow::begin() { return !std::exchange(done_, true); }

std::uint32_t Follow::pick(const Candidates& candidates) {
  if (departure_) return candidates.steady();
  std::optional<Op> instead;
  for (std::uint32_t i = 0; next_ < steps_.size() && i < candidates.size(); ++i) {
    if (candidates.actor(i) != steps_[next_].actor) continue;
    if (candidates.op(i).same_as(steps_[next_].op)) {
      ++next_;
      return i;
    }
    instead = candidates.op(i);
  }
  depart(instead);
  return candidates.steady();
}

std::uint32_t Follow::draw(std::uint32_t bound) {
  if (departure_) return 0;
  if (next_ < steps_.size() && steps_[next_].op.kind == OpKind::draw && steps_[next_].alternatives == bound) {
    return steps_[next_++].op.object;
  }
  depart(Op{OpKind::draw, ObjectClass::draw, false, 0, {}});
  return 0;
}

void Follow::depart(std::optional<Op> instead) {
  departure_.emplace();
  departure_->step = next_;
  if (next_ < steps_.size()) departure_->wanted = steps_[next_];
  departure_->instead = instead;
}

}  // namespace zoneknot::sim
