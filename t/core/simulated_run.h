// Whole workloads on the simulator: one execution, or many random ones, and what the lock checker found in them.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/workload/workload.h"
#include "lockcheck/watch/lock_watch.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "sim/world/sim_world.h"

namespace zoneknot::core {

class SimulatedRun {
 public:
  SimulatedRun(std::vector<JobSpec> jobs, FixSet fixes, sim::WorldConfig config = {})
      : specs(std::move(jobs)), fixes_(fixes), world(simulation, std::move(config)) {}

  // Whoever runs goes on; a draw is 0.
  sim::Outcome steadily(const sim::ExecutionOptions& options = {}) {
    sim::Replay steady{Schedule{}};
    return run(steady, options);
  }
  // Random executions until one breaks a rule or hangs; the letters of all rules that were broken.
  std::set<std::string> search(std::uint32_t executions, std::uint64_t seed = 1) {
    sim::RandomWalk walk(seed);
    std::set<std::string> letters;
    for (std::uint32_t i = 0; i < executions; ++i) {
      const sim::Outcome outcome = run(walk);
      hangs += outcome.kind == sim::OutcomeKind::hang ? 1 : 0;
      finished += outcome.kind == sim::OutcomeKind::finished ? 1 : 0;
      letters.merge(broken());
    }
    return letters;
  }

  // "a", "g", "assert", … of the last execution.
  [[nodiscard]] std::set<std::string> broken() const {
    std::set<std::string> letters;
    for (const lockcheck::RuleBreak& rule : simulation.watch().broken_rules()) {
      letters.insert(std::string(lockcheck::rule_name(rule.rule)));
    }
    return letters;
  }

  const std::vector<JobSpec> specs;
  sim::Simulation simulation;
  std::vector<Stats> stats;        // of the last execution, by job
  std::vector<int> errors;         // likewise
  std::vector<std::uint64_t> wps;  // what the program believes, of the first device
  std::uint32_t hangs = 0;         // of all executions
  std::uint32_t finished = 0;

 private:
  sim::Outcome run(sim::Strategy& strategy, const sim::ExecutionOptions& options = {}) {
    EXPECT_TRUE(strategy.begin());
    return simulation.run(
        [this] {
          world.begin_execution();
          Workload workload(world, specs, fixes_);
          workload_ = &workload;
          simulation.at_hang([this](const lockcheck::StuckCore&) { note_stats(); });
          workload.run();
          note_stats();
        },
        strategy, options);
  }
  void note_stats() {
    stats.clear();
    errors.clear();
    wps.clear();
    for (std::size_t i = 0; i < workload_->job_count(); ++i) {
      stats.push_back(workload_->job(i).stats);
      errors.push_back(workload_->job(i).error);
    }
    const ZoneTable& table = workload_->table(0);
    for (std::uint32_t i = 0; i < table.nr_zones(); ++i) wps.push_back(table.zone(i).wp.read());
  }

  FixSet fixes_;

 public:
  sim::SimWorld world;

 private:
  const Workload* workload_ = nullptr;
};

}  // namespace zoneknot::core
