// The writes of adjust_block since fio 3.34: zones with less room than a block are finished, and a logged write is
// verified before its zone is reset.

#include <algorithm>
#include <cerrno>

#include "core/workload/block_adjuster.h"
#include "core/workload/verifier.h"

namespace zoneknot::core {

// A zone that is open and has room for a block, or will have it once it was reset.
ZoneHold BlockAdjuster::zone_with_room(IoRequest& io, ZoneHold hold) {
  const std::uint32_t min_bs = job_.spec.min_bs_of(Direction::write);
  if (!job_.fixes.has(Fix::finish)) {
    if (locking_.open_zone(hold.zone())) return hold;
    hold.unlock();
    if (job_.aborted) return hold;
    return locking_.convert_to_open_zone(io.offset, min_bs);
  }
  for (;;) {
    job_.checkpoint({hold.zone().index});
    hold = locking_.convert_from(std::move(hold), io.offset, min_bs);
    if (!hold.held() || job_.aborted || locking_.writes_remainders()) return hold;
    const std::uint64_t room = hold.zone().room();
    if (room == 0 || room >= min_bs) return hold;
  }
}

// The oldest logged write, unless it is still under way, is read back in place of the WRITE that was drawn.
bool BlockAdjuster::verify_instead(IoUnit& unit) {
  if (job_.verifier == nullptr) return false;
  const auto logged = job_.verifier->peek_logged();
  if (!logged || pipeline_.writes(logged->sequence)) return false;
  static_cast<void>(job_.verifier->next_logged());
  unit.purpose = UnitPurpose::verify_read;
  unit.verify_sequence = logged->sequence;
  unit.request.direction = Direction::read;
  unit.request.file = logged->file;
  unit.request.offset = logged->offset;
  unit.request.length = logged->length;
  return true;
}

BlockAdjuster::Place BlockAdjuster::write_of_3_34(IoUnit& unit, ZoneHold hold) {
  IoRequest& io = unit.request;
  const std::uint32_t min_bs = job_.spec.min_bs_of(Direction::write);
  const bool remainders = locking_.writes_remainders();
  if (io.length > job_.table().zone_size()) return without_a_place(EINVAL, std::move(hold));
  hold = zone_with_room(io, std::move(hold));
  if (!hold.held() || job_.aborted) return nowhere(std::move(hold));
  Zone& zone = hold.zone();
  job_.landmark({zone.index});
  if (reset_is_due()) zone.reset_zone.write(true);
  const bool full = !zone.conventional() && (remainders ? zone.room() == 0 : zone.room() < min_bs);
  if (zone.reset_zone.read() || full) {
    if (job_.spec.verify != VerifyKind::none) {
      if (!job_.fixes.has(Fix::verify_first)) {
        if (job_.program_aborts("reset of a zone whose data is still to be verified")) return nowhere(std::move(hold));
      } else if (verify_instead(unit)) {
        hold.unlock();
        return {true, {}};
      }
    }
    if (!reset_and_rewind(zone)) return nowhere(std::move(hold));
    if (zone.capacity < min_bs) return without_a_place(EINVAL, std::move(hold));
  }
  io.offset = zone.wp.read();
  if (!job_.range().contains(io.offset)) return without_a_place(EINVAL, std::move(hold));
  io.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(io.length, zone.room_at(io.offset)));
  if (!remainders || io.length > min_bs) io.length = io.length / min_bs * min_bs;
  if (io.length == 0) return without_a_place(EIO, std::move(hold));
  return {true, std::move(hold)};
}

}  // namespace zoneknot::core
