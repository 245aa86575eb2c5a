// A simulated I/O engine of one job: psync, libaio or io_uring as far as the protocol can tell them apart. Every I/O
// that is under way is a pseudo-task of its Simulation, so that any order of completions can be chosen. Owned by the
// job, used by its task alone.
#pragma once

#include <cstdint>
#include <vector>

#include "core/io_engine.h"
#include "core/job_spec.h"
#include "sim/run/simulation.h"
#include "sim/world/flight_table.h"
#include "sim/world/sim_device.h"

namespace zoneknot::sim {

// Flight tables that no engine uses.
using FlightTables = std::vector<std::unique_ptr<FlightTable>>;

class SimIoEngine final : public core::IoEngine, private EventTarget, private core::LiveState {
 public:
  // To be made on the job's own task. Takes a table from `tables`, or makes one, and gives it back in the end.
  // `devices`: of the job's files, in their order.
  SimIoEngine(Simulation& simulation, std::vector<SimDevice*> devices, core::EngineKind kind, FlightTables& tables);
  // I/Os under way are forgotten; what they do to the device they have done.
  ~SimIoEngine() override;

 private:
  bool do_synchronous() const override { return kind_ == core::EngineKind::psync; }
  core::QueueStatus do_queue(core::IoRequest& request, core::Site site) override;
  int do_commit(core::Site site) override;
  int do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) override;
  bool do_cancel(core::IoRequest& request, core::Site site) override;
  void happened(std::uint64_t cookie) override;
  void describe(core::StateSink& sink) const override;

  core::QueueStatus perform(core::IoRequest& request, core::Site site);
  core::QueueStatus complete_now(core::IoRequest& request, int error, std::uint32_t transferred, core::Site site);
  void launch(core::Site site);
  void send_completion(std::uint32_t slot, core::Site site);
  void release_held(std::uint64_t launched_before, core::Site site);
  [[nodiscard]] bool any_on_its_way() const;
  void add_end_to_history(const core::IoRequest& request);
  void tell_complete(const core::IoRequest& request, core::Site site);
  [[nodiscard]] Op queue_op(OpKind kind, core::Site site) const;
  [[nodiscard]] SimDevice& device_of(const core::IoRequest& request) const { return *devices_[request.file]; }
  // For what is about no I/O: a signal, or the power of all devices.
  [[nodiscard]] SimDevice& first_device() const { return *devices_.front(); }

  Simulation& simulation_;
  std::vector<SimDevice*> devices_;
  FlightTables& tables_;
  std::unique_ptr<FlightTable> flights_;
  core::TaskId owner_;
  core::EngineKind kind_;
  std::uint32_t awaited_ = 0;   // a blocked reap waits for so many that have ended; 0: nobody waits
  std::uint64_t last_end_ = 0;  // the step in which the last I/O ended, counted from 1
  std::uint64_t launched_ = 0;  // I/Os that have reached the device
  bool any_held_ = false;       // some completion waits for that of a later I/O
};

}  // namespace zoneknot::sim
