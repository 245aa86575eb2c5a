// A zoned block device of this machine, through libzbd: geometry, reports and zone commands. Reads and writes go to its
// descriptor. Owned by whoever opened it; calls from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/zoned_device.h"

namespace zoneknot::device {

class ZonedBlock {
 public:
  enum class Use : std::uint8_t {
    look,   // reports alone; whoever else uses it goes on
    read,   // for this process alone
    write,  // for this process alone, and to be changed
  };

  // With O_DIRECT, and for a use other than `look` with O_EXCL: a device that is mounted or held by anybody is refused.
  // The error is one line that begins with the path.
  static tl::expected<std::unique_ptr<ZonedBlock>, std::string> open(const std::string& path, Use use);

  virtual ~ZonedBlock() = default;
  ZonedBlock(const ZonedBlock&) = delete;
  ZonedBlock& operator=(const ZonedBlock&) = delete;

  [[nodiscard]] virtual int fd() const = 0;
  [[nodiscard]] virtual const std::string& path() const = 0;
  // A limit of 0: there is none, or none that the kernel knows.
  [[nodiscard]] virtual const core::DeviceGeometry& geometry() const = 0;

  // On `count` zones from `first` on, which are all there; not atomic. 0 or an errno value.
  [[nodiscard]] virtual int manage(core::ZoneAction action, std::uint32_t first, std::uint32_t count) = 0;

  // Zones from `first` on. The error is an errno value.
  [[nodiscard]] virtual tl::expected<std::vector<core::ZoneReport>, int> report(std::uint32_t first,
                                                                                std::uint32_t count) const = 0;
  [[nodiscard]] tl::expected<std::vector<core::ZoneReport>, int> report() const {
    return report(0, geometry().nr_zones());
  }

 protected:
  ZonedBlock() = default;
};

// Whether the path names a block device that has zones; what is not there, or is no block device, has none.
[[nodiscard]] bool has_zones(const std::string& path);

}  // namespace zoneknot::device
