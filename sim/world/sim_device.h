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
#include "device/model/latency.h"
#include "sim/run/due_times.h"
#include "sim/run/simulation.h"
#include "sim/world/zone_contents.h"

namespace zoneknot::sim {

// How long an I/O takes without a latency profile: figures near those of a ZNS drive (docs/performance.md).
inline constexpr std::uint64_t kIoNs = 10'000;                      // each I/O, and each open, close and finish
inline constexpr std::uint64_t kBytesPerSecond = 1'200'000'000ULL;  // on top
inline constexpr std::uint64_t kResetNs = 1'000'000;                // a zone reset

constexpr std::uint64_t service_ns(std::uint32_t bytes) {
  return kIoNs + std::uint64_t{bytes} * 1'000'000'000U / kBytesPerSecond;
}

// What becomes of virtual time where something takes some.
enum class TimeOrder : std::uint8_t {
  any,     // whatever is chosen next happens next, and time has passed then: for searches
  by_due,  // tasks wait until it is time: for a run that is to tell how long things take
};

class SimDevice final : public core::ZonedDevice, private core::LiveState, private EventTarget {
 public:
  // `faults` and `due` must outlive this. Chances of faults are drawn from `fault_seed`, or choices of the search
  // without one.
  SimDevice(Simulation& simulation, const device::DeviceConfig& config, const device::FaultPlan& faults,
            std::optional<std::uint64_t> fault_seed, bool moves_data, TimeOrder order, DueTimes& due);

  // A fresh device for the next execution, in which it is the `index`th that was opened (below 4096).
  void reset(std::uint32_t index);

  [[nodiscard]] const device::ZoneModel& model() const { return device_.model(); }
  [[nodiscard]] bool moves_data() const { return contents_.has_value(); }

  struct Result {
    int error = 0;  // errno value
    std::uint32_t transferred = 0;
    std::uint64_t data = 0;        // while tracking, where data is moved: a hash of what a READ has brought
    std::uint64_t due_ns = 0;      // when it ends, at the earliest
    std::uint64_t written_at = 0;  // of an append
    device::Arrival arrival = device::Arrival::in_time;
  };

  // The operation by which the scheduler knows an I/O that reaches the device.
  [[nodiscard]] Op op_of(const core::IoRequest& request, core::Site site) const;
  // The fault that keeps queue() from accepting this I/O, or null. For a plan that counts, a visible operation of its
  // own comes before, unless the caller has just made op_of().
  const device::Fault* strike_queue(const core::IoRequest& request, core::Site site, bool op_made);
  // A signal breaks a wait for completions that begins now.
  [[nodiscard]] bool strike_wait(core::Site site);
  // The I/O's effect on zones and data, after op_of() was passed.
  Result carry_out(const core::IoRequest& request);
  // Time passes until an I/O is at its end that takes so long; in line, by `due_ns` alone.
  void wait_for_end(const Result& result, core::Site site);
  // The completion of an I/O is due then; of an event that was just added.
  void note_due(ActorId event, std::uint64_t due_ns) {
    if (order_ == TimeOrder::by_due) due_.set(event, due_ns);
  }
  // Virtual time at the completion of an I/O.
  void pass_time(std::uint32_t transferred, std::uint64_t due_ns);
  // The program is told that an I/O has ended.
  void told(const core::IoRequest& request) {
    if (power_may_fail_) tell(request);
  }
  // Completions come to be noticed by other engines' I/Os, too: by which of them the power fails before.
  [[nodiscard]] std::optional<Op> completion_op(OpKind kind, core::Site site) const {
    if (!power_may_fail_) return std::nullopt;
    return whole_device(kind, false, site);
  }
  [[nodiscard]] std::uint32_t power_cuts() const { return device_.power_cuts(); }

 private:
  [[nodiscard]] PartName name() const { return kFirstName + index_; }
  core::DeviceGeometry do_geometry() const override { return device_.model().geometry(); }
  std::vector<core::ZoneReport> do_report() const override;
  int do_manage(core::ZoneAction action, core::ZoneRange zones, core::Site site) override;
  void describe(core::StateSink& sink) const override;

  [[nodiscard]] Op whole_device(OpKind kind, bool read_only, core::Site site) const;
  [[nodiscard]] Op zone_op(OpKind kind, std::uint32_t zone, bool read_only, core::Site site) const;
  [[nodiscard]] bool chance(double p);
  void tell(const core::IoRequest& request);
  void wait_until(std::uint64_t due_ns, core::Site site);
  void pass_time_to(std::uint64_t due_ns);
  void happened(std::uint64_t cookie) override;
  [[nodiscard]] int manage_zone(core::ZoneAction action, std::uint32_t zone, int earlier, core::Site site);
  [[nodiscard]] int reset_all(core::Site site);
  [[nodiscard]] int wipe(std::uint32_t zone);
  [[nodiscard]] int end_of_command(const device::FaultyDevice::Managed& done, core::Site site);
  void wait_for_command(core::ZoneAction action, std::uint32_t zone, const core::ZoneReport& before,
                        const device::FaultyDevice::Managed& done, core::Site site);
  // Waits for what the device never says.
  void wait_for_ever(core::Site site);
  [[nodiscard]] std::uint64_t move_data(const core::IoRequest& request, std::uint64_t offset, std::uint32_t length);

  static constexpr PartName kFirstName = std::uint64_t{1} << 32U;  // no engine's owner

  Simulation& simulation_;
  mutable device::FaultyDevice device_;  // a host learns from reports
  std::optional<device::LatencyModel> latency_;
  TimeOrder order_;
  DueTimes& due_;
  bool power_may_fail_;
  std::optional<std::uint64_t> fault_seed_;
  core::SplitMix64 fault_draws_;
  std::optional<ZoneContents> contents_;
  bool faults_ordered_;  // which I/O comes first decides which one fails
  bool signals_come_;
  bool zones_linked_;  // limits: a write to one zone decides what may be done to another
  std::uint32_t index_ = 0;
};

}  // namespace zoneknot::sim
