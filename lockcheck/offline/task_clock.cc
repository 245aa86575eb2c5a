#include "lockcheck/offline/task_clock.h"

#include <algorithm>
#include <array>

namespace zoneknot::lockcheck {
namespace {

constexpr unsigned kBits = 4;
constexpr std::size_t kWays = std::size_t{1} << kBits;

std::size_t part_of(core::TaskId task, unsigned height) { return task >> (kBits * height) & (kWays - 1); }

}  // namespace

struct TaskClock::Node {};
struct TaskClock::Leaf : Node {
  std::array<std::uint32_t, kWays> lengths{};
};
struct TaskClock::Inner : Node {
  std::array<Ref, kWays> parts{};
};

std::uint32_t TaskClock::at(core::TaskId task) const {
  if (root_ == nullptr || static_cast<std::uint64_t>(task) >> (kBits * (height_ + 1)) != 0) return 0;
  const Node* node = root_.get();
  for (unsigned height = height_; height > 0 && node != nullptr; --height) {
    node = static_cast<const Inner*>(node)->parts[part_of(task, height)].get();
  }
  return node == nullptr ? 0 : static_cast<const Leaf*>(node)->lengths[part_of(task, 0)];
}

template <class Kind>
Kind& TaskClock::writable(Ref& ref) {
  if (ref == nullptr) {
    ref = std::make_shared<Kind>();
  } else if (ref.use_count() > 1) {
    ref = std::make_shared<Kind>(static_cast<const Kind&>(*ref));
  }
  return static_cast<Kind&>(*ref);
}

void TaskClock::grow_to(unsigned height) {
  for (; height_ < height; ++height_) {
    if (root_ == nullptr) continue;
    auto above = std::make_shared<Inner>();
    above->parts[0] = std::move(root_);
    root_ = std::move(above);
  }
}

void TaskClock::raise(core::TaskId task, std::uint32_t length) {
  if (at(task) >= length) return;
  unsigned height = 0;
  while (static_cast<std::uint64_t>(task) >> (kBits * (height + 1)) != 0) ++height;
  grow_to(height);
  raise(root_, height_, task, length);
}

void TaskClock::raise(Ref& ref, unsigned height, core::TaskId task, std::uint32_t length) {
  if (height == 0) {
    writable<Leaf>(ref).lengths[part_of(task, 0)] = length;
  } else {
    raise(writable<Inner>(ref).parts[part_of(task, height)], height - 1, task, length);
  }
}

void TaskClock::merge(const TaskClock& other) {
  if (other.root_ == nullptr || root_ == other.root_) return;
  TaskClock more = other;
  more.grow_to(height_);
  grow_to(more.height_);
  merge(root_, more.root_, height_);
}

// Where one has everything, its nodes are taken as they are: what is shared is what makes the next one cheap.
void TaskClock::merge(Ref& into, const Ref& other, unsigned height) {
  if (other == nullptr || into == other) return;
  if (into == nullptr) {
    into = other;
    return;
  }
  if (height == 0) {
    const auto& mine = static_cast<const Leaf&>(*into).lengths;
    const auto& theirs = static_cast<const Leaf&>(*other).lengths;
    std::array<std::uint32_t, kWays> most{};
    for (std::size_t i = 0; i < kWays; ++i) most[i] = std::max(mine[i], theirs[i]);
    if (most == mine) return;
    if (most == theirs) {
      into = other;
    } else {
      writable<Leaf>(into).lengths = most;
    }
    return;
  }
  bool all_theirs = true;
  for (std::size_t i = 0; i < kWays; ++i) {
    const Ref& theirs = static_cast<const Inner&>(*other).parts[i];
    Ref part = static_cast<const Inner&>(*into).parts[i];
    merge(part, theirs, height - 1);
    all_theirs = all_theirs && part == theirs;
    if (part != static_cast<const Inner&>(*into).parts[i]) writable<Inner>(into).parts[i] = std::move(part);
  }
  if (all_theirs) into = other;
}

TaskClock TaskClock::of_both(const TaskClock& a, const TaskClock& b) {
  TaskClock both;
  both.height_ = std::min(a.height_, b.height_);
  const auto lower = [&both](const TaskClock& clock) {
    Ref node = clock.root_;
    for (unsigned height = clock.height_; height > both.height_ && node != nullptr; --height) {
      node = static_cast<const Inner&>(*node).parts[0];
    }
    return node;
  };
  both.root_ = of_both(lower(a), lower(b), both.height_);
  return both;
}

TaskClock::Ref TaskClock::of_both(const Ref& a, const Ref& b, unsigned height) {
  if (a == b || a == nullptr || b == nullptr) return a == b ? a : nullptr;
  if (height == 0) {
    const auto& first = static_cast<const Leaf&>(*a).lengths;
    const auto& second = static_cast<const Leaf&>(*b).lengths;
    std::array<std::uint32_t, kWays> least{};
    for (std::size_t i = 0; i < kWays; ++i) least[i] = std::min(first[i], second[i]);
    if (least == first) return a;
    if (least == second) return b;
    auto leaf = std::make_shared<Leaf>();
    leaf->lengths = least;
    return leaf;
  }
  auto inner = std::make_shared<Inner>();
  bool all_first = true;
  bool none = true;
  for (std::size_t i = 0; i < kWays; ++i) {
    const Ref& first = static_cast<const Inner&>(*a).parts[i];
    inner->parts[i] = of_both(first, static_cast<const Inner&>(*b).parts[i], height - 1);
    all_first = all_first && inner->parts[i] == first;
    none = none && inner->parts[i] == nullptr;
  }
  if (none) return nullptr;
  return all_first ? a : Ref(std::move(inner));
}

}  // namespace zoneknot::lockcheck
