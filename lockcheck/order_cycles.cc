#include "lockcheck/order_cycles.h"

#include <algorithm>
#include <set>

#include "lockcheck/order_paths.h"

namespace zoneknot::lockcheck {
namespace {

bool disjoint(const std::vector<NodeId>& a, const std::vector<NodeId>& b) {
  auto other = b.begin();
  for (const NodeId node : a) {
    while (other != b.end() && *other < node) ++other;
    if (other != b.end() && *other == node) return false;
  }
  return true;
}

class CycleSearch {
 public:
  explicit CycleSearch(const OrderFacts& facts) : facts_(facts) {}

  // A shortest cycle through an edge; empty: there is none, or a limit was met.
  std::vector<CycleLink> through(EdgeId edge) {
    const OrderEdge& first = facts_.graph.edge(edge);
    goal_ = first.from;
    distances_ = distances_to(facts_.graph, goal_);
    if (first.from == first.to || distances_[first.to] == kNoWay) return {};
    for (std::uint32_t links = distances_[first.to] + 1; links <= kMaxCycleLinks; ++links) {
      chosen_.clear();
      if (extend(edge, links)) return chosen_;
    }
    return {};
  }

  [[nodiscard]] bool complete() const { return tries_ < kMaxCycleTries; }

 private:
  [[nodiscard]] const OrderEdge& edge_of(const CycleLink& link) const { return facts_.graph.edge(link.edge); }
  [[nodiscard]] const Sighting& sighting_of(const CycleLink& link) const {
    return edge_of(link).sightings[link.sighting];
  }

  // Goes over `edge` and then on to the goal, `links` edges in all.
  bool extend(EdgeId edge, std::uint32_t links) {
    const OrderEdge& next = facts_.graph.edge(edge);
    for (std::uint32_t i = 0; i < next.sightings.size(); ++i) {
      if (++tries_ >= kMaxCycleTries) return false;
      const CycleLink link{edge, i};
      if (!fits(link)) continue;
      chosen_.push_back(link);
      if (links == 1 ? wakers_stay_away() : go_on_from(next.to, links - 1)) return true;
      chosen_.pop_back();
    }
    return false;
  }

  bool go_on_from(NodeId node, std::uint32_t links) {
    for (const EdgeId edge : facts_.graph.leaving(node)) {
      const NodeId to = facts_.graph.edge(edge).to;
      if (distances_[to] == kNoWay || distances_[to] > links - 1 || (to == goal_) != (links == 1)) continue;
      if (extend(edge, links)) return true;
    }
    return false;
  }

  // Its task can be at its place while those chosen so far are at theirs.
  [[nodiscard]] bool fits(const CycleLink& link) const {
    const OrderEdge& edge = edge_of(link);
    const Sighting& sighting = sighting_of(link);
    const Thing& owned = facts_.things[edge.from];
    if (owned.what.kind != ThingKind::lock && !owned.wakers.needs(sighting.task, edge.to)) return false;
    return std::all_of(chosen_.begin(), chosen_.end(), [&](const CycleLink& earlier) {
      const Sighting& other = sighting_of(earlier);
      return other.task != sighting.task && edge_of(earlier).to != edge.to && disjoint(other.owned, sighting.owned) &&
             facts_.segments.concurrent(other.segment, sighting.segment);
    });
  }

  // Of a cycle that is complete: nobody outside it ends one of its waits.
  [[nodiscard]] bool wakers_stay_away() const {
    std::vector<core::TaskId> stopped;
    stopped.reserve(chosen_.size());
    for (const CycleLink& link : chosen_) stopped.push_back(sighting_of(link).task);
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      const OrderEdge& edge = edge_of(chosen_[i]);
      const Thing& owned = facts_.things[edge.from];
      const core::TaskId waiter = stopped[(i + stopped.size() - 1) % stopped.size()];
      if (owned.what.kind != ThingKind::lock && !owned.wakers.all_need(waiter, edge.to, stopped)) return false;
    }
    return true;
  }

  const OrderFacts& facts_;
  NodeId goal_ = 0;
  std::vector<std::uint32_t> distances_;  // to the goal
  std::vector<CycleLink> chosen_;
  std::uint64_t tries_ = 0;
};

}  // namespace

PredictedCycles predicted_cycles(const OrderFacts& facts) {
  PredictedCycles predicted;
  CycleSearch search(facts);
  std::set<std::vector<NodeId>> known;  // nodes of cycles that are in the result
  for (const EdgeId edge : facts.graph.closing()) {
    std::vector<CycleLink> cycle = search.through(edge);
    if (cycle.empty()) continue;
    std::vector<NodeId> nodes;
    nodes.reserve(cycle.size());
    for (const CycleLink& link : cycle) nodes.push_back(facts.graph.edge(link.edge).from);
    std::sort(nodes.begin(), nodes.end());
    if (known.insert(nodes).second) predicted.cycles.push_back(std::move(cycle));
  }
  predicted.complete = search.complete();
  return predicted;
}

}  // namespace zoneknot::lockcheck
