#include "tools/option/bound.h"

#include <algorithm>
#include <array>
#include <limits>

#include "tools/option/device_option.h"
#include "tools/text/key_values.h"
#include "tools/text/nearest_word.h"
#include "tools/text/size_text.h"

namespace zoneknot::tools {
namespace {

constexpr std::string_view kBoundOption = "--bound";

using core::JobSpec;
using lockcheck::Bounds;

struct BoundKey {
  std::string_view name;
  std::optional<std::uint32_t> Bounds::* member;
};

constexpr std::array<BoundKey, 6> kBoundKeys = {{{"skip", &Bounds::skip},
                                                 {"jobs", &Bounds::jobs},
                                                 {"zones", &Bounds::zones},
                                                 {"depth", &Bounds::depth},
                                                 {"ios", &Bounds::ios},
                                                 {"blocks", &Bounds::blocks}}};

tl::unexpected<InputError> wrong_bound(std::string message) {
  return tl::unexpected(InputError{std::string(kBoundOption), 0, 0, std::move(message)});
}

void bound_zones(std::uint32_t zones, std::uint64_t zone_size, JobSpec& job) {
  const std::uint64_t all = std::uint64_t{zones} * job.file_count();
  const std::uint64_t most = all > kMaxOffset / zone_size ? kMaxOffset : all * zone_size;
  job.size = job.size == 0 ? most : std::min(job.size, most);
  const std::uint32_t most_open = std::max(zones - 1, 1U);
  for (std::uint32_t* const limit : {&job.max_open_zones, &job.job_max_open_zones}) {
    *limit = std::min(*limit, most_open);  // 0, no limit, stays
  }
}

void bound_depth(std::uint32_t depth, JobSpec& job) {
  for (std::uint32_t* const number :
       {&job.iodepth, &job.batch, &job.complete_min, &job.complete_max, &job.iodepth_low}) {
    *number = std::min(*number, depth);
  }
}

tl::expected<void, InputError> bound_blocks(std::uint32_t blocks, std::vector<JobSpec>& jobs,
                                            device::DeviceConfig& device) {
  std::uint64_t largest = 0;
  for (const JobSpec& job : jobs) largest = std::max<std::uint64_t>(largest, job.largest_bs());
  const std::uint64_t capacity = blocks * largest;
  if (capacity > device.zone_size) {
    return wrong_bound("blocks: " + std::to_string(blocks) + " blocks of " + std::to_string(largest) +
                       " bytes are more than a zone of " + std::to_string(device.zone_size) + " bytes");
  }
  if (capacity % device.block_size != 0) {
    return wrong_bound("blocks: " + std::to_string(blocks) + " blocks of " + std::to_string(largest) +
                       " bytes are no multiple of the device's block of " + std::to_string(device.block_size) +
                       " bytes");
  }
  device.zone_capacity = capacity;
  for (JobSpec& job : jobs) {
    if (job.zone_capacity != 0) job.zone_capacity = capacity;
  }
  return {};
}

}  // namespace

tl::expected<Bounds, InputError> parse_bound(std::string_view text) {
  const auto entries = parse_key_values(text, kBoundOption);
  if (!entries) return tl::unexpected(entries.error());
  Bounds bounds;
  for (const KeyValue& entry : *entries) {
    const auto key = std::ranges::find(kBoundKeys, entry.key, &BoundKey::name);
    if (key == kBoundKeys.end()) {
      std::array<std::string_view, kBoundKeys.size()> names;
      std::ranges::transform(kBoundKeys, names.begin(), &BoundKey::name);
      return wrong_bound("unknown bound " + in_quotes(entry.key) + did_you_mean(entry.key, names));
    }
    if (!entry.value) return wrong_bound(in_quotes(entry.key) + " needs a value");
    const auto number = parse_count(*entry.value, 1, std::numeric_limits<std::uint32_t>::max());
    if (!number) return wrong_bound(std::string(entry.key) + ": " + number.error().message);
    bounds.*key->member = static_cast<std::uint32_t>(*number);
  }
  return bounds;
}

std::string bound_text(const Bounds& bounds) {
  std::string text;
  for (const BoundKey& key : kBoundKeys) {
    const std::optional<std::uint32_t>& value = bounds.*key.member;
    if (!value) continue;
    text += (text.empty() ? "" : ",") + std::string(key.name) + "=" + std::to_string(*value);
  }
  return text;
}

tl::expected<std::vector<std::string>, InputError> apply_bound(const Bounds& bounds, std::vector<JobSpec>& jobs,
                                                               device::DeviceConfig& device) {
  if (!bounds.any()) return {};
  std::size_t with_runtime = 0;
  if (bounds.zones && *bounds.zones > device::kMaxZones) {
    return wrong_bound("zones: a device has at most " + std::to_string(device::kMaxZones));
  }
  if (bounds.skip) {
    if (*bounds.skip >= jobs.size()) {
      return wrong_bound("skip: " + std::to_string(*bounds.skip) + " of " + std::to_string(jobs.size()) +
                         " jobs are all of them");
    }
    jobs.erase(jobs.begin(), jobs.begin() + *bounds.skip);
  }
  if (bounds.jobs) jobs.resize(std::min<std::size_t>(jobs.size(), *bounds.jobs));
  for (JobSpec& job : jobs) {
    if (bounds.zones) bound_zones(*bounds.zones, device.zone_size, job);
    if (bounds.depth) bound_depth(*bounds.depth, job);
    if (bounds.ios) job.max_ios = *bounds.ios;
    with_runtime += job.runtime_ns != 0 ? 1 : 0;
    job.runtime_ns = 0;
    job.thinktime_ns = std::min<std::uint64_t>(job.thinktime_ns, 1);
  }
  if (bounds.blocks) {
    if (auto done = bound_blocks(*bounds.blocks, jobs, device); !done) return tl::unexpected(done.error());
  }
  const std::uint64_t reached = zones_reached(jobs, device.zone_size);
  if (reached > device::kMaxZones) return wrong_bound("zones: the ranges reach beyond what a device can have");
  device.zones = std::max(device.zones, static_cast<std::uint32_t>(reached));
  if (auto contradiction = device::check_config(device)) return wrong_bound(std::move(*contradiction));
  if (with_runtime == 0) return {};
  return std::vector{"runtime (of " + std::to_string(with_runtime) + (with_runtime == 1 ? " job)" : " jobs)")};
}

}  // namespace zoneknot::tools
