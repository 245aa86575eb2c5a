#include "core/workload/zone_start.h"

#include <algorithm>
#include <cerrno>

#include "core/workload/open_zones.h"
#include "core/workload/zone_reset.h"

namespace zoneknot::core {
namespace {

constexpr std::uint32_t kListOf2020 = 128;
constexpr std::uint32_t kListOf3_20 = 4096;

bool reads_in_order(const JobSpec& spec) { return spec.reads && !spec.writes && !spec.trims && !spec.random; }

// The device counts a zone among those that its limits are about.
bool reported_open(const JobContext& job, const ZoneReport& report) {
  if (report.type == ZoneType::conventional) return false;
  if (report.condition == ZoneCondition::implicit_open || report.condition == ZoneCondition::explicit_open) return true;
  return report.condition == ZoneCondition::closed && job.fixes.has(Fix::open_refused) &&
         job.table().device().geometry().max_active != 0;
}

}  // namespace

Range range_of_job(const JobSpec& spec, const std::vector<ZoneReport>& zones, FixSet fixes) {
  if (!fixes.has(Fix::reader_range) || !reads_in_order(spec)) return job_range(spec, zones);
  const std::uint64_t device_end = zones.back().start + zones.back().length;
  if (spec.offset >= device_end) return {spec.offset, 0};
  const std::uint64_t rest = device_end - spec.offset;
  Range range{spec.offset, spec.size != 0 ? std::min(spec.size_in_file(), rest) : rest};
  if (!fixes.has(Fix::reader_end)) return range;
  const std::uint64_t zone_size = zones.front().length;
  const std::uint64_t end = range.end() / zone_size * zone_size;
  range.length = end > range.base ? end - range.base : 0;
  return range;
}

bool is_regular_file(const std::string& filename, const DeviceGeometry& geometry) {
  return geometry.emulated && filename.starts_with('/') && !filename.starts_with("/dev/");
}

void make_table_for(FixSet fixes, const JobSpec& first, const std::string& filename, const DeviceGeometry& geometry,
                    TableUse& use) {
  // The program of 2020 has no zones at all on a file.
  use.emulates = geometry.emulated && (fixes.has(Fix::files) || !is_regular_file(filename, geometry));
  use.starts_full = !fixes.has(Fix::emulated_empty);
  use.capacity = fixes.has(Fix::capacity) ? first.zone_capacity : 0;
  if (fixes.has(Fix::plain_m)) use.m_kind = LockKind::plain;
  use.two_sums = fixes.has(Fix::swd_wp);
  use.finishes = fixes.has(Fix::finish);
  if (!fixes.has(Fix::opener_slot)) use.slot_owners = 0;
  if (!fixes.has(Fix::device_limit)) return;
  const std::uint32_t entries = fixes.has(Fix::list_4096) ? kListOf3_20 : kListOf2020;
  use.limit = first.max_open_zones;
  const bool takes_device_limit = fixes.has(Fix::device_default) && !first.ignore_zone_limits;
  if (use.limit == 0 && takes_device_limit) use.limit = geometry.max_open;
  if (use.limit == 0 && !fixes.has(Fix::track_none)) use.limit = entries;
  use.most_open = std::max(1U, std::min({use.limit, entries, geometry.nr_zones()}));
}

bool list_reported_open(JobContext& job) {
  if (!job.fixes.has(Fix::count_open)) return true;
  if (job.fixes.has(Fix::writers_counted) && !job.spec.writes) return true;
  for (std::uint32_t index = job.own().first; index < job.own().end; ++index) {
    if (!reported_open(job, job.table().initial_report()[index])) continue;
    Zone& zone = job.table().zone(index);
    const ScopedLock lock(zone.lock);
    if (open_zone(job, zone)) continue;
    if (job.fixes.has(Fix::open_refused)) return false;
    reset_in_place(job, zone);
  }
  return true;
}

void sum_data_at_setup(JobContext& job) {
  ZoneTable& table = job.table();
  if (!job.fixes.has(Fix::vdb_at_setup) || !job.counts_data()) return;
  if (table.summed && *table.summed != job.own()) return job.fail(EINVAL);
  if (table.summed) return;
  table.summed = job.own();
  std::uint64_t bytes = 0;
  for (std::uint32_t index = job.own().first; index < job.own().end; ++index) {
    const Zone& zone = table.zone(index);
    if (!zone.conventional()) bytes += zone.wp.read() - zone.start;
  }
  const ScopedLock lock(table.mutex);
  table.wp_sectors_with_data->write(bytes);
}

}  // namespace zoneknot::core
