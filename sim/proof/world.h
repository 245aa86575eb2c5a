// The World of a job under proof: a device, an engine, a clock and numbers of which every answer is a choice of the
// search, as far as the class of faults allows it. The device has no state: what other jobs have done to it, or a
// remainder of their I/O that owns no lock, may be anything. Serves one search.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/world.h"
#include "device/model/zone_model.h"
#include "sim/proof/runtime.h"

namespace zoneknot::sim {

// What may go wrong, each including what is above it.
enum class ProofFaults : std::uint8_t {
  none,    // every I/O that is accepted is done in full
  device,  // an I/O or a zone reset may fail, be refused as busy, or be cut short
  engine,  // handing over queued I/Os and waiting for completions may fail as such
};

class ProofWorld final : public core::World {
 public:
  // `config` has passed check_config().
  ProofWorld(ProofRuntime& runtime, const device::DeviceConfig& config, ProofFaults faults);

  [[nodiscard]] core::Runtime& runtime() override { return runtime_; }
  [[nodiscard]] core::Clock& clock() override { return clock_; }
  [[nodiscard]] core::LockObserver& observer() override { return runtime_.observer(); }
  [[nodiscard]] core::ZonedDevice& device(const std::string&) override { return device_; }
  [[nodiscard]] std::unique_ptr<core::IoEngine> open_engine(const core::JobSpec& spec) override;
  [[nodiscard]] std::unique_ptr<core::Random> open_random(std::uint64_t seed) override;
  [[nodiscard]] bool moves_data() const override { return false; }
  [[nodiscard]] bool stop_requested() const override { return runtime_.choose(2, "asked to stop") == 1; }
  [[nodiscard]] bool counts_work() const override { return false; }
  [[nodiscard]] bool remembers_places() const override { return !runtime_.forgetful(); }
  [[nodiscard]] bool limit_reached(bool) override { return runtime_.choose(2, "a budget is used up") == 1; }

 private:
  // Stands still: what a job asks of the time it asks by limit_reached(), and whether a sleep was long decides nothing.
  class StandingClock final : public core::Clock {
   public:
    explicit StandingClock(ProofRuntime& runtime) : runtime_(runtime) {}

   private:
    std::uint64_t do_now_ns() const override { return 0; }
    std::uint64_t do_nap_ns(std::uint64_t /*slept_ns*/) const override { return UINT64_MAX; }
    void do_sleep(std::uint64_t, core::Site site) override {
      runtime_.await({core::WaitKind::timer, core::kNoId, true}, site);
    }
    ProofRuntime& runtime_;
  };

  class AnyDevice final : public core::ZonedDevice {
   public:
    AnyDevice(ProofRuntime& runtime, const device::DeviceConfig& config, ProofFaults faults)
        : runtime_(runtime), model_(config), faults_(faults) {}

   private:
    core::DeviceGeometry do_geometry() const override { return model_.geometry(); }
    std::vector<core::ZoneReport> do_report() const override { return model_.report(); }
    int do_manage(core::ZoneAction action, core::ZoneRange zones, core::Site site) override;
    ProofRuntime& runtime_;
    const device::ZoneModel model_;
    const ProofFaults faults_;
  };

  ProofRuntime& runtime_;
  const ProofFaults faults_;
  StandingClock clock_;
  AnyDevice device_;
};

}  // namespace zoneknot::sim
