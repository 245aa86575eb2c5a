#include "sim/states/revisits.h"

#include <algorithm>
#include <utility>

#include "sim/states/cycle_watch.h"

namespace zoneknot::sim {

bool Revisits::begin() {
  forget();
  round_.reset();
  return inner().begin();
}

std::uint32_t Revisits::pick(const Candidates& candidates) {
  const StateHash key = simulation_.state_key(simulation_.clock_read());
  if (ends_ == EndsThere::yes) round_ = round_to(key);
  if (round_) return kPrune;
  const std::uint32_t chosen = inner_pick(candidates);
  if (chosen >= candidates.size()) return chosen;
  const Op& op = candidates.op(chosen);
  if (is_progress(op)) {
    forget();
    return chosen;
  }
  note_passed_over(candidates, chosen);
  first_at_.emplace(key, steps_.size());
  steps_.push_back({candidates.actor(chosen), op.site});
  return chosen;
}

void Revisits::forget() {
  steps_.clear();
  passed_over_.clear();
  first_at_.clear();
}

void Revisits::note_passed_over(const Candidates& candidates, std::uint32_t chosen) {
  const std::uint64_t moved = name_of(simulation_.step_actor(candidates.actor(chosen)));
  std::vector<PassedOver> now;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    const std::uint64_t actor = name_of(simulation_.step_actor(candidates.actor(i)));
    if (actor == moved) continue;
    const auto before = std::ranges::find(passed_over_, actor, &PassedOver::actor);
    now.push_back({actor, before == passed_over_.end() ? steps_.size() : before->since});
  }
  passed_over_ = std::move(now);
}

// The longest way round: who is on a shorter one is on it as well, and fewer could go on all the time.
std::optional<Revisits::Round> Revisits::round_to(const StateHash& key) const {
  const auto first = first_at_.find(key);
  if (first == first_at_.end()) return std::nullopt;
  const std::size_t begin = first->second;
  if (std::ranges::any_of(passed_over_, [begin](const PassedOver& one) { return one.since <= begin; })) {
    return std::nullopt;
  }
  Round round{.steps = steps_.size() - begin, .places = {}};
  for (std::size_t i = begin; i < steps_.size(); ++i) {
    if (!is_event(steps_[i].actor)) round.places.add(steps_[i].actor, steps_[i].site);
  }
  return round;
}

std::optional<Revisits::Round> Revisits::round(const Outcome& outcome) const {
  if (outcome.kind == OutcomeKind::cut) return round_to(outcome.cut_state);
  return outcome.kind == OutcomeKind::pruned ? round_ : std::nullopt;
}

}  // namespace zoneknot::sim
