// An Instance on the simulator: the program that a search runs again and again, and what is read off it when it hangs
// or ends. Used by one thread; the instance must outlive it.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/workload/workload.h"
#include "lockcheck/verdict/scene.h"
#include "lockcheck/verdict/search_in_verdict.h"
#include "sim/conclude/conclude.h"
#include "sim/world/sim_world.h"
#include "tools/instance/instance.h"
#include "tools/instance/run_report.h"

namespace zoneknot::tools {

class SimulatedWorkload {
 public:
  explicit SimulatedWorkload(const Instance& instance, sim::TimeOrder order = sim::TimeOrder::any);

  [[nodiscard]] sim::Simulation& simulation() { return simulation_; }
  [[nodiscard]] const sim::SimWorld& world() const { return world_; }
  [[nodiscard]] const sim::Program& program() const { return program_; }

  // What sim's conclude() has to know of it. This object must outlive it.
  [[nodiscard]] sim::Examined examined();

  // How the jobs of the execution that was made last ended, if it finished in the order of time.
  [[nodiscard]] sim::Ending ending(const sim::Outcome& outcome) const;

  // Of the execution under way; null: it has not begun, or it is over.
  [[nodiscard]] const core::Workload* workload() const { return workload_; }

  // Keeps what the jobs of further executions have done, also of those that hang.
  void keep_results() { keep_results_ = true; }
  [[nodiscard]] const std::vector<JobResult>& results() const { return results_; }

 private:
  // Counts what was done when it goes, and keeps the results, unless a hang has kept its own.
  class AtEnd {
   public:
    explicit AtEnd(SimulatedWorkload& of) : of_(of) {}
    ~AtEnd();
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;

   private:
    SimulatedWorkload& of_;
  };

  void run_once();
  void count_work();
  void look_at_hang(const lockcheck::StuckCore& stuck);

  const Instance& instance_;
  sim::Simulation simulation_;
  sim::SimWorld world_;
  sim::Program program_;
  const core::Workload* workload_ = nullptr;     // of the execution under way
  std::vector<lockcheck::ZoneInVerdict> zones_;  // of the last hang
  std::vector<lockcheck::WorkInVerdict> work_;
  std::vector<lockcheck::EndInVerdict> ends_;  // of the last execution that finished
  bool keep_results_ = false;
  std::vector<JobResult> results_;
};

}  // namespace zoneknot::tools
