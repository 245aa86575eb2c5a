// convert_to_open_zone as it was until fio 3.22: it closes a full zone when it meets one in the list, and walks once.

#include "core/workload/open_zones.h"
#include "core/workload/zone_locking.h"

namespace zoneknot::core {
namespace {

bool has_room_as_of_2020(const Zone& zone, std::uint32_t min_bs) {
  return zone.wp.read() + min_bs <= zone.writable_end();
}

}  // namespace

// Under M and the lock of the zone that is dropped.
void ZoneLocking::close_listed(std::uint64_t position) {
  OpenList& list = job_.table().open_list;
  job_.table().zone(list.at(position)).open.write(false);
  list.drop(position);
  --job_.opened;
}

// Whether the zone, whose lock the task owns, is still the listed one. If another is, `listed` becomes that; if it has
// no room, it is closed.
ZoneLocking::Examined ZoneLocking::examine(const Zone& zone, std::uint64_t offset, std::uint32_t min_bs,
                                           std::uint32_t& listed) {
  const ScopedLock lock(job_.table().mutex);
  const OpenList& list = job_.table().open_list;
  const bool limited = goes_by_list(job_);
  if (limited && list.count() == 0) return Examined::none_open;
  const auto candidate = limited ? listed_zone_for(job_, offset) : zone.index;
  if (!candidate) return Examined::none_open;
  if (limited && *candidate != listed) {
    listed = *candidate;
    return Examined::elsewhere;
  }
  if (has_room_as_of_2020(zone, min_bs)) return Examined::has_room;
  if (limited) close_listed(list.position_of(*candidate).value());
  return Examined::no_room;
}

ZoneHold ZoneLocking::convert_to_open_zone(Of2020 /*era*/, std::uint64_t offset, std::uint32_t min_bs, Take how) {
  ZoneTable& table = job_.table();
  // Two reads without M: what they say may be out of date by the time the zone's lock is taken, hence the loop.
  std::uint32_t listed = table.zone_at(offset)->index;
  if (goes_by_list(job_)) {
    const std::uint32_t count = table.open_list.peek_count();
    listed = table.open_list.peek_at(place_in_list(job_, offset, count));
  }
  if (job_.fixes.has(Fix::own_range)) listed = job_.own().clamp(listed);
  for (;;) {
    job_.checkpoint({listed});
    ZoneHold hold = take(table.zone(listed), how);
    if (!hold.held()) return hold;
    switch (examine(hold.zone(), offset, min_bs, listed)) {
      case Examined::elsewhere:
        hold.unlock();
        continue;
      case Examined::none_open:
        if (!leaks_candidate()) hold.unlock();
        return {};
      case Examined::has_room:
        return hold;
      case Examined::no_room:
        if (open_another(hold, how)) return hold;
        if (!job_.aborted && take_open_zone_with_room(hold, min_bs, how)) return hold;
        if (hold.held()) hold.unlock();
        return {};
    }
  }
}

// Goes round the job's range from the held zone on, exchanging the hold, until a zone that was not listed could be
// opened.
bool ZoneLocking::open_another(ZoneHold& hold, Take how) {
  ZoneTable& table = job_.table();
  for (std::uint64_t steps = job_.range().length / table.zone_size(); steps > 0; --steps) {
    job_.landmark({hold.zone().index, steps});
    const std::uint64_t next = table.end_of(hold.zone());
    const bool inside = job_.range().contains(next) && next < table.device_end();  // zoneskip moves the range
    Zone& zone = *table.zone_at(inside ? next : job_.range().base);
    hold.unlock();
    hold = take(zone, how);
    if (!hold.held()) return false;
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
      const ScopedLock lock(job_.table().mutex);
      if (i >= job_.table().open_list.count()) return false;
      listed = job_.table().open_list.at(i);
    }
    if (job_.fixes.has(Fix::own_range) && !job_.own().contains(listed)) continue;
    hold.unlock();
    hold = take(job_.table().zone(listed), how);
    if (!hold.held()) return false;
    if (has_room_as_of_2020(hold.zone(), min_bs)) return true;
  }
}

}  // namespace zoneknot::core
