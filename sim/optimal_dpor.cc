#include "sim/optimal_dpor.h"

#include <algorithm>
#include <array>

#include "lockcheck/lock_watch.h"
#include "sim/explored_share.h"

namespace zoneknot::sim {

bool OptimalDpor::begin() {
  if (started_ && !given_up_) add_reversals();
  depth_ = 0;
  asleep_.clear();
  trees_.release(tree_);
  given_up_ = false;
  first_new_ = 0;
  if (!started_) {
    started_ = true;
    return true;
  }
  while (!path_.empty() && !advance(path_.back())) drop_last_node();
  exhausted_ = path_.empty();
  if (exhausted_) return false;
  const Node& node = path_.back();
  order_.shrink(node.events);
  nodes_.resize(node.events);
  sleepers_.resize(node.first_sleeper + node.sleepers);
  first_new_ = path_.size() - 1;
  while (!races_.empty() && races_.back().nodes >= path_.size()) races_.pop_back();
  return true;
}

// Takes up the next alternative of the last node; false: there is none.
bool OptimalDpor::advance(Node& node) {
  ++node.explored;
  if (node.is_draw) {
    if (node.forced) return false;
    node.index = next_value(static_cast<std::uint32_t>(path_.size() - 1), node.index + 1);
    return node.index < node.alternatives;
  }
  sleepers_.resize(node.first_sleeper + node.sleepers);
  sleepers_.push_back({node.actor, node.step});
  ++node.sleepers;
  return take_from_tree(node, sleepers_at(node));
}

// False: there is nothing, or nothing but what sleeps.
bool OptimalDpor::take_from_tree(Node& node, std::span<const Sleeper> sleepers) {
  while (!node.tree.empty()) {
    const std::uint32_t first = trees_.take_first(node.tree);
    node.step = trees_.step(first);
    tree_ = trees_.children(first);
    // Drawn one by one, all values may have been explored already.
    const bool by_task = node.step.name.number == 0;
    if (!by_task || !draw_table_[node.step.draws].open ||
        !draw_table_.cover(draws_of(node.step.name.actor, sleepers), node.step.draws))
      return true;
  }
  return false;
}

std::span<const DrawTable::Id> OptimalDpor::draws_of(ActorId actor, std::span<const Sleeper> sleepers) const {
  draws_.clear();
  for (const Sleeper& sleeper : sleepers) {
    if (sleeper.actor == actor) draws_.push_back(sleeper.step.draws);
  }
  return draws_;
}

void OptimalDpor::drop_last_node() {
  trees_.release(path_.back().tree);
  path_.pop_back();
}

// --- Decisions ---

std::uint32_t OptimalDpor::pick(const Candidates& candidates) {
  if (!repeating()) return discover(candidates);
  Node& node = path_[depth_++];
  const bool same =
      !node.is_draw && node.alternatives == candidates.size() && node.trace_hash == candidates.trace_hash();
  if (!same) return kDiverged;
  return repeating() ? node.index : retake(node, candidates);
}

std::uint32_t OptimalDpor::retake(Node& node, const Candidates& candidates) {
  const std::span<const Sleeper> sleepers = sleepers_at(node);
  asleep_.assign(sleepers.begin(), sleepers.end());
  node.index = find(node.step, candidates);
  if (node.index == kNone) return kDiverged;
  take(node, candidates.at(node.index));
  return node.index;
}

std::uint32_t OptimalDpor::discover(const Candidates& candidates) {
  Node node{.trace_hash = candidates.trace_hash(), .alternatives = candidates.size(), .tree = tree_};
  const bool free = tree_.empty();
  tree_ = {};
  if (free) {
    node.index = first_awake(candidates);
  } else if (take_from_tree(node, asleep_)) {
    node.index = find(node.step, candidates);
    if (node.index == kNone) return kDiverged;
  }
  if (node.index == kNone) {
    given_up_ = true;
    return kPrune;
  }
  push(node);
  take(path_.back(), candidates.at(node.index));
  return node.index;
}

// Where the wakeup tree leaves it open. The theory has it that nobody sleeps there.
std::uint32_t OptimalDpor::first_awake(const Candidates& candidates) const {
  if (!asleep(candidates.actor(candidates.steady()))) return candidates.steady();
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (!asleep(candidates.actor(i))) return i;
  }
  return kNone;
}

void OptimalDpor::push(Node node) {
  node.events = order_.size();
  node.first_sleeper = sleepers_.size();
  node.sleepers = static_cast<std::uint32_t>(asleep_.size());
  sleepers_.insert(sleepers_.end(), asleep_.begin(), asleep_.end());
  path_.push_back(node);
  ++depth_;
}

void OptimalDpor::take(Node& node, const Actor& actor) {
  node.actor = actor.id;
  node.step.name = name_of(actor.id, actor.op.kind, actor.created - 1);
  node.step.op = actor.op;
  std::erase_if(asleep_, [&actor](const Sleeper& sleeper) {
    return sleeper.actor == actor.id || dependent(sleeper.step.op, actor.op);
  });
  nodes_.push_back(static_cast<std::uint32_t>(depth_ - 1));
  note_races(order_.append(actor, units_of(actor.op)), UINT32_MAX);
}

std::uint32_t OptimalDpor::find(const WakeupStep& step, const Candidates& candidates) const {
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    const Actor& actor = candidates.at(i);
    if (name_of(actor.id, actor.op.kind, actor.created - 1) == step.name) return actor.op.same_as(step.op) ? i : kNone;
  }
  return kNone;
}

bool OptimalDpor::asleep(ActorId actor) const { return draw_table_.cover(draws_of(actor, asleep_), DrawTable::kAny); }

std::uint32_t OptimalDpor::units_of(const Op& op) const {
  return op.object_class == ObjectClass::semaphore ? watch_->semaphore_count(op.object) : 0;
}

// --- Draws ---

std::uint32_t OptimalDpor::draw(std::uint32_t bound) {
  if (repeating()) {
    const Node& node = path_[depth_++];
    if (!node.is_draw || node.alternatives != bound) return kDiverged;
    if (!repeating()) {
      const std::span<const Sleeper> sleepers = sleepers_at(node);
      asleep_.assign(sleepers.begin(), sleepers.end());
    }
    return node.index;
  }
  const std::uint32_t step = nodes_.back();
  const std::size_t position = path_.size() - 1 - step;
  const DrawTable::Draws& draws = draw_table_[path_[step].step.draws];
  Node node{.alternatives = bound, .is_draw = true};
  if (position < draws.values.size()) {
    node.forced = true;
    node.index = draws.values[position];
  } else if (!draws.open) {
    return kDiverged;
  }
  push(node);
  if (!node.forced) path_.back().index = next_value(static_cast<std::uint32_t>(path_.size() - 1), 0);
  if (path_.back().index < bound) return path_.back().index;
  given_up_ = true;
  return kPrune;
}

// The first value from `value` on that does not make the step at hand one that sleeps.
std::uint32_t OptimalDpor::next_value(std::uint32_t draw, std::uint32_t value) const {
  const std::uint32_t step = nodes_[path_[draw].events - 1];
  const Node& node = path_[step];
  DrawTable::Draws draws = drawn_at(step, draw);
  draws.open = true;
  draws.values.push_back(value);
  draws.bounds.push_back(path_[draw].alternatives);
  while (draws.values.back() < path_[draw].alternatives &&
         draw_table_.cover(draws_of(node.actor, sleepers_at(node)), draws)) {
    ++draws.values.back();
  }
  return draws.values.back();
}

// The values drawn by the step at a node, those before another node alone.
DrawTable::Draws OptimalDpor::drawn_at(std::uint32_t node, std::size_t end) const {
  DrawTable::Draws draws;
  for (std::size_t i = node + 1; i < end && path_[i].is_draw; ++i) {
    draws.values.push_back(path_[i].index);
    draws.bounds.push_back(path_[i].alternatives);
  }
  return draws;
}

// --- Races ---

void OptimalDpor::never_made(const Actor& actor) {
  if (repeating() || given_up_) return;
  const std::span<const std::uint32_t> events = order_.consider(actor, units_of(actor.op));
  // An event that was taken back: whoever does that must not come before it.
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
  for (const Race& race : races_) {
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

// Nodes that are one step with different draws, and whoever sleeps at the root and is still asleep where that step is.
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

// --- Progress ---

std::string OptimalDpor::coverage() const { return exhausted_ ? std::string() : explored_text(explored()); }

// As if what is in the trees were all there is to explore, and every alternative had the same weight.
double OptimalDpor::explored() const {
  double done = 0;
  double weight = 1;
  for (const Node& node : path_) {
    double left = node.is_draw && !node.forced ? node.alternatives - node.index : 1;
    for (std::uint32_t i = node.tree.first; i != kNone; i = trees_.next(i)) ++left;
    const double all = node.explored + left;
    done += weight * node.explored / all;
    weight /= all;
  }
  return done;
}

}  // namespace zoneknot::sim
