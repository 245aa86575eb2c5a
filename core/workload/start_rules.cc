#include "core/workload/start_rules.h"

#include <algorithm>
#include <string>

#include "core/workload/zone_start.h"

namespace zoneknot::core {
namespace {

using Refusal = std::optional<SpecError>;

std::string text_of_bytes(std::uint64_t bytes) { return std::to_string(bytes) + " bytes"; }

// Data to be verified stays where it was written, so zones have to be filled to their end. The program looks at bs
// alone, of all three directions, whatever the blocks are: fio 3.33 runs bsrange=4k-12k, and refuses bs=12k beside it.
Refusal check_verified_blocks(const JobSpec& job, const DeviceGeometry& geometry, FixSet fixes) {
  if (job.verify == VerifyKind::none || fixes.has(Fix::finish)) return std::nullopt;
  for (std::size_t i = 0; i < job.named_bs.size(); ++i) {
    const std::uint32_t bs = job.named_bs.at(i) != 0 ? job.named_bs.at(i) : job.min_bs.at(i);
    if (geometry.zone_size % bs == 0) continue;
    return SpecError{"bs", "the zone size of " + text_of_bytes(geometry.zone_size) +
                               " is not a multiple of the block size " + text_of_bytes(bs) + ", which verify needs"};
  }
  return std::nullopt;
}

Refusal check_trimmed_blocks(const JobSpec& job, const DeviceGeometry& geometry, FixSet fixes) {
  if (!job.trims || !fixes.has(Fix::trim_resets)) return std::nullopt;
  const auto trim = static_cast<std::size_t>(Direction::trim);
  if (job.min_bs.at(trim) == geometry.zone_size && job.max_bs.at(trim) == geometry.zone_size) return std::nullopt;
  return SpecError{"bs", "a trim has to be as large as a zone, " + text_of_bytes(geometry.zone_size)};
}

// The list of open zones has so many entries.
Refusal check_list(const JobSpec& job, FixSet fixes) {
  const std::uint32_t entries = fixes.has(Fix::list_4096) ? 4096 : kMaxOpenZonesListed;
  if (job.open_zone_limit() <= entries) return std::nullopt;
  return SpecError{"max_open_zones", "max_open_zones is limited to " + std::to_string(entries)};
}

// Since fio 3.34 zones are not verified in the order of their writes any more.
Refusal check_verification(const JobSpec& job, FixSet fixes) {
  if (!job.experimental_verify || !fixes.has(Fix::no_replay)) return std::nullopt;
  return SpecError{"experimental_verify", "experimental_verify does not go with zonemode=zbd"};
}

// The device has one limit, which all of its jobs give or none.
Refusal check_limits(const JobSpec& job, const std::vector<JobSpec>& jobs, const DeviceGeometry& geometry,
                     FixSet fixes) {
  if (!fixes.has(Fix::device_limit)) return std::nullopt;
  for (std::size_t file = 0; file < job.file_count(); ++file) {
    const std::string& name = job.file(file);
    const auto first = std::ranges::find_if(jobs, [&](const JobSpec& other) { return other.uses_file(name); });
    if (first == jobs.end() || first->max_open_zones == job.max_open_zones) continue;
    return SpecError{"max_open_zones", "max_open_zones is " + std::to_string(job.max_open_zones) + ", but " +
                                           std::to_string(first->max_open_zones) + " in an earlier job of this device"};
  }
  const bool devices_own = fixes.has(Fix::device_default) && !job.ignore_zone_limits && geometry.max_open != 0;
  if (fixes.has(Fix::track_none) && job.job_max_open_zones != 0 && job.max_open_zones == 0 && !devices_own) {
    return SpecError{"job_max_open_zones", "job_max_open_zones needs max_open_zones"};
  }
  return std::nullopt;
}

Refusal check_submission(const JobSpec& job, FixSet fixes) {
  if (!job.offload || job.engine != EngineKind::io_uring || !fixes.has(Fix::no_async_offload)) return std::nullopt;
  return SpecError{"io_submit_mode", "io_submit_mode=offload does not go with io_uring"};
}

// Jobs that make their zone tables at the same time may each get one of their own.
Refusal check_creation(const JobSpec& job, FixSet fixes) {
  if (job.create_serialize || !fixes.has(Fix::one_info)) return std::nullopt;
  return SpecError{"create_serialize", "create_serialize=0 does not go with zonemode=zbd"};
}

// From 3.20, whose limits are the device's, until 3.27.
Refusal check_file(const JobSpec& job, const DeviceGeometry& geometry, FixSet fixes) {
  if (fixes.has(Fix::files) || !fixes.has(Fix::device_limit)) return std::nullopt;
  bool any = is_regular_file(job.filename, geometry);
  for (const std::string& name : job.further_files) any |= is_regular_file(name, geometry);
  if (!any) return std::nullopt;
  return SpecError{"filename", "zonemode=zbd does not go with a regular file before fio 3.28"};
}

Refusal check_recovery(const JobSpec& job, FixSet fixes) {
  if (!job.recover_zbd_write_error || !fixes.has(Fix::recover)) return std::nullopt;
  const std::string option = "recover_zbd_write_error";
  if (!job.continue_on_error.write) return SpecError{option, option + " needs continue_on_error=write"};
  if (job.engine != EngineKind::psync && job.verify != VerifyKind::none) {
    return SpecError{option, option + " does not go with verify, unless the engine is psync"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<SpecError> refused_at_start(const JobSpec& job, const std::vector<JobSpec>& jobs,
                                          const DeviceGeometry& geometry, FixSet fixes) {
  Refusal refusal = check_verified_blocks(job, geometry, fixes);
  if (!refusal) refusal = check_trimmed_blocks(job, geometry, fixes);
  if (!refusal) refusal = check_limits(job, jobs, geometry, fixes);
  if (!refusal) refusal = check_list(job, fixes);
  if (!refusal) refusal = check_verification(job, fixes);
  if (!refusal) refusal = check_submission(job, fixes);
  if (!refusal) refusal = check_creation(job, fixes);
  if (!refusal) refusal = check_file(job, geometry, fixes);
  if (!refusal) refusal = check_recovery(job, fixes);
  return refusal;
}

}  // namespace zoneknot::core
