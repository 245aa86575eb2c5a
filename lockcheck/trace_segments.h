// The stretches of each task between its forks and joins, and which of them can run at the same time: two cannot if one
// always ends before the other begins. Built in the order of the trace; then only asked.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

class TraceSegments {
 public:
  // The one the task is in.
  std::uint32_t current(core::TaskId task);
  void forked(core::TaskId parent, core::TaskId child);
  void joined(core::TaskId task, core::TaskId other);

  // Of segments of two tasks. The first question about a segment costs as much as there are segments.
  [[nodiscard]] bool concurrent(std::uint32_t a, std::uint32_t b);

 private:
  static constexpr std::size_t kRemembered = 1024;

  struct Segment {
    core::TaskId task = 0;
    std::uint32_t next = core::kNoId;   // of the same task
    std::uint32_t other = core::kNoId;  // of the task that is forked, or that joins this one, at its end
  };
  // The first segment of each task that can only begin after `segment`; by task.
  const std::vector<std::uint32_t>& first_after(std::uint32_t segment);
  [[nodiscard]] bool ordered(std::uint32_t before, std::uint32_t after);
  std::uint32_t begin(core::TaskId task);

  std::vector<Segment> segments_;       // those of a task in ascending order
  std::vector<std::uint32_t> current_;  // by task; kNoId: none yet
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> first_after_;
};

}  // namespace zoneknot::lockcheck
