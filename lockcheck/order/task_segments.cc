#include "lockcheck/order/task_segments.h"

#include <algorithm>

namespace zoneknot::lockcheck {

void TaskSegments::clear() {
  segments_.clear();
  first_.clear();
  current_.clear();
  first_after_.clear();
}

SegmentId TaskSegments::current(core::TaskId task) {
  const bool known = task < current_.size() && current_[task] != core::kNoId;
  return known ? current_[task] : begin(task);
}

SegmentId TaskSegments::begin(core::TaskId task) {
  if (!first_after_.empty()) first_after_.clear();
  if (task >= current_.size()) current_.resize(task + 1, core::kNoId);
  if (task >= first_.size()) first_.resize(task + 1, core::kNoId);
  SegmentId& next = current_[task] == core::kNoId ? first_[task] : segments_[current_[task]].next;
  if (next != core::kNoId) return current_[task] = next;  // an earlier run has been there
  current_[task] = next = static_cast<SegmentId>(segments_.size());
  segments_.push_back({.task = task});
  return current_[task];
}

void TaskSegments::forked(core::TaskId parent, core::TaskId child) {
  const SegmentId first = begin(child);
  if (parent == core::kNoId) return;
  SegmentId& other = segments_[current(parent)].other;
  if (other == core::kNoId) other = first;
  begin(parent);
}

void TaskSegments::joined(core::TaskId task, core::TaskId other) {
  current(task);
  SegmentId last = current(other);
  const SegmentId after = begin(task);
  // A task that is joined twice ends in a segment of its own, so that each has one that comes after.
  if (segments_[last].other != core::kNoId && segments_[last].other != after) last = begin(other);
  if (segments_[last].other == core::kNoId) segments_[last].other = after;
}

const std::vector<SegmentId>& TaskSegments::first_after(SegmentId segment) const {
  const auto known = first_after_.find(segment);
  if (known != first_after_.end()) return known->second;
  if (first_after_.size() >= kRemembered) first_after_.clear();
  std::vector<SegmentId>& first = first_after_[segment];
  first.assign(first_.size(), core::kNoId);
  std::vector<SegmentId> queue{segment};
  for (bool is_start = true; !queue.empty(); is_start = false) {
    SegmentId at = queue.back();
    queue.pop_back();
    const core::TaskId task = segments_[at].task;
    const SegmentId known_from = is_start ? core::kNoId : first[task];
    if (!is_start) first[task] = std::min(first[task], at);
    // Its own later segments as well, as far as they have not been gone through.
    for (; at != core::kNoId && at < known_from; at = segments_[at].next) {
      if (segments_[at].other != core::kNoId) queue.push_back(segments_[at].other);
    }
  }
  return first;
}

}  // namespace zoneknot::lockcheck
