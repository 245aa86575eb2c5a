// adjust_block of docs/protocol.md section 3: takes the lock of the zone that an I/O is for, and moves the I/O to where
// that zone can take it. Runs on its job's task.
#pragma once

#include "core/zone_locking.h"
#include "core/zone_resets.h"

namespace zoneknot::core {

enum class Adjusted : std::uint8_t {
  accepted,  // the unit owns its zone (but for conventional zones and reads beyond wp)
  eof,       // there is no place for the I/O; nothing is held
};

class BlockAdjuster {
 public:
  BlockAdjuster(JobContext& job, IoPipeline& pipeline, ZoneLocking& locking, ZoneResets& resets)
      : job_(job), pipeline_(pipeline), locking_(locking), resets_(resets) {}

  // The unit is a READ, WRITE or TRIM within the device.
  Adjusted adjust_block(IoUnit& unit);

 private:
  ZoneHold place_read(IoRequest& io, ZoneHold hold);
  ZoneHold place_write(IoRequest& io, ZoneHold hold);
  bool reset_is_due();
  Adjusted accept(IoUnit& unit, ZoneHold hold);

  JobContext& job_;
  IoPipeline& pipeline_;
  ZoneLocking& locking_;
  ZoneResets& resets_;
};

}  // namespace zoneknot::core
