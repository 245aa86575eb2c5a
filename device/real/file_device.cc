#include "device/real/file_device.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "device/model/zone_state.h"

namespace zoneknot::device {

using core::Direction;

FileDevice::FileDevice(BackingFile file, const FileDeviceOptions& options)
    : file_(std::move(file)),
      fell_back_(options.direct && !file_.direct()),
      plan_(options.faults),
      model_(options.config),
      faults_(plan_),
      chance_(options.fault_seed) {}

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

core::DeviceGeometry FileDevice::do_geometry() const { return model_.geometry(); }

std::vector<core::ZoneReport> FileDevice::do_report() const {
  const std::lock_guard guard(mutex_);
  return model_.report();
}

const Fault* FileDevice::strike(FaultTarget target, FaultMoment moment, std::uint32_t zone) {
  constexpr double kUnit = 0x1p-53;
  return faults_.strike(target, moment, zone, [this](double probability) {
    return static_cast<double>(chance_.next() >> 11U) * kUnit < probability;
  });
}

// What the fault plan makes of the I/O at this moment.
FileDevice::Admission FileDevice::strike(const core::IoRequest& request, FaultMoment moment) {
  const bool in_zone = request.direction != Direction::sync;
  const std::uint32_t zone = in_zone ? model_.zone_of(request.offset) : core::kNoId;
  const Fault* fault = strike(fault_target(request.direction), moment, zone);
  if (fault == nullptr) return {.length = request.length};
  switch (fault->kind) {
    case FaultKind::busy:
      return {.fate = Fate::busy};
    case FaultKind::error:
      return {.fate = moment == FaultMoment::queue ? Fate::ends_at_once : Fate::ends, .error = fault->error};
    case FaultKind::short_transfer:
      return {.length = std::min(request.length, fault->transferred) & ~(model_.config().block_size - 1)};
  }
  __builtin_unreachable();
}

FileDevice::Admission FileDevice::admit(const core::IoRequest& request) {
  const std::lock_guard guard(mutex_);
  Admission admission = strike(request, FaultMoment::queue);
  if (admission.fate == Fate::passes && admission.length == request.length) {
    admission = strike(request, FaultMoment::complete);
  }
  if (admission.fate != Fate::passes) return admission;
  if (admission.length == 0 && request.length != 0) return {.fate = Fate::ends};
  admission.error = model_.apply(request.direction, request.offset, admission.length);
  if (admission.error != 0) admission.fate = Fate::ends;
  return admission;
}

int FileDevice::reset_zone(std::uint32_t zone) {
  if (const Fault* fault = strike(FaultTarget::reset, FaultMoment::complete, zone);
      fault != nullptr && fault->kind == FaultKind::error) {
    return fault->error;
  }
  const core::ZoneReport& report = model_.zone(zone);
  if (!next_condition(ZoneEvent::reset, report.condition)) return EIO;
  // Under the mutex: a write that is let pass after the reset must find the zone wiped.
  const bool has_data = report.wp != report.start;
  if (has_data && fallocate(fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(report.start),
                            static_cast<off_t>(report.length)) != 0) {
    return errno;
  }
  return model_.manage(ZoneCommand::reset, zone);
}

int FileDevice::do_manage(ZoneAction action, std::uint32_t zone, core::Site) {
  const std::lock_guard guard(mutex_);
  switch (action) {
    case ZoneAction::open:
      return model_.manage(ZoneCommand::open, zone);
    case ZoneAction::close:
      return model_.manage(ZoneCommand::close, zone);
    case ZoneAction::finish:
      return model_.manage(ZoneCommand::finish, zone);
    case ZoneAction::reset:
      return reset_zone(zone);
  }
  __builtin_unreachable();
}

}  // namespace zoneknot::device
