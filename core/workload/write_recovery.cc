#include "core/workload/write_recovery.h"

#include <algorithm>
#include <cerrno>
#include <memory>

#include "core/workload/io_buffers.h"

namespace zoneknot::core {
namespace {

// Where the device says that the next byte goes.
std::uint64_t device_pointer(const JobContext& job, const Zone& zone) {
  const ZoneReport report = job.table().device().report().at(zone.index);
  return report.condition == ZoneCondition::full ? report.start + report.capacity : report.wp;
}

// False: the device did not take all of it.
bool write_missing(const JobContext& job, const IoUnit& unit, std::uint64_t from, std::uint64_t to) {
  if (from == to) return true;
  JobSpec synchronous = job.spec;
  synchronous.engine = EngineKind::psync;
  const std::unique_ptr<IoEngine> engine = job.world.open_engine(synchronous);
  const IoBuffers anything = job.world.moves_data() ? IoBuffers(1, to - from) : IoBuffers();
  IoRequest request{.direction = Direction::write,
                    .file = unit.request.file,
                    .offset = from,
                    .length = static_cast<std::uint32_t>(to - from),
                    .buffer = anything.at(0),
                    .tag = unit.index};
  const bool own_data =
      unit.buffer != nullptr && from >= unit.first_offset() && to <= unit.first_offset() + unit.full_length;
  if (own_data) request.buffer = unit.buffer + (from - unit.first_offset());
  return engine->queue(request) == QueueStatus::completed && request.error == 0 &&
         request.transferred == request.length;
}

}  // namespace

bool mends_zones(const JobContext& job) { return job.spec.recover_zbd_write_error && job.fixes.has(Fix::recover); }

void count_accepted_write(const JobContext& job, Zone& zone) {
  if (!mends_zones(job)) return;
  zone.mending->writes.write(zone.mending->writes.read() + 1);
}

void count_ended_write(const JobContext& job, Zone& zone) {
  if (!mends_zones(job)) return;
  Mending& mending = *zone.mending;
  const std::uint32_t left = std::max(mending.writes.read(), 1U) - 1;
  mending.writes.write(left);
  if (left == 0) mending.fixing.write(false);
}

bool is_being_mended(const JobContext& job, const Zone& zone) {
  return mends_zones(job) && zone.mending->fixing.read();
}

void mend_zone(JobContext& job, const IoUnit& unit) {
  Zone* const in = job.table().zone_at(unit.request.offset);
  if (!mends_zones(job) || in == nullptr || in->conventional()) return;
  Zone& zone = *in;
  Mending& mending = *zone.mending;
  const std::uint32_t writes = mending.writes.read();
  if (writes == 0 && job.program_aborts("a failed write is mended that was not counted")) return;
  mending.fixing.write(true);
  const std::uint64_t end = unit.request.offset + unit.request.length - zone.start;
  mending.farthest.write(std::max(mending.farthest.read(), end));
  if (writes > 1) return;
  if (job.table().emulated()) return job.fail(EINVAL);
  const std::uint64_t target = zone.start + mending.farthest.read();
  const std::uint64_t wp = device_pointer(job, zone);
  if (job.world.limit_reached(wp < zone.start || wp > target)) return;
  // A proof goes on here with any pointer.
  if (write_missing(job, unit, std::min(wp, target), target)) zone.wp.write(target);
}

}  // namespace zoneknot::core
