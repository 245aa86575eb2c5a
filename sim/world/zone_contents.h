// The bytes of a simulated device, for worlds whose jobs look at their data. A zone takes memory when it is first
// written, and keeps it for later executions. Owned by a SimDevice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/live_state.h"

namespace zoneknot::sim {

class ZoneContents {
 public:
  ZoneContents(std::uint64_t zone_size, std::uint32_t zones) : zone_size_(zone_size), zones_(zones) {}

  // Bytes from the device's start; [offset, offset + length) lies on the device. What was not written reads as zeros.
  void write(std::uint64_t offset, const std::byte* from, std::uint32_t length);
  void read(std::uint64_t offset, std::byte* to, std::uint32_t length) const;
  // Bytes [offset, offset + length), within one zone, are zeros again.
  void erase(std::uint64_t offset, std::uint64_t length);
  // All of the zone is unwritten again.
  void clear(std::uint32_t zone);
  void clear_all();
  // Adds a hash of the bytes of each written zone.
  void describe(core::StateSink& sink) const;

 private:
  struct Zone {
    std::vector<std::byte> bytes;  // empty or zone_size_
    bool written = false;
  };

  [[nodiscard]] std::vector<std::byte>& bytes_of(std::uint32_t index);
  [[nodiscard]] std::uint32_t in_one_zone(std::uint64_t offset, std::uint32_t length) const;

  std::uint64_t zone_size_;
  std::vector<Zone> zones_;
  std::vector<std::uint32_t> written_;  // zones with the flag
};

}  // namespace zoneknot::sim
