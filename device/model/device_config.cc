// DeviceConfig as text, and what can be wrong with one.
#include <bit>

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

}  // namespace

std::string DeviceConfig::to_string() const {
  return "zones=" + std::to_string(zones) + ",size=" + std::to_string(zone_size) +
         ",capacity=" + std::to_string(zone_capacity == 0 ? zone_size : zone_capacity) +
         ",conventional=" + std::to_string(conventional) + ",block=" + std::to_string(block_size) +
         ",max-open=" + std::to_string(max_open) + ",max-active=" + std::to_string(max_active) +
         ",prefilled=" + (prefilled ? "1" : "0");
}

std::string DeviceConfig::short_text() const {
  std::string text = "zones=" + std::to_string(zones) + ",size=" + size_text(zone_size);
  if (zone_capacity != 0 && zone_capacity != zone_size) text += ",capacity=" + size_text(zone_capacity);
  if (conventional != 0) text += ",conventional=" + std::to_string(conventional);
  if (block_size != DeviceConfig{}.block_size) text += ",block=" + size_text(block_size);
  if (max_open != 0) text += ",max-open=" + std::to_string(max_open);
  if (max_active != 0) text += ",max-active=" + std::to_string(max_active);
  return text + (prefilled ? ",prefilled" : "");
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
  if (config.max_active != 0 && config.max_open > config.max_active) {
    return "max-open " + text(config.max_open) + " is above max-active " + text(config.max_active);
  }
  return std::nullopt;
}

}  // namespace zoneknot::device
