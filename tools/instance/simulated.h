// An Instance on the simulator: the program that a search runs again and again, and what is read off it when it hangs
// or ends. Used by one thread; the instance must outlive it.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/workload.h"
#include "lockcheck/verdict/scene.h"
#include "sim/conclude/conclude.h"
#include "sim/world/sim_world.h"
#include "tools/instance/instance.h"
#include "tools/instance/run_report.h"

namespace zoneknot::tools {

class SimulatedWorkload {
 public:
  explicit SimulatedWorkload(const Instance& instance);

  [[nodiscard]] sim::Simulation& simulation() { return simulation_; }
  [[nodiscard]] const sim::Program& program() const { return program_; }

  // What sim's conclude() has to know of it. This object must outlive it.
  [[nodiscard]] sim::Examined examined();

  // Keeps what the jobs of further executions have done, also of those that hang.
  void keep_results() { keep_results_ = true; }
  [[nodiscard]] const std::vector<JobResult>& results() const { return results_; }

 private:
  // Keeps the results when it goes, unless a hang has kept its own.
  class ResultsAtEnd {
   public:
    explicit ResultsAtEnd(SimulatedWorkload& of) : of_(of) {}
    ~ResultsAtEnd();
    ResultsAtEnd(const ResultsAtEnd&) = delete;
    ResultsAtEnd& operator=(const ResultsAtEnd&) = delete;

   private:
    SimulatedWorkload& of_;
  };

  void run_once();
  void look_at_hang(const lockcheck::StuckCore& stuck);

  const Instance& instance_;
  sim::Simulation simulation_;
  sim::SimWorld world_;
  sim::Program program_;
  const core::Workload* workload_ = nullptr;     // of the execution under way
  std::vector<lockcheck::ZoneInVerdict> zones_;  // of the last hang
  bool keep_results_ = false;
  std::vector<JobResult> results_;
};

}  // namespace zoneknot::tools
