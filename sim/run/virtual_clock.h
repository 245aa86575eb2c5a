// The clock of a Simulation: sleeping and looking at the time, in virtual nanoseconds. Belongs to the owner of the
// simulation; tasks use it.
#pragma once

#include <algorithm>

#include "core/clock.h"
#include "sim/run/simulation.h"

namespace zoneknot::sim {

class VirtualClock final : public core::Clock {
 public:
  explicit VirtualClock(Simulation& simulation) : simulation_(simulation) {}

 private:
  // Each nap is a step of the execution, however long it is; whoever is told to stop sleeps on for at most as long
  // again.
  std::uint64_t do_nap_ns(std::uint64_t slept_ns) const override { return std::max(kNapNs, slept_ns); }
  std::uint64_t do_now_ns() const override { return simulation_.read_clock(); }
  std::uint64_t do_stamp_ns() const override { return simulation_.now_ns(); }
  void do_sleep(std::uint64_t duration_ns, core::Site site) override { simulation_.sleep(duration_ns, site); }

  Simulation& simulation_;
};

}  // namespace zoneknot::sim
