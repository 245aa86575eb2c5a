#include "lockcheck/order/class_order.h"

#include <fmt/core.h>

#include "lockcheck/order/order_paths.h"
#include "lockcheck/text/site.h"

namespace zoneknot::lockcheck {

void ClassOrder::clear() {
  classes_.clear();
  graph_.clear();
}

NodeId ClassOrder::node_of(const core::LockInfo& lock) {
  for (NodeId node = 0; node < classes_.size(); ++node) {
    if (classes_[node].name == lock.lock_class && classes_[node].group == lock.group) return node;
  }
  classes_.push_back({.name = std::string(lock.lock_class), .group = lock.group});
  return graph_.add_node();
}

void ClassOrder::nested(const core::LockInfo& owned, const core::LockInfo& wanted, core::Site owned_at,
                        core::Site asked_at) {
  const NodeId from = node_of(owned);
  const NodeId to = node_of(wanted);
  if (from != to) {
    graph_.add_edge(from, to, {.owned_at = owned_at, .asked_at = asked_at});
    return;
  }
  LockClass& both = classes_[from];
  const bool up = owned.order_key && wanted.order_key && *owned.order_key < *wanted.order_key;
  if (up ? !both.up && !both.other : !both.other) {
    both.owned_at = owned_at;
    both.asked_at = asked_at;
  }
  (up ? both.up : both.other) = true;
}

std::string ClassOrder::name(NodeId node) const {
  const LockClass& known = classes_[node];
  return known.group == 0 ? std::string(known.name) : fmt::format("{} of file {}", known.name, known.group);
}

// A shortest one.
std::string ClassOrder::offending_chain() const {
  std::vector<EdgeId> shortest;
  for (const EdgeId edge : graph_.closing()) {
    std::vector<EdgeId> way = shortest_way(graph_, graph_.edge(edge).to, graph_.edge(edge).from);
    way.insert(way.begin(), edge);
    if (shortest.empty() || way.size() < shortest.size()) shortest = way;
  }
  std::string chain = name(graph_.edge(shortest.front()).from);
  for (const EdgeId id : shortest) {
    const OrderEdge& edge = graph_.edge(id);
    chain += fmt::format(" -> {} ({})", name(edge.to), site_text(edge.sightings.front().asked_at));
  }
  return chain;
}

std::vector<std::string> ClassOrder::lines() const {
  std::vector<std::string> lines;
  bool ordered = graph_.acyclic();
  if (!ordered) lines.push_back("classes are taken in a circle: " + offending_chain());
  for (NodeId node = 0; node < classes_.size(); ++node) {
    const LockClass& known = classes_[node];
    if (known.other) {
      ordered = false;
      lines.push_back(fmt::format("{} inside {}, not ordered by key: taken at {}, then asked for at {}", name(node),
                                  name(node), site_text(known.owned_at), site_text(known.asked_at)));
    } else if (known.up) {
      lines.push_back(fmt::format("{} inside {}: ordered by key", name(node), name(node)));
    }
  }
  if (ordered && (graph_.edges() > 0 || !lines.empty())) {
    lines.insert(lines.begin(), "lock classes: acyclic for any number of instances");
  }
  return lines;
}

std::vector<ClassEdge> ClassOrder::edges() const {
  std::vector<ClassEdge> edges;
  for (EdgeId id = 0; id < graph_.edges(); ++id) {
    const OrderEdge& edge = graph_.edge(id);
    const Sighting& first = edge.sightings.front();
    edges.push_back({.from = name(edge.from),
                     .to = name(edge.to),
                     .owned_at = first.owned_at,
                     .asked_at = first.asked_at,
                     .in_cycle = !graph_.acyclic() && !shortest_way(graph_, edge.to, edge.from).empty()});
  }
  for (NodeId node = 0; node < classes_.size(); ++node) {
    const LockClass& known = classes_[node];
    if (!known.up && !known.other) continue;
    edges.push_back({.from = name(node),
                     .to = name(node),
                     .owned_at = known.owned_at,
                     .asked_at = known.asked_at,
                     .in_cycle = known.other});
  }
  return edges;
}

}  // namespace zoneknot::lockcheck
