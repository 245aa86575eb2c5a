#include "lockcheck/order/order_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockcheck/order/order_paths.h"

namespace zoneknot::lockcheck {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

OrderGraph graph_of(std::uint32_t nodes) {
  OrderGraph graph;
  for (std::uint32_t node = 0; node < nodes; ++node) graph.add_node();
  return graph;
}

void expect_order_holds(const OrderGraph& graph) {
  std::vector<bool> taken(graph.nodes(), false);
  for (NodeId node = 0; node < graph.nodes(); ++node) {
    ASSERT_LT(graph.position(node), graph.nodes());
    EXPECT_FALSE(taken[graph.position(node)]);
    taken[graph.position(node)] = true;
  }
  for (EdgeId edge = 0; edge < graph.edges(); ++edge) {
    const OrderEdge& known = graph.edge(edge);
    EXPECT_TRUE(known.closes || graph.position(known.from) < graph.position(known.to));
  }
}

TEST(OrderGraph, EdgeThatFitsTheOrder_MovesNothing) {
  OrderGraph graph = graph_of(3);
  graph.add_edge(0, 2);
  graph.add_edge(1, 2);
  EXPECT_TRUE(graph.acyclic());
  EXPECT_EQ(graph.moved(), 0U);
}

TEST(OrderGraph, EdgeAgainstTheOrder_MovesOnlyWhatIsInTheWay) {
  OrderGraph graph = graph_of(5);
  graph.add_edge(3, 1);
  EXPECT_TRUE(graph.acyclic());
  EXPECT_EQ(graph.moved(), 2U);
  expect_order_holds(graph);
}

TEST(OrderGraph, EdgeThatClosesARing_IsKnownAtOnceAndStaysOutOfTheOrder) {
  OrderGraph graph = graph_of(3);
  graph.add_edge(2, 0);
  graph.add_edge(0, 1);
  const EdgeId last = graph.add_edge(1, 2);
  EXPECT_FALSE(graph.acyclic());
  EXPECT_THAT(graph.closing(), ElementsAre(last));
  expect_order_holds(graph);
  graph.add_edge(1, 2);
  EXPECT_EQ(graph.edges(), 3U);
}

TEST(OrderGraph, EdgeToItself_ClosesACycle) {
  OrderGraph graph = graph_of(1);
  graph.add_edge(0, 0);
  EXPECT_FALSE(graph.acyclic());
}

TEST(OrderGraph, SightingThatOwnsMore_SaysNothingNew) {
  OrderGraph graph = graph_of(4);
  graph.add_edge(0, 1, {.task = 1, .owned = {0, 2, 3}});
  graph.add_edge(0, 1, {.task = 2, .owned = {0, 2}});
  const EdgeId edge = graph.add_edge(0, 1, {.task = 1, .owned = {0, 2}});
  graph.add_edge(0, 1, {.task = 1, .owned = {0, 2, 3}});
  EXPECT_EQ(graph.edge(edge).sightings.size(), 2U);
  EXPECT_FALSE(graph.edge(edge).single_task());
}

TEST(OrderGraph, SegmentsOfATask_AreKnownOneByOne) {
  OrderGraph graph = graph_of(3);
  graph.add_edge(0, 1, {.task = 1, .segment = 4, .owned = {0}});
  const EdgeId edge = graph.add_edge(0, 1, {.task = 1, .segment = 5, .owned = {0, 2}});
  EXPECT_EQ(graph.edge(edge).sightings.size(), 2U) << "the second owns more, but in another segment";
  EXPECT_TRUE(graph.knows_all(edge, 1, 4));
  EXPECT_FALSE(graph.knows_all(edge, 1, 5));
  EXPECT_FALSE(graph.knows_all(edge, 1, 6));
}

TEST(OrderGraph, GatesOfAnEdge_AreOwnedInEverySighting) {
  OrderGraph graph = graph_of(5);
  graph.add_edge(0, 1, {.task = 1, .owned = {0, 2, 3}});
  const EdgeId edge = graph.add_edge(0, 1, {.task = 2, .owned = {0, 3, 4}});
  EXPECT_THAT(graph.edge(edge).gates(), ElementsAre(3U));
}

TEST(OrderPaths, ShortestWay_IsTakenWhereThereAreTwo) {
  OrderGraph graph = graph_of(5);
  graph.add_edge(0, 1);
  graph.add_edge(1, 2);
  graph.add_edge(2, 3);
  const EdgeId first = graph.add_edge(0, 4);
  const EdgeId second = graph.add_edge(4, 3);
  EXPECT_THAT(shortest_way(graph, 0, 3), ElementsAre(first, second));
  EXPECT_THAT(shortest_way(graph, 3, 0), IsEmpty());
  EXPECT_THAT(distances_to(graph, 3), ElementsAre(2U, 2U, 1U, 0U, 1U));
}

}  // namespace
}  // namespace zoneknot::lockcheck
