// adjust_block since fio 3.20; its writes are those of 3.20 to 3.33.

#include <algorithm>
#include <cerrno>

#include "core/workload/block_adjuster.h"

namespace zoneknot::core {
namespace {

constexpr FixSet kOf3_34 = FixSet::of({Fix::finish, Fix::verify_first, Fix::write_remainder});

}  // namespace

Adjusted BlockAdjuster::adjust_block(Fio320 /*era*/, IoUnit& unit, ZoneHold hold) {
  IoRequest& io = unit.request;
  Place place;
  switch (io.direction) {
    case Direction::read:
      place = read_of_3_20(io, std::move(hold));
      if (!place.found && job_.spec.mixed() && !job_.aborted && job_.fixes.has(Fix::read_to_write)) {
        return written_instead(unit);
      }
      break;
    case Direction::write:
      place = job_.fixes.common(kOf3_34).empty() ? write_of_3_20(io, std::move(hold))
                                                 : write_of_3_34(unit, std::move(hold));
      break;
    case Direction::trim:
    case Direction::sync:
      place = trim_of_3_20(io, std::move(hold));
      break;
  }
  if (place.hold.held() && place.hold.zone().condition == ZoneCondition::offline &&
      job_.program_aborts("an I/O is accepted for an offline zone")) {
    return accept(unit, nowhere(std::move(place.hold)));
  }
  const bool given_back = job_.fixes.has(Fix::replay_unlock) && job_.verifying && job_.spec.writes && place.hold.held();
  if (given_back && io.direction == Direction::read) place.hold.unlock();
  const Adjusted adjusted = accept(unit, std::move(place));
  // replay-unlock: the lock is gone, and the callbacks that give it back are installed all the same.
  if (given_back && io.direction == Direction::read) unit.has_queue_done = unit.has_put = true;
  return adjusted;
}

// read-to-write: there is nothing to read, so there is room for a block.
Adjusted BlockAdjuster::written_instead(IoUnit& unit) {
  unit.request.direction = Direction::write;
  unit.request.length = job_.spec.min_bs_of(Direction::write);
  return adjust_block(unit);
}

// A job in the state VERIFYING reads in the order of the writes, or where it was drawn, or like any other.
BlockAdjuster::Place BlockAdjuster::read_of_3_20(IoRequest& io, ZoneHold hold) {
  const std::uint32_t min_bs = job_.spec.min_bs_of(Direction::read);
  const bool writer = job_.spec.writes;
  const bool replays = !job_.fixes.has(Fix::no_replay) && (writer || !job_.fixes.has(Fix::replay_writers));
  const bool as_drawn = writer || !job_.fixes.has(Fix::reader_below_wp);
  if (job_.verifying && replays) return place_in(locking_.replay_order(std::move(hold), io, min_bs));
  if (job_.verifying && as_drawn) return {true, std::move(hold)};
  return place_read(io, std::move(hold));
}

BlockAdjuster::Place BlockAdjuster::trim_of_3_20(IoRequest& io, ZoneHold hold) {
  const bool has_data = hold.zone().wp.read() > hold.zone().start;
  if (!job_.fixes.has(Fix::trim_resets) || !job_.spec.random || has_data) return {true, std::move(hold)};
  const Zone& from = hold.zone();
  hold.unlock();
  FoundZone found = locking_.find_zone(from, 1);
  if (found.zone == nullptr) return {};
  io.offset = found.zone->start;
  if (!found.hold.held() && job_.program_aborts("trim of a conventional zone")) return {};
  return {true, std::move(found.hold)};
}

// A WRITE that begins in a conventional zone may not cross into a zone with a write pointer.
void BlockAdjuster::keep_in_conventional(IoRequest& io, const Zone& zone) const {
  if (!job_.fixes.has(Fix::conv_free) || io.direction != Direction::write) return;
  const std::uint32_t min_bs = job_.spec.min_bs_of(Direction::write);
  const std::uint64_t end = job_.table().end_of(zone);
  const Zone* const next = job_.table().zone_at(end);
  if (next == nullptr || next->conventional() || io.offset + io.length <= end) return;
  if (io.offset + min_bs > end) {
    io.offset = zone.start + (end - io.offset);
    io.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(io.length, end - io.offset));
  } else {
    io.length = static_cast<std::uint32_t>(end - io.offset);
  }
  io.length = io.length / min_bs * min_bs;
}

BlockAdjuster::Place BlockAdjuster::without_a_place(int error, ZoneHold hold) {
  if (job_.fixes.has(Fix::eof_error)) job_.fail(error);
  return nowhere(std::move(hold));
}

// Makes room for a WRITE in a zone that has none, or whose turn it is. False: there is none now either.
bool BlockAdjuster::reset_and_rewind(Zone& zone) {
  pipeline_.quiesce();  // with the zone's lock held: reaping own I/O needs no zone lock
  zone.reset_zone.write(false);
  return reset_in_place(job_, zone);
}

// Moves a WRITE to the write pointer of a zone that is open and has room.
BlockAdjuster::Place BlockAdjuster::write_of_3_20(IoRequest& io, ZoneHold hold) {
  const std::uint32_t min_bs = job_.spec.min_bs_of(Direction::write);
  if (io.length > job_.table().zone_size()) return without_a_place(EINVAL, std::move(hold));
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
    if (!reset_and_rewind(zone)) return nowhere(std::move(hold));
    if (zone.capacity < min_bs) return without_a_place(EINVAL, std::move(hold));
  }
  io.offset = zone.wp.read();
  if (!job_.range().contains(io.offset)) return without_a_place(EINVAL, std::move(hold));
  io.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(io.length, zone.room_at(io.offset)) / min_bs * min_bs);
  if (io.length == 0) return without_a_place(EIO, std::move(hold));
  return {true, std::move(hold)};
}

}  // namespace zoneknot::core
