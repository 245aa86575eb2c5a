// DeviceConfig as text, and what can be wrong with one.
#include <bit>
#include <utility>

#include "device/model/zone_model.h"
#include "device/model/zone_state.h"

namespace zoneknot::device {
namespace {

constexpr std::uint32_t kSmallestBlock = 512;
constexpr std::uint32_t kLargestBlock = 65536;
constexpr std::uint64_t kLargestDevice = std::uint64_t{1} << 62U;  // bytes; file offsets are signed

// 1M, 4k, or the number.
std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kKiB = 1024;
  if (bytes % (kKiB * kKiB) == 0) return std::to_string(bytes / (kKiB * kKiB)) + "M";
  if (bytes % kKiB == 0) return std::to_string(bytes / kKiB) + "k";
  return std::to_string(bytes);
}

std::string differences_text(const DeviceConfig& config) {
  std::string text;
  if (!config.filled.empty()) text += ",filled=" + to_string(config.filled);
  if (!config.half.empty()) text += ",half=" + to_string(config.half);
  if (!config.starts.empty()) text += ",start=" + device::to_string(config.starts);
  if (config.dialect != DialectName::zns) text += ",dialect=" + std::string(word_of(config.dialect));
  if (config.host != HostLayer::write_lock) text += ",host=" + std::string(word_of(config.host));
  if (config.close_policy) text += ",close=" + std::string(word_of(*config.close_policy));
  if (config.emulated) text += ",emulated";
  return text;
}

// Each zone that the user names is there, sequential, and named once.
class NamedZones {
 public:
  explicit NamedZones(const DeviceConfig& config) : config_(config), named_(config.zones) {}

  std::optional<std::string> add(const std::string& key, const ZoneRun& run) {
    const std::string what = key + ": zone ";
    if (run.step == 0 || run.first > run.last) return key + ": a range without zones";
    if (run.last >= config_.zones) {
      return what + std::to_string(run.last) + " is beyond the device's " + std::to_string(config_.zones);
    }
    if (run.first < config_.conventional) return what + std::to_string(run.first) + " is conventional";
    for (std::uint64_t zone = run.first; zone <= run.last; zone += run.step) {
      if (named_[zone]) return what + std::to_string(zone) + " is named twice";
      named_[zone] = true;
    }
    return std::nullopt;
  }

 private:
  const DeviceConfig& config_;
  std::vector<bool> named_;
};

// The write pointer of a zone that starts open or closed.
std::optional<std::string> check_written(const DeviceConfig& config, const ZoneStart& start) {
  const std::uint64_t capacity = config.zone_capacity == 0 ? config.zone_size : config.zone_capacity;
  if (start.written == 0) return std::nullopt;
  const std::string what = "start: zone " + std::to_string(start.first);
  if (!counts_as_active(start.condition)) return what + " is neither open nor closed, so it has no write pointer";
  if (start.written < capacity / config.block_size) return std::nullopt;
  return what + " has " + std::to_string(start.written) +
         " blocks written, and a zone that is not full has fewer than " + std::to_string(capacity / config.block_size);
}

std::optional<std::string> check_initial(const DeviceConfig& config) {
  if (config.filled.empty() && config.half.empty() && config.starts.empty()) return std::nullopt;
  NamedZones named(config);
  for (const auto& [key, pick] : {std::pair{"filled", &config.filled}, std::pair{"half", &config.half}}) {
    for (const ZoneRun& run : *pick) {
      if (auto wrong = named.add(key, run)) return wrong;
    }
  }
  for (const ZoneStart& start : config.starts) {
    if (auto wrong = named.add("start", {start.first, start.last, 1})) return wrong;
    if (auto wrong = check_written(config, start)) return wrong;
  }
  return std::nullopt;
}

// The zones that start active or open fit the limits.
std::optional<std::string> check_starts_by_limits(const DeviceConfig& config) {
  std::uint64_t half = 0;
  for_each_zone(config.half, config.zones, [&](std::uint32_t) { ++half; });
  std::uint64_t active = half;
  std::uint64_t open = 0;
  for (const ZoneStart& start : config.starts) {
    const std::uint64_t zones = std::uint64_t{start.last} - start.first + 1;
    if (counts_as_active(start.condition)) active += zones;
    if (counts_as_open(start.condition)) open += zones;
  }
  if (config.max_active != 0 && active > config.max_active) {
    return std::to_string(active) + (active == half ? " half-full" : " open or closed") +
           " zones are above max-active " + std::to_string(config.max_active);
  }
  if (config.max_open != 0 && open > config.max_open) {
    return std::to_string(open) + " open zones are above max-open " + std::to_string(config.max_open);
  }
  return std::nullopt;
}

}  // namespace

std::string to_string(const ZonePick& pick) {
  std::string text;
  for (const ZoneRun& run : pick) {
    text += (text.empty() ? "" : "+") + std::to_string(run.first);
    if (run.last == run.first) continue;
    text += "-" + std::to_string(run.last);
    if (run.step != 1) text += "/" + std::to_string(run.step);
  }
  return text;
}

std::string DeviceConfig::to_string() const {
  std::string text = "zones=" + std::to_string(zones) + ",size=" + std::to_string(zone_size) +
                     ",capacity=" + std::to_string(zone_capacity == 0 ? zone_size : zone_capacity) +
                     ",conventional=" + std::to_string(conventional) + ",block=" + std::to_string(block_size) +
                     ",max-open=" + std::to_string(max_open) + ",max-active=" + std::to_string(max_active) +
                     ",prefilled=" + (prefilled ? "1" : "0");
  text += differences_text(*this);
  if (latency) text += ",latency=" + latency->to_string();
  return text;
}

std::string DeviceConfig::short_text() const {
  std::string text = "zones=" + std::to_string(zones) + ",size=" + size_text(zone_size);
  if (zone_capacity != 0 && zone_capacity != zone_size) text += ",capacity=" + size_text(zone_capacity);
  if (conventional != 0) text += ",conventional=" + std::to_string(conventional);
  if (block_size != DeviceConfig{}.block_size) text += ",block=" + size_text(block_size);
  if (max_open != 0) text += ",max-open=" + std::to_string(max_open);
  if (max_active != 0) text += ",max-active=" + std::to_string(max_active);
  text += (prefilled ? ",prefilled" : "") + differences_text(*this);
  if (latency) text += ",latency=" + latency->name;
  return text;
}

// null_blk: drivers/block/null_blk/zoned.c, null_init_zoned_dev(). QEMU: hw/nvme/ns.c. scsi_debug:
// sdebug_device_create_zones().
void apply_limit_rules(DeviceConfig& config) {
  const Dialect& rules = dialect(config.dialect);
  if (!rules.limits_active) config.max_active = 0;
  if (rules.limits_must_bite) {
    const std::uint32_t sequential = config.zones - config.conventional;
    if (config.max_active >= sequential) config.max_active = 0;
    if (config.max_active != 0 && config.max_open > config.max_active) config.max_open = config.max_active;
    if (config.max_open >= sequential) config.max_open = 0;
  }
  if (config.dialect == DialectName::qemu && config.max_open == 0) config.max_open = config.max_active;
}

std::optional<std::string> check_config(const DeviceConfig& config) {
  const auto text = [](std::uint64_t value) { return std::to_string(value); };
  if (!std::has_single_bit(config.block_size) || config.block_size < kSmallestBlock ||
      config.block_size > kLargestBlock) {
    return "the block size " + text(config.block_size) + " is not a power of two from 512 to 65536";
  }
  if (config.zones == 0 || config.zones > kMaxZones) {
    return "the number of zones " + text(config.zones) + " is not between 1 and " + text(kMaxZones);
  }
  if (config.zone_size == 0 || config.zone_size % config.block_size != 0) {
    return "the zone size " + text(config.zone_size) + " is not a multiple of the block size " +
           text(config.block_size);
  }
  if (config.zone_size > kLargestDevice / config.zones) return "the device is larger than a file can be";
  if (config.zone_capacity > config.zone_size || config.zone_capacity % config.block_size != 0) {
    return "the zone capacity " + text(config.zone_capacity) + " is above the zone size " + text(config.zone_size) +
           " or not a multiple of the block size " + text(config.block_size);
  }
  if (config.conventional > config.zones) {
    return text(config.conventional) + " conventional zones are more than the device's " + text(config.zones);
  }
  const Dialect& rules = dialect(config.dialect);
  if (rules.limits_active && !rules.limits_must_bite && config.max_active != 0 && config.max_open > config.max_active) {
    return "max-open " + text(config.max_open) + " is above max-active " + text(config.max_active);
  }
  if (auto wrong = check_initial(config)) return wrong;
  return check_starts_by_limits(config);
}

}  // namespace zoneknot::device
