#include "core/block_adjuster.h"

#include <algorithm>

namespace zoneknot::core {
namespace {

std::uint64_t round_down(std::uint64_t value, std::uint64_t unit) { return value / unit * unit; }

ZoneHold give_up(ZoneHold hold) {
  if (hold.held()) hold.unlock();
  return hold;
}

}  // namespace

Adjusted BlockAdjuster::accept(IoUnit& unit, ZoneHold hold) {
  if (!hold.held()) return Adjusted::eof;
  if (hold.zone().conventional() && job_.fixes.has(Fix::accept_conventional)) {
    hold.unlock();
    return Adjusted::accepted;
  }
  unit.has_queue_done = true;
  unit.has_put = true;
  unit.hold = std::move(hold);
  return Adjusted::accepted;
}

Adjusted BlockAdjuster::adjust_block(IoUnit& unit) {
  job_.landmark();
  const Take how = job_.fixes.has(Fix::adjust_trylock) ? Take::careful : Take::plain;
  IoRequest& io = unit.request;
  Zone& zone = *job_.table.zone_at(io.offset);
  if (zone.conventional()) return Adjusted::accepted;
  const bool offline = zone.condition == ZoneCondition::offline;
  if (io.direction == Direction::read && job_.spec.read_beyond_wp && !offline) return Adjusted::accepted;
  ZoneHold hold = locking_.take(zone, how);
  switch (io.direction) {
    case Direction::read:
      if (job_.verifying) {
        return accept(unit, locking_.replay_order(std::move(hold), io.offset, job_.spec.min_bs_of(Direction::read)));
      }
      return accept(unit, place_read(io, std::move(hold)));
    case Direction::write:
      return accept(unit, place_write(io, std::move(hold)));
    case Direction::trim:
    case Direction::sync:
      return accept(unit, std::move(hold));
  }
  return Adjusted::eof;
}

// Moves a READ below a write pointer.
ZoneHold BlockAdjuster::place_read(IoRequest& io, ZoneHold hold) {
  const std::uint32_t min_bs = job_.spec.min_bs_of(Direction::read);
  const bool random = job_.spec.random;
  const std::uint64_t offset_in_zone = io.offset - hold.zone().start;
  const auto written = [](const Zone& zone) {
    return zone.condition == ZoneCondition::offline ? 0 : zone.wp.read() - zone.start;
  };
  std::uint64_t range = written(hold.zone());
  if (range < min_bs || (!random && io.offset + min_bs > hold.zone().wp.read())) {
    const Zone& from = hold.zone();
    hold.unlock();
    hold = locking_.find_zone(from, min_bs);
    if (!hold.held()) return hold;
    range = hold.zone().wp.read() - hold.zone().start;
    if (!random) io.offset = hold.zone().start;
  }
  const Zone& zone = hold.zone();
  if (range <= io.length) {
    io.offset = zone.start;
  } else if (random) {
    io.offset = zone.start + round_down(offset_in_zone % (range - io.length), min_bs);
  }
  const std::uint64_t readable = zone.wp.read() - io.offset;
  io.length = static_cast<std::uint32_t>(round_down(std::min<std::uint64_t>(io.length, readable), min_bs));
  return hold;
}

// `zone_reset_threshold` and `zone_reset_frequency`. The bytes with data are read without M.
bool BlockAdjuster::reset_is_due() {
  if (job_.spec.zone_reset_frequency <= 0) return false;
  const double threshold = static_cast<double>(job_.range.length) * job_.spec.zone_reset_threshold;
  return static_cast<double>(job_.table.sectors_with_data.peek()) >= threshold && resets_.dec_write_cnt();
}

// Moves a WRITE to the write pointer of a zone that is open and has room.
ZoneHold BlockAdjuster::place_write(IoRequest& io, ZoneHold hold) {
  const std::uint32_t min_bs = job_.spec.min_bs_of(Direction::write);
  if (hold.zone().condition == ZoneCondition::offline) {
    job_.program_aborts("write to an offline zone");
    return give_up(std::move(hold));
  }
  if (io.length > job_.table.zone_size()) return give_up(std::move(hold));
  if (!locking_.open_zone(hold.zone())) {
    hold.unlock();
    if (job_.aborted) return hold;
    hold = locking_.convert_to_open_zone(io.offset, min_bs);
    if (!hold.held() || job_.aborted) return give_up(std::move(hold));
  }
  Zone& zone = hold.zone();
  job_.landmark({zone.index});
  if (reset_is_due()) zone.reset_zone.write(true);
  if (zone.reset_zone.read() || zone.full(min_bs)) {
    if (job_.spec.verify != VerifyKind::none) {
      job_.program_aborts("reset of a zone whose data is still to be verified");
      return give_up(std::move(hold));
    }
    pipeline_.quiesce();
    zone.reset_zone.write(false);
    if (!resets_.reset_zone(zone)) return give_up(std::move(hold));
  }
  io.offset = zone.wp.read();
  if (!job_.range.contains(io.offset)) return give_up(std::move(hold));
  // A zone that is returned without a look at its type may have its pointer behind its capacity: no room then.
  const std::uint64_t room = zone.writable_end() - std::min(io.offset, zone.writable_end());
  io.length = static_cast<std::uint32_t>(round_down(std::min<std::uint64_t>(io.length, room), min_bs));
  if (io.length == 0) return give_up(std::move(hold));
  return hold;
}

}  // namespace zoneknot::core
