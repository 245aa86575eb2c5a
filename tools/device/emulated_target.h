// A device of the zone model behind a host layer, with the data that was written: what `sim:` and `file:` stand for.
#pragma once

#include "device/model/host.h"
#include "tools/device/contents.h"
#include "tools/device/target.h"

namespace zoneknot::tools {

class EmulatedTarget final : public Target {
 public:
  // check_config(config) has nothing to say.
  EmulatedTarget(const device::DeviceConfig& config, std::unique_ptr<Contents> contents);

  [[nodiscard]] TargetFacts facts() const override;
  [[nodiscard]] std::string begin() override { return contents_->begin(); }
  [[nodiscard]] Transfer write(std::uint64_t block, std::uint64_t blocks, std::uint32_t line) override;
  [[nodiscard]] Transfer read(std::uint64_t block, std::uint64_t blocks) override;
  [[nodiscard]] Append append(std::uint32_t zone, std::uint64_t blocks, std::uint32_t line) override;
  [[nodiscard]] int manage(core::ZoneAction action, std::uint32_t zone, std::uint32_t count) override;
  [[nodiscard]] int degrade(std::uint32_t zone, core::ZoneCondition condition) override;
  [[nodiscard]] int power_cut() override;
  [[nodiscard]] tl::expected<std::vector<core::ZoneReport>, std::string> report() override;

 private:
  [[nodiscard]] std::uint64_t blocks_of_device() const;
  [[nodiscard]] int read_piece(std::uint64_t offset, std::uint64_t length, std::vector<BlockRun>& runs) const;
  [[nodiscard]] int wipe(std::uint32_t zone);

  device::ZoneModel model_;
  device::Host host_;
  std::unique_ptr<Contents> contents_;
  std::uint64_t block_size_;
};

}  // namespace zoneknot::tools
