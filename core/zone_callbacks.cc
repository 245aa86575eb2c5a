#include "core/zone_callbacks.h"

#include <algorithm>

namespace zoneknot::core {
namespace {

// The historic program unlocks the zone of the offset that the I/O has *now*. Where that is not the zone that was
// locked (replay_order can run past a zone's end), it unlocks a stranger's lock, and its own stays owned: the hold
// reports that when the unit is used again.
void unlock_zone_of(JobContext& job, IoUnit& unit, Zone& zone) {
  if (unit.hold.held() && &unit.hold.zone() == &zone) {
    unit.hold.unlock();
  } else {
    job.runtime().unlock(zone.lock.id());
  }
}

void advance_wp(JobContext& job, const IoUnit& unit, Zone& zone) {
  const std::uint64_t wp = zone.wp.read();
  const std::uint64_t new_wp = std::min(unit.request.offset + unit.request.length, zone.writable_end());
  {
    const ScopedLock lock(job.table.mutex);
    if (wp <= new_wp) {
      job.table.sectors_with_data.write(job.table.sectors_with_data.read() + new_wp - wp);
    }
  }
  zone.wp.write(new_wp);
}

}  // namespace

void queue_done(JobContext& job, IoUnit& unit, QueueStatus status) {
  Zone* zone = job.table.zone_at(unit.request.offset);
  if (zone == nullptr) return job.program_aborts("an I/O ended beyond the device");
  if (zone->conventional()) return;
  const bool failed = status == QueueStatus::completed && unit.request.error != 0;
  if (!failed && unit.request.direction == Direction::write) advance_wp(job, unit, *zone);
  if (!failed && unit.request.direction == Direction::trim && zone->wp.read() != zone->start) {
    job.program_aborts("trim of a zone that has data");
  }
  if (failed || status != QueueStatus::queued) {
    unit.has_put = false;
    unlock_zone_of(job, unit, *zone);
  }
}

void put_zone(JobContext& job, IoUnit& unit) {
  if (!unit.has_put) return;
  unit.has_put = false;
  Zone* zone = job.table.zone_at(unit.request.offset);
  if (zone == nullptr) return job.program_aborts("an I/O was put beyond the device");
  if (!zone->conventional()) unlock_zone_of(job, unit, *zone);
}

}  // namespace zoneknot::core
