// The cells of an execution: shared data, whose accesses are visible operations. What a Simulation does for
// core::Runtime; belongs to it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
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
    guards_.clear();
    names_.clear();
    accesses_told_ = scheduler_.watch().wants_accesses();
    all_told_ = accesses_told_ || scheduler_.states().on();
  }
  // By CellId; of any use only while tracking.
  [[nodiscard]] const std::vector<std::uint64_t>& values() const { return values_; }

  core::CellId create(const core::CellInfo& info);
  void access(core::CellId cell, core::Access access, core::Site site);
  // In line, and nothing of what is rare: a search spends its time here.
  std::uint64_t load(core::CellId cell, const std::atomic<std::uint64_t>& storage, core::Site site) {
    const std::uint64_t value = storage.load(std::memory_order_relaxed);
    return all_told_ || !owns_guard(cell) ? tell_loaded(cell, value, site) : value;
  }
  void stored(core::CellId cell, std::uint64_t value, core::Site site) {
    if (all_told_ || !owns_guard(cell)) tell_stored(cell, value, site);
  }

 private:
  std::uint64_t tell_loaded(core::CellId cell, std::uint64_t value, core::Site site);
  void tell_stored(core::CellId cell, std::uint64_t value, core::Site site);
  // Or the cell has none, or there is nobody else.
  [[nodiscard]] bool owns_guard(core::CellId cell) const {
    const core::LockId guard = guards_[cell];
    return guard == core::kNoId || scheduler_.only_task() || locks_.all()[guard].owner == scheduler_.running().id;
  }
  // A task that uses a cell which a lock protects owns that, but for peeks, and for a task that is the only one.
  void check_guard(core::CellId cell, core::Access access, core::Site site);

  Scheduler& scheduler_;
  const SimulatedLocks& locks_;
  std::vector<core::LockId> guards_;  // by CellId, as the next two
  std::vector<std::string_view> names_;
  std::vector<std::uint64_t> values_;
  bool accesses_told_ = false;  // to the watch, in this execution
  bool all_told_ = false;       // to somebody
};

}  // namespace zoneknot::sim
