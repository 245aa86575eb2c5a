// What fork and join say about the order of two tasks' events. A task's life is cut into segments, a new one wherever
// it forks a task or has joined one; each segment knows the last segment of every other task that had ended before it
// began. Belongs to an order checker, which serialises calls.
#pragma once

#include <cstdint>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

using SegmentId = std::uint32_t;

class TaskSegments {
 public:
  void clear();

  // `parent` is kNoId for a task that nobody in the program has forked.
  void forked(core::TaskId parent, core::TaskId child);
  // `task` has waited for the end of `other`.
  void joined(core::TaskId task, core::TaskId other);

  // The present one of a task that was forked.
  [[nodiscard]] SegmentId current(core::TaskId task) const { return current_[task]; }
  [[nodiscard]] bool knows(core::TaskId task) const { return task < current_.size() && current_[task] != core::kNoId; }

  // Neither can only be reached when the other is over.
  [[nodiscard]] bool concurrent(SegmentId a, SegmentId b) const { return !before(a, b) && !before(b, a); }
  // `b` begins after `a` has ended. A segment is not before itself.
  [[nodiscard]] bool before(SegmentId a, SegmentId b) const;

 private:
  struct Segment {
    core::TaskId task = 0;
    std::uint32_t number = 0;           // of the task's segments, from 1
    std::vector<std::uint32_t> passed;  // by TaskId: segments that are over; what is missing is 0
  };

  void begin(core::TaskId task, std::vector<std::uint32_t> passed);

  std::vector<Segment> segments_;
  std::vector<SegmentId> current_;  // by TaskId; kNoId: not forked
};

}  // namespace zoneknot::lockcheck
