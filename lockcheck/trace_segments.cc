#include "lockcheck/trace_segments.h"

#include <algorithm>

namespace zoneknot::lockcheck {

std::uint32_t TraceSegments::current(core::TaskId task) {
  if (task >= current_.size()) current_.resize(task + 1, core::kNoId);
  return current_[task] == core::kNoId ? begin(task) : current_[task];
}

std::uint32_t TraceSegments::begin(core::TaskId task) {
  if (task >= current_.size()) current_.resize(task + 1, core::kNoId);
  const auto segment = static_cast<std::uint32_t>(segments_.size());
  segments_.push_back({.task = task});
  if (current_[task] != core::kNoId) segments_[current_[task]].next = segment;
  return current_[task] = segment;
}

void TraceSegments::forked(core::TaskId parent, core::TaskId child) {
  const std::uint32_t before = current(parent);
  segments_[before].other = begin(child);
  begin(parent);
}

void TraceSegments::joined(core::TaskId task, core::TaskId other) {
  current(task);
  const std::uint32_t last = current(other);
  const std::uint32_t after = begin(task);
  // A task that is joined twice ends in a segment of its own, so that each has one that comes after.
  if (segments_[last].other != core::kNoId) {
    segments_[begin(other)].other = after;
  } else {
    segments_[last].other = after;
  }
}

const std::vector<std::uint32_t>& TraceSegments::first_after(std::uint32_t segment) {
  const auto known = first_after_.find(segment);
  if (known != first_after_.end()) return known->second;
  if (first_after_.size() >= kRemembered) first_after_.clear();
  std::vector<std::uint32_t>& first = first_after_[segment];
  first.assign(current_.size(), core::kNoId);
  std::vector<std::uint32_t> queue{segment};
  for (bool is_start = true; !queue.empty(); is_start = false) {
    std::uint32_t at = queue.back();
    queue.pop_back();
    const core::TaskId task = segments_[at].task;
    const std::uint32_t known_from = is_start ? core::kNoId : first[task];
    if (!is_start) first[task] = std::min(first[task], at);
    // Its own later segments as well, as far as they have not been gone through.
    for (; at != core::kNoId && at < known_from; at = segments_[at].next) {
      if (segments_[at].other != core::kNoId) queue.push_back(segments_[at].other);
    }
  }
  return first;
}

bool TraceSegments::ordered(std::uint32_t before, std::uint32_t after) {
  return first_after(before)[segments_[after].task] <= after;
}

bool TraceSegments::concurrent(std::uint32_t a, std::uint32_t b) { return a != b && !ordered(a, b) && !ordered(b, a); }

}  // namespace zoneknot::lockcheck
