#include "lockcheck/task_segments.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace zoneknot::lockcheck {

void TaskSegments::clear() {
  segments_.clear();
  current_.clear();
}

void TaskSegments::begin(core::TaskId task, std::vector<std::uint32_t> passed) {
  if (task >= current_.size()) current_.resize(task + 1, core::kNoId);
  if (task >= passed.size()) passed.resize(task + 1, 0);
  const std::uint32_t number = current_[task] == core::kNoId ? 1 : segments_[current_[task]].number + 1;
  passed[task] = number - 1;
  current_[task] = static_cast<SegmentId>(segments_.size());
  segments_.push_back({task, number, std::move(passed)});
}

void TaskSegments::forked(core::TaskId parent, core::TaskId child) {
  if (parent == core::kNoId) return begin(child, {});
  assert(knows(parent));
  // The parent's present segment is over where the child begins.
  begin(parent, segments_[current_[parent]].passed);
  begin(child, segments_[current_[parent]].passed);
}

void TaskSegments::joined(core::TaskId task, core::TaskId other) {
  assert(knows(task) && knows(other));
  std::vector<std::uint32_t> passed = segments_[current_[task]].passed;
  const Segment& last = segments_[current_[other]];
  if (passed.size() < last.passed.size()) passed.resize(last.passed.size(), 0);
  for (std::size_t i = 0; i < last.passed.size(); ++i) passed[i] = std::max(passed[i], last.passed[i]);
  passed[other] = std::max(passed[other], last.number);
  begin(task, std::move(passed));
}

bool TaskSegments::before(SegmentId a, SegmentId b) const {
  const Segment& first = segments_[a];
  const std::vector<std::uint32_t>& passed = segments_[b].passed;
  return first.task < passed.size() && passed[first.task] >= first.number;
}

}  // namespace zoneknot::lockcheck
