#include "sim/dpor/optimal_dpor.h"

#include <algorithm>

#include "lockcheck/watch/lock_watch.h"
#include "sim/dpor/units_before.h"
#include "sim/strategy/explored_share.h"

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
  while (!creations_.empty() && creations_.back().event >= node.events) creations_.pop_back();
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
  if (node.index == kNone) return give_up();
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
  }
  if (node.index == kNone) {
    trees_.release(node.tree);
    return give_up();
  }
  push(node);
  take(path_.back(), candidates.at(node.index));
  return node.index;
}

// All is covered by other executions, or a step that is to be made cannot be.
std::uint32_t OptimalDpor::give_up() {
  given_up_ = true;
  return kPrune;
}

void OptimalDpor::created(ObjectClass object_class) {
  if (repeating()) return;
  const std::uint32_t event = order_.size() - 1;
  const auto last = std::find_if(creations_.rbegin(), creations_.rend(),
                                 [object_class](const Creation& other) { return other.object_class == object_class; });
  if (last != creations_.rend() && !order_.precedes(last->event, event)) numbers_vary_ = true;
  creations_.push_back({event, object_class});
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
  note_races(order_.append(actor, units_before(actor.op, *watch_)), UINT32_MAX);
}

// A step that the wakeup tree wants is there, unless its numbers mean something else here.
std::uint32_t OptimalDpor::find(const WakeupStep& step, const Candidates& candidates) {
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    const Actor& actor = candidates.at(i);
    if (name_of(actor.id, actor.op.kind, actor.created - 1) == step.name && actor.op.same_as(step.op)) return i;
  }
  numbers_vary_ = true;
  return kNone;
}

bool OptimalDpor::asleep(ActorId actor) const { return draw_table_.cover(draws_of(actor, asleep_), DrawTable::kAny); }

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
    return give_up();
  }
  push(node);
  if (!node.forced) path_.back().index = next_value(static_cast<std::uint32_t>(path_.size() - 1), 0);
  return path_.back().index < bound ? path_.back().index : give_up();
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

// --- Progress ---

StrategyDescription OptimalDpor::describe() const {
  StrategyDescription description{.name = "optimal DPOR",
                                  .covers_everything = !order_.sleeps_overlapped() && !numbers_vary_};
  if (!exhausted_) {
    description.coverage = explored_text(explored());
  } else if (numbers_vary_) {
    description.coverage = "unknown: tasks or objects are created side by side, which source-DPOR can follow";
  } else if (order_.sleeps_overlapped()) {
    description.coverage = kSleepsInOrder;
  }
  return description;
}

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
