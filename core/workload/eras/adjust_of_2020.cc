// adjust_block as it was until fio 3.19, and in the series of 2020.

#include <algorithm>

#include "core/workload/block_adjuster.h"

namespace zoneknot::core {

Adjusted BlockAdjuster::adjust_block(Of2020 /*era*/, IoUnit& unit, ZoneHold hold) {
  IoRequest& io = unit.request;
  switch (io.direction) {
    case Direction::read:
      if (job_.verifying) {
        return accept(unit, place_in(locking_.replay_order(std::move(hold), io, job_.spec.min_bs_of(io.direction))));
      }
      return accept(unit, place_read(io, std::move(hold)));
    case Direction::write:
      return accept(unit, write_of_2020(io, std::move(hold)));
    case Direction::trim:
    case Direction::sync:
      break;
  }
  return accept(unit, place_in(std::move(hold)));
}

// Moves a WRITE to the write pointer of a zone that is open and has room.
BlockAdjuster::Place BlockAdjuster::write_of_2020(IoRequest& io, ZoneHold hold) {
  const std::uint32_t min_bs = job_.spec.min_bs_of(Direction::write);
  if (hold.zone().condition == ZoneCondition::offline && job_.program_aborts("write to an offline zone")) {
    return nowhere(std::move(hold));
  }
  if (io.length > job_.table().zone_size()) return nowhere(std::move(hold));
  if (!locking_.open_zone(hold.zone())) {
    hold.unlock();
    if (job_.aborted) return {};
    hold = locking_.convert_to_open_zone(io.offset, min_bs);
    if (!hold.held() || job_.aborted) return nowhere(std::move(hold));
  }
  Zone& zone = hold.zone();
  job_.landmark({zone.index});
  if (reset_is_due()) zone.reset_zone.write(true);
  if (zone.reset_zone.read() || zone.full(min_bs)) {
    if (job_.spec.verify != VerifyKind::none &&
        job_.program_aborts("reset of a zone whose data is still to be verified")) {
      return nowhere(std::move(hold));
    }
    pipeline_.quiesce();
    zone.reset_zone.write(false);
    if (!reset_in_place(job_, zone)) return nowhere(std::move(hold));
  }
  io.offset = zone.wp.read();
  if (!job_.range().contains(io.offset)) return nowhere(std::move(hold));
  // A zone that is returned without a look at its type may have its pointer behind its capacity: no room then.
  io.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(io.length, zone.room_at(io.offset)) / min_bs * min_bs);
  if (io.length == 0) return nowhere(std::move(hold));
  return {true, std::move(hold)};
}

}  // namespace zoneknot::core
