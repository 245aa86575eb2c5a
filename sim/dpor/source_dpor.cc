#include "sim/dpor/source_dpor.h"

#include <algorithm>

#include "lockcheck/watch/lock_watch.h"
#include "sim/dpor/units_before.h"
#include "sim/strategy/explored_share.h"

namespace zoneknot::sim {

bool SourceDpor::begin() {
  depth_ = 0;
  asleep_.clear();
  if (!started_) {
    started_ = true;
    return true;
  }
  while (!path_.empty() && !advance(path_.back())) drop_last_node();
  exhausted_ = path_.empty();
  if (!exhausted_) {
    const Node& node = path_.back();
    order_.shrink(node.events);
    nodes_.resize(node.events);
    sleepers_.resize(node.first_sleeper + node.sleepers);
  }
  return !exhausted_;
}

bool SourceDpor::advance(Node& node) {
  if (node.choices == kNone) return ++node.index < node.alternatives;
  choices_[node.choice].explored = true;
  node.choice = node.choices;
  while (node.choice != kNone && choices_[node.choice].explored) node.choice = choices_[node.choice].next;
  return node.choice != kNone;
}

void SourceDpor::drop_last_node() {
  for (std::uint32_t choice = path_.back().choices; choice != kNone;) {
    const std::uint32_t next = choices_[choice].next;
    choices_[choice].next = free_choice_;
    free_choice_ = choice;
    choice = next;
  }
  path_.pop_back();
}

// --- Decisions ---

std::uint32_t SourceDpor::pick(const Candidates& candidates) {
  if (!repeating()) return discover(candidates);
  Node& node = path_[depth_++];
  const bool same =
      node.choices != kNone && node.alternatives == candidates.size() && node.trace_hash == candidates.trace_hash();
  if (!same) return kDiverged;
  return repeating() ? node.index : retake(node, candidates);
}

std::uint32_t SourceDpor::draw(std::uint32_t bound) {
  if (!repeating()) {
    push({.alternatives = bound});
    return 0;
  }
  const Node& node = path_[depth_++];
  if (node.choices != kNone || node.alternatives != bound) return kDiverged;
  if (!repeating()) {
    const std::span<const Sleeper> sleepers = sleepers_at(node);
    asleep_.assign(sleepers.begin(), sleepers.end());
  }
  return node.index;
}

std::uint32_t SourceDpor::discover(const Candidates& candidates) {
  const std::uint32_t index = first_choice(candidates);
  if (index == kNone) return kPrune;
  Node node{.trace_hash = candidates.trace_hash(), .alternatives = candidates.size(), .index = index};
  add_choice(node, candidates.actor(index));
  node.choice = node.choices;
  push(node);
  take(node, candidates.at(index));
  return index;
}

// An actor that was put down for the node where the path goes on elsewhere.
std::uint32_t SourceDpor::retake(Node& node, const Candidates& candidates) {
  const std::span<const Sleeper> sleepers = sleepers_at(node);
  asleep_.assign(sleepers.begin(), sleepers.end());
  for (std::uint32_t i = node.choices; i != kNone; i = choices_[i].next) {
    if (choices_[i].explored) asleep_.push_back({choices_[i].actor, choices_[i].op});
  }
  node.index = 0;
  while (node.index < node.alternatives && candidates.actor(node.index) != choices_[node.choice].actor) ++node.index;
  if (node.index == node.alternatives) return kDiverged;
  take(node, candidates.at(node.index));
  return node.index;
}

std::uint32_t SourceDpor::first_choice(const Candidates& candidates) const {
  if (asleep_.empty()) return candidates.steady();
  if (!asleep(candidates.actor(candidates.steady()))) return candidates.steady();
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (!asleep(candidates.actor(i))) return i;
  }
  return kNone;
}

void SourceDpor::push(Node node) {
  node.events = order_.size();
  node.first_sleeper = sleepers_.size();
  node.sleepers = static_cast<std::uint32_t>(asleep_.size());
  sleepers_.insert(sleepers_.end(), asleep_.begin(), asleep_.end());
  path_.push_back(node);
  ++depth_;
}

void SourceDpor::take(const Node& node, const Actor& actor) {
  choices_[node.choice].op = actor.op;
  std::erase_if(asleep_, [&actor](const Sleeper& sleeper) { return dependent(sleeper.op, actor.op); });
  nodes_.push_back(static_cast<std::uint32_t>(depth_ - 1));
  turn_round(order_.append(actor, units_before(actor.op, *watch_)));
}

void SourceDpor::never_made(const Actor& actor) {
  if (repeating()) return;
  const std::span<const std::uint32_t> races = order_.consider(actor, units_before(actor.op, *watch_));
  if (is_event(actor.id)) {
    // An event that was taken back: whoever does that must not come before it.
    EventOrder::Subject subject = order_.subject();
    subject.end = order_.size() - 1;
    order_.restore(subject);
  }
  turn_round(races);
  // The number of an event that was taken back may come to name another.
  std::erase_if(asleep_, [&actor](const Sleeper& sleeper) { return sleeper.actor == actor.id; });
}

bool SourceDpor::asleep(ActorId actor) const {
  return std::any_of(asleep_.begin(), asleep_.end(),
                     [actor](const Sleeper& sleeper) { return sleeper.actor == actor; });
}

// --- Races ---

void SourceDpor::turn_round(std::span<const std::uint32_t> races) {
  for (const std::uint32_t event : races) turn_round(event);
}

void SourceDpor::turn_round(std::uint32_t event) {
  Node& node = path_[nodes_[event]];
  const std::span<const std::uint32_t> reversal = order_.reversal(event);
  initials_.clear();
  const auto follows_initial = [&](const auto& follows) {
    return std::any_of(initials_.begin(), initials_.end(), follows);
  };
  for (const std::uint32_t other : reversal) {
    if (follows_initial([&](std::uint32_t initial) { return order_.precedes(initial, other); })) continue;
    if (begun_with(node, order_.actor(other))) return;
    initials_.push_back(other);
  }
  const bool subject_first = !follows_initial([&](std::uint32_t initial) { return order_.subject_follows(initial); });
  if (subject_first && begun_with(node, order_.subject().actor.id)) return;
  add_choice(node, subject_first ? order_.subject().actor.id : order_.actor(initials_.front()));
}

void SourceDpor::add_choice(Node& node, ActorId actor) {
  std::uint32_t choice = free_choice_;
  if (choice == kNone) {
    choice = static_cast<std::uint32_t>(choices_.size());
    choices_.emplace_back();
  } else {
    free_choice_ = choices_[choice].next;
  }
  choices_[choice] = {.actor = actor, .next = node.choices};
  node.choices = choice;
}

bool SourceDpor::begun_with(const Node& node, ActorId actor) const {
  for (std::uint32_t i = node.choices; i != kNone; i = choices_[i].next) {
    if (choices_[i].actor == actor) return true;
  }
  const std::span<const Sleeper> sleepers = sleepers_at(node);
  return std::any_of(sleepers.begin(), sleepers.end(),
                     [actor](const Sleeper& sleeper) { return sleeper.actor == actor; });
}

// --- Progress ---

StrategyDescription SourceDpor::describe() const {
  StrategyDescription description{.name = "source-DPOR", .covers_everything = !order_.sleeps_overlapped()};
  if (!exhausted_) {
    description.coverage = explored_text(explored());
  } else if (order_.sleeps_overlapped()) {
    description.coverage = kSleepsInOrder;
  }
  return description;
}

// As if what is put down so far were all there is to explore, and every alternative had the same weight.
double SourceDpor::explored() const {
  double done = 0;
  double weight = 1;
  for (const Node& node : path_) {
    double all = node.alternatives;
    double before = node.index;
    if (node.choices != kNone) {
      all = before = 0;
      for (std::uint32_t i = node.choices; i != kNone; i = choices_[i].next) {
        ++all;
        before += choices_[i].explored ? 1 : 0;
      }
    }
    done += weight * before / all;
    weight /= all;
  }
  return done;
}

}  // namespace zoneknot::sim
