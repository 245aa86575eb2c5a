// The ways through an order graph that explain a cycle. Pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "lockcheck/order/order_graph.h"

namespace zoneknot::lockcheck {

inline constexpr std::uint32_t kNoWay = UINT32_MAX;

// By node: how many edges it takes from there to `target`; kNoWay: there is no way.
std::vector<std::uint32_t> distances_to(const OrderGraph& graph, NodeId target);

// A shortest way, its edges in order; of several the one whose edges came first. Empty: none, or from == to.
std::vector<EdgeId> shortest_way(const OrderGraph& graph, NodeId from, NodeId to);

}  // namespace zoneknot::lockcheck
