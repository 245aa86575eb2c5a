#include "device/real/file_device.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

namespace zoneknot::device {

FileDevice::FileDevice(BackingFile file, const FileDeviceOptions& options)
    : file_(std::move(file)),
      wants_direct_(options.direct),
      plan_(options.faults),
      fault_draws_(options.fault_seed),
      device_(options.config, plan_, [this](double p) { return fault_draws_.chance(p); }) {}

tl::expected<std::unique_ptr<FileDevice>, std::string> FileDevice::open(const std::string& path,
                                                                        const FileDeviceOptions& options) {
  if (auto error = check_config(options.config)) return tl::unexpected(std::move(*error));
  auto file = BackingFile::open(path, {.size = options.config.zone_size * options.config.zones,
                                       .block_size = options.config.block_size,
                                       .destroy_existing = options.destroy_data,
                                       .direct = options.direct});
  if (!file) return tl::unexpected(std::move(file.error()));
  return std::unique_ptr<FileDevice>(new FileDevice(std::move(*file), options));
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

IoEffect FileDevice::carry_out(const core::IoRequest& request) {
  const std::lock_guard guard(mutex_);
  return device_.carry_out(request);
}

// A zone that was never written is zeros already.
int FileDevice::wipe(const core::ZoneReport& zone) const {
  if (zone.wp == zone.start) return 0;
  const int result = fallocate(fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(zone.start),
                               static_cast<off_t>(zone.length));
  return result == 0 ? 0 : errno;
}

int FileDevice::do_manage(core::ZoneAction action, std::uint32_t zone, core::Site) {
  // Wiped under the mutex: a write that is carried out after the reset must find the zone wiped.
  const std::lock_guard guard(mutex_);
  return device_.manage(action, zone, [this, zone] { return wipe(device_.model().zone(zone)); });
}

}  // namespace zoneknot::device
