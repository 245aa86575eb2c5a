#include "core/workload/open_zones.h"

#include <algorithm>

namespace zoneknot::core {
namespace {

// The slots that a job has taken and not given back. The count may be wrong, and pass below 0, where a slot goes back
// to the job that closes the zone.
std::uint32_t opened_by(const JobContext& job) {
  return job.table().slots.empty() ? job.opened : job.table().slots.at(job.number).read();
}

void take_slot(JobContext& job, Zone& zone) {
  if (job.table().slots.empty()) {
    ++job.opened;
    return;
  }
  zone.opener->write(static_cast<std::uint32_t>(job.number));
  Shared<std::uint32_t>& slots = job.table().slots.at(job.number);
  slots.write(std::min(slots.read() + 1, job.table().limit));
}

void give_slot_back(JobContext& job, const Zone& zone) {
  if (job.table().slots.empty()) {
    --job.opened;
    return;
  }
  Shared<std::uint32_t>& slots = job.table().slots.at(zone.opener->read());
  slots.write(std::max(slots.read(), 1U) - 1);
}

// `reached`, of the zones that the job itself has open; where nobody counts these, it may have any number.
bool may_have_opened(const JobContext& job, bool reached) {
  return job.table().slots.empty() ? job.world.limit_reached(reached) : reached;
}

// Counts that are above their limits: a bug of the program, which earlier releases took for granted and later ones
// abort on.
bool counts_are_wrong(JobContext& job) {
  const std::uint32_t listed = job.table().open_list.count();
  const std::uint32_t job_limit = job.job_limit();
  const std::uint32_t limit = job.table().limit;
  return (job_limit > 0 && may_have_opened(job, opened_by(job) > job_limit)) || (limit > 0 && job_limit > limit) ||
         listed > limit;
}

}  // namespace

bool open_zone(JobContext& job, Zone& zone) {
  const bool leaves_when_full = job.fixes.has(Fix::close_at_end);
  if (zone.condition == ZoneCondition::offline) return false;
  if (job.spec.verify != VerifyKind::none && zone.full(job.spec.min_bs_of(Direction::write))) return false;
  if (job.table().limit == 0) return true;
  const ScopedLock lock(job.table().mutex);
  OpenList& list = job.table().open_list;
  if (!job.fixes.has(Fix::no_count_assert) && counts_are_wrong(job) &&
      job.program_aborts("more zones are counted open than the limit")) {
    return false;
  }
  if (zone.open.read()) return !leaves_when_full || zone.room() > 0;
  const std::uint32_t job_limit = job.job_limit();
  if (job_limit > 0 && may_have_opened(job, opened_by(job) >= job_limit)) return false;
  if (list.count() >= job.table().limit || list.full()) return false;
  list.append(zone.index);
  zone.open.write(true);
  take_slot(job, zone);
  return true;
}

void close_zone(JobContext& job, Zone& zone) {
  if (!zone.open.read()) return;
  OpenList& list = job.table().open_list;
  const auto position = list.position_of(zone.index);
  if (!position) return;
  list.drop(*position);
  zone.open.write(false);
  give_slot_back(job, zone);
}

bool slots_are_used_up(const JobContext& job) {
  const std::uint32_t count = job.table().open_list.count();
  const std::uint32_t job_limit = job.job_limit();
  return (job.table().limit > 0 && count == job.table().limit) ||
         (job_limit > 0 && may_have_opened(job, opened_by(job) == job_limit));
}

std::uint64_t place_in_list(const JobContext& job, std::uint64_t offset, std::uint32_t count) {
  if (!job.fixes.has(Fix::own_range) || job.fixes.has(Fix::index_range))
    return job.list_position(job.range(), offset, count);
  return offset * count / job.table().device_end();
}

std::optional<std::uint32_t> listed_zone_for(const JobContext& job, std::uint64_t offset) {
  const OpenList& list = job.table().open_list;
  const std::uint32_t count = list.count();
  const std::uint64_t place = place_in_list(job, offset, count);
  if (!job.fixes.has(Fix::own_range)) return list.at(place);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t zone = list.at((place + i) % count);
    if (job.own().contains(zone)) return zone;
  }
  return std::nullopt;
}

bool goes_by_list(const JobContext& job) {
  const bool by_device = job.fixes.has(Fix::limit_in_convert) && job.table().limit > 0;
  return by_device || job.job_limit() > 0;
}

}  // namespace zoneknot::core
