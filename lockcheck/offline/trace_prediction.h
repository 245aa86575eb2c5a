// Which deadlocks a trace predicts: its lock cycles, one for each ring of places, and of each whether it is sound, that
// is, whether a run that makes some of the trace's events, in the trace's order and with every read seeing what it saw,
// ends in it (a sync-preserving deadlock). Such a run is possible; the others may be. Pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lockcheck/offline/lock_cycles.h"
#include "lockcheck/offline/lock_dependencies.h"
#include "lockcheck/offline/trace_order.h"
#include "lockcheck/order/task_segments.h"

namespace zoneknot::lockcheck {

// Rings at the same places of which it is asked whether they are sound, until one is.
inline constexpr std::uint32_t kRingsPerPlaceMax = 16;
// Rings of places that are reported.
inline constexpr std::size_t kPredictionsMax = 1000;
// After so many steps of closures the rings that are left stay possible.
inline constexpr std::uint64_t kClosureWorkMax = 200'000'000;

struct PredictedRing {
  std::vector<std::uint32_t> ring;  // dependencies: each wants what the next one owns
  bool sound = false;
  std::uint64_t run_events = 0;  // sound: of the run that ends in it
  std::uint64_t rings = 0;       // at the same places
  bool asked = false;            // whether any of them was looked at for that
};

struct TracePredictions {
  std::vector<PredictedRing> deadlocks;  // in the order of the trace
  bool all_rings = true;                 // every ring of up to kCycleTasksMax tasks was found
  bool all_places = true;                // none was left out by kPredictionsMax
};

// Gives rings that are one to a reader equal numbers: by places and classes, not by tasks and instances.
using RingPlaces = std::function<std::vector<std::uint32_t>(std::span<const std::uint32_t> ring)>;

TracePredictions predict(const std::vector<LockDependency>& dependencies, const TaskSegments& segments,
                         const TraceOrder& order, const RingPlaces& places);

// The number of events of a shortest run in which the ring's tasks all wait; 0: there is none in the trace's order.
std::uint64_t sync_preserving_run(std::span<const std::uint32_t> ring, const std::vector<LockDependency>& dependencies,
                                  TraceClosure& closure);

}  // namespace zoneknot::lockcheck
