#include "lockcheck/offline/ring_members.h"

#include <algorithm>
#include <bit>

namespace zoneknot::lockcheck {

RingMembers::Tree::Tree(const RingMembers& of, const std::vector<std::uint32_t>& members, ApartBy by)
    : leaves_(std::bit_ceil(members.size())), count_(members.size()), before_(2 * leaves_) {
  for (std::size_t i = 0; i < leaves_; ++i) {
    // Whatever is asked of the leaves behind the last one is asked of that one.
    before_[leaves_ + i] = of.clock(of.dependencies_[members[std::min(i, count_ - 1)]], 0, by);
  }
  for (std::size_t node = leaves_ - 1; node > 0; --node) {
    before_[node] = TaskClock::of_both(before_[2 * node], before_[2 * node + 1]);
  }
}

template <class Visit>
bool RingMembers::Tree::for_each(std::size_t from, const LockDependency& front, WorkLimit& work,
                                 const Visit& visit) const {
  return visit_node(1, 0, leaves_, from, front, work, visit);
}

template <class Visit>
bool RingMembers::Tree::visit_node(std::size_t node, std::size_t low, std::size_t high, std::size_t from,
                                   const LockDependency& front, WorkLimit& work, const Visit& visit) const {
  if (high <= from || low >= count_ || !work.is_left()) return false;
  work.spend(1);
  if (before_[node].at(front.task) > front.instances.back().position) return false;
  if (high - low == 1) return visit(low);
  const std::size_t middle = (low + high) / 2;
  return visit_node(2 * node, low, middle, from, front, work, visit) ||
         visit_node(2 * node + 1, middle, high, from, front, work, visit);
}

const RingMembers::Tree& RingMembers::tree(std::uint32_t shape, ApartBy by) {
  const auto known = trees_.find({shape, by});
  if (known != trees_.end()) return known->second;
  work_.spend(2 * shapes_[shape].members.size());
  return trees_.try_emplace({shape, by}, *this, shapes_[shape].members, by).first->second;
}

bool RingMembers::is_before(const RingPart& earlier, const RingPart& later, ApartBy by) const {
  const LockDependency& first = dependencies_[earlier.dependency];
  return clock(dependencies_[later.dependency], later.instance, by).at(first.task) >
         first.instances[earlier.instance].position;
}

bool RingMembers::for_each(ShapeRing ring, ApartBy by, const Take& take) {
  for (std::size_t first = 0; first < ring.size(); ++first) {
    for (const std::uint32_t member : shapes_[ring[first]].members) {
      if (!work_.is_left()) return false;
      work_.spend(1);
      parts_.assign(1, {.dependency = member});
      if (extend(ring, first, by, take)) return work_.is_left();
    }
  }
  return work_.is_left();
}

bool RingMembers::extend(ShapeRing ring, std::size_t first, ApartBy by, const Take& take) {
  if (parts_.size() == ring.size()) {
    std::vector<RingPart> in_order(ring.size());
    for (std::size_t i = 0; i < ring.size(); ++i) in_order[(first + i) % ring.size()] = parts_[i];
    return take(in_order);
  }
  const std::uint32_t shape = ring[(first + parts_.size()) % ring.size()];
  const std::vector<std::uint32_t>& members = shapes_[shape].members;
  const LockDependency& front = dependencies_[parts_.front().dependency];
  const auto where = [this](std::uint32_t member) { return dependencies_[member].instances[0].where; };
  const auto from = std::ranges::upper_bound(members, front.instances[0].where, {}, where) - members.begin();
  if (from == static_cast<std::ptrdiff_t>(members.size())) return false;
  return tree(shape, by).for_each(static_cast<std::size_t>(from), front, work_, [&](std::size_t number) {
    const core::TaskId task = dependencies_[members[number]].task;
    work_.spend(parts_.size());
    const bool taken =
        std::ranges::any_of(parts_, [&](const RingPart& part) { return dependencies_[part.dependency].task == task; });
    if (taken) return false;
    std::vector<RingPart> before = parts_;
    parts_.push_back({.dependency = members[number]});
    const bool ended = move_on(parts_, by) && extend(ring, first, by, take);
    parts_ = std::move(before);
    return ended;
  });
}

// What comes before a later instance has all that comes before an earlier one, so an instance that is passed by is of
// no use to any later one of the others either.
bool RingMembers::move_on(std::vector<RingPart>& parts, ApartBy by) {
  for (bool moved = true; moved;) {
    moved = false;
    for (const RingPart& later : parts) {
      const TaskClock& before = clock(dependencies_[later.dependency], later.instance, by);
      for (RingPart& part : parts) {
        if (&part == &later) continue;
        work_.spend(1);
        const LockDependency& of = dependencies_[part.dependency];
        const std::uint32_t past = before.at(of.task);
        if (past <= of.instances[part.instance].position) continue;
        const auto next = std::ranges::lower_bound(of.instances, past, {}, &WaitInstance::position);
        if (next == of.instances.end()) return false;
        part.instance = static_cast<std::uint32_t>(next - of.instances.begin());
        moved = true;
      }
    }
  }
  return true;
}

}  // namespace zoneknot::lockcheck
