#include "core/zone_resets.h"

#include <algorithm>
#include <vector>

namespace zoneknot::core {

std::uint32_t ZoneResets::first_zone() const {
  return static_cast<std::uint32_t>(job_.range.base / job_.table.zone_size());
}

std::uint32_t ZoneResets::end_zone() const {
  const std::uint64_t end = (job_.range.end() + job_.table.zone_size() - 1) / job_.table.zone_size();
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(end, job_.table.nr_zones()));
}

void ZoneResets::file_reset() {
  if (job_.fixes.has(Fix::file_reset_quiesce)) locking_.reap_own_io();
  if (!job_.fixes.has(Fix::swd_skip)) process_swd();
  reset_zones(job_.spec.verify != VerifyKind::none && job_.spec.writes && !job_.verifying);
  reload_write_cnt();
}

void ZoneResets::process_swd() {
  std::vector<ZoneHold> holds;
  std::uint64_t bytes = 0;
  for (std::uint32_t index = first_zone(); index < end_zone(); ++index) {
    Zone& zone = job_.table.zone(index);
    holds.push_back(locking_.take(zone, Take::plain));
    bytes += zone.wp.read() - zone.start;
  }
  {
    const ScopedLock lock(job_.table.mutex);
    job_.table.sectors_with_data.write(bytes);
  }
  for (ZoneHold& hold : holds) hold.unlock();
}

bool ZoneResets::needs_reset(const Zone& zone, bool all) const {
  if (zone.conventional()) return false;
  if (all) return zone.wp.read() != zone.start;
  return job_.spec.writes && zone.wp.read() % job_.spec.min_bs_of(Direction::write) != 0;
}

void ZoneResets::reset_zones(bool all) {
  if (!job_.fixes.has(Fix::reset_one_zone)) return reset_range_keeping_locks(all);
  const RoutineMark routine(job_);
  for (std::uint32_t index = first_zone(); index < end_zone(); ++index) {
    routine.landmark({index});
    Zone& zone = job_.table.zone(index);
    ZoneHold hold = locking_.take(zone, Take::plain);
    if (needs_reset(zone, all)) reset_zone(zone);
    hold.unlock();
  }
}

// Zones that follow each other are reset together, once the lock of the zone behind them has been taken; no lock is
// given back before the end.
void ZoneResets::reset_range_keeping_locks(bool all) {
  std::vector<ZoneHold> holds;
  std::vector<Zone*> run;
  const auto reset_run = [&] {
    for (Zone* zone : run) {
      if (!reset_zone(*zone)) break;
    }
    run.clear();
  };
  const RoutineMark routine(job_);
  for (std::uint32_t index = first_zone(); index < end_zone(); ++index) {
    routine.landmark({index, run.size()});  // the run is the zones right below `index`
    Zone& zone = job_.table.zone(index);
    holds.push_back(locking_.take(zone, Take::plain));
    if (needs_reset(zone, all)) {
      run.push_back(&zone);
    } else {
      reset_run();
    }
  }
  reset_run();
  for (ZoneHold& hold : holds) hold.unlock();
}

bool ZoneResets::reset_zone(Zone& zone) {
  const int error = job_.table.device().reset(zone.index);
  if (error != 0) {
    job_.fail(error);
    return false;
  }
  {
    const ScopedLock zone_again(zone.lock);  // recursive: the caller has it
    const ScopedLock lock(job_.table.mutex);
    // May pass below 0 where data is older than the count; it then compares as huge, as in the historic program.
    job_.table.sectors_with_data.write(job_.table.sectors_with_data.read() - (zone.wp.read() - zone.start));
    zone.wp.write(zone.start);
    zone.verify_block.write(0);
  }
  ++job_.stats.zone_resets;
  return true;
}

void ZoneResets::reload_write_cnt() {
  const double frequency = job_.spec.zone_reset_frequency;
  const double writes =
      frequency > 0 ? std::min(1 / frequency, static_cast<double>(UINT32_MAX)) : static_cast<double>(UINT32_MAX);
  const ScopedLock lock(job_.table.mutex);
  job_.table.write_count.write(static_cast<std::uint32_t>(writes));
}

bool ZoneResets::dec_write_cnt() {
  const ScopedLock lock(job_.table.mutex);
  const std::uint32_t left = job_.table.write_count.read() - 1;
  job_.table.write_count.write(left);
  if (left != 0) return false;
  reload_write_cnt();  // takes M again
  return true;
}

}  // namespace zoneknot::core
