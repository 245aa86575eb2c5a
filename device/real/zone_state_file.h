// The state of emulated zones, kept in a file beside that which holds their data, so that a run goes on where another
// one ended. Mapped into memory and written zone by zone: it outlives a process that is killed. Owned by a FileDevice,
// which serialises calls.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/zoned_device.h"
#include "device/model/zone_model.h"

namespace zoneknot::device {

class ZoneStateFile {
 public:
  // Made if it is missing. What it has of a device of another description is forgotten. The error is one line that
  // begins with the path.
  static tl::expected<std::unique_ptr<ZoneStateFile>, std::string> open(const std::string& path,
                                                                        const DeviceConfig& config);
  ~ZoneStateFile();
  ZoneStateFile(const ZoneStateFile&) = delete;
  ZoneStateFile& operator=(const ZoneStateFile&) = delete;

  // It was there and is of a device of this description.
  [[nodiscard]] bool found() const { return found_; }
  // How zones start that were left so: what was open is closed, as by a power cut.
  [[nodiscard]] std::vector<ZoneStart> starts() const;

  // From here on it stands for the data.
  void begin(const std::vector<core::ZoneReport>& zones);
  void keep(std::uint32_t index, const core::ZoneReport& zone);

 private:
  struct Record {
    std::uint64_t written;  // bytes from the zone's start
    std::uint64_t condition;
  };
  static constexpr std::size_t kHeadBytes = 4096;

  ZoneStateFile(std::string head, const DeviceConfig& config, void* memory, std::size_t bytes)
      : head_(std::move(head)), config_(config), memory_(memory), bytes_(bytes) {}
  [[nodiscard]] Record* records() const { return reinterpret_cast<Record*>(static_cast<char*>(memory_) + kHeadBytes); }

  std::string head_;
  DeviceConfig config_;
  void* memory_;
  std::size_t bytes_;
  bool found_ = false;
};

}  // namespace zoneknot::device
