#include "lockcheck/offline/trace_prediction.h"

#include <algorithm>
#include <map>

namespace zoneknot::lockcheck {

// Instances are gone through in the order of the trace, all of them at once: the closure of later ones has everything
// that the closure of earlier ones has, so it is never built anew, and an instance that it has come to contain is of no
// use to any later one either.
std::uint64_t sync_preserving_run(std::span<const std::uint32_t> ring, const std::vector<LockDependency>& dependencies,
                                  TraceClosure& closure) {
  closure.reset();
  std::vector<std::size_t> instance(ring.size(), 0);
  for (;;) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const LockDependency& dependency = dependencies[ring[i]];
      closure.add(dependency.task, dependency.instances[instance[i]]);
    }
    bool reached = true;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const LockDependency& dependency = dependencies[ring[i]];
      const std::vector<std::uint32_t>& instances = dependency.instances;
      if (closure.length(dependency.task) <= instances[instance[i]]) continue;
      reached = false;
      const auto next = std::ranges::lower_bound(instances, closure.length(dependency.task));
      if (next == instances.end()) return 0;
      instance[i] = static_cast<std::size_t>(next - instances.begin());
    }
    if (reached) return std::max<std::uint64_t>(closure.events(), 1);
  }
}

namespace {

class Predictor {
 public:
  Predictor(const std::vector<LockDependency>& dependencies, const TraceOrder& order, const RingPlaces& places)
      : dependencies_(dependencies), closure_(order), places_(places) {}

  void take(std::span<const std::uint32_t> ring) {
    PredictedRing* known = deadlock_at(ring);
    if (known == nullptr) return;
    ++known->rings;
    if (known->sound || known->rings > kRingsPerPlaceMax || closure_.work() > kClosureWorkMax) return;
    known->asked = true;
    known->run_events = sync_preserving_run(ring, dependencies_, closure_);
    known->sound = known->run_events > 0;
    if (known->sound) known->ring.assign(ring.begin(), ring.end());
  }

  TracePredictions predictions;

 private:
  // Null: there are too many.
  PredictedRing* deadlock_at(std::span<const std::uint32_t> ring) {
    std::vector<std::uint32_t> places = places_(ring);
    if (const auto known = known_.find(places); known != known_.end()) return &predictions.deadlocks[known->second];
    if (predictions.deadlocks.size() == kPredictionsMax) {
      predictions.all_places = false;
      return nullptr;
    }
    known_.emplace(std::move(places), predictions.deadlocks.size());
    predictions.deadlocks.push_back({.ring = {ring.begin(), ring.end()}});
    return &predictions.deadlocks.back();
  }

  const std::vector<LockDependency>& dependencies_;
  TraceClosure closure_;
  const RingPlaces& places_;
  std::map<std::vector<std::uint32_t>, std::size_t> known_;
};

}  // namespace

TracePredictions predict(const std::vector<LockDependency>& dependencies, const TaskSegments& segments,
                         const TraceOrder& order, const RingPlaces& places) {
  Predictor predictor(dependencies, order, places);
  const bool all =
      for_each_lock_cycle(dependencies, segments, [&](std::span<const std::uint32_t> ring) { predictor.take(ring); });
  predictor.predictions.all_rings = all;
  return std::move(predictor.predictions);
}

}  // namespace zoneknot::lockcheck
