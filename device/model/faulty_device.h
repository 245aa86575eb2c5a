// One zoned device with everything that goes wrong in it: the zone model, the host's layer before it, and the faults of
// a plan, which decide together what becomes of each I/O and each management command. Both worlds step it, the
// simulator and the file that emulates zones; what they add is who waits, how long, and the bytes. An I/O meets it
// twice: in the engine's queue(), and when it reaches the device, which is where the write pointer moves. It holds no
// data and no time, and knows no threads: its owner serialises calls.
#pragma once

#include <cerrno>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "device/model/fault_plan.h"
#include "device/model/host.h"
#include "device/model/write_cache.h"
#include "device/model/zone_model.h"

namespace zoneknot::device {

class FaultyDevice {
 public:
  // Bytes [offset, offset + length) of the device's data are gone.
  using Lost = std::function<void(std::uint64_t offset, std::uint64_t length)>;

  // check_config(config) has nothing to say; the plan outlives this. `chance` decides draws with a probability p,
  // 0 < p < 1.
  FaultyDevice(const DeviceConfig& config, const FaultPlan& plan, std::function<bool(double)> chance, Lost lost = {});
  FaultyDevice(const FaultyDevice&) = delete;
  FaultyDevice& operator=(const FaultyDevice&) = delete;

  // Back to the state after construction; `chance` is the owner's to reset.
  void reset_device();

  [[nodiscard]] const ZoneModel& model() const { return model_; }
  [[nodiscard]] const FaultPlan& plan() const { return *plan_; }

  // All zones, as a program is told of them. The host learns from it, too.
  [[nodiscard]] std::vector<core::ZoneReport> report();

  // The fault that keeps queue() from accepting an I/O, or null: kind busy, or an error that queue() reports. Valid as
  // long as the plan.
  const Fault* strike_queue(const core::IoRequest& request);
  // A signal breaks a wait for completions.
  bool strike_wait();

  // An accepted I/O reaches the device: faults at completion, then host and model. A transfer that a fault cuts down to
  // nothing touches no zone.
  IoEffect carry_out(const core::IoRequest& request);
  // The program has been told that an I/O has ended without an error.
  void told(const core::IoRequest& request);

  // What a management command has come to: 0 or an errno value, of a fault, of the model (see ZoneModel::manage) or of
  // `wipe`; then the zone is as it was. `lost`: it is done, and nobody is told.
  struct Managed {
    int error = 0;
    Arrival arrival = Arrival::in_time;
    std::uint64_t delay_ns = 0;
  };
  // Makes the data of a zone that is reset zeros; called before the zone is empty.
  using Wipe = std::function<int(std::uint32_t zone)>;
  // Carries out the command for one zone, an index below the device's zones. `earlier`: of a range, how the last zone
  // before it ended that has failed.
  Managed carry_out(core::ZoneAction action, std::uint32_t zone, const Wipe& wipe, int earlier = 0);
  // One command resets every zone of the device that can be reset. Faults strike it zone by zone.
  Managed reset_all(const Wipe& wipe);
  // Whether a range is sent as that one command.
  [[nodiscard]] bool resets_all(core::ZoneAction action, core::ZoneRange zones) const {
    return action == core::ZoneAction::reset && zones.count == model_.config().zones;
  }
  // A range that is not: `command(zone, earlier)` for each zone, until the power fails.
  template <class Command>
  [[nodiscard]] int for_each_zone(core::ZoneRange zones, const Command& command) const {
    const std::uint32_t cuts = power_cuts_;
    int result = 0;
    for (std::uint32_t zone = zones.first; zone < zones.first + zones.count; ++zone) {
      const int error = command(zone, result);
      if (power_cuts_ != cuts) return EIO;
      if (error != 0) result = error;
    }
    return result;
  }

  // The device is switched off and on. Zones are as they were after the writes that survive: all that the program was
  // told of or, with a write cache, all before the last sync; of later ones, the chance decides.
  void power_cut();
  // How often it was.
  [[nodiscard]] std::uint32_t power_cuts() const { return power_cuts_; }

  // Adds what tells this state from every other one of the same device and plan.
  void describe(core::StateSink& sink) const;

 private:
  const Fault* strike(const core::IoRequest& request, FaultMoment moment);
  [[nodiscard]] IoEffect apply(const core::IoRequest& request, std::uint32_t length);
  [[nodiscard]] IoEffect append(std::uint64_t offset, std::uint32_t length);
  [[nodiscard]] IoEffect apply_through_host(core::Direction direction, std::uint64_t offset, std::uint32_t length);
  void degrade(std::uint32_t zone, FaultKind kind);
  void note_written(core::Direction direction, std::uint64_t offset, std::uint64_t length);
  const Fault* strike(core::ZoneAction action, std::uint32_t zone);
  [[nodiscard]] int apply(core::ZoneAction action, std::uint32_t zone, const Wipe& wipe, int earlier);

  const FaultPlan* plan_;
  ZoneModel model_;
  std::optional<Host> host_;  // another than write-lock, whose cuts the model makes itself
  FaultState faults_;
  std::function<bool(double)> chance_;
  Lost lost_;
  bool power_may_fail_;
  bool write_cache_;  // it keeps what is not synced
  WriteCache cache_;  // only if the power may fail
  std::uint32_t power_cuts_ = 0;
};

}  // namespace zoneknot::device
