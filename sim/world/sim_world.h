// The World of the simulator: devices, engines, clock and random numbers on one Simulation. Made once for a search;
// begin_execution() readies it for the next execution. The program of the search owns it, tasks use it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/world.h"
#include "device/model/fault_plan.h"
#include "device/model/zone_model.h"
#include "sim/run/simulation.h"
#include "sim/run/virtual_clock.h"
#include "sim/world/sim_device.h"
#include "sim/world/sim_io_engine.h"

namespace zoneknot::sim {

struct WorldConfig {
  device::DeviceConfig device;                          // of every file name
  std::map<std::string, device::DeviceConfig> devices;  // but of these
  device::FaultPlan faults;
  // True: blocks, directions and chances of faults are choices of the search. False: blocks and directions come from
  // the jobs' seeds, chances of faults from `fault_seed`.
  bool draws_are_choices = true;
  std::uint64_t fault_seed = 0;
  bool moves_data = false;
  TimeOrder time_order = TimeOrder::any;
};

class SimWorld final : public core::World {
 public:
  // Every DeviceConfig has passed check_config().
  SimWorld(Simulation& simulation, WorldConfig config);

  // All devices are fresh again. To be called on task 0, before anything else of the execution.
  void begin_execution();

  // The device behind a name that was used in this search; null if it was not.
  [[nodiscard]] const SimDevice* find_device(const std::string& filename) const;

  // For a DueOrder.
  [[nodiscard]] const DueTimes& due_times() const { return due_; }

  [[nodiscard]] core::Runtime& runtime() override { return simulation_; }
  [[nodiscard]] core::Clock& clock() override { return clock_; }
  [[nodiscard]] core::LockObserver& observer() override { return simulation_.watch(); }
  [[nodiscard]] core::ZonedDevice& device(const std::string& filename) override { return sim_device(filename); }
  [[nodiscard]] std::unique_ptr<core::IoEngine> open_engine(const core::JobSpec& spec) override;
  [[nodiscard]] std::unique_ptr<core::Random> open_random(std::uint64_t seed) override;
  [[nodiscard]] bool moves_data() const override { return config_.moves_data; }
  // Never: a search that is stopped ends the execution as a whole.
  [[nodiscard]] bool stop_requested() const override { return false; }

 private:
  struct Opened {
    std::unique_ptr<SimDevice> device;
    bool fresh = false;  // readied for this execution
  };

  SimDevice& sim_device(const std::string& filename);

  Simulation& simulation_;
  const WorldConfig config_;
  DueTimes due_;
  VirtualClock clock_;
  std::map<std::string, Opened> devices_;
  std::uint32_t devices_used_ = 0;  // in this execution
  FlightTables tables_;
};

}  // namespace zoneknot::sim
