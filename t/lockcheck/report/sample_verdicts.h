// Verdicts made by hand, for tests of the reports.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Two writers that wait on each other; a third behind them.
inline Verdict sample_hang() {
  Verdict v;
  v.word = VerdictWord::hang;
  v.job = "two-jobs.fio";
  v.fixes = {"adjust-trylock"};
  v.fix_set = "legacy";
  v.device = "sim:zones=16,size=1048576,capacity=1048576,conventional=0,max-open=0";
  v.strategy = "random walk, seed 7";
  v.draws = "the job's seeds";
  v.executions = 1234;
  v.executions_cut = 3;
  v.strategies = {{.strategy = "preemption-bounded",
                   .executions = 1234,
                   .executions_cut = 3,
                   .hangs = 1,
                   .steps = 4567890,
                   .first_hang_execution = 87,
                   .first_hang_steps = 4321,
                   .coverage = "every execution with at most 1 preemption"}};
  v.step_limit = 100000;
  v.steps = 4567890;
  v.bounds.jobs = 2;
  v.bounds.zones = 2;
  v.first_hang_execution = 87;
  v.seconds = 0.42;
  v.witness = "zk1:" + std::string(120, 'A');
  v.replay_command = "zoneknot replay " + v.witness;
  v.tasks = {
      {"first",
       "stuck",
       "zone 3",
       "second",
       "zone_locking.cc:31",
       "convert_to_open_zone",
       {{"zone 1", "block_adjuster.cc:88", "adjust_block", 3},
        {"zone 2", "open_zones.cc:77", "convert_to_open_zone", 1}},
       3,
       4},
      {"second",
       "stuck",
       "zone 1",
       "first",
       "zone_locking.cc:31",
       "convert_to_open_zone",
       {{"zone 3", "block_adjuster.cc:88", "adjust_block", 2}},
       1,
       2},
      {"third", "bystander", "zone 3", "second", "zone_locking.cc:18", "adjust_block", {}, 0, 0},
      {"main", "waiting", "the end of first", "", "run.cc:12", "run_jobs", {}, 0, 0},
      {"idle", "running", "", "", "", "", {}, 0, 0},
  };
  v.zones = {{"zone 1", "implicit-open", 1048576, 1064960, "first", 3},
             {"zone 3", "full", 3145728, 4194304, "second", 2}};
  for (std::uint64_t i = 0; i < 40; ++i) {
    v.steps_to_hang.push_back({i * 3, i % 3 == 2 ? "third" : (i % 3 == 0 ? "first" : "second"),
                               "lock zone " + std::to_string(i % 4) + "  block_adjuster.cc:88"});
  }
  v.rules = {{"d", "block_adjuster.cc:88", "adjust_block", "first", "zone 3 acquired here is never released", 12},
             {"g", "zone_locking.cc:31", "convert_to_open_zone", "second", "asks for zone 1 while it owns zone 3", 1}};
  v.assumptions = {"the device completes what it accepted", "mutexes behave"};
  return v;
}

inline Verdict sample_clean() {
  Verdict v;
  v.word = VerdictWord::clean;
  v.job = "two-jobs.fio";
  v.fixes = {"adjust-trylock", "swd-skip"};
  v.fix_set = "legacy,+swd-skip";
  v.device = "sim:zones=16";
  v.strategy = "random walk";
  v.draws = "the job's seeds";
  v.executions = 100000;
  v.executions_cut = 1000;
  v.step_limit = 20000;
  v.strategies = {{.strategy = "random walk",
                   .executions = 50000,
                   .executions_cut = 1000,
                   .steps = 6000000,
                   .traces = 49000,
                   .hang_probability_below = 3.0 / 49000},
                  {.strategy = "PCT of depth 3",
                   .executions = 50000,
                   .steps = 5000000,
                   .traces = 70000,
                   .traces_exact = false,
                   .hang_probability_below = 3.0 / 50000,
                   .guarantee = StrategyInVerdict::Guarantee{3, 10, 100, 1e-5}}};
  return v;
}

// A run of the workload in which everything is told that the others leave out.
inline Verdict sample_rest() {
  Verdict v = sample_hang();
  v.word = VerdictWord::livelock;
  v.tasks.front().unit_holders = {"second"};
  v.bounds.skip = 1;
  v.cut_at = "worker at spin.cc:12 (wait_for_data)";
  v.states = 900;
  v.state_space = {.transitions = 5000, .deepest = 70, .frontier = 3, .bytes = 1U << 20U};
  v.traces = 12;
  v.stopped_by = "time";
  v.strategies = sample_clean().strategies;
  v.cycle_steps = 6;
  v.cycle = {"writer at io_pipeline.cc:207 (quiesce)"};
  v.evidence = {"lock chains do not change from depth 2 to 3"};
  v.obligations = {{.rule = "g",
                    .obligation = "zones are waited for in ascending order",
                    .job = "first",
                    .site = "zone_locking.cc:31",
                    .function = "convert_to_open_zone",
                    .what = "waits for a smaller zone",
                    .waits_for = "zone 1",
                    .holds = {{"zone 3", "block_adjuster.cc:88", "adjust_block", 2}},
                    .steps = {{1, "first", "lock zone 3"}},
                    .status = "confirmed by a hang"}};
  core::Stats stats;
  stats.end_ns = 2000;
  v.jobs = {{.task = "first", .error = 5, .aborted = true, .stats = stats}};
  return v;
}

// A run that did not hang, and one prediction of each status.
inline Verdict sample_possible() {
  Verdict v = sample_clean();
  v.word = VerdictWord::possible;
  const LinkInVerdict first{"first.0",
                            "zone 3",
                            "block_adjuster.cc:88",
                            "adjust_block",
                            "zone 5",
                            "zone_locking.cc:31",
                            "convert_to_open_zone"};
  const LinkInVerdict second{"second.0", "zone 5", "open_zones.cc:77", "close_zone", "zone 3", "", ""};
  const LinkInVerdict third{"T3", "zone 7", "", "", "zone 3", "trace:12", ""};
  LinkInVerdict to_third = second;
  to_third.waits_for = "zone 7";
  v.hangs = {{.executions = 12, .links = {first, second}, .predicted = true}};
  v.predictions = {
      {.status = "sound", .what = "2 tasks could wait on each other: zone 3, zone 5", .links = {first, second}},
      {.status = "possible",
       .what = "3 tasks could wait on each other: zone 3, zone 5, zone 7",
       .links = {first, to_third, third}},
      {.status = "refuted",
       .what = "2 tasks could wait on each other: zone 3, zone 5",
       .links = {first, second},
       .reason = "the gate lock M is held around both"},
      {.status = "confirmed",
       .what = "2 tasks could wait on each other: zone 3, zone 5",
       .links = {first, second},
       .witness = "zk1:" + std::string(120, 'B')},
  };
  v.lock_order = {
      "zone inside zone, not ordered by key: taken at open_zones.cc:77, then asked for at zone_locking.cc:31"};
  v.order_edges = {
      {"zone 3", "zone 5", "block_adjuster.cc:88", "adjust_block", "zone_locking.cc:31", "convert_to_open_zone", true},
      {"zone 5", "zone 3", "open_zones.cc:77", "close_zone", "zone_locking.cc:31", "convert_to_open_zone", true},
      {"zone 3", "M", "block_adjuster.cc:88", "adjust_block", "open_zones.cc:12", "is_zone_open", false}};
  return v;
}

}  // namespace zoneknot::lockcheck
