// The cells of an execution: shared data, whose accesses are visible operations. What a Simulation does for
// core::Runtime; belongs to it.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "sim/run/scheduler.h"

namespace zoneknot::sim {

class SimulatedCells {
 public:
  explicit SimulatedCells(Scheduler& scheduler) : scheduler_(scheduler) {}

  // An execution begins.
  void clear() {
    values_.clear();
    accesses_told_ = scheduler_.watch().wants_accesses();
  }
  // By CellId; of any use only while tracking.
  [[nodiscard]] const std::vector<std::uint64_t>& values() const { return values_; }

  core::CellId create(const core::CellInfo& info);
  void access(core::CellId cell, core::Access access, core::Site site);
  std::uint64_t load(core::CellId cell, std::atomic<std::uint64_t>& storage, core::Site site);
  void stored(core::CellId cell, std::uint64_t value, core::Site site);

 private:
  Scheduler& scheduler_;
  std::vector<std::uint64_t> values_;
  bool accesses_told_ = false;  // to the watch, in this execution
};

}  // namespace zoneknot::sim
