// Which tasks, and at which of their times, could make a ring of shapes a ring of waits: different tasks, of which none
// has to be past its wait before another one comes to its own. A pure function of what a trace shows, as far as the
// limit of work lets it come.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "lockcheck/offline/ring_search.h"
#include "lockcheck/offline/task_clock.h"

namespace zoneknot::lockcheck {

// One task's part in a ring.
struct RingPart {
  std::uint32_t dependency = 0;
  std::uint32_t instance = 0;
};

// What keeps tasks apart: forks and joins alone, or what they read as well.
enum class ApartBy : std::uint8_t { forks, data };

class RingMembers {
 public:
  // All of it must outlive this.
  RingMembers(const std::vector<LockDependency>& dependencies, const std::vector<TaskClock>& clocks,
              const std::vector<WaitShape>& shapes, WorkLimit& work)
      : dependencies_(dependencies), clocks_(clocks), shapes_(shapes), work_(work) {}

  // Each with its first instances that could be; true ends it.
  using Take = std::function<bool(std::span<const RingPart>)>;
  // In the order of the ring. False: the limit ended it.
  bool for_each(ShapeRing ring, ApartBy by, const Take& take);

  // `later` comes to its wait only after `earlier` is past its own.
  [[nodiscard]] bool is_before(const RingPart& earlier, const RingPart& later, ApartBy by) const;

 private:
  // Members of a shape as the leaves of a tree, in the order of the trace; at each node what comes before all below it.
  class Tree {
   public:
    Tree(const RingMembers& of, const std::vector<std::uint32_t>& members, ApartBy by);
    // From the member number `from` on, but those that can only come after all instances of `front`.
    template <class Visit>
    bool for_each(std::size_t from, const LockDependency& front, WorkLimit& work, const Visit& visit) const;

   private:
    template <class Visit>
    bool visit_node(std::size_t node, std::size_t low, std::size_t high, std::size_t from, const LockDependency& front,
                    WorkLimit& work, const Visit& visit) const;
    std::size_t leaves_ = 1;
    std::size_t count_ = 0;
    std::vector<TaskClock> before_;
  };

  const TaskClock& clock(const LockDependency& dependency, std::uint32_t instance, ApartBy by) const {
    const WaitInstance& at = dependency.instances[instance];
    return clocks_[by == ApartBy::forks ? at.forks : at.data];
  }
  const Tree& tree(std::uint32_t shape, ApartBy by);
  // Adds members behind `parts_`, the first of which is the earliest in the trace. True: it was ended.
  bool extend(ShapeRing ring, std::size_t first, ApartBy by, const Take& take);
  // Moves instances on until none has to be past its wait before another one comes to its own. False: there are none.
  bool move_on(std::vector<RingPart>& parts, ApartBy by);

  const std::vector<LockDependency>& dependencies_;
  const std::vector<TaskClock>& clocks_;
  const std::vector<WaitShape>& shapes_;
  WorkLimit& work_;
  std::map<std::pair<std::uint32_t, ApartBy>, Tree> trees_;
  std::vector<RingPart> parts_;
};

}  // namespace zoneknot::lockcheck
