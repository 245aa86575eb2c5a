#include "core/zone_locking.h"

#include <algorithm>

namespace zoneknot::core {
namespace {

bool has_room(const Zone& zone, std::uint32_t min_bs) { return zone.wp.read() + min_bs <= zone.writable_end(); }

}  // namespace

ZoneHold ZoneLocking::take(Zone& zone, Take how, Site site) {
  if (how == Take::plain) {
    zone.lock.lock(site);
  } else if (!zone.lock.try_lock(site)) {
    reap_own_io();
    zone.lock.lock(site);
  }
  return {job_.world, zone, site};
}

bool ZoneLocking::open_zone(Zone& zone) {
  if (zone.condition == ZoneCondition::offline) return false;
  if (job_.spec.verify != VerifyKind::none && zone.full(job_.spec.min_bs_of(Direction::write))) return false;
  const std::uint32_t limit = job_.spec.open_zone_limit();
  if (limit == 0) return true;
  const ScopedLock lock(job_.table.mutex);
  OpenList& list = job_.table.open_list;
  if (list.count() > limit) {
    job_.program_aborts("more zones are open than the job's limit");
    return false;
  }
  if (zone.open.read()) return true;
  if (list.count() == limit) return false;
  list.append(zone.index);
  zone.open.write(true);
  return true;
}

// Under M and the lock of the zone that is dropped.
void ZoneLocking::close_zone(std::uint64_t position) {
  OpenList& list = job_.table.open_list;
  job_.table.zone(list.at(position)).open.write(false);
  list.drop(position);
}

// Whether the zone, whose lock the task owns, is still the listed one. If another is, `listed` becomes that; if it has
// no room, it is closed.
ZoneLocking::Examined ZoneLocking::examine(const Zone& zone, std::uint64_t offset, std::uint32_t min_bs,
                                           std::uint32_t& listed) {
  const ScopedLock lock(job_.table.mutex);
  const OpenList& list = job_.table.open_list;
  const bool limited = job_.spec.open_zone_limit() != 0;
  if (limited && list.count() == 0) return Examined::none_open;
  const std::uint64_t position = job_.list_position(offset, list.count());
  if (limited && list.at(position) != listed) {
    listed = list.at(position);
    return Examined::elsewhere;
  }
  if (has_room(zone, min_bs)) return Examined::has_room;
  if (limited) close_zone(position);
  return Examined::no_room;
}

ZoneHold ZoneLocking::convert_to_open_zone(std::uint64_t offset, std::uint32_t min_bs) {
  const Take how = job_.fixes.has(Fix::zone_lock) ? Take::careful : Take::plain;
  ZoneTable& table = job_.table;
  // Two reads without M: what they say may be out of date by the time the zone's lock is taken, hence the loop.
  std::uint32_t listed = table.zone_at(offset)->index;
  if (job_.spec.open_zone_limit() != 0) {
    const std::uint32_t count = table.open_list.peek_count();
    listed = table.open_list.peek_at(job_.list_position(offset, count));
  }
  for (;;) {
    job_.checkpoint({listed});
    ZoneHold hold = take(table.zone(listed), how);
    switch (examine(hold.zone(), offset, min_bs, listed)) {
      case Examined::elsewhere:
        hold.unlock();
        continue;
      case Examined::none_open:
        hold.unlock();
        return {};
      case Examined::has_room:
        return hold;
      case Examined::no_room:
        if (open_another(hold, how)) return hold;
        if (!job_.aborted && take_open_zone_with_room(hold, min_bs, how)) return hold;
        hold.unlock();
        return {};
    }
  }
}

// Goes round the job's range from the held zone on, exchanging the hold, until a zone that was not listed could be
// opened.
bool ZoneLocking::open_another(ZoneHold& hold, Take how) {
  ZoneTable& table = job_.table;
  for (std::uint64_t steps = job_.range.length / table.zone_size(); steps > 0; --steps) {
    job_.landmark({hold.zone().index, steps});
    const std::uint64_t next = table.end_of(hold.zone());
    const bool inside = job_.range.contains(next) && next < table.device_end();  // zoneskip moves the range
    Zone& zone = *table.zone_at(inside ? next : job_.range.base);
    hold.unlock();
    hold = take(zone, how);
    if (zone.open.read()) continue;
    if (open_zone(zone)) return true;
    if (job_.aborted) return false;
  }
  return false;
}

bool ZoneLocking::take_open_zone_with_room(ZoneHold& hold, std::uint32_t min_bs, Take how) {
  for (std::uint32_t i = 0;; ++i) {
    job_.landmark({hold.zone().index, i});
    std::uint32_t listed = 0;
    {
      const ScopedLock lock(job_.table.mutex);
      if (i >= job_.table.open_list.count()) return false;
      listed = job_.table.open_list.at(i);
    }
    hold.unlock();
    hold = take(job_.table.zone(listed), how);
    if (has_room(hold.zone(), min_bs)) return true;
  }
}

ZoneHold ZoneLocking::find_zone(const Zone& from, std::uint32_t min_bs) {
  const std::uint64_t zone_size = job_.table.zone_size();
  const std::uint64_t end = std::min(job_.range.end(), job_.table.device_end());  // zoneskip moves the range
  const std::uint64_t zones_above = from.start < end ? (end - from.start - 1) / zone_size : 0;
  const std::uint64_t zones_below = from.start > job_.range.base ? (from.start - job_.range.base) / zone_size : 0;
  const bool random = job_.spec.random;
  const Take how = job_.fixes.has(Fix::find_lock) ? Take::careful : Take::plain;
  const RoutineMark routine(job_);

  // A zone that is offline is passed over; a sequential job's search ends there.
  const auto readable = [&](Zone& zone) {
    ZoneHold hold = take(zone, how);
    if (zone.wp.read() - zone.start >= min_bs) return hold;
    hold.unlock();
    return hold;
  };
  for (std::uint64_t distance = 1; distance <= std::max(zones_above, random ? zones_below : 0); ++distance) {
    for (const bool above : {true, false}) {
      if (distance > (above ? zones_above : zones_below) || (!above && !random)) continue;
      const std::uint64_t index = above ? from.index + distance : from.index - distance;
      routine.landmark({index});
      Zone& zone = job_.table.zone(static_cast<std::uint32_t>(index));
      if (zone.condition == ZoneCondition::offline) {
        if (!random) return {};
        continue;
      }
      if (ZoneHold hold = readable(zone); hold.held()) return hold;
    }
  }
  return {};
}

ZoneHold ZoneLocking::replay_order(ZoneHold hold, std::uint64_t& offset, std::uint32_t min_bs) {
  if (!open_zone(hold.zone())) {
    hold.unlock();
    if (job_.aborted) return hold;
    hold = convert_to_open_zone(offset, min_bs);
    if (!hold.held()) {
      job_.program_aborts("no zone to replay a read in");
      return hold;
    }
  }
  Zone& zone = hold.zone();
  const std::uint64_t step = job_.spec.min_bs_of(Direction::write);
  std::uint32_t block = zone.verify_block.read();
  const bool beyond = zone.start + (std::uint64_t{block} + 1) * step > zone.writable_end();
  if (beyond && job_.fixes.has(Fix::replay_order_wrap)) block = 0;
  offset = zone.start + std::uint64_t{block} * step;
  zone.verify_block.write(block + 1);
  return hold;
}

}  // namespace zoneknot::core
