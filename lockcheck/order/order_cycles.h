// The deadlocks that an order graph predicts: cycles in which different tasks own what the next one waits for, under
// no common lock and not one after the other by fork and join. Pure functions of what an order checker has seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lockcheck/order/order_graph.h"
#include "lockcheck/order/order_prediction.h"
#include "lockcheck/order/task_segments.h"
#include "lockcheck/order/wakers.h"

namespace zoneknot::lockcheck {

// What a node of the graph stands for.
struct Resource {
  ResourceRef what;
  std::string lock{};  // its name, of a lock
  Wakers wakers{};     // of a condition variable or a pool
};

// What predicted_cycles() looks at; all of it must outlive the call.
struct OrderFacts {
  const OrderGraph& graph;
  const std::vector<Resource>& resources;  // by node
  const TaskSegments& segments;
};

// One task's part: it owns the edge's first node and waits for its second.
struct CycleLink {
  EdgeId edge = 0;
  std::uint32_t sighting = 0;  // index
};

struct PredictedCycles {
  // For each edge that closes one the shortest ones, as far as they are about other resources than those before, or are
  // at other places.
  std::vector<std::vector<CycleLink>> cycles;
  bool complete = true;  // false: kMaxCycleTries was met, there may be more
};

inline constexpr std::uint32_t kMaxCycleLinks = 8;
inline constexpr std::uint64_t kMaxCycleTries = 1'000'000;  // combinations of sightings looked at, in all
inline constexpr std::uint64_t kMoreCycleTries = 10'000;    // for an edge, once it has a cycle

PredictedCycles predicted_cycles(const OrderFacts& facts);

}  // namespace zoneknot::lockcheck
