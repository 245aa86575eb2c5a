#include "lockcheck/order/order_paths.h"

namespace zoneknot::lockcheck {

std::vector<std::uint32_t> distances_to(const OrderGraph& graph, NodeId target) {
  std::vector<std::vector<NodeId>> before(graph.nodes());
  for (EdgeId edge = 0; edge < graph.edges(); ++edge) before[graph.edge(edge).to].push_back(graph.edge(edge).from);
  std::vector<std::uint32_t> distances(graph.nodes(), kNoWay);
  distances[target] = 0;
  std::vector<NodeId> reached{target};
  for (std::size_t next = 0; next < reached.size(); ++next) {
    for (const NodeId node : before[reached[next]]) {
      if (distances[node] != kNoWay) continue;
      distances[node] = distances[reached[next]] + 1;
      reached.push_back(node);
    }
  }
  return distances;
}

std::vector<EdgeId> shortest_way(const OrderGraph& graph, NodeId from, NodeId to) {
  const std::vector<std::uint32_t> distances = distances_to(graph, to);
  std::vector<EdgeId> way;
  if (distances[from] == kNoWay) return way;
  for (NodeId node = from; node != to;) {
    for (const EdgeId edge : graph.leaving(node)) {
      const NodeId next = graph.edge(edge).to;
      if (distances[next] == kNoWay || distances[next] + 1 != distances[node]) continue;
      way.push_back(edge);
      node = next;
      break;
    }
  }
  return way;
}

}  // namespace zoneknot::lockcheck
