// Livelock in a piece of a state graph: a cycle on which nothing is achieved, although everybody who could go on all
// the time does go on (weak fairness). Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace zoneknot::sim {

// States that can all reach each other.
struct Component {
  struct Edge {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint64_t moved = 0;  // the bit of the actor that went on
    bool progress = false;    // something was achieved
  };
  std::vector<std::uint64_t> enabled;  // by state: the actors that can go on there, one bit each
  std::vector<Edge> edges;             // among these states, and no others
};

// A walk through edges without progress that comes back to where it began: each actor goes on at least once on it, or
// cannot go on at some state of it. Empty: there is none. Edges by index, in order.
std::vector<std::uint32_t> find_livelock(const Component& component);

// The shortest way from one state to another, with any edges; there is one. Edges by index, in order.
std::vector<std::uint32_t> shortest_walk(const Component& component, std::uint32_t from, std::uint32_t to);

}  // namespace zoneknot::sim
