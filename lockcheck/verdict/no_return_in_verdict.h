// The point of no return of a hang: from which step on it hangs whatever comes next. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lockcheck/verdict/resource.h"

namespace zoneknot::lockcheck {

// How a task of the stuck core stood right behind the step.
struct TaskAtNoReturn {
  TaskRef task{};
  std::vector<HeldLock> holds{};
  ResourceInVerdict waits_for{};  // none: it runs
  ResourceInVerdict wants{};      // what it waits for in the hang
};

struct NoReturnInVerdict {
  bool from_the_start = false;  // no step is needed: every execution hangs
  StepInVerdict step{};         // after it every continuation hangs; before it one did not, unless `instead` is empty
  bool at_latest = false;       // of a step before it too it may be so: there was no time to ask
  bool exhausted = false;       // every continuation was tried; else so many random ones, and all hung
  std::uint64_t continuations = 0;
  std::vector<TaskAtNoReturn> tasks{};
  // The decision that could have been another one, and what it would have been. Its step is that of `step`.
  std::optional<StepInVerdict> instead{};
  std::uint64_t instead_steps = 0;  // of the execution that went on so
  bool instead_ended = false;       // it ended without a hang; else it had none in so many steps
};

}  // namespace zoneknot::lockcheck
