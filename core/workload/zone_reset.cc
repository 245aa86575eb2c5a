#include "core/workload/zone_reset.h"

#include "core/workload/open_zones.h"

namespace zoneknot::core {

void count_data(JobContext& job, std::uint64_t bytes) {
  ZoneTable& table = job.table();
  const bool summed_at_setup = job.fixes.has(Fix::vdb_at_setup);
  if (summed_at_setup && !job.counts_data()) return;
  if (table.wp_sectors_with_data) table.wp_sectors_with_data->write(table.wp_sectors_with_data->read() + bytes);
  if (!summed_at_setup) table.sectors_with_data.write(table.sectors_with_data.read() + bytes);
}

std::uint64_t peek_data(const JobContext& job) {
  const ZoneTable& table = job.table();
  return table.wp_sectors_with_data ? table.wp_sectors_with_data->peek() : table.sectors_with_data.peek();
}

bool reset_in_place(JobContext& job, Zone& zone) {
  const bool as_in_2020 = !job.fixes.has(Fix::reset_noop);
  if (!as_in_2020 && zone.wp.read() == zone.start) return true;
  const int error = job.table().emulated() ? 0 : job.table().device().reset(zone.index);
  if (error != 0) {
    job.fail(error);
    return false;
  }
  {
    std::optional<ScopedLock> zone_again;  // recursive: the caller has it
    if (as_in_2020) zone_again.emplace(zone.lock, Site::current());
    const ScopedLock lock(job.table().mutex);
    count_data(job, zone.start - zone.wp.read());
    zone.wp.write(zone.start);
    zone.verify_block.write(0);
  }
  ++job.stats.zone_resets;
  return true;
}

bool reset_zone(JobContext& job, Zone& zone) {
  const bool delists = job.fixes.has(Fix::trim_delists);
  if (!reset_in_place(job, zone)) return false;
  if (delists) {
    const ScopedLock lock(job.table().mutex);
    close_zone(job, zone);
  }
  return true;
}

void reset_by_trim(JobContext& job, std::uint64_t offset) {
  Zone* const zone = job.table().zone_at(offset);
  if (zone != nullptr && !zone->conventional() && offset == zone->start) reset_zone(job, *zone);
}

void finish_zone(JobContext& job, Zone& zone) {
  const int error = job.table().emulated() ? 0 : job.table().device().finish(zone.index);
  if (error != 0) return job.fail(error);
  zone.wp.write(job.table().end_of(zone));
}

}  // namespace zoneknot::core
