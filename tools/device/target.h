// What a script of zone commands is played on: a simulated device, a file with emulated zones, or a zoned block device.
// Offsets and lengths count logical blocks from the device's start. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/zoned_device.h"
#include "tools/device/stamp.h"

namespace zoneknot::tools {

struct TargetFacts {
  core::DeviceGeometry geometry;
  // Why it cannot, a clause without a full stop; empty: it can.
  std::string no_write;
  std::string no_append;
  std::string no_degrade;
  std::string no_power_cut;
};

struct Transfer {
  int error = 0;                 // errno value
  std::uint64_t done = 0;        // blocks; fewer than asked for is a short transfer, none the end of the device
  std::vector<BlockRun> runs{};  // of a read
};

struct Append {
  int error = 0;
  std::uint16_t status = 0;  // NVMe's, 0 where the command did not reach the device
  std::uint64_t at = 0;      // block of the device
};

class Target {
 public:
  Target() = default;
  virtual ~Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  [[nodiscard]] virtual TargetFacts facts() const = 0;

  // Before the first command: from here on something may change. Empty, or an error of one line.
  [[nodiscard]] virtual std::string begin() { return {}; }

  // As pwrite() and pread() with O_DIRECT. Every block carries the stamp of `line`.
  [[nodiscard]] virtual Transfer write(std::uint64_t block, std::uint64_t blocks, std::uint32_t line) = 0;
  [[nodiscard]] virtual Transfer read(std::uint64_t block, std::uint64_t blocks) = 0;
  [[nodiscard]] virtual Append append(std::uint32_t zone, std::uint64_t blocks, std::uint32_t line) = 0;

  // On zones that are all there; 0 or an errno value.
  [[nodiscard]] virtual int manage(core::ZoneAction action, std::uint32_t zone, std::uint32_t count) = 0;
  // To read_only or offline.
  [[nodiscard]] virtual int degrade(std::uint32_t zone, core::ZoneCondition condition) = 0;
  [[nodiscard]] virtual int power_cut() = 0;

  // All zones; the error is one line.
  [[nodiscard]] virtual tl::expected<std::vector<core::ZoneReport>, std::string> report() = 0;
};

}  // namespace zoneknot::tools
