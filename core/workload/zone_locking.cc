#include "core/workload/zone_locking.h"

#include <algorithm>

#include "core/workload/open_zones.h"

namespace zoneknot::core {

ZoneHold ZoneLocking::take(Zone& zone, Take how, Site site) {
  if (job_.fixes.has(Fix::range_assert) && !job_.own().contains(zone.index) &&
      job_.program_aborts("lock of a zone outside of the job's range", site)) {
    return {};
  }
  if (job_.fixes.has(Fix::conv_free) && zone.conventional() &&
      job_.program_aborts("lock of a conventional zone", site)) {
    return {};
  }
  if (how == Take::plain) {
    zone.lock.lock(site);
  } else if (!zone.lock.try_lock(site)) {
    reap_own_io();
    zone.lock.lock(site);
  }
  return {job_.world, zone, site};
}

bool ZoneLocking::open_zone(Zone& zone) {
  if (job_.fixes.has(Fix::device_limit)) return core::open_zone(job_, zone);
  if (zone.condition == ZoneCondition::offline) return false;
  if (job_.spec.verify != VerifyKind::none && zone.full(job_.spec.min_bs_of(Direction::write))) return false;
  const std::uint32_t limit = job_.spec.open_zone_limit();
  if (limit == 0) return true;
  const ScopedLock lock(job_.table().mutex);
  OpenList& list = job_.table().open_list;
  if (list.count() > limit && job_.program_aborts("more zones are open than the job's limit")) return false;
  if (zone.open.read()) return true;
  if (list.count() >= limit) return false;
  list.append(zone.index);
  zone.open.write(true);
  return true;
}

ZoneHold ZoneLocking::convert_to_open_zone(std::uint64_t offset, std::uint32_t min_bs) {
  const Take how = job_.fixes.has(Fix::zone_lock) ? Take::careful : Take::plain;
  return job_.fixes.has(Fix::close_at_end) ? convert_to_open_zone(Fio323(), offset, min_bs, how)
                                           : convert_to_open_zone(Of2020(), offset, min_bs, how);
}

ZoneHold ZoneLocking::convert_from(ZoneHold head, std::uint64_t offset, std::uint32_t min_bs) {
  const Take how = job_.fixes.has(Fix::zone_lock) ? Take::careful : Take::plain;
  return convert_to_open_zone(Fio334(), offset, min_bs, std::move(head), how);
}

FoundZone ZoneLocking::find_zone(const Zone& from, std::uint32_t least) {
  const std::uint64_t zone_size = job_.table().zone_size();
  // zoneskip moves the range. Seen of fio 3.33: the zones that are the job's stay what they are, and one that the end
  // of a reader's range cuts is none of them.
  const bool own_alone = job_.fixes.has(Fix::own_range);
  const std::uint64_t begin = own_alone ? job_.own().first * zone_size : job_.range().base;
  const std::uint64_t range_end = own_alone ? job_.own().end * zone_size : job_.range().end();
  const std::uint64_t end = std::min(range_end, job_.table().device_end());
  const std::uint64_t zones_above = from.start < end ? (end - from.start - 1) / zone_size : 0;
  const std::uint64_t zones_below = from.start > begin ? (from.start - begin) / zone_size : 0;
  const bool random = job_.spec.random;
  const Take how = job_.fixes.has(Fix::find_lock) ? Take::careful : Take::plain;
  const bool locks_all = !job_.fixes.has(Fix::conv_free);
  const RoutineMark routine(job_);

  for (std::uint64_t distance = 1; distance <= std::max(zones_above, random ? zones_below : 0); ++distance) {
    for (const bool above : {true, false}) {
      if (distance > (above ? zones_above : zones_below) || (!above && !random)) continue;
      const std::uint64_t index = above ? from.index + distance : from.index - distance;
      routine.landmark({index});
      Zone& zone = job_.table().zone(static_cast<std::uint32_t>(index));
      // A zone that is offline is passed over; a sequential job's search ends there.
      if (zone.condition == ZoneCondition::offline) {
        if (!random) return {};
        continue;
      }
      if (!locks_all && zone.conventional()) {
        if (!job_.spec.trims || !job_.fixes.has(Fix::trim_sequential)) return {&zone, {}};
        continue;
      }
      ZoneHold hold = take(zone, how);
      if (!hold.held()) return {};
      if (zone.data_end() - zone.start >= least) return {&zone, std::move(hold)};
      hold.unlock();
    }
  }
  return {};
}

void ZoneLocking::delist_own() {
  if (!job_.fixes.has(Fix::end_delists)) return;
  const RoutineMark routine(job_);
  for (std::uint32_t index = job_.own().first; index < job_.own().end; ++index) {
    routine.landmark({index});
    Zone& zone = job_.table().zone(index);
    if (zone.conventional()) continue;
    ZoneHold hold = take(zone, Take::plain);
    if (!hold.held()) return;
    {
      const ScopedLock lock(job_.table().mutex);
      if (zone.open.read() && zone.opener->read() == job_.number) close_zone(job_, zone);
    }
    hold.unlock();
  }
}

ZoneHold ZoneLocking::replay_order(ZoneHold hold, IoRequest& io, std::uint32_t min_bs) {
  if (!open_zone(hold.zone())) {
    hold.unlock();
    if (job_.aborted) return hold;
    hold = convert_to_open_zone(io.offset, min_bs);
    if (!hold.held()) {
      if (!job_.aborted) job_.program_dies("no zone to replay a read in");
      return hold;
    }
  }
  Zone& zone = hold.zone();
  const bool by_length = job_.fixes.has(Fix::replay_length);
  const std::uint64_t step = job_.spec.min_bs_of(Direction::write);
  std::uint32_t block = zone.verify_block.read();
  const bool beyond = zone.start + (std::uint64_t{block} + 1) * step > zone.writable_end();
  if (beyond && job_.fixes.has(Fix::replay_order_wrap)) block = 0;
  io.offset = zone.start + std::uint64_t{block} * step;
  if (by_length && (block * step >= zone.capacity || io.offset + io.length >= zone.writable_end()) &&
      job_.program_aborts("a read is replayed at the end of its zone")) {
    hold.unlock();
    return hold;
  }
  zone.verify_block.write(block + (by_length ? static_cast<std::uint32_t>(io.length / step) : 1));
  return hold;
}

}  // namespace zoneknot::core
