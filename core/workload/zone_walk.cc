// The walk of convert_to_open_zone since fio 3.23: what its eras are made of.

#include "core/workload/jobs_in_flight.h"
#include "core/workload/open_zones.h"
#include "core/workload/zone_locking.h"

namespace zoneknot::core {

ZoneLocking::Walk ZoneLocking::walk_of(std::uint64_t offset, std::uint32_t min_bs, Take how) const {
  return {.offset = offset, .min_bs = min_bs, .how = how, .hold = {}};
}

// Exchanges the zone held for another; a conventional one is not locked. False: the program aborts.
bool ZoneLocking::go_to(Walk& walk, Zone& zone, Site site) {
  const bool locked = !(zone.conventional() && job_.fixes.has(Fix::conv_free));
  if (walk.hold.held()) walk.hold.unlock(site);
  walk.zone = &zone;
  if (!locked) return true;
  walk.hold = take(zone, walk.how, site);
  return walk.hold.held();
}

// Whether the walk's zone is still the one that the list has for this I/O. If another is, `listed` becomes that.
ZoneLocking::Examined ZoneLocking::examine_listed(Walk& walk, std::uint32_t& listed) {
  const Zone& zone = *walk.zone;
  const bool passed_over = zone.condition == ZoneCondition::offline && job_.fixes.has(Fix::skip_offline);
  const ScopedLock lock(job_.table().mutex);
  const auto has_room = [&] { return zone.room() >= walk.min_bs ? Examined::has_room : Examined::no_room; };
  if (walk.hold.held() && !passed_over && !goes_by_list(job_)) return has_room();
  if (walk.hold.held() && job_.table().open_list.count() == 0) return Examined::no_room;
  const auto candidate = listed_zone_for(job_, walk.offset);
  if (!candidate) return Examined::none_open;
  if (*candidate == listed) return has_room();
  listed = *candidate;
  return Examined::elsewhere;
}

// Goes to the listed zone of this I/O, and holds it if the walk is to begin there or it has room.
ZoneLocking::Examined ZoneLocking::settle_on_listed(Walk& walk) {
  ZoneTable& table = job_.table();
  std::uint32_t listed = table.zone_at(walk.offset)->index;
  if (goes_by_list(job_)) {
    // Two reads without M: what they say may be out of date by the time the zone's lock is taken, hence the loop.
    const std::uint32_t count = table.open_list.peek_count();
    listed = table.open_list.peek_at(place_in_list(job_, walk.offset, count));
  }
  if (job_.fixes.has(Fix::own_range)) listed = job_.own().clamp(listed);
  for (;;) {
    job_.checkpoint({listed, walk.told()});
    if (!go_to(walk, table.zone(listed))) return Examined::none_open;
    const Examined examined = examine_listed(walk, listed);
    if (examined == Examined::has_room || examined == Examined::no_room) return examined;
    if (examined == Examined::none_open && leaks_candidate()) return examined;
    if (walk.hold.held()) walk.hold.unlock();
    if (examined == Examined::none_open) return examined;
  }
}

// As fio was for six days: M and the zone stay locked. The hold tells of the zone when the caller drops it.
bool ZoneLocking::leaks_candidate() {
  if (!job_.fixes.has(Fix::candidate_leak)) return false;
  job_.table().mutex.lock();
  return true;
}

// No other zone can be opened before one is closed.
bool ZoneLocking::limit_is_reached() {
  const ScopedLock lock(job_.table().mutex);
  const std::uint32_t count = job_.table().open_list.count();
  return count == job_.own().end - job_.own().first || slots_are_used_up(job_);
}

// What was seen under M is forgotten by then.
void ZoneLocking::quiesce_on(const Walk& walk) {
  job_.landmark({walk.zone->index, walk.told()});
  pipeline_.quiesce();
}

// Goes round the job's range from the walk's zone on, past those that are listed, until one could be opened.
bool ZoneLocking::open_next(Walk& walk) {
  ZoneTable& table = job_.table();
  for (std::uint64_t steps = job_.range().length / table.zone_size(); steps > 0; --steps) {
    job_.landmark({walk.zone->index, steps, walk.told()});
    const std::uint32_t next = walk.zone->index + 1;
    const bool inside = table.end_of(*walk.zone) < job_.range().end() && next < table.nr_zones();
    Zone& zone = table.zone(inside ? next : job_.own().first);
    if (!go_to(walk, zone)) return false;
    if (!walk.hold.held() || zone.open.read()) continue;
    if (open_zone(zone)) return true;
    if (job_.aborted) return false;
  }
  return false;
}

// Goes through the listed zones of the job's range until one has room. Since fio 3.42 it has to be listed still, or
// again, once its lock was taken.
bool ZoneLocking::take_listed_with_room(Walk& walk) {
  const bool relists = job_.fixes.has(Fix::relist);
  const std::uint64_t least = writes_remainders() ? 1 : walk.min_bs;
  walk.all_almost_full = !writes_remainders();
  for (std::uint32_t i = 0;; ++i) {
    job_.landmark({walk.zone->index, i, walk.told()});
    std::uint32_t listed = 0;
    {
      const ScopedLock lock(job_.table().mutex);
      if (i >= job_.table().open_list.count()) return false;
      listed = job_.table().open_list.at(i);
    }
    if (job_.fixes.has(Fix::own_range) && !job_.own().contains(listed)) continue;
    job_.landmark({listed, i, walk.told()});
    if (!go_to(walk, job_.table().zone(listed))) return false;
    if (walk.zone->room() < least) continue;
    walk.all_almost_full = false;
    if (!relists || open_zone(*walk.zone)) return true;
    if (job_.aborted) return false;
  }
}

// While any job of this program has I/O in flight, which may close a zone when it is put, and once more after that: own
// I/O is reaped and the walk begins again. Nothing else ends this, neither the runtime nor a request to stop.
bool ZoneLocking::walks_again(Walk& walk) {
  if (!job_.fixes.has(Fix::open_retry)) return false;
  const bool in_flight = job_.in_flight != nullptr && job_.in_flight->any();
  if (!in_flight && !walk.retry) return false;
  walk.retry = in_flight;
  if (walk.hold.held()) walk.hold.unlock();
  job_.checkpoint({walk.zone->index, walk.told()});
  pipeline_.quiesce();
  walk.hold = take(*walk.zone, walk.how);
  return walk.hold.held();
}

}  // namespace zoneknot::core
