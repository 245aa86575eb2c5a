#include "lockcheck/order/order_paths.h"

#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/graph_traits.hpp>
#include <boost/graph/visitors.hpp>
#include <boost/iterator/transform_iterator.hpp>
#include <boost/property_map/property_map.hpp>
#include <utility>

namespace zoneknot::lockcheck {
namespace {

// The graph with its edges turned round, so that one walk from a node finds every way to it. An edge of Boost's is the
// pair of its ends.
class Reversed {
 public:
  using Edge = std::pair<NodeId, NodeId>;
  struct EdgeFrom {
    NodeId node = 0;
    Edge operator()(NodeId other) const { return {node, other}; }
  };
  using OutEdges = boost::transform_iterator<EdgeFrom, std::vector<NodeId>::const_iterator, Edge, Edge>;

  explicit Reversed(const OrderGraph& graph) : arriving_(graph.nodes()) {
    for (EdgeId edge = 0; edge < graph.edges(); ++edge) {
      arriving_[graph.edge(edge).to].push_back(graph.edge(edge).from);
    }
  }
  [[nodiscard]] const std::vector<NodeId>& arriving(NodeId node) const { return arriving_[node]; }

 private:
  std::vector<std::vector<NodeId>> arriving_;
};

// What Boost's incidence graph concept asks for; found by argument.
NodeId source(const Reversed::Edge& edge, const Reversed&) { return edge.first; }
NodeId target(const Reversed::Edge& edge, const Reversed&) { return edge.second; }
std::size_t out_degree(NodeId node, const Reversed& graph) { return graph.arriving(node).size(); }
std::pair<Reversed::OutEdges, Reversed::OutEdges> out_edges(NodeId node, const Reversed& graph) {
  const std::vector<NodeId>& others = graph.arriving(node);
  return {{others.begin(), {node}}, {others.end(), {node}}};
}

}  // namespace
}  // namespace zoneknot::lockcheck

namespace boost {

// The names are Boost's.
// NOLINTBEGIN(readability-identifier-naming)
template <>
struct graph_traits<zoneknot::lockcheck::Reversed> {
  using vertex_descriptor = zoneknot::lockcheck::NodeId;
  using edge_descriptor = zoneknot::lockcheck::Reversed::Edge;
  using directed_category = directed_tag;
  using edge_parallel_category = disallow_parallel_edge_tag;
  using traversal_category = incidence_graph_tag;
  using out_edge_iterator = zoneknot::lockcheck::Reversed::OutEdges;
  using degree_size_type = std::size_t;
};
// NOLINTEND(readability-identifier-naming)

}  // namespace boost

namespace zoneknot::lockcheck {

std::vector<std::uint32_t> distances_to(const OrderGraph& graph, NodeId target) {
  const Reversed reversed(graph);
  std::vector<std::uint32_t> distances(graph.nodes(), kNoWay);
  distances[target] = 0;
  std::vector<boost::default_color_type> colours(graph.nodes(), boost::white_color);
  const boost::identity_property_map by_node;
  boost::queue<NodeId> queue;
  const auto recorder = boost::record_distances(
      boost::make_iterator_property_map(distances.begin(), by_node, distances.front()), boost::on_tree_edge());
  boost::breadth_first_visit(reversed, target, queue, boost::make_bfs_visitor(recorder),
                             boost::make_iterator_property_map(colours.begin(), by_node, colours.front()));
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
