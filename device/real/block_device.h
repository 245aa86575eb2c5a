// A zoned block device under a run: libzbd's reports and commands, and a book of the zones in which a write has failed.
// From Linux 6.10 on such a zone takes no write until it was reported, so it is reported before it is written again.
// All jobs share it; calls from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "device/block/zoned_block.h"
#include "device/real/real_device.h"

namespace zoneknot::device {

struct BlockDeviceOptions {
  bool destroy_data = false;        // it may be written
  bool destroy_partitions = false;  // also if it has a table of partitions
  bool only_look = false;           // not to be written
  // As the zones have to be when jobs begin; empty: as they are. Zones that are to be empty are reset for it, and those
  // that are to be full finished.
  std::vector<core::ZoneReport> start{};
};

class BlockDevice final : public RealDevice {
 public:
  // Nobody else can open it meanwhile who asks for it alone, as a second run does. The error is one line that begins
  // with the path.
  static tl::expected<std::unique_ptr<BlockDevice>, std::string> open(const std::string& path,
                                                                      const BlockDeviceOptions& options);

  [[nodiscard]] std::string begin() override;
  [[nodiscard]] int fd() const override { return block_->fd(); }
  [[nodiscard]] const std::string& path() const override { return block_->path(); }
  [[nodiscard]] std::unique_ptr<core::IoEngine> engine(std::unique_ptr<core::IoEngine> inner, core::EngineKind kind,
                                                       std::uint32_t depth, ThreadRuntime& runtime) override;

  // A write at `offset` has failed.
  void write_failed(std::uint64_t offset);
  // A write at `offset` is about to be handed over.
  void before_write(std::uint64_t offset);

 private:
  BlockDevice(std::unique_ptr<ZonedBlock> block, std::vector<core::ZoneReport> zones,
              std::vector<core::ZoneReport> start);

  core::DeviceGeometry do_geometry() const override { return block_->geometry(); }
  // As last reported where the device does not answer.
  std::vector<core::ZoneReport> do_report() const override;
  int do_manage(core::ZoneAction action, core::ZoneRange zones, core::Site site) override;

  [[nodiscard]] std::string bring(std::uint32_t zone, const core::ZoneReport& to);

  std::vector<core::ZoneReport> start_;
  std::unique_ptr<ZonedBlock> block_;
  std::vector<std::atomic<bool>> doubtful_;  // by zone: a write has failed there, and no report came since
  mutable std::mutex mutex_;                 // what follows
  mutable std::vector<core::ZoneReport> zones_;
};

}  // namespace zoneknot::device
