// The visible operations of an execution in their order, as plain data: what a simulator has seen, and what real
// threads can be made to follow. Ids are those that both worlds give in the order of creation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::core {

enum class StepKind : std::uint8_t {
  start,  // of a task, which is the object
  lock,   // has got it
  try_lock,
  unlock,
  join,  // the object is the task that has ended
  read,  // of a cell
  write,
  update,
  acquire,  // has got a unit of a semaphore
  release,
  sleep,     // is over
  submit,    // an I/O reaches the device
  manage,    // a zone is opened, closed, finished or reset
  complete,  // the task's I/O with this tag has ended at the device
  reap,
  cancel,
  checkpoint,
  draw,  // the object is the value
};

constexpr std::string_view step_word(StepKind kind) {
  constexpr std::array<std::string_view, 18> kWords = {
      "start",   "lock",  "try_lock", "unlock", "join",     "read", "write",  "update",     "acquire",
      "release", "sleep", "submit",   "manage", "complete", "reap", "cancel", "checkpoint", "draw"};
  return kWords.at(static_cast<std::size_t>(kind));
}

// Whether the object of such a step has to be the same for the step to be the same.
constexpr bool step_names_object(StepKind kind) { return kind <= StepKind::release && kind != StepKind::start; }

struct ScheduledStep {
  TaskId task = kNoId;  // who makes it
  StepKind kind = StepKind::start;
  std::uint32_t object = 0;  // lock, cell, semaphore or task, and as above
  std::uint64_t now_ns = 0;  // what the clock says after it
  Site site{};
};

using StepList = std::vector<ScheduledStep>;

}  // namespace zoneknot::core
