#include "tools/device/emulated_target.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace zoneknot::tools {

using core::ZoneCondition;

EmulatedTarget::EmulatedTarget(const device::DeviceConfig& config, std::unique_ptr<Contents> contents)
    : model_(config), host_(model_), contents_(std::move(contents)), block_size_(config.block_size) {}

TargetFacts EmulatedTarget::facts() const {
  const device::Dialect& dialect = model_.dialect();
  const std::string word(dialect.word);
  TargetFacts facts{.geometry = model_.geometry()};
  if (!dialect.can_append) facts.no_append = word + " has no zone append";
  if (!dialect.can_degrade) facts.no_degrade = word + " has no way to make a zone read-only or offline";
  return facts;
}

std::uint64_t EmulatedTarget::blocks_of_device() const { return model_.geometry().size / block_size_; }

Transfer EmulatedTarget::write(std::uint64_t block, std::uint64_t blocks, std::uint32_t line) {
  const std::uint64_t end = blocks_of_device();
  if (block >= end) return {.error = ENOSPC};
  const std::uint64_t room = std::min(blocks, end - block);
  int lost = 0;
  const int error =
      host_.write(block * block_size_, room * block_size_, [&](std::uint64_t offset, std::uint64_t length) {
        const std::uint64_t first = offset / block_size_;
        const int kept =
            contents_->write(first, length / block_size_, {line, static_cast<std::uint32_t>(first - block)});
        if (kept != 0) lost = kept;
      });
  return {.error = error != 0 ? error : lost, .done = room};
}

// Above the write pointer a device says what its dialect does; below it and in conventional zones, what was written.
int EmulatedTarget::read_piece(std::uint64_t offset, std::uint64_t length, std::vector<BlockRun>& runs) const {
  const std::uint64_t end = offset + length;
  for (std::uint64_t at = offset; at < end;) {
    const std::uint32_t zone = model_.zone_of(at);
    const std::uint64_t zone_end = std::min(end, (zone + std::uint64_t{1}) * model_.config().zone_size);
    const std::uint64_t known = std::clamp(model_.unwritten_from(zone), at, zone_end);
    if (known > at) {
      const int error = contents_->read(at / block_size_, (known - at) / block_size_, runs);
      if (error != 0) return error;
    }
    add_run(runs, {.found = Found::ones, .blocks = (zone_end - known) / block_size_});
    at = zone_end;
  }
  return 0;
}

Transfer EmulatedTarget::read(std::uint64_t block, std::uint64_t blocks) {
  const std::uint64_t end = blocks_of_device();
  if (block >= end) return {};
  Transfer transfer{.done = std::min(blocks, end - block)};
  int lost = 0;
  transfer.error =
      host_.read(block * block_size_, transfer.done * block_size_, [&](std::uint64_t offset, std::uint64_t length) {
        const int read = read_piece(offset, length, transfer.runs);
        if (read != 0) lost = read;
      });
  if (transfer.error == 0) transfer.error = lost;
  return transfer;
}

Append EmulatedTarget::append(std::uint32_t zone, std::uint64_t blocks, std::uint32_t line) {
  const device::ZoneModel::Appended done = model_.append(zone * model_.config().zone_size, blocks * block_size_);
  if (done.error != 0) return {.error = done.error, .status = done.status};
  const std::uint64_t block = done.at / block_size_;
  return {.error = contents_->write(block, blocks, {line, 0}), .at = block};
}

int EmulatedTarget::wipe(std::uint32_t zone) {
  const std::uint64_t blocks = model_.config().zone_size / block_size_;
  return contents_->erase(zone * blocks, blocks);
}

int EmulatedTarget::manage(core::ZoneAction action, std::uint32_t zone, std::uint32_t count) {
  int lost = 0;
  const int error = host_.manage(action, zone, count, [&](std::uint32_t wiped) {
    const int erased = wipe(wiped);
    if (erased != 0) lost = erased;
  });
  return error != 0 ? error : lost;
}

int EmulatedTarget::degrade(std::uint32_t zone, ZoneCondition condition) {
  const core::ZoneReport& report = model_.zone(zone);
  if (report.type == core::ZoneType::conventional) return EINVAL;
  const ZoneCondition before = report.condition;
  model_.degrade(zone, condition);
  const bool restored = report.condition == ZoneCondition::empty && before != ZoneCondition::empty;
  if (restored) return wipe(zone);
  return report.condition == condition ? 0 : EIO;
}

int EmulatedTarget::power_cut() {
  host_.power_cut();
  return 0;
}

tl::expected<std::vector<core::ZoneReport>, std::string> EmulatedTarget::report() {
  host_.report();
  return model_.report();
}

}  // namespace zoneknot::tools
