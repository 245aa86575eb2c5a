// Something that is called before every visible operation of tasks on threads: it can make them wait. Called by the
// task itself, from many threads; never throws. Belongs to whoever makes the run, and outlives it.
#pragma once

#include "core/scheduled_step.h"

namespace zoneknot::device {

class StepHook {
 public:
  StepHook() = default;
  virtual ~StepHook() = default;
  StepHook(const StepHook&) = delete;
  StepHook& operator=(const StepHook&) = delete;

  virtual void before(core::TaskId task, core::StepKind kind, std::uint32_t object, core::Site site) noexcept = 0;
  // The task makes no step any more.
  virtual void ended(core::TaskId /*task*/) noexcept {}
};

}  // namespace zoneknot::device
