// What optimal DPOR learns from an execution: which sequences of steps to explore from which node.

#include <algorithm>
#include <array>

#include "sim/dpor/optimal_dpor.h"
#include "sim/dpor/units_before.h"

namespace zoneknot::sim {

void OptimalDpor::never_made(const Actor& actor) {
  if (repeating() || given_up_) return;
  const std::span<const std::uint32_t> events = order_.consider(actor, units_before(actor.op, *watch_));
  // An event that was taken back: the step that did so must not come before it.
  note_races(events, is_event(actor.id) ? order_.size() - 1 : order_.size());
  // The number of an event that was taken back may come to name another.
  std::erase_if(asleep_, [&actor](const Sleeper& sleeper) { return sleeper.actor == actor.id; });
}

void OptimalDpor::note_races(std::span<const std::uint32_t> events, std::uint32_t end) {
  for (const std::uint32_t event : events) {
    races_.push_back({event, path_.size(), order_.subject()});
    races_.back().subject.end = end;
  }
}

// The execution has come to its end: sees to it that each of its races is explored the other way round.
void OptimalDpor::add_reversals() {
  constexpr std::uint32_t kRacesBetweenLooks = 64;
  std::uint32_t looked_at = 0;
  for (const Race& race : races_) {
    if (++looked_at % kRacesBetweenLooks == 0 && stop_ && stop_()) return;
    if (race.nodes <= first_new_ && nothing_new_beside(race.event)) continue;
    order_.restore(race.subject);
    add_reversal(race.event, DrawTable::kAny);
  }
  add_other_draws();
}

// Whatever this execution has done that earlier ones had not comes after that event.
bool OptimalDpor::nothing_new_beside(std::uint32_t event) const {
  for (std::uint32_t i = path_[first_new_].events; i < order_.size(); ++i) {
    if (!order_.precedes(event, i)) return false;
  }
  return true;
}

// Where the wakeup tree has decided a draw, the other values exclude that one: a race of a step with itself.
void OptimalDpor::add_other_draws() {
  for (std::size_t i = 0; i < path_.size(); ++i) {
    const Node& node = path_[i];
    if (!node.is_draw || !node.forced) continue;
    const std::uint32_t event = node.events - 1;
    if (i < first_new_ && nothing_new_beside(event)) continue;
    const std::uint32_t step = nodes_[event];
    DrawTable::Draws draws = drawn_at(step, i);
    draws.open = true;
    draws.values.push_back(0);
    draws.bounds.push_back(path_[i].alternatives);
    order_.restore(order_.subject_of(event));
    for (std::uint32_t value = 0; value < path_[i].alternatives; ++value) {
      draws.values.back() = value;
      if (value != path_[i].index) add_reversal(event, draw_table_.id_of(draws));
    }
  }
}

void OptimalDpor::add_reversal(std::uint32_t event, DrawTable::Id subject_draws) {
  list_steps(order_.reversal(event), subject_draws);
  Node& node = path_[nodes_[event]];
  if (!covered_by_sleepers(node)) insert(node, kNone, steps_.size());
}

void OptimalDpor::list_steps(std::span<const std::uint32_t> reversal, DrawTable::Id subject_draws) {
  steps_.clear();
  for (const std::uint32_t event : reversal) {
    const std::uint32_t node = nodes_[event];
    const bool draws = node + 1 < path_.size() && path_[node + 1].is_draw;
    const DrawTable::Id drawn = draws ? draw_table_.id_of(drawn_at(node, path_.size())) : DrawTable::kNone;
    const ActorId actor = order_.actor(event);
    const Op& op = order_.op(event);
    steps_.push_back({{name_of(actor, op.kind, order_.cause(event)), op, drawn}, event});
  }
  const EventOrder::Subject& subject = order_.subject();
  const Op& op = subject.actor.op;
  const StepName name = name_of(subject.actor.id, op.kind, subject.cause);
  steps_.push_back({{name, op, subject_draws}, kNone});
}

StepName OptimalDpor::name_of(ActorId actor, OpKind kind, std::uint32_t cause) const {
  if (!is_event(actor)) return {actor, 0, OpKind::start};
  return {order_.actor(cause), order_.number(cause), kind};
}

bool OptimalDpor::precedes(const Step& earlier, const Step& later) const {
  return later.event == kNone ? order_.subject_follows(earlier.event) : order_.precedes(earlier.event, later.event);
}

bool OptimalDpor::comes_first(const Step& step) const {
  return std::none_of(steps_.data(), &step,
                      [&](const Step& earlier) { return !earlier.taken && precedes(earlier, step); });
}

bool OptimalDpor::comes_first_of_all(const Step& step) const {
  return std::none_of(steps_.data(), &step, [&](const Step& earlier) { return precedes(earlier, step); });
}

// Somebody who is no part of the reversal commutes with all of it.
bool OptimalDpor::commutes(const Op& op) const {
  return std::none_of(steps_.begin(), steps_.end(),
                      [&op](const Step& step) { return !step.taken && dependent(op, step.step.op); });
}

bool OptimalDpor::covered_by_sleepers(const Node& node) const {
  const std::span<const Sleeper> sleepers = sleepers_at(node);
  return std::any_of(sleepers.begin(), sleepers.end(), [this, sleepers](const Sleeper& sleeper) {
    const auto at = std::find_if(steps_.begin(), steps_.end(),
                                 [&sleeper](const Step& step) { return step.step.name == sleeper.step.name; });
    if (at == steps_.end()) return commutes(sleeper.step.op);
    return draw_table_.cover(draws_of(sleeper.actor, sleepers), at->step.draws) && comes_first(*at);
  });
}

// Goes down the tree of a node as long as it has what could come first of the reversal, and adds the rest of that.
// `parent`: where in the tree; none: at its root. `left`: steps not taken yet.
void OptimalDpor::insert(Node& root, std::uint32_t parent, std::size_t left) {
  std::vector<std::uint32_t> siblings;
  std::uint32_t node = parent == kNone ? root.tree.first : trees_.children(parent).first;
  for (; node != kNone; node = trees_.next(node)) {
    const WakeupStep& step = trees_.step(node);
    const auto at = std::find_if(steps_.begin(), steps_.end(),
                                 [&step](const Step& other) { return !other.taken && other.step.name == step.name; });
    if (at == steps_.end()) {
      if (!commutes(step.op)) continue;
      if (!trees_.children(node).empty()) insert(root, node, left);
      return;
    }
    if (!comes_first(*at)) continue;
    const std::array own = {step.draws};
    if (draw_table_.cover(own, at->step.draws)) {
      siblings = {node};
    } else if (siblings.push_back(node); !together_cover(root, siblings, *at)) {
      continue;
    }
    at->taken = true;
    const std::vector<Step> rest = steps_;
    for (const std::uint32_t sibling : siblings) {
      if (left > 1 && !trees_.children(sibling).empty()) insert(root, sibling, left - 1);
      steps_ = rest;
    }
    return;
  }
  for (const Step& step : steps_) {
    if (step.taken) continue;
    parent = parent == kNone ? trees_.append(root.tree, step.step) : trees_.append_child(parent, step.step);
  }
}

// Nodes that are one step with different draws, and the sleepers of the root that are still asleep where that step is.
bool OptimalDpor::together_cover(const Node& root, std::span<const std::uint32_t> nodes, const Step& step) const {
  if (!draw_table_[step.step.draws].open) return false;
  draws_.clear();
  for (const std::uint32_t node : nodes) draws_.push_back(trees_.step(node).draws);
  const bool still_asleep = comes_first_of_all(step);
  for (const Sleeper& sleeper : sleepers_at(root)) {
    if (still_asleep && sleeper.step.name == step.step.name) draws_.push_back(sleeper.step.draws);
  }
  return draw_table_.cover(draws_, step.step.draws);
}

}  // namespace zoneknot::sim
