// One zoned device with everything that goes wrong in it: the zone model and the faults of a plan, which decide
// together what becomes of each I/O and each management command. Both worlds step it, the simulator and the file that
// emulates zones; what they add is who waits, how long, and the bytes. An I/O meets it twice: in the engine's queue(),
// and when it reaches the device, which is where the write pointer moves. It holds no data and no time, and knows no
// threads: its owner serialises calls.
#pragma once

#include <cstdint>
#include <functional>

#include "device/model/fault_plan.h"
#include "device/model/zone_model.h"

namespace zoneknot::device {

class FaultyDevice {
 public:
  // check_config(config) has nothing to say; the plan outlives this. `chance` decides draws with a probability p,
  // 0 < p < 1.
  FaultyDevice(const DeviceConfig& config, const FaultPlan& plan, std::function<bool(double)> chance);

  // Back to the state after construction; `chance` is the owner's to reset.
  void reset_device();

  [[nodiscard]] const ZoneModel& model() const { return model_; }
  [[nodiscard]] const FaultPlan& plan() const { return *plan_; }

  // The fault that keeps queue() from accepting an I/O, or null: kind busy, or an error that queue() reports. Valid as
  // long as the plan.
  const Fault* strike_queue(const core::IoRequest& request);

  // An accepted I/O reaches the device: faults at completion, then the model. A transfer that a fault cuts down to
  // nothing touches no zone.
  IoEffect carry_out(const core::IoRequest& request);

  // Carries out a management command; `zone` is an index below the device's zones. `wipe` makes the data of a zone that
  // is reset zeros, and is called before the zone is empty. 0 or an errno value, of a fault, of the model (see
  // ZoneModel::manage) or of `wipe`; then the zone is as it was.
  [[nodiscard]] int manage(core::ZoneAction action, std::uint32_t zone, const std::function<int()>& wipe);

  // Adds what tells this state from every other one of the same device and plan.
  void describe(core::StateSink& sink) const;

 private:
  const Fault* strike(const core::IoRequest& request, FaultMoment moment);
  [[nodiscard]] int reset_zone(std::uint32_t zone, const std::function<int()>& wipe);

  const FaultPlan* plan_;
  ZoneModel model_;
  FaultState faults_;
  std::function<bool(double)> chance_;
};

}  // namespace zoneknot::device
