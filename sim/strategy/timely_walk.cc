#include "sim/strategy/timely_walk.h"

namespace zoneknot::sim {

bool TimelyWalk::begin() {
  choice_ = RandomChoice(seeds_.next());
  orderly_ = !orderly_;
  return true;
}

std::uint32_t TimelyWalk::sleeper(const Candidates& candidates) const {
  if (!simulation_.anybody_sleeps()) return candidates.size();
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (!is_event(candidates.actor(i)) && candidates.op(i).kind == OpKind::sleep) return i;
  }
  return candidates.size();
}

std::uint32_t TimelyWalk::pick(const Candidates& candidates) {
  constexpr std::uint32_t kTurns = 16;  // of an orderly walk, until another one goes on
  if (candidates.starting() > 0) return choice_.one_that_starts(candidates);
  const std::uint32_t asleep = sleeper(candidates);
  const bool anybody = asleep < candidates.size();
  if (anybody && simulation_.sleeper_may_wake()) return asleep;
  const std::uint32_t last = candidates.last();
  if (orderly_ && last != core::kNoId && last != asleep && choice_.below(kTurns) != 0) return last;
  const std::uint32_t other = choice_.below(candidates.size() - (anybody ? 1 : 0));
  return anybody && other >= asleep ? other + 1 : other;
}

}  // namespace zoneknot::sim
