// The order graph against a plain search for cycles, and predictions against everything that small programs of locks
// can do.
#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <set>
#include <utility>
#include <vector>

#include "lockcheck/order/order_graph.h"
#include "lockcheck/order/order_paths.h"
#include "proptests/lock_program.h"
#include "sim/dpor/optimal_dpor.h"
#include "sim/search/explorer.h"
#include "sim/strategy/steady_walk.h"

namespace zoneknot::proptests {
namespace {

using lockcheck::EdgeId;
using lockcheck::NodeId;
using lockcheck::OrderGraph;

constexpr NodeId kNodes = 12;

using Edges = std::vector<std::pair<NodeId, NodeId>>;

rc::Gen<Edges> any_edges() {
  const auto node = rc::gen::inRange<NodeId>(0, kNodes);
  return rc::gen::container<Edges>(rc::gen::pair(node, node));
}

bool leads_to(const Edges& edges, NodeId from, NodeId to, std::set<NodeId>& seen) {
  if (from == to) return true;
  if (!seen.insert(from).second) return false;
  for (const auto& [begin, end] : edges) {
    if (begin == from && leads_to(edges, end, to, seen)) return true;
  }
  return false;
}

RC_GTEST_PROP(OrderGraph, AnEdgeClosesACycle_WhenThereIsAWayBackAmongThoseThatDoNot, ()) {
  const Edges edges = *any_edges();
  OrderGraph graph;
  for (NodeId node = 0; node < kNodes; ++node) graph.add_node();
  Edges ordered;
  for (const auto& [from, to] : edges) {
    if (graph.find(from, to)) continue;
    std::set<NodeId> seen;
    const bool closes = leads_to(ordered, to, from, seen);
    const EdgeId edge = graph.add_edge(from, to);
    RC_ASSERT(graph.edge(edge).closes == closes);
    if (!closes) ordered.emplace_back(from, to);
    for (const auto& [before, after] : ordered) RC_ASSERT(graph.position(before) < graph.position(after));
  }
  RC_ASSERT(graph.acyclic() == (ordered.size() == graph.edges()));
}

RC_GTEST_PROP(OrderPaths, TheShortestWay_IsAWayAndNoneIsShorter, ()) {
  const Edges edges = *any_edges();
  OrderGraph graph;
  for (NodeId node = 0; node < kNodes; ++node) graph.add_node();
  for (const auto& [from, to] : edges) graph.add_edge(from, to);
  const auto from = *rc::gen::inRange<NodeId>(0, kNodes);
  const auto to = *rc::gen::inRange<NodeId>(0, kNodes);
  // By rounds: where one can be after so many edges.
  std::set<NodeId> reached = {from};
  std::size_t rounds = 0;
  for (; rounds < kNodes && !reached.contains(to); ++rounds) {
    std::set<NodeId> next = reached;
    for (const auto& [begin, end] : edges) {
      if (reached.contains(begin)) next.insert(end);
    }
    reached = next;
  }
  const std::vector<EdgeId> way = lockcheck::shortest_way(graph, from, to);
  RC_ASSERT(way.size() == (reached.contains(to) ? rounds : 0));
  NodeId node = from;
  for (const EdgeId edge : way) {
    RC_ASSERT(graph.edge(edge).from == node);
    node = graph.edge(edge).to;
  }
  RC_ASSERT(way.empty() || node == to);
}

// Of all that the program can do, some order hangs.
bool can_hang(const LockProgram& program) {
  sim::Simulation simulation;
  sim::OptimalDpor everything;
  const sim::SearchResult result =
      sim::explore(simulation, on_simulator(program, [](const FinalState&) {}), everything, sim::SearchLimits{});
  return result.hangs > 0;
}

struct Seen {
  bool finished = false;
  std::size_t predicted = 0;
};

Seen one_run(const LockProgram& program) {
  sim::Simulation simulation;
  simulation.watch().set_order_checks(lockcheck::OrderChecks::on);
  const sim::Program body = on_simulator(program, [](const FinalState&) {});
  sim::SteadyWalk strategy;
  const sim::Outcome outcome = simulation.run([&] { body(simulation); }, strategy);
  return {outcome.kind == sim::OutcomeKind::finished, simulation.watch().predictions().deadlocks.size()};
}

// Such a program asks for the same locks whatever happens, so one run has seen all that there is. What is predicted and
// does not happen is a false alarm; the distribution that RapidCheck prints counts them.
RC_GTEST_PROP(Predictions, OneRunOfAProgramThatCanDeadlock_SaysSo, ()) {
  const auto tasks = *rc::gen::inRange<std::size_t>(2, kMaxTasks + 1);
  const LockProgram program = *any_lock_program(std::vector<std::size_t>(tasks, tasks == 2 ? 5 : 3));
  const Seen seen = one_run(program);
  RC_PRE(seen.finished);
  const bool deadlocks = can_hang(program);
  RC_CLASSIFY(deadlocks, "predicted, and it happens");
  RC_CLASSIFY(seen.predicted > 0 && !deadlocks, "predicted, and refuted");
  RC_CLASSIFY(seen.predicted == 0 && !deadlocks, "silent");
  RC_ASSERT(!deadlocks || seen.predicted > 0);
}

}  // namespace
}  // namespace zoneknot::proptests
