#include "tools/prove/cutoff.h"

#include <algorithm>
#include <set>
#include <utility>

namespace zoneknot::tools {
namespace {

using core::Direction;
using core::JobSpec;
using core::Range;

// One I/O owns a zone, one waits; where I/Os fail, a third one does that. Of the three zones one is owned, one is
// waited for, and one is neither. What is in a zone is drawn at each look.
constexpr ProofSize kCutoff = {.depth = 2, .zones = 3, .blocks = 1};
constexpr ProofSize kCutoffOfErrors = {.depth = 3, .zones = 3, .blocks = 1};

bool uses(const JobSpec& job, Direction direction) {
  switch (direction) {
    case Direction::read:
      return job.reads;
    case Direction::write:
      return job.writes;
    case Direction::trim:
      return job.trims;
    case Direction::sync:
      break;
  }
  return false;
}

// Why blocks of one size, the smallest, do not stand for those of the jobs; nothing: they do.
std::optional<std::string> unequal_blocks(const std::vector<JobSpec>& jobs, std::uint64_t zone_size) {
  const std::uint32_t block = jobs.front().smallest_bs();
  for (const JobSpec& job : jobs) {
    for (const Direction direction : {Direction::read, Direction::write, Direction::trim}) {
      if (!uses(job, direction)) continue;
      if (job.min_bs_of(direction) != block) return "the smallest blocks of jobs or directions differ";
      if (job.max_bs_of(direction) > zone_size) return "blocks are larger than zones";
    }
  }
  if (zone_size % block != 0) return "blocks do not fill a zone";
  return std::nullopt;
}

std::optional<std::string> unusual_queue(const JobSpec& job) {
  const bool batches = job.batch != 1 || job.complete_min != 1;
  const bool low = job.iodepth_low != 0 && job.iodepth_low != job.iodepth;
  if (batches || low) return "I/Os are handed over or reaped in batches";
  return std::nullopt;
}

bool equal_or_apart(const std::vector<Range>& ranges) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> different;  // base, end
  for (const Range& range : ranges) different.emplace(range.base, range.end());
  std::uint64_t end_before = 0;
  for (const auto& [base, end] : different) {
    if (base < end_before) return false;
    end_before = end;
  }
  return true;
}

std::optional<std::string> unusual_ranges(const Instance& instance) {
  const std::uint64_t zone_size = instance.device.zone_size;
  const std::vector<Range> ranges = ranges_of(instance);
  const auto aligned = [&](const Range& range) { return range.base % zone_size == 0 && range.length % zone_size == 0; };
  if (!std::ranges::all_of(ranges, aligned)) return "a range does not end at zone bounds";
  if (!equal_or_apart(ranges)) return "ranges of jobs overlap in part";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> outside_of_cutoff(const Instance& instance, sim::ProofFaults faults) {
  if (faults == sim::ProofFaults::engine) return "the engine's own calls fail";
  const device::DeviceConfig& device = instance.device;
  if (device.zone_capacity != 0 && device.zone_capacity != device.zone_size) return "zones are not full at their end";
  for (const JobSpec& job : instance.jobs) {
    if (job.verify != core::VerifyKind::none) return "verify is used";
    if (job.zone_skip != 0) return "zoneskip is used";
    if (job.fsync != 0 || job.fdatasync != 0) return "fsync or fdatasync counts writes";
    if (job.leave_out % static_cast<std::int64_t>(job.smallest_bs()) != 0) return "I/Os do not begin at whole blocks";
    if (job.open_zone_limit() != instance.jobs.front().open_zone_limit()) return "limits of open zones differ";
    if (auto reason = unusual_queue(job)) return reason;
  }
  if (auto reason = unequal_blocks(instance.jobs, device.zone_size)) return reason;
  return unusual_ranges(instance);
}

std::vector<ProofSize> cutoff_sizes(const Instance& instance, sim::ProofFaults faults) {
  ProofSize least = faults == sim::ProofFaults::none ? kCutoff : kCutoffOfErrors;
  // A conventional zone is one of its own kind.
  const std::uint64_t sequential = instance.device.conventional * instance.device.zone_size;
  if (std::ranges::any_of(ranges_of(instance), [&](const Range& range) { return range.base < sequential; })) {
    ++least.zones;
  }
  const ProofSize whole = whole_size(instance);
  std::vector<ProofSize> sizes = {smaller_of(least, whole)};
  for (const ProofSize& more : one_more_of_each(least)) {
    const ProofSize size = smaller_of(more, whole);
    if (std::ranges::find(sizes, size) == sizes.end()) sizes.push_back(size);
  }
  return sizes;
}

tl::expected<ProofInstance, InputError> cutoff_instance(const Instance& instance, const ProofSize& size) {
  Instance single = instance;
  for (JobSpec& job : single.jobs) job.max_bs = job.min_bs = {job.smallest_bs(), job.smallest_bs(), job.smallest_bs()};
  auto small = proof_instance(single, size);
  if (small) small->forgetful = true;
  return small;
}

bool waits_empty_handed(const std::vector<JobProof>& proofs) {
  return std::ranges::none_of(proofs, [](const JobProof& proof) { return proof.result.findings.waits_with_locks; });
}

}  // namespace zoneknot::tools
