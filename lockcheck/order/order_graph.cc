#include "lockcheck/order/order_graph.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "lockcheck/text/site.h"

namespace zoneknot::lockcheck {
namespace {

std::uint64_t ends(NodeId from, NodeId to) { return std::uint64_t{from} << 32U | to; }

std::vector<NodeId> common(const std::vector<NodeId>& a, const NodeSet& b) {
  std::vector<NodeId> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

constexpr auto kMostOfTask = static_cast<std::ptrdiff_t>(OrderGraph::kMaxSightingsOfTask);

void note_sighting(OrderEdge& edge, const Sighting& sighting) {
  const auto comparable = [&](const Sighting& known) {
    return known.task == sighting.task && known.segment == sighting.segment &&
           same_place(known.owned_at, sighting.owned_at) && same_place(known.asked_at, sighting.asked_at);
  };
  const auto says_more = [&](const Sighting& known) {
    return comparable(known) && sighting.owned.includes(known.owned) && sighting.shared.includes(known.shared);
  };
  if (std::any_of(edge.sightings.begin(), edge.sightings.end(), says_more)) return;
  std::erase_if(edge.sightings, [&](const Sighting& known) {
    return comparable(known) && known.owned.includes(sighting.owned) && known.shared.includes(sighting.shared);
  });
  const auto of_task = std::count_if(edge.sightings.begin(), edge.sightings.end(), [&](const Sighting& known) {
    return known.task == sighting.task && known.segment == sighting.segment;
  });
  if (edge.sightings.size() >= OrderGraph::kMaxSightings || of_task >= kMostOfTask) return;
  edge.sightings.push_back(sighting);
}

}  // namespace

NodeSet::NodeSet(std::vector<NodeId> nodes) {
  assert(std::ranges::is_sorted(nodes));
  if (!nodes.empty()) nodes_ = std::make_shared<const std::vector<NodeId>>(std::move(nodes));
}

bool NodeSet::includes(const NodeSet& some) const {
  return nodes_ == some.nodes_ || std::includes(begin(), end(), some.begin(), some.end());
}

bool OrderEdge::single_task() const {
  return std::all_of(sightings.begin(), sightings.end(),
                     [this](const Sighting& sighting) { return sighting.task == sightings.front().task; });
}

std::vector<NodeId> OrderEdge::gates() const {
  std::vector<NodeId> gates;
  for (std::size_t i = 0; i < sightings.size(); ++i) {
    const NodeSet& owned = sightings[i].owned;
    gates = i == 0 ? std::vector<NodeId>(owned.begin(), owned.end()) : common(gates, owned);
  }
  std::erase(gates, from);
  return gates;
}

void OrderGraph::clear() {
  edges_.clear();
  leaving_.clear();
  after_.clear();
  before_.clear();
  closing_.clear();
  by_ends_.clear();
  position_.clear();
  seen_.clear();
  round_ = 0;
  moved_ = 0;
}

NodeId OrderGraph::add_node() {
  const NodeId node = nodes();
  position_.push_back(node);
  seen_.push_back(0);
  leaving_.emplace_back();
  after_.emplace_back();
  before_.emplace_back();
  return node;
}

std::optional<EdgeId> OrderGraph::find(NodeId from, NodeId to) const {
  const auto known = by_ends_.find(ends(from, to));
  return known == by_ends_.end() ? std::nullopt : std::optional(known->second);
}

EdgeId OrderGraph::add_edge(NodeId from, NodeId to) {
  assert(from < nodes() && to < nodes());
  const auto [place, is_new] = by_ends_.try_emplace(ends(from, to), edges());
  if (!is_new) return place->second;
  const EdgeId id = edges();
  edges_.push_back({.from = from, .to = to});
  leaving_[from].push_back(id);
  if (make_room(from, to)) {
    after_[from].push_back(to);
    before_[to].push_back(from);
  } else {
    edges_[id].closes = true;
    closing_.push_back(id);
  }
  return id;
}

EdgeId OrderGraph::add_edge(NodeId from, NodeId to, const Sighting& sighting) {
  const EdgeId id = add_edge(from, to);
  note_sighting(edges_[id], sighting);
  return id;
}

bool OrderGraph::knows_all(EdgeId id, core::TaskId task, std::uint32_t segment) const {
  const OrderEdge& edge = edges_[id];
  if (edge.sightings.size() >= kMaxSightings) return true;
  std::size_t of_task = 0;
  for (const Sighting& known : edge.sightings) {
    if (known.task != task || known.segment != segment) continue;
    if (known.owned.size() + known.shared.size() == 1 || ++of_task == kMaxSightingsOfTask) return true;
  }
  return false;
}

// Only nodes between the two in the order can be in the way: those that `to` leads to and that lie before `from`, and
// those that lead to `from` and lie after `to`. The places that both groups have are dealt out anew, the second group's
// first.
bool OrderGraph::make_room(NodeId from, NodeId to) {
  if (from == to) return false;
  if (position_[from] < position_[to]) return true;
  next_round();
  if (!collect_after(to, from)) return false;
  next_round();
  collect_before(from, position_[to]);
  reorder();
  return true;
}

void OrderGraph::next_round() {
  if (++round_ != 0) return;
  std::fill(seen_.begin(), seen_.end(), 0);
  round_ = 1;
}

// False: `target` can be reached.
bool OrderGraph::collect_after(NodeId start, NodeId target) {
  found_after_.clear();
  stack_.assign(1, start);
  seen_[start] = round_;
  while (!stack_.empty()) {
    const NodeId node = stack_.back();
    stack_.pop_back();
    found_after_.push_back(node);
    for (const NodeId next : after_[node]) {
      if (next == target) return false;
      if (seen_[next] == round_ || position_[next] > position_[target]) continue;
      seen_[next] = round_;
      stack_.push_back(next);
    }
  }
  return true;
}

void OrderGraph::collect_before(NodeId start, std::uint32_t above) {
  found_before_.clear();
  stack_.assign(1, start);
  seen_[start] = round_;
  while (!stack_.empty()) {
    const NodeId node = stack_.back();
    stack_.pop_back();
    found_before_.push_back(node);
    for (const NodeId previous : before_[node]) {
      if (seen_[previous] == round_ || position_[previous] < above) continue;
      seen_[previous] = round_;
      stack_.push_back(previous);
    }
  }
}

void OrderGraph::reorder() {
  const auto by_position = [this](NodeId a, NodeId b) { return position_[a] < position_[b]; };
  std::sort(found_before_.begin(), found_before_.end(), by_position);
  std::sort(found_after_.begin(), found_after_.end(), by_position);
  places_.clear();
  for (const NodeId node : found_before_) places_.push_back(position_[node]);
  for (const NodeId node : found_after_) places_.push_back(position_[node]);
  std::sort(places_.begin(), places_.end());
  moved_ += places_.size();
  std::size_t place = 0;
  for (const NodeId node : found_before_) position_[node] = places_[place++];
  for (const NodeId node : found_after_) position_[node] = places_[place++];
}

}  // namespace zoneknot::lockcheck
