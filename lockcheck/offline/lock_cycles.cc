#include "lockcheck/offline/lock_cycles.h"

#include <algorithm>

namespace zoneknot::lockcheck {
namespace {

bool owns(const LockDependency& dependency, core::LockId lock) {
  const auto place = std::ranges::lower_bound(dependency.owned, lock, {}, &OwnedAt::lock);
  return place != dependency.owned.end() && place->lock == lock;
}

bool share_a_lock(const LockDependency& a, const LockDependency& b) {
  return std::ranges::any_of(a.owned, [&b](const OwnedAt& owned) { return owns(b, owned.lock); });
}

// Tarjan's strongly connected components of "somebody owns a and wants b", without recursion. Only locks of one
// component can be in a ring together.
class LockComponents {
 public:
  explicit LockComponents(const std::vector<LockDependency>& dependencies) {
    for (const LockDependency& dependency : dependencies) {
      for (const OwnedAt& owned : dependency.owned) {
        const core::LockId most = std::max(owned.lock, dependency.wanted);
        if (most >= next_.size()) next_.resize(most + 1);
        next_[owned.lock].push_back(dependency.wanted);
      }
    }
    for (std::vector<core::LockId>& targets : next_) {
      std::ranges::sort(targets);
      targets.erase(std::ranges::unique(targets).begin(), targets.end());
    }
    of_.resize(next_.size());
    for (core::LockId lock = 0; lock < next_.size(); ++lock) {
      if (of_[lock].order == 0) visit(lock);
    }
  }

  [[nodiscard]] bool together(core::LockId a, core::LockId b) const { return of_[a].component == of_[b].component; }

 private:
  struct OfLock {
    std::uint32_t order = 0;  // 0: not visited
    std::uint32_t low = 0;
    std::uint32_t component = core::kNoId;
    std::uint32_t next = 0;
  };

  void visit(core::LockId root) {
    std::vector<core::LockId> path{root};
    enter(root);
    while (!path.empty()) {
      const core::LockId lock = path.back();
      OfLock& of = of_[lock];
      if (of.next < next_[lock].size()) {
        const core::LockId target = next_[lock][of.next++];
        if (of_[target].order == 0) {
          enter(target);
          path.push_back(target);
        } else if (of_[target].component == core::kNoId) {
          of.low = std::min(of.low, of_[target].order);
        }
        continue;
      }
      if (of.low == of.order) leave(lock);
      path.pop_back();
      if (!path.empty()) of_[path.back()].low = std::min(of_[path.back()].low, of.low);
    }
  }
  void enter(core::LockId lock) {
    of_[lock].order = of_[lock].low = ++visited_;
    open_.push_back(lock);
  }
  void leave(core::LockId root) {
    for (core::LockId lock = core::kNoId; lock != root;) {
      lock = open_.back();
      open_.pop_back();
      of_[lock].component = root;
    }
  }

  std::vector<std::vector<core::LockId>> next_;
  std::vector<OfLock> of_;
  std::vector<core::LockId> open_;
  std::uint32_t visited_ = 0;
};

class LockCycleSearch {
 public:
  LockCycleSearch(const std::vector<LockDependency>& dependencies, const TaskSegments& segments,
                  const CycleFound& found)
      : all_(dependencies), segments_(segments), found_(found) {
    const LockComponents components(dependencies);
    for (std::uint32_t number = 0; number < all_.size(); ++number) {
      const LockDependency& dependency = all_[number];
      bool in_a_ring = false;
      for (const OwnedAt& owned : dependency.owned) {
        if (!components.together(owned.lock, dependency.wanted)) continue;
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
