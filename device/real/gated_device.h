// A device under a ScheduleGate: zone commands are made at their step of the list. Belongs to the RealWorld.
#pragma once

#include "core/zoned_device.h"
#include "device/real/thread_runtime.h"

namespace zoneknot::device {

class GatedDevice final : public core::ZonedDevice {
 public:
  // Both outlive this.
  GatedDevice(core::ZonedDevice& device, ThreadRuntime& runtime) : device_(&device), runtime_(&runtime) {}

 private:
  core::DeviceGeometry do_geometry() const override { return device_->geometry(); }
  std::vector<core::ZoneReport> do_report() const override { return device_->report(); }
  // A simulated device makes a step of each zone, and one of all of them together.
  int do_manage(core::ZoneAction action, core::ZoneRange zones, core::Site site) override {
    if (action == core::ZoneAction::reset && zones.count == geometry().nr_zones()) {
      runtime_->visible(core::StepKind::manage, zones.first, site);
      return device_->manage(action, zones, site);
    }
    int result = 0;
    for (std::uint32_t zone = zones.first; zone < zones.first + zones.count; ++zone) {
      runtime_->visible(core::StepKind::manage, zone, site);
      const int error = device_->manage(action, {zone}, site);
      if (error != 0) result = error;
    }
    return result;
  }

  core::ZonedDevice* device_;
  ThreadRuntime* runtime_;
};

}  // namespace zoneknot::device
