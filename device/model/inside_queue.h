// Which I/Os each kind of engine carries out inside queue(). The real engines and the simulated ones go by it.
#pragma once

#include "core/io_engine.h"
#include "core/job_spec.h"

namespace zoneknot::device {

// Whether an engine of this kind does such an I/O inside queue(): psync does all, the asynchronous engines do what the
// kernel's interfaces of 2020 have no command for, unless it is to go to the device. It is busy while others are
// queued, which are to come before it.
constexpr bool inside_queue(core::EngineKind kind, core::Direction direction, bool to_device = false) {
  switch (kind) {
    case core::EngineKind::psync:
      return true;
    case core::EngineKind::libaio:
      return direction == core::Direction::trim || (direction == core::Direction::sync && !to_device);
    case core::EngineKind::io_uring:
      return direction == core::Direction::trim && !to_device;
  }
  return true;
}

}  // namespace zoneknot::device
