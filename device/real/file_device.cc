#include "device/real/file_device.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "device/real/emulated_engine.h"

namespace zoneknot::device {

FileDevice::FileDevice(BackingFile file, const FileDeviceOptions& options, std::unique_ptr<ZoneStateFile> state)
    : file_(std::move(file)),
      state_(std::move(state)),
      wants_direct_(options.direct),
      plan_(options.faults),
      fault_draws_(options.fault_seed),
      chance_(options.chance),
      device_(options.config, plan_, [this](double p) { return chance_ ? chance_(p) : fault_draws_.chance(p); }) {
  const bool kept = state_ != nullptr && state_->found();
  for (const core::ZoneReport& zone : device_.model().report()) {
    const bool conventional = zone.type == core::ZoneType::conventional;
    const bool whole =
        conventional || zone.condition == core::ZoneCondition::full || zone.condition == core::ZoneCondition::read_only;
    // Zones that are to begin with something in them hold zeros.
    written_.push_back(!conventional && !kept ? 0 : whole ? zone.length : zone.wp - zone.start);
  }
}

tl::expected<std::unique_ptr<FileDevice>, std::string> FileDevice::open(const std::string& path,
                                                                        const FileDeviceOptions& options) {
  if (auto error = check_config(options.config)) return tl::unexpected(std::move(*error));
  FileDeviceOptions as_kept = options;
  std::unique_ptr<ZoneStateFile> state;
  if (options.keep_state) {
    auto kept = ZoneStateFile::open(path + ".zones", options.config);
    if (!kept) return tl::unexpected(std::move(kept.error()));
    state = std::move(*kept);
    if (state->found()) {
      as_kept.config.prefilled = false;
      as_kept.config.filled = as_kept.config.half = {};
      as_kept.config.starts = state->starts();
    }
  }
  const std::uint64_t size = options.config.zone_size * options.config.zones;
  auto file = BackingFile::open(
      path, {.size = size,
             .block_size = options.config.block_size,
             .destroy_existing = options.destroy_data,
             .direct = options.direct,
             .on_block = options.on_block,
             .destroy_partitions = options.destroy_partitions,
             .keep_content = state != nullptr && state->found(),
             .zeros = state != nullptr ? size : options.config.conventional * options.config.zone_size,
             .only_look = options.only_look});
  if (!file) return tl::unexpected(std::move(file.error()));
  return std::unique_ptr<FileDevice>(new FileDevice(std::move(*file), as_kept, std::move(state)));
}

std::string FileDevice::begin() {
  std::string error = file_.empty();
  if (!error.empty() || state_ == nullptr) return error;
  const std::vector<core::ZoneReport> zones = device_.model().report();
  if (state_->found()) error = clear_unwritten(zones);
  if (error.empty()) state_->begin(zones);
  return error;
}

// A run that is killed leaves write pointers behind of which the data has not come to the file, and what was there
// before the last reset must not be read in its place: what is not written is zeros in a file that is kept.
std::string FileDevice::clear_unwritten(const std::vector<core::ZoneReport>& zones) const {
  for (std::uint32_t zone = 0; zone < zones.size(); ++zone) {
    const std::uint64_t from = zones[zone].start + written_[zone];
    const int error = file_.clear(from, zones[zone].start + zones[zone].length - from, false);
    if (error != 0)
      return path() + ": cannot be emptied above a write pointer: " + std::generic_category().message(error);
  }
  return {};
}

void FileDevice::keep_state(std::uint32_t zone) {
  if (state_ != nullptr) state_->keep(zone, device_.model().zone(zone));
}

std::vector<std::string> FileDevice::notes() const {
  if (!fell_back_to_buffered()) return {};
  return {path() + ": the file system has no direct I/O for blocks of " +
          std::to_string(device_.model().config().block_size) + " bytes, the page cache is used"};
}

std::unique_ptr<core::IoEngine> FileDevice::engine(std::unique_ptr<core::IoEngine> inner, core::EngineKind kind,
                                                   std::uint32_t depth, ThreadRuntime& runtime) {
  return std::make_unique<EmulatedEngine>(std::move(inner), kind, depth, *this, runtime);
}

core::DeviceGeometry FileDevice::do_geometry() const { return device_.model().geometry(); }

std::vector<core::ZoneReport> FileDevice::do_report() const {
  const std::lock_guard guard(mutex_);
  return device_.model().report();
}

const Fault* FileDevice::strike_queue(const core::IoRequest& request) {
  const std::lock_guard guard(mutex_);
  return device_.strike_queue(request);
}

template <class Visit>
void FileDevice::for_each_part(std::uint64_t offset, std::uint32_t length, Visit visit) const {
  const std::uint64_t end = offset + length;
  for (std::uint64_t at = offset; at < end;) {
    const std::uint32_t zone = device_.model().zone_of(at);
    const std::uint64_t part_end = std::min(end, device_.model().zone(zone).start + device_.model().config().zone_size);
    visit(zone, at, part_end);
    at = part_end;
  }
}

std::vector<FileEffect::Part> FileDevice::unwritten(const core::IoRequest& request, std::uint32_t length) const {
  std::vector<FileEffect::Part> parts;
  for_each_part(request.offset, length, [&](std::uint32_t zone, std::uint64_t from, std::uint64_t to) {
    const std::uint64_t first = std::max(from, device_.model().zone(zone).start + written_[zone]);
    if (first >= to) return;
    parts.push_back({.offset = static_cast<std::uint32_t>(first - request.offset),
                     .length = static_cast<std::uint32_t>(to - first)});
  });
  return parts;
}

FileEffect FileDevice::carry_out(const core::IoRequest& request) {
  const std::lock_guard guard(mutex_);
  FileEffect effect{.device = device_.carry_out(request)};
  const std::uint32_t done = effect.device.done;
  switch (request.direction) {
    case core::Direction::sync:
      effect.to_file = effect.device.error == 0;
      break;
    case core::Direction::write:
      for_each_part(request.append ? effect.device.at : request.offset, done,
                    [this](std::uint32_t zone, std::uint64_t, std::uint64_t to) {
                      keep_state(zone);
                      written_[zone] = std::max(written_[zone], to - device_.model().zone(zone).start);
                    });
      effect.to_file = done > 0;
      break;
    case core::Direction::read:
      effect.unwritten = unwritten(request, done);
      effect.to_file = done > 0 && !(effect.unwritten.size() == 1 && effect.unwritten.front().length == done);
      break;
    case core::Direction::trim:
      // A zone that is trimmed has been reset before.
      for_each_part(request.offset, done, [&](std::uint32_t zone, std::uint64_t, std::uint64_t) {
        effect.to_file |= device_.model().zone(zone).type == core::ZoneType::conventional;
      });
      break;
  }
  return effect;
}

int FileDevice::wipe(std::uint32_t zone) {
  const int error = state_ != nullptr ? file_.clear(device_.model().zone(zone).start, written_[zone], true) : 0;
  if (error == 0) written_[zone] = 0;
  return error;
}

int FileDevice::do_manage(core::ZoneAction action, core::ZoneRange zones, core::Site) {
  const auto wiped = [this](std::uint32_t zone) { return wipe(zone); };
  if (device_.resets_all(action, zones)) {
    const std::lock_guard guard(mutex_);
    const int error = device_.reset_all(wiped).error;
    for (std::uint32_t zone = 0; zone < zones.count; ++zone) keep_state(zone);
    return error;
  }
  return device_.for_each_zone(zones, [&](std::uint32_t zone, int earlier) {
    const std::lock_guard guard(mutex_);
    const int error = device_.carry_out(action, zone, wiped, earlier).error;
    if (error == 0) keep_state(zone);
    return error;
  });
}

}  // namespace zoneknot::device
