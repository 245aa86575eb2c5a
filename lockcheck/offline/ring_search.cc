#include "lockcheck/offline/ring_search.h"

#include <algorithm>
#include <array>
#include <utility>

namespace zoneknot::lockcheck {

using core::kNoId;

RingSearch::RingSearch(const WaitShapes& of, WorkLimit& work) : shapes_(of.all), work_(work) {
  const std::vector<WaitShape>& shapes = of.all;
  std::vector<OwnableId> resources;
  for (const WaitShape& shape : shapes) {
    resources.push_back(shape.wanted);
    for (const OwnedAt& owned : shape.owned) resources.push_back(owned.what);
  }
  std::ranges::sort(resources);
  resources.erase(std::ranges::unique(resources).begin(), resources.end());
  const auto number = [&resources](OwnableId what) {
    return static_cast<std::uint32_t>(std::ranges::lower_bound(resources, what) - resources.begin());
  };
  owners_.resize(resources.size());
  wanters_.resize(resources.size());
  way_back_.resize(resources.size(), kFar);
  for (std::uint32_t shape = 0; shape < shapes.size(); ++shape) {
    Part part{.wanted = number(shapes[shape].wanted), .owned = {}};
    wanters_[part.wanted].push_back(shape);
    for (const OwnedAt& owned : shapes[shape].owned) {
      part.owned.push_back(number(owned.what));
      owners_[part.owned.back()].push_back(shape);
    }
    parts_.push_back(std::move(part));
  }
  // Each task of a ring wants something else.
  const auto wanted = std::ranges::count_if(wanters_, [](const auto& by) { return !by.empty(); });
  // Rings of two are looked for where there is one task too: what it does in both orders is told.
  tasks_ = std::max<std::size_t>(2, std::min(of.tasks, static_cast<std::size_t>(wanted)));
  longer_ = tasks_ > kTasksMax;
  tasks_ = std::min(tasks_, kTasksMax);
}

std::optional<std::size_t> RingSearch::next_length(std::size_t done) const {
  std::optional<std::size_t> next;
  for (const Part& part : parts_) {
    if (part.at_least == SIZE_MAX) continue;
    const std::size_t length = std::max(part.at_least, done + 1);
    if (length <= tasks_ && (!next || length < *next)) next = length;
  }
  return next;
}

bool RingSearch::of_length(std::size_t length, const Found& found, const KeptApart& kept_apart) {
  for (std::uint32_t start = 0; start < parts_.size(); ++start) {
    if (parts_[start].at_least > length) continue;
    if (!work_.is_left(kShareOfWork)) return false;
    measure(start, length);
    if (parts_[start].at_least > length) continue;
    ring_.assign(1, start);
    extend(length, found, kept_apart);
  }
  return work_.is_left(kShareOfWork);
}

// Looks twice as far as it has to, so that a long ring is not measured anew for every length below its own.
void RingSearch::measure(std::uint32_t start, std::size_t length) {
  for (const std::uint32_t resource : measured_) way_back_[resource] = kFar;
  measured_.clear();
  const auto reach = [this](std::uint32_t resource, std::uint32_t distance) {
    if (way_back_[resource] != kFar) return;
    way_back_[resource] = distance;
    measured_.push_back(resource);
  };
  for (const std::uint32_t owned : parts_[start].owned) reach(owned, 0);
  const std::size_t far_enough = 2 * length;
  std::size_t next = 0;
  for (; next < measured_.size() && way_back_[measured_[next]] < far_enough; ++next) {
    const std::uint32_t resource = measured_[next];
    for (const std::uint32_t wanter : wanters_[resource]) {
      work_.spend(1);
      if (wanter <= start) continue;
      for (const std::uint32_t owned : parts_[wanter].owned) reach(owned, way_back_[resource] + 1);
      work_.spend(parts_[wanter].owned.size());
    }
  }
  const std::uint32_t back = way_back_[parts_[start].wanted];
  if (back != kFar) {
    parts_[start].at_least = std::size_t{back} + 1;
  } else {
    parts_[start].at_least = next == measured_.size() ? SIZE_MAX : far_enough + 1;
  }
}

// Goes on from the last of the ring. Every ring is found once: from its lowest number.
void RingSearch::extend(std::size_t length, const Found& found, const KeptApart& kept_apart) {
  const std::vector<std::uint32_t>& owners = owners_[parts_[ring_.back()].wanted];
  const std::size_t left = length - ring_.size() - 1;  // after the next one
  for (auto next = std::ranges::upper_bound(owners, ring_.front()); next != owners.end(); ++next) {
    if (!work_.is_left(kShareOfWork)) return;
    work_.spend(1);
    const std::uint32_t back = way_back_[parts_[*next].wanted];
    if (back > left || (back == 0) != (left == 0) || !fits(*next, kept_apart, length)) continue;
    ring_.push_back(*next);
    if (left == 0) {
      found(ring_);
    } else {
      extend(length, found, kept_apart);
    }
    ring_.pop_back();
  }
}

// What owns the same as another one, or wants the same, is in no ring with it.
bool RingSearch::fits(std::uint32_t next, const KeptApart& kept_apart, std::size_t length) {
  const WaitShape& shape = shapes_[next];
  return std::ranges::none_of(ring_, [&](std::uint32_t number) {
    const WaitShape& other = shapes_[number];
    work_.spend(1);
    if (other.wanted == shape.wanted) return true;
    const bool one_task = other.task == shape.task && shape.task != kNoId;
    if (!one_task && may_have_a_gate(other, shape)) work_.spend(other.gates.size() + shape.gates.size());
    const OwnableId gate = one_task ? kNoId : common_gate(other, shape);
    if (!one_task && gate == kNoId) return false;
    if (length == 2) kept_apart(std::array{number, next}, gate);
    return true;
  });
}

}  // namespace zoneknot::lockcheck
