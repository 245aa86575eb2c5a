#include "sim/dpor/wakeup_tree.h"

#include <algorithm>

namespace zoneknot::sim {

DrawTable::Id DrawTable::id_of(const Draws& draws) {
  const auto [at, added] = ids_.try_emplace(draws, static_cast<Id>(draws_.size()));
  if (added) draws_.push_back(&at->first);
  return at->second;
}

bool DrawTable::cover(std::span<const Id> all, Id some) const {
  // A step that was made without a draw never makes one.
  const auto stands_for_all = [](Id id) { return id == kAny || id == kNone; };
  if (std::any_of(all.begin(), all.end(), stands_for_all)) return true;
  return some > kNone || some == kAny ? cover(all, *draws_[some]) : false;
}

bool DrawTable::cover(std::span<const Id> all, const Draws& some) const {
  const auto begins_with = [](const std::vector<std::uint32_t>& values, const std::vector<std::uint32_t>& first) {
    return first.size() <= values.size() && std::equal(first.begin(), first.end(), values.begin());
  };
  std::uint32_t bound = 0;
  for (const Id id : all) {
    const Draws& whole = *draws_[id];
    // Values that have ended a step once end it everywhere.
    if (whole.values == some.values || (whole.open && begins_with(some.values, whole.values))) return true;
    if (begins_with(whole.values, some.values)) bound = whole.bounds[some.values.size()];
  }
  if (bound == 0 || !some.open) return false;
  Draws longer = some;
  longer.values.push_back(0);
  for (; longer.values.back() < bound; ++longer.values.back()) {
    if (!cover(all, longer)) return false;
  }
  return true;
}

std::uint32_t WakeupTrees::new_node() {
  if (free_ == kNone) {
    nodes_.emplace_back();
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }
  const std::uint32_t node = free_;
  free_ = nodes_[node].next;
  return node;
}

std::uint32_t WakeupTrees::append(List& list, const WakeupStep& step) {
  const std::uint32_t node = new_node();
  nodes_[node].step = step;
  nodes_[node].next = kNone;
  nodes_[node].children = {};
  (list.first == kNone ? list.first : nodes_[list.last].next) = node;
  list.last = node;
  return node;
}

std::uint32_t WakeupTrees::append_child(std::uint32_t parent, const WakeupStep& step) {
  List children = nodes_[parent].children;
  const std::uint32_t node = append(children, step);
  nodes_[parent].children = children;
  return node;
}

std::uint32_t WakeupTrees::take_first(List& list) {
  const std::uint32_t node = list.first;
  list.first = nodes_[node].next;
  if (list.first == kNone) list.last = kNone;
  nodes_[node].next = free_;
  free_ = node;
  return node;
}

void WakeupTrees::release(List& list) {
  while (!list.empty()) {
    const std::uint32_t node = take_first(list);
    List children = nodes_[node].children;
    release(children);
  }
}

}  // namespace zoneknot::sim
