// convert_to_open_zone from fio 3.23 to 3.33: a zone leaves the list of open zones when the write that fills it is put,
// so that a walk that finds nothing may be worth another one.

#include "core/workload/zone_locking.h"

namespace zoneknot::core {

ZoneHold ZoneLocking::convert_to_open_zone(Fio323 /*era*/, std::uint64_t offset, std::uint32_t min_bs, Take how) {
  Walk walk = walk_of(offset, min_bs, how);
  const Examined examined = settle_on_listed(walk);
  if (examined == Examined::has_room) return std::move(walk.hold);
  if (examined == Examined::none_open || job_.aborted) return {};
  if (limit_is_reached()) quiesce_on(walk);
  do {
    if (open_next(walk) || (!job_.aborted && take_listed_with_room(walk))) return std::move(walk.hold);
  } while (!job_.aborted && walks_again(walk));
  if (walk.hold.held()) walk.hold.unlock();
  return {};
}

}  // namespace zoneknot::core
