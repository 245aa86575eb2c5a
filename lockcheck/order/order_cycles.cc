#include "lockcheck/order/order_cycles.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "lockcheck/order/order_paths.h"

namespace zoneknot::lockcheck {
namespace {

bool disjoint(const NodeSet& a, const NodeSet& b) {
  auto other = b.begin();
  for (const NodeId node : a) {
    while (other != b.end() && *other < node) ++other;
    if (other != b.end() && *other == node) return false;
  }
  return true;
}

// Neither task keeps the other one from having what it has. Two may have shares of one lock.
bool can_both_own(const Sighting& a, const Sighting& b) {
  return disjoint(a.owned, b.owned) && disjoint(a.owned, b.shared) && disjoint(a.shared, b.owned);
}

bool has_wakers(ResourceKind kind) { return kind == ResourceKind::condition || kind == ResourceKind::pool; }

class OrderCycleSearch {
 public:
  explicit OrderCycleSearch(const OrderFacts& facts) : facts_(facts) {}

  // Adds the shortest cycles through an edge to what is predicted, as far as they say something new.
  void look_through(EdgeId edge) {
    const OrderEdge& first = facts_.graph.edge(edge);
    goal_ = first.from;
    distances_ = distances_to(facts_.graph, goal_);
    if (first.from == first.to || distances_[first.to] == kNoWay) return;
    tries_end_ = kMaxCycleTries;
    found_ = false;
    for (std::uint32_t links = distances_[first.to] + 1; links <= kMaxCycleLinks && !found_; ++links) {
      chosen_.clear();
      extend(edge, links);
    }
  }

  [[nodiscard]] PredictedCycles result() { return {.cycles = std::move(cycles_), .complete = tries_ < kMaxCycleTries}; }

 private:
  // Where something is owned since, and where the next resource is waited for.
  using Place =
      std::pair<std::pair<std::string_view, std::uint_least32_t>, std::pair<std::string_view, std::uint_least32_t>>;

  [[nodiscard]] const OrderEdge& edge_of(const CycleLink& link) const { return facts_.graph.edge(link.edge); }
  [[nodiscard]] const Sighting& sighting_of(const CycleLink& link) const {
    return edge_of(link).sightings[link.sighting];
  }

  // Goes over `edge` and then on to the goal, `links` edges in all.
  void extend(EdgeId edge, std::uint32_t links) {
    const OrderEdge& next = facts_.graph.edge(edge);
    for (std::uint32_t i = 0; i < next.sightings.size() && tries_ < tries_end_; ++i) {
      ++tries_;
      const CycleLink link{edge, i};
      if (!fits(link)) continue;
      chosen_.push_back(link);
      if (links > 1) {
        go_on_from(next.to, links - 1);
      } else if (wakers_stay_away()) {
        take();
      }
      chosen_.pop_back();
    }
  }

  void go_on_from(NodeId node, std::uint32_t links) {
    for (const EdgeId edge : facts_.graph.leaving(node)) {
      const NodeId to = facts_.graph.edge(edge).to;
      if (distances_[to] == kNoWay || distances_[to] > links - 1 || (to == goal_) != (links == 1)) continue;
      extend(edge, links);
    }
  }

  void take() {
    if (!std::exchange(found_, true)) tries_end_ = std::min(kMaxCycleTries, tries_ + kMoreCycleTries);
    std::vector<NodeId> nodes;
    std::set<Place> places;
    for (const CycleLink& link : chosen_) {
      nodes.push_back(edge_of(link).from);
      places.insert({place_of(sighting_of(link).owned_at), place_of(sighting_of(link).asked_at)});
    }
    std::sort(nodes.begin(), nodes.end());
    const bool new_nodes = known_nodes_.insert(std::move(nodes)).second;
    const bool new_places = known_places_.insert(std::move(places)).second;
    if (new_nodes || new_places) cycles_.push_back(chosen_);
  }

  static std::pair<std::string_view, std::uint_least32_t> place_of(core::Site site) {
    return {site.file_name(), site.line()};
  }

  // The link's task can be at its place while those of the links chosen so far are at theirs.
  [[nodiscard]] bool fits(const CycleLink& link) const {
    const OrderEdge& edge = edge_of(link);
    const Sighting& sighting = sighting_of(link);
    const Resource& owned = facts_.resources[edge.from];
    if (has_wakers(owned.what.kind) && !owned.wakers.needs(sighting.task, edge.to)) return false;
    return std::all_of(chosen_.begin(), chosen_.end(), [&](const CycleLink& earlier) {
      const Sighting& other = sighting_of(earlier);
      return other.task != sighting.task && edge_of(earlier).to != edge.to && can_both_own(other, sighting) &&
             facts_.segments.concurrent(other.segment, sighting.segment);
    });
  }

  // The chosen links are a whole cycle: nobody outside it ends one of its waits.
  [[nodiscard]] bool wakers_stay_away() const {
    std::vector<core::TaskId> stopped;
    stopped.reserve(chosen_.size());
    for (const CycleLink& link : chosen_) stopped.push_back(sighting_of(link).task);
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      const OrderEdge& edge = edge_of(chosen_[i]);
      const Resource& owned = facts_.resources[edge.from];
      const core::TaskId waiter = stopped[(i + stopped.size() - 1) % stopped.size()];
      if (has_wakers(owned.what.kind) && !owned.wakers.all_need(waiter, edge.to, stopped)) return false;
    }
    return true;
  }

  const OrderFacts& facts_;
  NodeId goal_ = 0;
  std::vector<std::uint32_t> distances_;  // to the goal
  std::vector<CycleLink> chosen_;
  std::uint64_t tries_ = 0;
  std::uint64_t tries_end_ = 0;  // of this edge
  bool found_ = false;           // a cycle through it
  std::vector<std::vector<CycleLink>> cycles_;
  std::set<std::vector<NodeId>> known_nodes_;  // of cycles
  std::set<std::set<Place>> known_places_;
};

}  // namespace

PredictedCycles predicted_cycles(const OrderFacts& facts) {
  OrderCycleSearch search(facts);
  for (const EdgeId edge : facts.graph.closing()) search.look_through(edge);
  return search.result();
}

}  // namespace zoneknot::lockcheck
