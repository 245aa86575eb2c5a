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

inline ResourceInVerdict zone_lock(std::uint64_t zone) {
  return {.kind = ResourceType::lock,
          .id = static_cast<std::uint32_t>(zone),
          .name = "zone " + std::to_string(zone),
          .lock_class = "zone",
          .order_key = zone};
}

inline LinkInVerdict sample_link(const TaskRef& task, std::uint64_t owned, const Place& owned_at, std::uint64_t asked,
                                 const Place& asked_at) {
  LinkInVerdict link;
  link.task = task;
  link.owns = zone_lock(owned);
  link.owned_at = owned_at;
  link.waits_for = zone_lock(asked);
  link.asked_at = asked_at;
  return link;
}

inline const TaskRef kFirstTask{1, "first"};
inline const TaskRef kSecondTask{2, "second"};
inline const TaskRef kThirdTask{3, "third"};

// Two writers that wait on each other; a third behind them.
inline Verdict sample_hang() {
  Verdict v;
  v.word = VerdictWord::hang;
  v.subject.job = "two-jobs.fio";
  v.subject.fixes = {"adjust-trylock"};
  v.subject.fix_set = "legacy";
  v.subject.device = "sim:zones=16,size=1048576,capacity=1048576,conventional=0,max-open=0";
  v.search.strategy = "random walk, seed 7";
  v.subject.draws_by = DrawsBy::job_seeds;
  v.search.executions = 1234;
  v.search.executions_cut = 3;
  v.search.strategies = {{.strategy = "preemption-bounded",
                          .executions = 1234,
                          .executions_cut = 3,
                          .hangs = 1,
                          .steps = 4567890,
                          .first_hang_execution = 87,
                          .first_hang_steps = 4321,
                          .coverage = "every execution with at most 1 preemption"}};
  v.search.step_limit = 100000;
  v.search.steps = 4567890;
  v.subject.bounds.jobs = 2;
  v.subject.bounds.zones = 2;
  v.search.first_hang_execution = 87;
  v.search.seconds = 0.42;
  v.scene.witness = "zk2:" + std::string(120, 'A');
  v.scene.replay_command = "zoneknot replay " + v.scene.witness;
  v.scene.tasks = {
      {.task = kFirstTask,
       .standing = TaskStanding::stuck,
       .waits_for = zone_lock(3),
       .owner = kSecondTask,
       .place = {"zone_locking.cc", 31, "convert_to_open_zone"},
       .holds = {{zone_lock(1), {"block_adjuster.cc", 88, "adjust_block"}, 3},
                 {zone_lock(2), {"open_zones.cc", 77, "convert_to_open_zone"}, 1}},
       .in_flight = 3,
       .unput = 4},
      {.task = kSecondTask,
       .standing = TaskStanding::stuck,
       .waits_for = zone_lock(1),
       .owner = kFirstTask,
       .place = {"zone_locking.cc", 31, "convert_to_open_zone"},
       .holds = {{zone_lock(3), {"block_adjuster.cc", 88, "adjust_block"}, 2}},
       .in_flight = 1,
       .unput = 2},
      {.task = kThirdTask,
       .standing = TaskStanding::bystander,
       .waits_for = zone_lock(3),
       .owner = kSecondTask,
       .place = {"zone_locking.cc", 18, "adjust_block"}},
      {.task = {0, "main"},
       .standing = TaskStanding::waiting,
       .waits_for = {.kind = ResourceType::task_end, .name = "first"},
       .place = {"run.cc", 12, "run_jobs"}},
      {.task = {4, "idle"}, .standing = TaskStanding::running},
  };
  v.scene.zones = {{"zone 1", "implicit-open", 1048576, 1064960, kFirstTask, 3},
                   {"zone 3", "full", 3145728, 4194304, kSecondTask, 2}};
  for (std::uint64_t i = 0; i < 40; ++i) {
    v.scene.steps_to_hang.push_back({i * 3, i % 3 == 2 ? kThirdTask : (i % 3 == 0 ? kFirstTask : kSecondTask),
                                     "lock zone " + std::to_string(i % 4) + "  block_adjuster.cc:88"});
  }
  v.scene.rules.resize(2);
  v.scene.rules[0].rule = Rule::lock_outlives_task;
  v.scene.rules[0].place = {"block_adjuster.cc", 88, "adjust_block"};
  v.scene.rules[0].task = kFirstTask;
  v.scene.rules[0].what = "zone 3 acquired here is never released";
  v.scene.rules[0].count = 12;
  v.scene.rules[1].place = {"zone_locking.cc", 31, "convert_to_open_zone"};
  v.scene.rules[1].task = kSecondTask;
  v.scene.rules[1].what = "asks for zone 1 while it owns zone 3";
  v.scene.rules[1].count = 1;
  v.assumptions = {"the device completes what it accepted", "mutexes behave"};
  return v;
}

inline Verdict sample_clean() {
  Verdict v;
  v.word = VerdictWord::clean;
  v.subject.job = "two-jobs.fio";
  v.subject.fixes = {"adjust-trylock", "swd-skip"};
  v.subject.fix_set = "legacy,+swd-skip";
  v.subject.device = "sim:zones=16";
  v.search.strategy = "random walk";
  v.subject.draws_by = DrawsBy::job_seeds;
  v.search.executions = 100000;
  v.search.executions_cut = 1000;
  v.search.step_limit = 20000;
  v.search.strategies = {{.strategy = "random walk",
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
  v.scene.tasks.front().unit_holders = {kSecondTask};
  v.subject.bounds.skip = 1;
  v.search.cut_at = {.task = "worker", .place = {"spin.cc", 12, "wait_for_data"}};
  v.search.states = 900;
  v.search.state_space = {.transitions = 5000, .deepest = 70, .frontier = 3, .bytes = 1U << 20U};
  v.search.traces = 12;
  v.search.stopped_by = StoppedBy::time;
  v.search.strategies = sample_clean().search.strategies;
  v.scene.cycle_steps = 6;
  v.scene.cycle = {{.task = "writer", .place = {"io_pipeline.cc", 207, "quiesce"}}};
  v.proof.evidence = {"lock chains do not change from depth 2 to 3"};
  v.proof.obligations = {{.rule = Rule::order,
                          .job = "first",
                          .place = {"zone_locking.cc", 31, "convert_to_open_zone"},
                          .what = "waits for a smaller zone",
                          .waits_for = zone_lock(1),
                          .holds = {{zone_lock(3), {"block_adjuster.cc", 88, "adjust_block"}, 2}},
                          .steps = {{1, kFirstTask, "lock zone 3"}},
                          .confirmed = Confirmation::by_a_hang}};
  core::Stats stats;
  stats.end_ns = 2000;
  v.scene.jobs = {{.task = "first", .error = 5, .aborted = true, .stats = stats}};
  return v;
}

// A run that did not hang, and one prediction of each status.
inline Verdict sample_possible() {
  Verdict v = sample_clean();
  v.word = VerdictWord::possible;
  const LinkInVerdict first = sample_link({1, "first.0"}, 3, {"block_adjuster.cc", 88, "adjust_block"}, 5,
                                          {"zone_locking.cc", 31, "convert_to_open_zone"});
  const LinkInVerdict second = sample_link({2, "second.0"}, 5, {"open_zones.cc", 77, "close_zone"}, 3, {});
  const LinkInVerdict third = sample_link({3, "T3"}, 7, {}, 3, {"trace", 12, ""});
  LinkInVerdict to_third = second;
  to_third.waits_for = zone_lock(7);
  v.search.hangs.resize(1);
  v.search.hangs[0].executions = 12;
  v.search.hangs[0].links = {first, second};
  v.search.hangs[0].predicted = true;
  std::vector<PredictionInVerdict>& predictions = v.order.predictions;
  predictions.resize(4);
  for (PredictionInVerdict& prediction : predictions) prediction.links = {first, second};
  predictions[0].status = PredictionStatus::sound;
  predictions[1].links = {first, to_third, third};
  predictions[2].status = PredictionStatus::refuted;
  predictions[2].grounds = Grounds::covered;
  predictions[3].status = PredictionStatus::confirmed;
  predictions[3].witness = "zk2:" + std::string(120, 'B');
  v.order.lines = {
      "zone inside zone, not ordered by key: taken at open_zones.cc:77, then asked for at zone_locking.cc:31"};
  const Place adjusts{"block_adjuster.cc", 88, "adjust_block"};
  const Place closes{"open_zones.cc", 77, "close_zone"};
  const Place asks{"zone_locking.cc", 31, "convert_to_open_zone"};
  v.order.edges = {{"zone 3", "zone 5", adjusts, asks, true},
                   {"zone 5", "zone 3", closes, asks, true},
                   {"zone 3", "M", adjusts, {"open_zones.cc", 12, "is_zone_open"}, false}};
  return v;
}

}  // namespace zoneknot::lockcheck
