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
  int do_manage(core::ZoneAction action, std::uint32_t zone, core::Site site) override {
    runtime_->visible(core::StepKind::manage, zone, site);
    switch (action) {
      case core::ZoneAction::open:
        return device_->open(zone, site);
      case core::ZoneAction::close:
        return device_->close(zone, site);
      case core::ZoneAction::finish:
        return device_->finish(zone, site);
      case core::ZoneAction::reset:
        return device_->reset(zone, site);
    }
    __builtin_unreachable();
  }

  core::ZonedDevice* device_;
  ThreadRuntime* runtime_;
};

}  // namespace zoneknot::device
