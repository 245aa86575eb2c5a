// DeviceConfig as text, and what can be wrong with one.
#include <bit>
#include <utility>

#include "device/model/zone_model.h"

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
  if (config.dialect != DialectName::zns) text += ",dialect=" + std::string(word_of(config.dialect));
  if (config.host != HostLayer::write_lock) text += ",host=" + std::string(word_of(config.host));
  if (config.close_policy) text += ",close=" + std::string(word_of(*config.close_policy));
  return text;
}

// Each zone that the user names is there, sequential, and named once.
std::optional<std::string> check_initial(const DeviceConfig& config) {
  if (config.filled.empty() && config.half.empty()) return std::nullopt;
  std::vector<bool> named(config.zones);
  for (const auto& [key, pick] : {std::pair{"filled", &config.filled}, std::pair{"half", &config.half}}) {
    for (const ZoneRun& run : *pick) {
      const std::string what = std::string(key) + ": zone ";
      if (run.step == 0 || run.first > run.last) return std::string(key) + ": a range without zones";
      if (run.last >= config.zones) {
        return what + std::to_string(run.last) + " is beyond the device's " + std::to_string(config.zones);
      }
      if (run.first < config.conventional) return what + std::to_string(run.first) + " is conventional";
      for (std::uint64_t zone = run.first; zone <= run.last; zone += run.step) {
        if (named[zone]) return what + std::to_string(zone) + " is named twice";
        named[zone] = true;
      }
    }
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
  return text + differences_text(*this);
}

std::string DeviceConfig::short_text() const {
  std::string text = "zones=" + std::to_string(zones) + ",size=" + size_text(zone_size);
  if (zone_capacity != 0 && zone_capacity != zone_size) text += ",capacity=" + size_text(zone_capacity);
  if (conventional != 0) text += ",conventional=" + std::to_string(conventional);
  if (block_size != DeviceConfig{}.block_size) text += ",block=" + size_text(block_size);
  if (max_open != 0) text += ",max-open=" + std::to_string(max_open);
  if (max_active != 0) text += ",max-active=" + std::to_string(max_active);
  return text + (prefilled ? ",prefilled" : "") + differences_text(*this);
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
  std::uint64_t half = 0;
  for_each_zone(config.half, config.zones, [&](std::uint32_t) { ++half; });
  if (config.max_active != 0 && half > config.max_active) {
    return text(half) + " half-full zones are above max-active " + text(config.max_active);
  }
  return std::nullopt;
}

}  // namespace zoneknot::device
