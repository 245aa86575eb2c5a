#include "tools/prove/instance.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "tools/option/bound.h"

namespace zoneknot::tools {
namespace {

using core::JobSpec;

// The smallest zone-sized unit that every block of every job divides, at least as large as the largest block.
std::uint64_t block_unit(const std::vector<JobSpec>& jobs) {
  std::uint64_t unit = 1;
  std::uint64_t largest = 0;
  for (const JobSpec& job : jobs) {
    for (const std::uint32_t bs : job.min_bs) unit = std::lcm(unit, bs);
    largest = std::max<std::uint64_t>(largest, job.largest_bs());
  }
  return (largest + unit - 1) / unit * unit;
}

// Where zone numbers go when everything between them shrinks.
class ZoneMap {
 public:
  ZoneMap(const std::vector<core::Range>& ranges, std::uint64_t zone_size, std::uint32_t conventional,
          std::uint32_t zones) {
    std::set<std::uint64_t> marks = {0, conventional};
    for (const core::Range& range : ranges) marks.insert(range.base / zone_size);
    std::uint64_t before = 0;
    std::uint64_t number = 0;
    for (const std::uint64_t mark : marks) {
      const bool inside = std::any_of(ranges.begin(), ranges.end(), [&](const core::Range& range) {
        return before >= range.base / zone_size && before < range.end() / zone_size && before >= conventional;
      });
      number += std::min<std::uint64_t>(mark - before, inside ? zones : 1);
      numbers_[mark] = number;
      before = mark;
    }
  }
  [[nodiscard]] std::uint64_t number_of(std::uint64_t zone) const { return numbers_.at(zone); }

 private:
  std::map<std::uint64_t, std::uint64_t> numbers_;
};

void shrink_depth(std::uint32_t depth, JobSpec& job) {
  for (std::uint32_t* const number :
       {&job.iodepth, &job.batch, &job.complete_min, &job.complete_max, &job.iodepth_low}) {
    *number = std::min(*number, depth);
  }
}

void shrink_open_zones(std::uint32_t zones, JobSpec& job) {
  for (std::uint32_t* const limit : {&job.max_open_zones, &job.job_max_open_zones}) {
    *limit = std::min(*limit, std::max(zones - 1, 1U));  // 0, no limit, stays
  }
}

// A job without a size has whatever is left of the device, which is no part of the job: a device that happens to be
// small may not make a proof.
std::optional<InputError> check_room(const JobSpec& job, std::uint64_t zones, std::uint32_t needed) {
  if (job.size != 0 || zones >= needed) return std::nullopt;
  return InputError{.file = "--device",
                    .message = "has " + std::to_string(zones) + " zones behind the offset of job " + job.name +
                               ", which has no size; the proof is for " + std::to_string(needed) +
                               ": a larger device, a size, or --bound=zones=" + std::to_string(zones)};
}

// What zones hold at the beginning is no part of a proof: others may have changed it before a job looks.
device::DeviceConfig with_any_data(device::DeviceConfig device) {
  device.filled.clear();
  device.half.clear();
  return device;
}

// The jobs as they are, on a device that ends behind them.
ProofInstance whole_instance(const Instance& instance, const std::vector<core::Range>& ranges) {
  ProofInstance whole{.jobs = instance.jobs, .device = with_any_data(instance.device), .whole = true};
  std::uint64_t end = 0;
  for (const core::Range& range : ranges) end = std::max(end, range.end());
  // Where zoneskip turns back depends on the device's end.
  const bool skips = std::ranges::any_of(instance.jobs, [](const JobSpec& job) { return job.zone_skip != 0; });
  const std::uint64_t zone_size = instance.device.zone_size;
  if (!skips) whole.device.zones = static_cast<std::uint32_t>((end + zone_size - 1) / zone_size);
  whole.device.conventional = std::min(whole.device.conventional, whole.device.zones);
  return whole;
}

std::uint32_t rounded_up(std::uint64_t bytes, std::uint64_t unit) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>((bytes + unit - 1) / unit, UINT32_MAX));
}

}  // namespace

std::vector<core::Range> ranges_of(const Instance& instance) {
  const std::vector<core::ZoneReport> report = device::ZoneModel(instance.device).report();
  std::vector<core::Range> ranges;
  ranges.reserve(instance.jobs.size());
  for (const JobSpec& job : instance.jobs) ranges.push_back(core::job_range(job, report));
  return ranges;
}

ProofSize whole_size(const Instance& instance) {
  ProofSize whole{.depth = 1, .zones = 1, .blocks = 1};
  whole.blocks = std::max(1U, rounded_up(instance.device.zone_size, block_unit(instance.jobs)));
  for (const core::Range& range : ranges_of(instance)) {
    whole.zones = std::max(whole.zones, rounded_up(range.length, instance.device.zone_size));
  }
  for (const JobSpec& job : instance.jobs) {
    if (job.size == 0) whole.zones = UINT32_MAX;
    whole.depth = std::max(whole.depth, job.iodepth);
  }
  return whole;
}

ProofSize smaller_of(const ProofSize& a, const ProofSize& b) {
  return {
      .depth = std::min(a.depth, b.depth), .zones = std::min(a.zones, b.zones), .blocks = std::min(a.blocks, b.blocks)};
}

std::array<ProofSize, 3> one_more_of_each(const ProofSize& size) {
  std::array<ProofSize, 3> larger = {size, size, size};
  ++larger[0].depth;
  ++larger[1].zones;
  ++larger[2].blocks;
  return larger;
}

tl::expected<ProofSize, InputError> parse_proof_size(const std::string& text, const ProofSize& otherwise) {
  if (text.empty()) return otherwise;
  const auto bounds = parse_bound(text);
  if (!bounds) return tl::make_unexpected(bounds.error());
  if (bounds->jobs || bounds->ios || bounds->skip) {
    return tl::make_unexpected(InputError{.file = "--bound",
                                          .message =
                                              "a proof is for any number of jobs and I/Os; it takes depth, zones and "
                                              "blocks"});
  }
  return ProofSize{.depth = bounds->depth.value_or(otherwise.depth),
                   .zones = bounds->zones.value_or(otherwise.zones),
                   .blocks = bounds->blocks.value_or(otherwise.blocks)};
}

tl::expected<ProofInstance, InputError> proof_instance(const Instance& instance, const ProofSize& size) {
  const std::vector<core::Range> ranges = ranges_of(instance);
  const ProofSize whole = whole_size(instance);
  if (smaller_of(size, whole) == whole) return whole_instance(instance, ranges);
  ProofInstance small{.jobs = instance.jobs, .device = with_any_data(instance.device)};
  const std::uint64_t old_size = instance.device.zone_size;
  const std::uint64_t unit = block_unit(instance.jobs);
  const std::uint64_t blocks = std::min<std::uint64_t>(size.blocks, std::max<std::uint64_t>(old_size / unit, 1));
  const bool gaps = instance.device.zone_capacity != 0 && instance.device.zone_capacity < old_size;
  small.device.zone_size = (blocks + (gaps ? 1 : 0)) * unit;
  small.device.zone_capacity = gaps ? blocks * unit : 0;

  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const std::uint64_t zones = ranges[i].length / old_size;
    if (auto error = check_room(instance.jobs[i], zones, size.zones)) return tl::make_unexpected(*error);
  }
  const ZoneMap map(ranges, old_size, instance.device.conventional, size.zones);
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < small.jobs.size(); ++i) {
    JobSpec& job = small.jobs[i];
    const std::uint64_t base = map.number_of(ranges[i].base / old_size);
    const std::uint64_t zones = std::clamp<std::uint64_t>(ranges[i].length / old_size, 1, size.zones);
    job.offset = base * small.device.zone_size;
    job.size = zones * small.device.zone_size;
    job.zone_size = 0;
    job.zone_capacity = 0;
    job.zone_skip = std::min<std::uint64_t>(job.zone_skip / old_size, 1) * small.device.zone_size;
    shrink_depth(size.depth, job);
    shrink_open_zones(size.zones, job);
    end = std::max(end, base + zones + (job.zone_skip != 0 ? 1 : 0));
  }
  small.device.zones = static_cast<std::uint32_t>(end);
  small.device.conventional = static_cast<std::uint32_t>(map.number_of(instance.device.conventional));
  if (auto wrong = device::check_config(small.device)) {
    return tl::make_unexpected(InputError{.file = "--bound", .message = *wrong});
  }
  const device::ZoneModel shrunk(small.device);
  for (const JobSpec& job : small.jobs) {
    if (const auto error = core::check_job(job, shrunk.geometry(), shrunk.report())) {
      return tl::make_unexpected(InputError{.file = "--bound", .message = error->option + ": " + error->message});
    }
  }
  return small;
}

std::vector<std::size_t> different_jobs(const std::vector<JobSpec>& jobs) {
  std::set<std::pair<std::string, std::string>> known;
  std::vector<std::size_t> different;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    JobSpec job = jobs[i];
    job.name.clear();
    job.section = job.clone = 0;
    job.randseed = 0;
    if (known.insert({core::canonical_text(job), job.filename}).second) different.push_back(i);
  }
  return different;
}

}  // namespace zoneknot::tools
