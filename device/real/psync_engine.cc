#include "device/real/psync_engine.h"

#include "device/real/blocking_io.h"

namespace zoneknot::device {

core::QueueStatus PsyncEngine::do_queue(core::IoRequest& request, core::Site) {
  run_now(fd_, request);
  return core::QueueStatus::completed;
}

}  // namespace zoneknot::device
