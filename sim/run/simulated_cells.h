// The cells of an execution: shared data, whose accesses are visible operations. What a Simulation does for
// core::Runtime; belongs to it.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "sim/run/scheduler.h"
#include "sim/run/simulated_locks.h"

namespace zoneknot::sim {

class SimulatedCells {
 public:
  SimulatedCells(Scheduler& scheduler, const SimulatedLocks& locks) : scheduler_(scheduler), locks_(locks) {}

  // An execution begins.
  void clear() {
    values_.clear();
    infos_.clear();
    accesses_told_ = scheduler_.watch().wants_accesses();
  }
  // By CellId; of any use only while tracking.
  [[nodiscard]] const std::vector<std::uint64_t>& values() const { return values_; }

  core::CellId create(const core::CellInfo& info);
  void access(core::CellId cell, core::Access access, core::Site site);
  std::uint64_t load(core::CellId cell, std::atomic<std::uint64_t>& storage, core::Site site);
  void stored(core::CellId cell, std::uint64_t value, core::Site site);

 private:
  // Whoever uses a cell that a lock protects owns that, but for peeks, and for a task that is the only one.
  void check_guard(core::CellId cell, core::Access access, core::Site site) {
    const core::LockId guard = infos_[cell].guard;
    if (guard != core::kNoId && locks_.all()[guard].owner != scheduler_.running().id) {
      guard_is_free(cell, access, site);
    }
  }
  void guard_is_free(core::CellId cell, core::Access access, core::Site site);

  Scheduler& scheduler_;
  const SimulatedLocks& locks_;
  std::vector<core::CellInfo> infos_;  // by CellId
  std::vector<std::uint64_t> values_;
  bool accesses_told_ = false;  // to the watch, in this execution
};

}  // namespace zoneknot::sim
