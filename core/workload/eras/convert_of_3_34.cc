// convert_to_open_zone since fio 3.34: it begins with the zone drawn, and finishes zones that have less room than one
// block.

#include <utility>

#include "core/workload/open_zones.h"
#include "core/workload/zone_locking.h"
#include "core/workload/zone_reset.h"

namespace zoneknot::core {

bool ZoneLocking::writes_remainders() const {
  return job_.spec.write_zone_remainder && job_.fixes.has(Fix::write_remainder);
}

// A zone with less room than one block is taken off the list, finished, and left for the next one: the slot is free
// before the zone is full. Holds nothing: a sequential job was at the end of its range.
ZoneHold ZoneLocking::finish_and_leave(ZoneHold head, Take how) {
  Zone& full = head.zone();
  {
    const ScopedLock lock(job_.table().mutex);
    close_zone(job_, full);
  }
  pipeline_.quiesce();
  finish_zone(job_, full);
  head.unlock();
  std::uint32_t index = full.index;
  do {
    ++index;
    if (index >= job_.own().end && !job_.spec.random) return {};
    if (index >= job_.own().end) index = job_.own().first;
  } while (job_.table().zone(index).conventional());
  return take(job_.table().zone(index), how);
}

// Whether a random job could open the zone it began with; the walk then goes on behind it.
bool ZoneLocking::open_head(Walk& walk) {
  if (!job_.fixes.has(Fix::retry_from_draw) || !job_.spec.random) return false;
  Zone& head = job_.table().zone(walk.head);
  return go_to(walk, head) && open_zone(head);
}

// The last resort of a random job: makes a listed zone full, and returns it for the caller to reset. It is not looked
// at again.
bool ZoneLocking::finish_listed(Walk& walk) {
  if (!job_.fixes.has(Fix::finish_one) || !walk.all_almost_full) return false;
  if (!job_.spec.random || job_.spec.verify != VerifyKind::none) return false;
  std::optional<std::uint32_t> listed;
  {
    const ScopedLock lock(job_.table().mutex);
    listed = listed_zone_for(job_, walk.offset);
  }
  if (!listed || !go_to(walk, job_.table().zone(*listed))) return false;
  pipeline_.quiesce();
  finish_zone(job_, *walk.zone);
  return true;
}

ZoneHold ZoneLocking::convert_to_open_zone(Fio334 /*era*/, std::uint64_t offset, std::uint32_t min_bs, ZoneHold head,
                                           Take how) {
  const std::uint64_t room = head.zone().room();
  if (!writes_remainders() && room > 0 && room < min_bs) {
    head = finish_and_leave(std::move(head), how);
    if (!head.held()) return head;
  }
  Zone& first = head.zone();
  for (bool again = false;;) {
    if (open_zone(first)) return head;
    head.unlock();
    if (job_.aborted) return {};
    Walk walk = walk_of(offset, min_bs, how);
    walk.head = first.index;
    walk.again = again;
    if (open_other_than(walk) && walk.hold.held()) return std::move(walk.hold);
    if (job_.aborted || !waits_for_slot(walk)) return {};
    again = walk.again;
    head = take(first, how);
    if (!head.held()) return head;
  }
}

// slot-wait: until another job needs fewer zones than now, or this one is to end. Where a slot has become free since it
// was asked for it is asked for `again`, once.
bool ZoneLocking::waits_for_slot(Walk& walk) {
  constexpr std::uint64_t kNapNs = 1'000'000;
  if (!job_.fixes.has(Fix::slot_wait) || job_.stopped() || job_.time_over()) return false;
  {
    const ScopedLock lock(job_.table().mutex);
    if (!slots_are_used_up(job_)) return !std::exchange(walk.again, true);
  }
  walk.again = false;
  job_.checkpoint({walk.head});
  reap_own_io();
  job_.sleep(kNapNs);
  return true;
}

// The rest of the routine, once the zone drawn could not be opened.
bool ZoneLocking::open_other_than(Walk& walk) {
  const Examined examined = settle_on_listed(walk);
  if (examined == Examined::has_room) return true;
  if (examined == Examined::none_open || job_.aborted) return false;
  if (!writes_remainders() && limit_is_reached()) quiesce_on(walk);
  do {
    if (open_head(walk)) return true;
    if (!job_.aborted && open_next(walk)) return true;
    if (!job_.aborted && take_listed_with_room(walk)) return true;
  } while (!job_.aborted && walks_again(walk));
  if (!job_.aborted && finish_listed(walk)) return true;
  if (walk.hold.held()) walk.hold.unlock();
  return false;
}

}  // namespace zoneknot::core
