// adjust_block of both pages: takes the lock of the zone that an I/O is for, and moves the I/O to where that zone can
// take it. What a later release rewrote is a function of its own, in a file of its own. Runs on its job's task.
#pragma once

#include "core/workload/zone_locking.h"
#include "core/workload/zone_resets.h"

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
  // Where an I/O goes: into a zone that is held, or into one that needs no lock.
  struct Place {
    bool found = false;
    ZoneHold hold;
  };
  static Place place_in(ZoneHold hold) {
    const bool found = hold.held();
    return {found, std::move(hold)};
  }
  static Place nowhere(ZoneHold hold);

  Place place_read(IoRequest& io, ZoneHold hold);
  bool reset_is_due() { return job_.spec.zone_reset_frequency > 0 && reset_is_due_now(); }
  bool reset_is_due_now();
  Adjusted accept(IoUnit& unit, Place place);

  // The routine of 2020: fio until 3.19, and the series.
  Adjusted adjust_block(Of2020 era, IoUnit& unit, ZoneHold hold);
  Place write_of_2020(IoRequest& io, ZoneHold hold);

  // Since fio 3.20.
  Adjusted adjust_block(Fio320 era, IoUnit& unit, ZoneHold hold);
  Place read_of_3_20(IoRequest& io, ZoneHold hold);
  Adjusted written_instead(IoUnit& unit);
  Place write_of_3_20(IoRequest& io, ZoneHold hold);
  Place trim_of_3_20(IoRequest& io, ZoneHold hold);
  bool reset_and_rewind(Zone& zone);
  Place without_a_place(int error, ZoneHold hold);
  void keep_in_conventional(IoRequest& io, const Zone& zone) const;

  // Since fio 3.34.
  Place write_of_3_34(IoUnit& unit, ZoneHold hold);
  ZoneHold zone_with_room(IoRequest& io, ZoneHold hold);
  bool verify_instead(IoUnit& unit);

  JobContext& job_;
  IoPipeline& pipeline_;
  ZoneLocking& locking_;
  ZoneResets& resets_;
};

}  // namespace zoneknot::core
