#include "core/workload/block_adjuster.h"

#include <algorithm>

#include "core/workload/write_recovery.h"

namespace zoneknot::core {
namespace {

// Any of these makes it the routine of fio 3.20.
constexpr FixSet kLaterThan2020 =
    FixSet::of({Fix::replay_writers, Fix::reader_below_wp, Fix::conv_free, Fix::eof_error, Fix::trim_resets,
                Fix::finish, Fix::verify_first, Fix::no_replay, Fix::write_remainder, Fix::replay_unlock});

std::uint64_t round_down(std::uint64_t value, std::uint64_t unit) { return value / unit * unit; }

}  // namespace

BlockAdjuster::Place BlockAdjuster::nowhere(ZoneHold hold) {
  if (hold.held()) hold.unlock();
  return {};
}

Adjusted BlockAdjuster::accept(IoUnit& unit, Place place) {
  if (!place.found) return Adjusted::eof;
  if (!place.hold.held()) return Adjusted::accepted;
  if (place.hold.zone().conventional() && job_.fixes.has(Fix::accept_conventional)) {
    place.hold.unlock();
    return Adjusted::accepted;
  }
  if (unit.request.direction == Direction::write) count_accepted_write(job_, place.hold.zone());
  unit.has_queue_done = true;
  unit.has_put = true;
  unit.hold = std::move(place.hold);
  return Adjusted::accepted;
}

Adjusted BlockAdjuster::adjust_block(IoUnit& unit) {
  job_.landmark();
  const Take how = job_.fixes.has(Fix::adjust_trylock) ? Take::careful : Take::plain;
  IoRequest& io = unit.request;
  Zone& zone = *job_.table().zone_at(io.offset);
  if (zone.conventional()) {
    keep_in_conventional(io, zone);
    return Adjusted::accepted;
  }
  const bool offline = zone.condition == ZoneCondition::offline;
  if (io.direction == Direction::read && job_.spec.read_beyond_wp && !offline) return Adjusted::accepted;
  ZoneHold hold = locking_.take(zone, how);
  // A zone that is being mended is waited for, by taking its lock again and again.
  while (hold.held() && pipeline_.asynchronous() && is_being_mended(job_, zone)) {
    hold.unlock();
    job_.checkpoint({zone.index});
    pipeline_.quiesce();
    hold = locking_.take(zone, how);
  }
  if (!hold.held()) return Adjusted::eof;
  const bool later = !job_.fixes.common(kLaterThan2020).empty();
  return later ? adjust_block(Fio320(), unit, std::move(hold)) : adjust_block(Of2020(), unit, std::move(hold));
}

// Moves a READ below a write pointer.
BlockAdjuster::Place BlockAdjuster::place_read(IoRequest& io, ZoneHold hold) {
  const std::uint32_t min_bs = job_.spec.min_bs_of(Direction::read);
  const bool random = job_.spec.random;
  const Zone* zone = &hold.zone();
  const std::uint64_t offset_in_zone = io.offset - zone->start;
  std::uint64_t range = zone->condition == ZoneCondition::offline ? 0 : zone->data_end() - zone->start;
  if (range < min_bs || (!random && io.offset + min_bs > zone->data_end())) {
    hold.unlock();
    FoundZone found = locking_.find_zone(*zone, min_bs);
    if (found.zone == nullptr) return {};
    zone = found.zone;
    hold = std::move(found.hold);
    range = zone->data_end() - zone->start;
    if (!random) io.offset = zone->start;
  }
  if (range <= io.length) {
    io.offset = zone->start;
  } else if (random) {
    io.offset = zone->start + round_down(offset_in_zone % (range - io.length), min_bs);
  }
  if (!hold.held()) return {true, {}};
  const std::uint64_t readable = zone->data_end() - io.offset;
  io.length = static_cast<std::uint32_t>(round_down(std::min<std::uint64_t>(io.length, readable), min_bs));
  return {true, std::move(hold)};
}

// `zone_reset_threshold` and `zone_reset_frequency`. The bytes with data are read without M.
bool BlockAdjuster::reset_is_due_now() {
  const double threshold = static_cast<double>(job_.range().length) * job_.spec.zone_reset_threshold;
  return static_cast<double>(peek_data(job_)) >= threshold && resets_.dec_write_cnt();
}

}  // namespace zoneknot::core
