#include "lockcheck/offline/lock_cycles.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/property_map/property_map.hpp>
#include <utility>

namespace zoneknot::lockcheck {
namespace {

bool owns(const LockDependency& dependency, core::LockId lock) {
  const auto place = std::ranges::lower_bound(dependency.owned, lock, {}, &OwnedAt::lock);
  return place != dependency.owned.end() && place->lock == lock;
}

bool share_a_lock(const LockDependency& a, const LockDependency& b) {
  return std::ranges::any_of(a.owned, [&b](const OwnedAt& owned) { return owns(b, owned.lock); });
}

// By lock, the strongly connected component of "somebody owns a and wants b" that it is in: only locks of one component
// can be in a ring together.
std::vector<std::uint32_t> components_of_locks(const std::vector<LockDependency>& dependencies) {
  std::vector<std::pair<core::LockId, core::LockId>> owned_and_wanted;
  core::LockId locks = 0;
  for (const LockDependency& dependency : dependencies) {
    for (const OwnedAt& owned : dependency.owned) {
      owned_and_wanted.emplace_back(owned.lock, dependency.wanted);
      locks = std::max({locks, owned.lock + 1, dependency.wanted + 1});
    }
  }
  std::ranges::sort(owned_and_wanted);
  owned_and_wanted.erase(std::ranges::unique(owned_and_wanted).begin(), owned_and_wanted.end());
  using Graph = boost::compressed_sparse_row_graph<boost::directedS>;
  const Graph graph(boost::edges_are_sorted, owned_and_wanted.begin(), owned_and_wanted.end(), locks);
  std::vector<std::uint32_t> components(locks);
  boost::strong_components(
      graph, boost::make_iterator_property_map(components.begin(), boost::get(boost::vertex_index, graph)));
  return components;
}

class LockCycleSearch {
 public:
  LockCycleSearch(const std::vector<LockDependency>& dependencies, const TaskSegments& segments,
                  const CycleFound& found)
      : all_(dependencies), segments_(segments), found_(found) {
    const std::vector<std::uint32_t> components = components_of_locks(dependencies);
    for (std::uint32_t number = 0; number < all_.size(); ++number) {
      const LockDependency& dependency = all_[number];
      bool in_a_ring = false;
      for (const OwnedAt& owned : dependency.owned) {
        if (components[owned.lock] != components[dependency.wanted]) continue;
        in_a_ring = true;
        if (owned.lock >= owners_.size()) owners_.resize(owned.lock + 1);
        owners_[owned.lock].push_back(number);
      }
      if (in_a_ring) starts_.push_back(number);
    }
  }

  bool search() {
    for (const std::uint32_t start : starts_) {
      ring_.assign(1, start);
      extend();
    }
    return steps_ <= kCycleStepsMax;
  }

 private:
  // Goes on from the last of the ring. Every ring is found once: from its lowest number.
  void extend() {
    const core::LockId wanted = all_[ring_.back()].wanted;
    if (wanted >= owners_.size()) return;
    for (const std::uint32_t next : owners_[wanted]) {
      if (++steps_ > kCycleStepsMax) return;
      if (next <= ring_.front() || !fits(next)) continue;
      ring_.push_back(next);
      if (owns(all_[ring_.front()], all_[next].wanted)) {
        found_(ring_);
      } else if (ring_.size() < kCycleTasksMax) {
        extend();
      }
      ring_.pop_back();
    }
  }

  // What owns the same lock as another one, or wants the same, is none of a ring with it.
  bool fits(std::uint32_t next) {
    const LockDependency& dependency = all_[next];
    return std::ranges::none_of(ring_, [&](std::uint32_t number) {
      const LockDependency& other = all_[number];
      return other.task == dependency.task || other.wanted == dependency.wanted || share_a_lock(other, dependency) ||
             !segments_.concurrent(other.segment, dependency.segment);
    });
  }

  const std::vector<LockDependency>& all_;
  const TaskSegments& segments_;
  const CycleFound& found_;
  std::vector<std::vector<std::uint32_t>> owners_;  // by lock
  std::vector<std::uint32_t> starts_;
  std::vector<std::uint32_t> ring_;
  std::uint64_t steps_ = 0;
};

}  // namespace

bool for_each_lock_cycle(const std::vector<LockDependency>& dependencies, const TaskSegments& segments,
                         const CycleFound& found) {
  return LockCycleSearch(dependencies, segments, found).search();
}

}  // namespace zoneknot::lockcheck
