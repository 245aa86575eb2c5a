#include "core/workload/zone_resets.h"

#include <algorithm>
#include <vector>

#include "core/workload/open_zones.h"
#include "core/workload/verifier.h"

namespace zoneknot::core {

std::uint32_t ZoneResets::first_zone() const {
  return static_cast<std::uint32_t>(job_.range().base / job_.table().zone_size());
}

std::uint32_t ZoneResets::end_zone() const {
  const std::uint64_t end = (job_.range().end() + job_.table().zone_size() - 1) / job_.table().zone_size();
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(end, job_.table().nr_zones()));
}

void ZoneResets::file_reset() {
  const bool keeps_sum = job_.fixes.has(Fix::vdb_at_setup) || job_.fixes.has(Fix::swd_skip);
  job_.at_hand().has_written = false;
  if (job_.fixes.has(Fix::file_reset_quiesce)) locking_.reap_own_io();
  if (job_.fixes.has(Fix::writers_reset) && !job_.spec.writes) return;
  if (!keeps_sum) process_swd();
  if (job_.aborted) return;
  const bool for_verify = may_reset_for_verify();
  if (for_verify || !job_.fixes.has(Fix::reset_for_verify)) reset_zones(for_verify);
  if (!job_.aborted) reload_write_cnt();
}

// Rounds with verify begin on empty zones.
bool ZoneResets::may_reset_for_verify() const {
  if (job_.spec.verify == VerifyKind::none || !job_.spec.writes || job_.verifying) return false;
  return !job_.fixes.has(Fix::keep_unverified) || job_.verifier == nullptr || job_.verifier->log_empty();
}

void ZoneResets::process_swd() {
  if (job_.fixes.has(Fix::swd_lock)) return process_swd(Fio326());
  std::vector<ZoneHold> holds;
  std::uint64_t bytes = 0;
  for (std::uint32_t index = first_zone(); index < end_zone(); ++index) {
    Zone& zone = job_.table().zone(index);
    holds.push_back(locking_.take(zone, Take::plain));
    if (job_.aborted) break;
    bytes += zone.wp.read() - zone.start;
  }
  {
    const ScopedLock lock(job_.table().mutex);
    job_.table().sectors_with_data.write(bytes);
  }
  for (ZoneHold& hold : holds) {
    if (hold.held()) hold.unlock();
  }
}

// Since fio 3.26: a conventional zone is counted as what it was written to, without its lock.
void ZoneResets::process_swd(Fio326 /*era*/) {
  const bool locks_all = !job_.fixes.has(Fix::conv_free);
  std::vector<ZoneHold> holds;
  std::uint64_t bytes = 0;
  std::uint64_t wp_bytes = 0;
  const RoutineMark routine(job_);
  for (std::uint32_t index = job_.own().first; index < job_.own().end && !job_.aborted; ++index) {
    routine.landmark({index, bytes, wp_bytes});
    Zone& zone = job_.table().zone(index);
    if (locks_all || !zone.conventional()) holds.push_back(locking_.take(zone, Take::careful));
    const std::uint64_t written = zone.data_end() - zone.start;
    bytes += written;
    if (!zone.conventional()) wp_bytes += written;
  }
  {
    const ScopedLock lock(job_.table().mutex);
    job_.table().sectors_with_data.write(bytes);
    if (job_.table().wp_sectors_with_data) job_.table().wp_sectors_with_data->write(wp_bytes);
  }
  for (ZoneHold& hold : holds) {
    if (hold.held()) hold.unlock();
  }
}

bool ZoneResets::needs_reset(const Zone& zone, bool all) const {
  if (zone.conventional()) return false;
  if (all) return zone.wp.read() != zone.start;
  return job_.spec.writes && zone.wp.read() % job_.spec.min_bs_of(Direction::write) != 0;
}

void ZoneResets::reset_zones(bool all) {
  if (!job_.fixes.has(Fix::reset_one_zone)) return reset_range_keeping_locks(all);
  if (job_.fixes.has(Fix::reset_lock)) return reset_zones(Fio320(), all);
  const RoutineMark routine(job_);
  for (std::uint32_t index = first_zone(); index < end_zone(); ++index) {
    routine.landmark({index});
    Zone& zone = job_.table().zone(index);
    ZoneHold hold = locking_.take(zone, Take::plain);
    if (!hold.held()) return;
    if (needs_reset(zone, all)) reset_zone(job_, zone);
    hold.unlock();
  }
}

// Since fio 3.20: careful, past conventional zones. From 3.36 on a zone that is reset leaves the list of open zones
// (reset_zone), before that any zone did that was gone through for verify.
void ZoneResets::reset_zones(Fio320 /*era*/, bool all) {
  const bool delists = job_.fixes.has(Fix::reset_delists) && !job_.fixes.has(Fix::trim_delists) && all;
  const RoutineMark routine(job_);
  for (std::uint32_t index = job_.own().first; index < job_.own().end; ++index) {
    routine.landmark({index});
    Zone& zone = job_.table().zone(index);
    if (zone.conventional()) continue;
    ZoneHold hold = locking_.take(zone, Take::careful);
    if (!hold.held()) return;
    if (delists) {
      const ScopedLock lock(job_.table().mutex);
      close_zone(job_, zone);
    }
    if (needs_reset(zone, all)) reset_zone(job_, zone);
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
      if (!reset_zone(job_, *zone)) break;
    }
    run.clear();
  };
  const RoutineMark routine(job_);
  for (std::uint32_t index = first_zone(); index < end_zone(); ++index) {
    routine.landmark({index, run.size()});  // the run is the zones right below `index`
    Zone& zone = job_.table().zone(index);
    holds.push_back(locking_.take(zone, Take::plain));
    if (job_.aborted) break;
    if (needs_reset(zone, all)) {
      run.push_back(&zone);
    } else {
      reset_run();
    }
  }
  reset_run();
  for (ZoneHold& hold : holds) {
    if (hold.held()) hold.unlock();
  }
}

std::uint32_t ZoneResets::writes_until_reset() const {
  const double frequency = job_.spec.zone_reset_frequency;
  const double writes =
      frequency > 0 ? std::min(1 / frequency, static_cast<double>(UINT32_MAX)) : static_cast<double>(UINT32_MAX);
  return static_cast<std::uint32_t>(writes);
}

void ZoneResets::reload_write_cnt() {
  const ScopedLock lock(job_.table().mutex);
  job_.table().write_count.write(writes_until_reset());
}

bool ZoneResets::dec_write_cnt() {
  const bool reloads_inside = job_.fixes.has(Fix::plain_m);
  const ScopedLock lock(job_.table().mutex);
  const std::uint32_t left = job_.table().write_count.read() - 1;
  job_.table().write_count.write(left);
  if (left != 0) return false;
  if (reloads_inside) {
    job_.table().write_count.write(writes_until_reset());
  } else {
    reload_write_cnt();  // takes M again
  }
  return true;
}

}  // namespace zoneknot::core
