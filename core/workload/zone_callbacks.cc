#include "core/workload/zone_callbacks.h"

#include <algorithm>

#include "core/workload/open_zones.h"
#include "core/workload/write_recovery.h"
#include "core/workload/zone_reset.h"

namespace zoneknot::core {
namespace {

enum class Unlocking : std::uint8_t { queue_done, put };

// A thread that does not own the zone cannot give it back: it stays with the job.
void unlock_by_another(JobContext& job, Unlocking when) {
  if (job.fixes.has(Fix::unlock_unchecked)) return;
  if (when == Unlocking::queue_done && !job.fixes.has(Fix::unlock_checked)) return;
  job.program_aborts("a zone was unlocked by a thread that does not own it");
}

// The historic program unlocks the zone of the offset that the I/O has *now*. Where that is not the zone that was
// locked (replay_order can run past a zone's end), it unlocks a stranger's lock, and its own stays owned: the hold
// reports that when the unit is used again.
void unlock_zone_of(JobContext& job, IoUnit& unit, Zone& zone, Unlocking when) {
  const bool by_another = job.spec.put_by_another(unit.request.direction) && !job.fixes.has(Fix::owner_puts);
  if (unit.purpose == UnitPurpose::work && by_another) {
    return unlock_by_another(job, when);
  }
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
    const ScopedLock lock(job.table().mutex);
    if (wp <= new_wp) {
      count_data(job, new_wp - wp);
    }
  }
  zone.wp.write(new_wp);
}

// Since fio 3.23: a WRITE that has reached its zone's end takes it off the list of open zones, on the account of the
// job that wrote it.
void end_io(JobContext& job, const IoUnit& unit, Zone& zone) {
  if (unit.request.direction != Direction::write) return;
  if (unit.request.offset + unit.request.length < zone.writable_end()) return;
  const ScopedLock lock(job.table().mutex);
  close_zone(job, zone);
}

}  // namespace

void queue_done(JobContext& job, IoUnit& unit, QueueStatus status) {
  Zone* zone = job.table().zone_at(unit.request.offset);
  if (zone == nullptr) return job.program_dies("an I/O ended beyond the device");
  if (zone->conventional()) return;
  const bool failed = status == QueueStatus::completed && unit.request.error != 0;
  if (!failed && unit.request.direction == Direction::write) advance_wp(job, unit, *zone);
  if (!failed && unit.request.direction == Direction::trim && zone->wp.read() != zone->start) {
    if (!job.fixes.has(Fix::trim_resets)) job.program_aborts("trim of a zone that has data");
  }
  const bool writes = unit.request.direction == Direction::write;
  if (failed && writes && job.spec.engine == EngineKind::psync) mend_zone(job, unit);
  if (!failed && status == QueueStatus::completed && job.fixes.has(Fix::close_at_end)) end_io(job, unit, *zone);
  if (failed || status != QueueStatus::queued) {
    unit.has_put = false;
    if (writes) count_ended_write(job, *zone);
    unlock_zone_of(job, unit, *zone, Unlocking::queue_done);
  }
}

void put_zone(JobContext& job, IoUnit& unit) {
  if (!unit.has_put) return;
  unit.has_put = false;
  Zone* zone = job.table().zone_at(unit.request.offset);
  if (zone == nullptr) return job.program_dies("an I/O was put beyond the device");
  if (zone->conventional()) return;
  if (job.fixes.has(Fix::close_at_end)) end_io(job, unit, *zone);
  if (unit.request.direction == Direction::write) count_ended_write(job, *zone);
  // The unlock was part of an assertion.
  if (!job.fixes.has(Fix::put_always) && job.fixes.has(Fix::ndebug)) return;
  unlock_zone_of(job, unit, *zone, Unlocking::put);
}

void give_zone_back(JobContext& job, IoUnit& unit) {
  Zone* zone = job.table().zone_at(unit.request.offset);
  if (!unit.has_put || zone == nullptr || zone->conventional()) return;
  unit.has_put = false;
  if (unit.request.direction == Direction::write) count_ended_write(job, *zone);
  unlock_zone_of(job, unit, *zone, Unlocking::queue_done);
}

}  // namespace zoneknot::core
