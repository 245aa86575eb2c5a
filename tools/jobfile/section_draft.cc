#include "tools/jobfile/section_draft.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

namespace zoneknot::tools {
namespace {

using core::JobSpec;
using core::SpecError;
using Contradiction = std::optional<SpecError>;

std::string bytes(std::uint64_t number) { return std::to_string(number) + " bytes"; }

Contradiction set_bytes(const Amount& amount, std::uint64_t zone_size, const char* option, std::uint64_t& result) {
  if (amount.in_percent) return std::nullopt;
  const std::uint64_t unit = amount.in_zones ? zone_size : 1;
  if (amount.number > kMaxOffset / unit) return SpecError{option, std::string(option) + " is too large"};
  result = amount.number * unit;
  return std::nullopt;
}

Contradiction set_percent(const Amount& amount, const char* option, std::uint32_t& result) {
  if (!amount.in_percent) return std::nullopt;
  if (amount.number > 100) return SpecError{option, std::string(option) + " is above 100 %"};
  result = static_cast<std::uint32_t>(amount.number);
  return std::nullopt;
}

Contradiction set_block_sizes(const SectionDraft& draft, JobSpec& spec) {
  for (std::size_t i = 0; i < spec.min_bs.size(); ++i) {
    const bool ranged = draft.range_min.at(i) != 0;
    const char* option = ranged ? "bsrange" : "bs";
    spec.min_bs.at(i) = ranged ? draft.range_min.at(i) : draft.bs.at(i);
    spec.max_bs.at(i) = ranged ? draft.range_max.at(i) : draft.bs.at(i);
    const bool mixed = !spec.bssplit.at(i).empty();
    if (ranged || mixed) spec.named_bs.at(i) = draft.bs.at(i);
    if (const auto& shares = spec.bssplit.at(i); !shares.empty()) {
      option = "bssplit";
      const auto [least, most] = std::ranges::minmax(shares, {}, &core::SizeShare::bytes);
      spec.min_bs.at(i) = least.bytes;
      spec.max_bs.at(i) = most.bytes;
    }
    std::vector<std::uint32_t> sizes = {spec.min_bs.at(i), spec.max_bs.at(i)};
    for (const core::SizeShare& share : spec.bssplit.at(i)) sizes.push_back(share.bytes);
    for (const std::uint32_t size : sizes) {
      if (size % kSectorBytes == 0) continue;
      return SpecError{option, "the block size of " + bytes(size) + " is not a multiple of " + bytes(kSectorBytes)};
    }
  }
  return std::nullopt;
}

void set_depths(const SectionDraft& draft, JobSpec& spec) {
  const auto or_iodepth = [&](std::uint32_t value) {
    return value == 0 || value > spec.iodepth ? spec.iodepth : value;
  };
  spec.batch = or_iodepth(draft.batch);
  spec.iodepth_low = or_iodepth(draft.iodepth_low);
  spec.complete_min = std::min(spec.complete_min, spec.iodepth);
  spec.complete_max = std::max(draft.complete_max, spec.complete_min);
}

Contradiction check_mode(const SectionDraft& draft) {
  if (draft.zone_mode != ZoneMode::zbd) {
    return SpecError{"zonemode", "the job is not zonemode=zbd, and other modes are not supported"};
  }
  return std::nullopt;
}

Contradiction check_zones(const JobSpec& spec) {
  if (spec.zone_size == 0) return std::nullopt;
  if (spec.zone_size % kSectorBytes != 0) {
    return SpecError{"zonesize", "zonesize is not a multiple of " + bytes(kSectorBytes)};
  }
  if (spec.zone_capacity > spec.zone_size) {
    return SpecError{"zonecapacity", "zonecapacity of " + bytes(spec.zone_capacity) + " is above the zonesize of " +
                                         bytes(spec.zone_size)};
  }
  return std::nullopt;
}

// As in fio the names count, where there are some, and not nrfiles.
Contradiction set_files(const SectionDraft& draft, JobSpec& spec) {
  if (spec.filename.empty()) {
    spec.filename = "sim";
    for (std::uint32_t file = 1; file < draft.nrfiles; ++file) {
      spec.further_files.push_back("sim:" + std::to_string(file));
    }
  }
  if (spec.file_count() == 1) {
    spec.file_service = core::FileService::round_robin;
    spec.file_service_ios = 1;
    spec.open_files = 0;
    return std::nullopt;
  }
  if (spec.file_count() > kMaxFiles) {
    return SpecError{"filename", "more than " + std::to_string(kMaxFiles) + " files"};
  }
  if (!draft.uneven_service.empty()) {
    return SpecError{"file_service_type", "'" + draft.uneven_service + "' is not supported yet for several files"};
  }
  if (spec.experimental_verify) {
    return SpecError{"experimental_verify", "experimental_verify is not supported yet for several files"};
  }
  return std::nullopt;
}

Contradiction set_places(const SectionDraft& draft, std::uint64_t default_zone_size, JobSpec& spec,
                         std::uint64_t& increment) {
  const std::uint64_t zone_size = spec.zone_size != 0 ? spec.zone_size : default_zone_size;
  if (auto wrong = set_bytes(draft.size, zone_size, "size", spec.size)) return wrong;
  if (auto wrong = set_bytes(draft.io_size, zone_size, "io_size", spec.io_size)) return wrong;
  if (auto wrong = set_bytes(draft.offset, zone_size, "offset", spec.offset)) return wrong;
  if (auto wrong = set_bytes(draft.zone_skip, zone_size, "zoneskip", spec.zone_skip)) return wrong;
  if (auto wrong = set_bytes(draft.offset_increment, zone_size, "offset_increment", increment)) return wrong;
  if (auto wrong = set_percent(draft.size, "size", spec.size_percent)) return wrong;
  if (auto wrong = set_percent(draft.io_size, "io_size", spec.io_size_percent)) return wrong;
  if (auto wrong = set_percent(draft.offset, "offset", spec.offset_percent)) return wrong;
  if (auto wrong = set_percent(draft.offset_increment, "offset_increment", spec.increment_percent)) return wrong;
  if (draft.zone_skip.in_percent) return SpecError{"zoneskip", "a percentage is not allowed here"};
  if (spec.size > kMaxOffset - spec.offset) return SpecError{"size", "offset and size together are too large"};
  const std::uint64_t room = kMaxOffset - spec.offset - spec.size;
  if (draft.numjobs > 1 && increment > room / (draft.numjobs - 1)) {
    return SpecError{"offset_increment",
                     "the offset of the last of " + std::to_string(draft.numjobs) + " jobs is too large"};
  }
  return std::nullopt;
}

}  // namespace

tl::expected<std::vector<JobSpec>, SpecError> make_jobs(const SectionDraft& draft, const std::string& name,
                                                        std::uint32_t section, std::uint64_t default_zone_size) {
  JobSpec spec = draft.spec;
  std::uint64_t increment = 0;
  spec.name = name;
  spec.section = section;
  set_depths(draft, spec);
  Contradiction wrong = check_mode(draft);
  if (!wrong) wrong = set_files(draft, spec);
  if (!wrong) wrong = set_block_sizes(draft, spec);
  if (!wrong) wrong = check_zones(spec);
  if (!wrong) wrong = set_places(draft, default_zone_size, spec, increment);
  if (wrong) return tl::unexpected(std::move(*wrong));
  spec.time_based = spec.time_based && spec.runtime_ns != 0;  // so does fio
  std::vector<JobSpec> jobs(draft.numjobs, spec);
  for (std::uint32_t clone = 0; clone < draft.numjobs; ++clone) {
    jobs[clone].clone = clone;
    jobs[clone].offset += clone * increment;
    // Clones start together: the first one has waited for the jobs before it.
    jobs[clone].stonewall = spec.stonewall && clone == 0;
  }
  return jobs;
}

}  // namespace zoneknot::tools
