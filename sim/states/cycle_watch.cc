#include "sim/states/cycle_watch.h"

#include <algorithm>
#include <utility>

namespace zoneknot::sim {

std::uint64_t name_of(const StepActor& actor) {
  if (actor.task != core::kNoId) return actor.task;
  const EventKey& event = actor.event;
  const std::uint64_t kinds =
      static_cast<std::uint64_t>(event.kind) << 8U | static_cast<std::uint64_t>(event.object_class);
  return (kinds + 1) << 32U | event.object;
}

std::uint32_t CycleWatch::enter(const StateHash& key, const std::vector<StateStep>& enabled, std::uint32_t from,
                                StepLabel step) {
  const auto number = static_cast<std::uint32_t>(open_.size());
  if (from != core::kNoId) edges_.push_back({from, number, std::move(step)});
  std::uint64_t bits = 0;
  for (const StateStep& can : enabled) bits |= bit_of(name_of(can.actor));
  open_.push_back({.key = key, .low = number, .enabled = bits, .first_edge = edges_.size()});
  numbers_.emplace(key, number);
  return number;
}

bool CycleWatch::come_back(const StateHash& key, std::uint32_t from, StepLabel step) {
  const auto known = numbers_.find(key);
  if (known == numbers_.end() || from == core::kNoId) return false;
  open_[from].low = std::min(open_[from].low, open_[known->second].low);
  edges_.push_back({from, known->second, std::move(step)});
  return true;
}

void CycleWatch::leave(std::uint32_t state, std::uint32_t from) {
  const std::uint32_t low = open_[state].low;
  if (low == state) {
    close(state);
  } else {
    open_[from].low = std::min(open_[from].low, low);
  }
}

void CycleWatch::clear() {
  open_.clear();
  edges_.clear();
  numbers_.clear();
}

std::uint64_t CycleWatch::bit_of(std::uint64_t name) {
  const auto known = std::find(actors_.begin(), actors_.end(), name);
  const auto bit = known - actors_.begin();
  if (known == actors_.end()) {
    if (actors_.size() == 64) {
      too_many_actors_ = true;
      return 0;
    }
    actors_.push_back(name);
  }
  return std::uint64_t{1} << static_cast<unsigned>(bit);
}

// The piece whose states begin with `root` is complete.
void CycleWatch::close(std::uint32_t root) {
  const std::size_t first_edge = open_[root].first_edge;
  if (edges_.size() > first_edge && !livelock_ && !too_many_actors_) look_for_livelock(root);
  for (std::size_t i = root; i < open_.size(); ++i) numbers_.erase(open_[i].key);
  // The step that led here leads out of the piece that it came from.
  edges_.resize(first_edge == 0 ? 0 : first_edge - 1);
  open_.resize(root);
}

void CycleWatch::look_for_livelock(std::uint32_t root) {
  const std::size_t first_edge = open_[root].first_edge;
  Component component;
  for (std::size_t i = root; i < open_.size(); ++i) component.enabled.push_back(open_[i].enabled);
  for (std::size_t i = first_edge; i < edges_.size(); ++i) {
    const Edge& edge = edges_[i];
    component.edges.push_back({edge.from - root, edge.to - root, bit_of(name_of(edge.step.actor)), edge.step.progress});
  }
  const std::vector<std::uint32_t> walk = find_livelock(component);
  if (walk.empty()) return;
  livelock_.emplace();
  const std::uint32_t begin = component.edges[walk.front()].from;
  livelock_->begin = open_[root + begin].key;
  for (const std::uint32_t i : shortest_walk(component, 0, begin))
    livelock_->lead.push_back(edges_[first_edge + i].step);
  for (const std::uint32_t i : walk) livelock_->steps.push_back(edges_[first_edge + i].step);
}

}  // namespace zoneknot::sim
