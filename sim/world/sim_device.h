// A simulated zoned device: the faulty device of device/model/, stepped by visible operations of a Simulation, with the
// bytes where a world moves data. Owned by a SimWorld; every task of the program may call it. An I/O has its effect,
// and its result is fixed, at one moment: when it reaches the device.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/random.h"
#include "core/zoned_device.h"
#include "device/model/faulty_device.h"
#include "sim/run/simulation.h"
#include "sim/world/zone_contents.h"

namespace zoneknot::sim {

// How long an I/O takes: figures near those of a ZNS drive (docs/performance.md).
inline constexpr std::uint64_t kIoNs = 10'000;                      // each I/O, and each open, close and finish
inline constexpr std::uint64_t kBytesPerSecond = 1'200'000'000ULL;  // on top
inline constexpr std::uint64_t kResetNs = 1'000'000;                // a zone reset

constexpr std::uint64_t service_ns(std::uint32_t bytes) {
  return kIoNs + std::uint64_t{bytes} * 1'000'000'000U / kBytesPerSecond;
}

class SimDevice final : public core::ZonedDevice, private core::LiveState {
 public:
  // `faults` must outlive this. Chances of faults are drawn from `fault_seed`, or choices of the search without one.
  SimDevice(Simulation& simulation, const device::DeviceConfig& config, const device::FaultPlan& faults,
            std::optional<std::uint64_t> fault_seed, bool moves_data);

  // A fresh device for the next execution, in which it is the `index`th that was opened (below 4096).
  void reset(std::uint32_t index);

  [[nodiscard]] const device::ZoneModel& model() const { return device_.model(); }
  [[nodiscard]] bool moves_data() const { return contents_.has_value(); }

  struct Result {
    int error = 0;  // errno value
    std::uint32_t transferred = 0;
    std::uint64_t data = 0;  // while tracking, where data is moved: a hash of what a READ has brought
  };

  // The operation by which the scheduler knows an I/O that reaches the device.
  [[nodiscard]] Op op_of(const core::IoRequest& request, core::Site site) const;
  // The fault that keeps queue() from accepting this I/O, or null. For a plan that counts, a visible operation of its
  // own comes before, unless the caller has just made op_of().
  const device::Fault* strike_queue(const core::IoRequest& request, core::Site site, bool op_made);
  // The I/O's effect on zones and data, after op_of() was passed.
  Result carry_out(const core::IoRequest& request);

 private:
  [[nodiscard]] PartName name() const { return kFirstName + index_; }
  core::DeviceGeometry do_geometry() const override { return device_.model().geometry(); }
  std::vector<core::ZoneReport> do_report() const override;
  int do_manage(core::ZoneAction action, std::uint32_t zone, core::Site site) override;
  void describe(core::StateSink& sink) const override;

  [[nodiscard]] Op whole_device(OpKind kind, bool read_only, core::Site site) const;
  [[nodiscard]] Op zone_op(OpKind kind, std::uint32_t zone, bool read_only, core::Site site) const;
  [[nodiscard]] bool chance(double p);
  [[nodiscard]] std::uint64_t move_data(const core::IoRequest& request, std::uint32_t length);

  static constexpr PartName kFirstName = std::uint64_t{1} << 32U;  // no engine's owner

  Simulation& simulation_;
  device::FaultyDevice device_;
  std::optional<std::uint64_t> fault_seed_;
  core::SplitMix64 fault_draws_;
  std::optional<ZoneContents> contents_;
  bool faults_ordered_;  // which I/O comes first decides which one fails
  bool zones_linked_;    // limits: a write to one zone decides what may be done to another
  std::uint32_t index_ = 0;
};

}  // namespace zoneknot::sim
