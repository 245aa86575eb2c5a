// The clock of a Simulation: sleeping and looking at the time, in virtual nanoseconds. Belongs to the owner of the
// simulation; tasks use it.
#pragma once

#include <algorithm>

#include "core/clock.h"
#include "sim/run/due_times.h"
#include "sim/run/simulation.h"

namespace zoneknot::sim {

class VirtualClock final : public core::Clock {
 public:
  // `due`: where to note when sleepers wake, if anywhere; outlives this.
  explicit VirtualClock(Simulation& simulation, DueTimes* due = nullptr) : simulation_(simulation), due_(due) {}

 private:
  // Each nap is a step of the execution, however long it is; whoever is told to stop sleeps on for at most as long
  // again.
  std::uint64_t do_nap_ns(std::uint64_t slept_ns) const override { return std::max(kNapNs, slept_ns); }
  std::uint64_t do_now_ns() const override { return simulation_.read_clock(); }
  std::uint64_t do_stamp_ns() const override { return simulation_.now_ns(); }
  void do_sleep(std::uint64_t duration_ns, core::Site site) override {
    if (due_ == nullptr || simulation_.abandoned()) return simulation_.sleep(duration_ns, site);
    const core::TaskId self = simulation_.current();
    due_->set(self, simulation_.now_ns() + std::min(duration_ns, UINT64_MAX - simulation_.now_ns()));
    simulation_.sleep(duration_ns, site);
    due_->set(self, 0);
  }

  Simulation& simulation_;
  DueTimes* due_;
};

}  // namespace zoneknot::sim
