// What fork and join say about the order of two tasks' events. A task's life is cut into segments, a new one wherever
// it forks a task or has joined one; two segments cannot run at the same time if one is always over before the other
// begins. Takes room for each fork and join, whatever the number of tasks. Belongs to an order checker, which
// serialises calls.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

using SegmentId = std::uint32_t;

class TaskSegments {
 public:
  void clear();
  // Another run of the same program: the tasks begin anew. The n-th segment of a task is the same in all runs, and the
  // first run that comes to it says where it forks or is joined.
  void next_run() { current_.clear(); }

  // `parent` is kNoId for a task that nobody in the program has forked.
  void forked(core::TaskId parent, core::TaskId child);
  // `task` has waited for the end of `other`.
  void joined(core::TaskId task, core::TaskId other);
  // The one the task is in; its first one if nothing was said of the task yet.
  SegmentId current(core::TaskId task);

  // Whether segments of two tasks can run at the same time: neither has to be over before the other begins. The first
  // question about a segment since the last fork or join costs as much as there are segments.
  [[nodiscard]] bool concurrent(SegmentId a, SegmentId b) const { return !before(a, b) && !before(b, a); }

 private:
  static constexpr std::size_t kRemembered = 1024;

  struct Segment {
    core::TaskId task = 0;
    SegmentId next = core::kNoId;   // of the same task
    SegmentId other = core::kNoId;  // of the task that is forked, or that joins this one, at its end
  };

  SegmentId begin(core::TaskId task);
  // `b` begins after `a` has ended.
  [[nodiscard]] bool before(SegmentId a, SegmentId b) const { return first_after(a)[segments_[b].task] <= b; }
  // The first segment of each other task that can only begin after `segment`; by task.
  const std::vector<SegmentId>& first_after(SegmentId segment) const;

  std::vector<Segment> segments_;                                              // those of a task in ascending order
  std::vector<SegmentId> first_;                                               // by task; kNoId: none yet
  std::vector<SegmentId> current_;                                             // by task; kNoId: none yet
  mutable std::unordered_map<SegmentId, std::vector<SegmentId>> first_after_;  // as things are; looked up only
};

}  // namespace zoneknot::lockcheck
