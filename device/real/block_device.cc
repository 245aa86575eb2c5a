#include "device/real/block_device.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "device/block/block_facts.h"
#include "device/model/zone_state.h"
#include "device/real/block_engine.h"

namespace zoneknot::device {

BlockDevice::BlockDevice(std::unique_ptr<ZonedBlock> block, std::vector<core::ZoneReport> zones,
                         std::vector<core::ZoneReport> start)
    : start_(std::move(start)), block_(std::move(block)), doubtful_(zones.size()), zones_(std::move(zones)) {}

tl::expected<std::unique_ptr<BlockDevice>, std::string> BlockDevice::open(const std::string& path,
                                                                          const BlockDeviceOptions& options) {
  const auto facts = block_facts(path);
  if (!facts) return tl::unexpected(facts.error());
  if (!options.destroy_data) return tl::unexpected(path + ": is written only with --destroy-data");
  if (facts->partitions != 0 && !options.destroy_partitions) {
    return tl::unexpected(path + ": has " + std::to_string(facts->partitions) +
                          " partition(s), which are destroyed only with --destroy-partitions");
  }
  auto block = ZonedBlock::open(path, options.only_look ? ZonedBlock::Use::read : ZonedBlock::Use::write);
  if (!block) return tl::unexpected(std::move(block.error()));
  auto zones = (*block)->report();
  if (!zones) {
    return tl::unexpected(path + ": no report of its zones: " + std::generic_category().message(zones.error()));
  }
  return std::unique_ptr<BlockDevice>(new BlockDevice(std::move(*block), std::move(*zones), options.start));
}

std::string BlockDevice::begin() {
  if (start_.empty()) return {};
  if (start_.size() != zones_.size()) {
    return path() + ": has " + std::to_string(zones_.size()) + " zones, and " + std::to_string(start_.size()) +
           " are wanted";
  }
  for (std::uint32_t zone = 0; zone < zones_.size(); ++zone) {
    if (std::string error = bring(zone, start_[zone]); !error.empty()) return error;
  }
  zones_ = do_report();
  return {};
}

// As long as a command can do that.
std::string BlockDevice::bring(std::uint32_t zone, const core::ZoneReport& to) {
  const core::ZoneReport& is = zones_[zone];
  const std::string what = path() + ": zone " + std::to_string(zone);
  if (is.type != to.type || is.length != to.length || is.capacity != to.capacity) {
    return what + " has another type, size or capacity than is wanted";
  }
  if (is.type == core::ZoneType::conventional) return {};
  const bool pointer = counts_as_active(to.condition);
  if (is.condition == to.condition && (!pointer || is.wp == to.wp)) return {};
  int error = EINVAL;
  if (to.condition == core::ZoneCondition::empty) error = block_->manage(core::ZoneAction::reset, zone, 1);
  if (to.condition == core::ZoneCondition::full) error = block_->manage(core::ZoneAction::finish, zone, 1);
  if (error == 0) return {};
  return what + " cannot be brought to where it has to be when jobs begin";
}

std::unique_ptr<core::IoEngine> BlockDevice::engine(std::unique_ptr<core::IoEngine> inner, core::EngineKind /*kind*/,
                                                    std::uint32_t /*depth*/, ThreadRuntime& runtime) {
  return std::make_unique<BlockEngine>(std::move(inner), *this, runtime);
}

std::vector<core::ZoneReport> BlockDevice::do_report() const {
  auto zones = block_->report();
  const std::lock_guard guard(mutex_);
  if (zones) zones_ = std::move(*zones);
  return zones_;
}

int BlockDevice::do_manage(core::ZoneAction action, core::ZoneRange zones, core::Site /*site*/) {
  return block_->manage(action, zones.first, zones.count);
}

void BlockDevice::write_failed(std::uint64_t offset) {
  const std::uint64_t zone = offset / block_->geometry().zone_size;
  if (zone < doubtful_.size()) doubtful_[zone].store(true, std::memory_order_release);
}

void BlockDevice::before_write(std::uint64_t offset) {
  const std::uint64_t zone = offset / block_->geometry().zone_size;
  if (zone >= doubtful_.size() || !doubtful_[zone].load(std::memory_order_acquire)) return;
  doubtful_[zone].store(false, std::memory_order_release);
  auto report = block_->report(static_cast<std::uint32_t>(zone), 1);
  const std::lock_guard guard(mutex_);
  if (report && !report->empty()) zones_[zone] = report->front();
}

}  // namespace zoneknot::device
