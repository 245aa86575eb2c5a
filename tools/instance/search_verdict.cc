#include "tools/instance/search_verdict.h"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

#include "lockcheck/picture/hang_picture.h"
#include "lockcheck/picture/resource_of.h"
#include "lockcheck/text/site.h"
#include "lockcheck/verdict/deadlock_kind.h"
#include "sim/predict/order_runs.h"
#include "sim/predict/predicted_hangs.h"
#include "sim/search/event_trace.h"
#include "sim/search/hang_log.h"
#include "sim/search/search_guard.h"
#include "sim/states/stateful_search.h"

namespace zoneknot::tools {
namespace {

using lockcheck::StoppedBy;
using lockcheck::Verdict;
using lockcheck::VerdictWord;
using sim::SearchEnd;

VerdictWord word_of(const sim::SearchResult& result, const SearchPlan& plan) {
  if (result.hangs > 0) return VerdictWord::hang;
  if (result.livelock) return VerdictWord::livelock;
  if (!result.broken_rules.empty()) return VerdictWord::rule;
  if (result.exhaustive) return VerdictWord::verified;
  if (result.end == SearchEnd::user) return VerdictWord::incomplete;
  if (result.end == SearchEnd::time && !plan.time_is_the_budget) return VerdictWord::incomplete;
  // Nothing was seen to its end, so nothing can be said of it.
  if (result.executions == result.cut + result.pruned) return VerdictWord::incomplete;
  // The user's own bound was the budget.
  if (result.end == SearchEnd::exhausted && result.cut == 0) return VerdictWord::clean;
  // An exhaustive search has answered nothing before its end.
  return plan.exhaustive() ? VerdictWord::incomplete : VerdictWord::clean;
}

StoppedBy stopped_by(const sim::SearchResult& result) {
  if (result.executions != 0 && result.executions == result.cut) return StoppedBy::steps;
  switch (result.end) {
    case SearchEnd::user:
      return StoppedBy::user;
    case SearchEnd::time:
      return StoppedBy::time;
    case SearchEnd::memory:
      return StoppedBy::memory;
    case SearchEnd::executions:
      return StoppedBy::executions;
    case SearchEnd::exhausted:
      return StoppedBy::steps;
    case SearchEnd::hang_found:
    case SearchEnd::not_repeatable:
    case SearchEnd::overflow:
      break;
  }
  return StoppedBy::nothing;
}

lockcheck::TaskAtPlace in_verdict(const sim::CutPlace& cut) {
  return {.task = cut.task, .place = lockcheck::place_of(cut.site)};
}

lockcheck::StrategyInVerdict in_verdict(const sim::StrategyStats& stats) {
  lockcheck::StrategyInVerdict strategy{.strategy = stats.name,
                                        .executions = stats.executions,
                                        .executions_cut = stats.cut,
                                        .executions_pruned = stats.pruned,
                                        .hangs = stats.hangs,
                                        .steps = stats.steps,
                                        .hang_probability_below = sim::hang_probability_below(stats),
                                        .coverage = stats.coverage};
  if (stats.hangs > 0) {
    strategy.first_hang_execution = stats.first_hang_execution;
    strategy.first_hang_steps = stats.first_hang_steps;
  }
  if (stats.traces) {
    strategy.traces = stats.traces->count();
    strategy.traces_exact = stats.traces->exact();
  }
  if (const auto& promised = stats.guarantee) {
    strategy.guarantee = {promised->depth, promised->actors, promised->decisions, promised->probability};
  }
  return strategy;
}

void describe_search(const sim::SearchResult& result, const SearchPlan& plan, Verdict& verdict) {
  verdict.word = word_of(result, plan);
  verdict.search.executions = result.executions;
  verdict.search.executions_cut = result.cut;
  if (result.first_cut) verdict.search.cut_at = in_verdict(*result.first_cut);
  verdict.search.executions_pruned = result.pruned;
  verdict.search.step_limit = plan.limits.max_steps;
  verdict.search.steps = result.steps;
  verdict.search.exhaustive = result.exhaustive;
  for (const sim::StrategyStats& stats : result.strategies) verdict.search.strategies.push_back(in_verdict(stats));
  if (const auto& space = result.space) {
    verdict.search.states = space->states;
    verdict.search.state_space = {.transitions = space->transitions,
                                  .remembered = space->remembered,
                                  .deepest = space->deepest,
                                  .frontier = space->frontier,
                                  .bytes = space->bytes};
  } else if (plan.exhaustive()) {
    verdict.search.traces = result.traces;
  }
  verdict.assumptions.insert(verdict.assumptions.end(), result.reservations.begin(), result.reservations.end());
  if (result.first_hang) verdict.search.first_hang_execution = result.first_hang->execution;
  if (verdict.word == VerdictWord::incomplete) verdict.search.stopped_by = stopped_by(result);
}

// What was found first, and worst.
const sim::FirstSeen* what_to_show(const sim::SearchResult& result) {
  if (result.first_hang) return &*result.first_hang;
  if (result.livelock) return &result.livelock->first;
  return result.broken_rules.empty() ? nullptr : &result.broken_rules.front().first;
}

// What was found before counts as well; what was covered is what the later search says.
void add_earlier(const sim::SearchResult& earlier, sim::SearchResult& result) {
  result.executions += earlier.executions;
  result.cut += earlier.cut;
  if (earlier.first_cut) result.first_cut = earlier.first_cut;
  result.steps += earlier.steps;
  result.strategies.insert(result.strategies.begin(), earlier.strategies.begin(), earlier.strategies.end());
  if (result.first_hang) {
    result.first_hang->execution += earlier.executions;
    result.first_hang_steps += earlier.steps;
  }
  for (const sim::BrokenRule& broken : earlier.broken_rules) {
    const auto same =
        std::find_if(result.broken_rules.begin(), result.broken_rules.end(), [&](const sim::BrokenRule& other) {
          return other.what.rule == broken.what.rule && lockcheck::same_place(other.what.site, broken.what.site);
        });
    if (same == result.broken_rules.end()) {
      result.broken_rules.push_back(broken);
    } else {
      same->what.count += broken.what.count;
      same->first = broken.first;
    }
  }
}

// The names of what was searched with, and what was found.
struct Searched {
  sim::SearchResult result;
  std::string strategies;
};

// Adds the strategy's name to `names`.
sim::SearchResult run_one(SimulatedWorkload& workload, const SearchPlan& plan, const StrategyOption& option,
                          const sim::SearchLimits& limits, std::string& names) {
  if (option.recognises_states) {
    names += sim::Stateful::kName;
    return sim::explore_states(workload.simulation(), workload.program(), plan.stateful, limits);
  }
  const std::unique_ptr<sim::Strategy> strategy = option.make(plan.seed);
  names += strategy->name();
  if (strategy->samples()) names += fmt::format(", seed {}", plan.seed);
  return sim::explore(workload.simulation(), workload.program(), *strategy, limits);
}

Searched run_search(SimulatedWorkload& workload, const SearchPlan& plan) {
  Searched searched;
  for (std::size_t i = 0; i < plan.strategies.size(); ++i) {
    const bool last = i + 1 == plan.strategies.size();
    sim::SearchLimits limits = plan.limits;
    if (!last) limits.executions = std::min(limits.executions, kExecutionsBeforeExhausting);
    searched.strategies += i == 0 ? "" : ", then ";
    sim::SearchResult result = run_one(workload, plan, plan.strategies[i], limits, searched.strategies);
    if (i > 0) add_earlier(searched.result, result);
    searched.result = std::move(result);
    if (searched.result.end != SearchEnd::executions) break;
  }
  return searched;
}

// A hang that only steering towards what is predicted has found.
void add_hang(const sim::DrivenRuns& driven, sim::SearchResult& result) {
  result.first_hang = driven.first_hang;
  result.first_hang->execution += result.executions;
  result.first_hang_steps = result.steps + driven.steps;
  result.hangs = 1;
  result.executions += driven.executions;
  result.steps += driven.steps;
}

// `max_steps`: where the execution ends, if nothing else ends it.
Finding record(SimulatedWorkload& workload, const sim::FirstSeen& seen, std::uint64_t max_steps, std::uint64_t identity,
               Verdict& verdict) {
  sim::Recording recording;
  sim::Simulation& simulation = workload.simulation();
  simulation.set_max_steps(max_steps);
  workload.describe_hangs_in(&verdict.scene);
  Finding finding;
  finding.witness = sim::record_witness(simulation, workload.program(), seen, identity, recording);
  workload.describe_hangs_in(nullptr);
  if (const auto line = sim::to_line(finding.witness)) finding.line = *line;
  finding.trace = sim::event_trace_text(recording, simulation.watch());
  if (verdict.word == VerdictWord::hang) {
    verdict.scene.steps_to_hang = sim::steps_to_hang(recording, simulation.watch(), workload.stuck());
  }
  return finding;
}

}  // namespace

tl::expected<std::vector<StrategyOption>, InputError> strategies_of(const std::string& option, bool bounded) {
  if (option.empty() && bounded) return std::vector{default_strategy(), *parse_strategy("stateful")};
  if (option.empty()) return std::vector{default_strategy()};
  auto parsed = parse_strategy(option);
  if (!parsed) return tl::make_unexpected(parsed.error());
  return std::vector{*std::move(parsed)};
}

std::optional<InputError> must_be_simulated(const Instance& instance) {
  // A real device that only the environment names is not meant here.
  if (instance.source.device.empty() || instance.device_option.kind == DeviceKind::sim) return std::nullopt;
  return InputError{.file = "--device",
                    .message = "this command searches on a simulated device; 'zoneknot run' uses real ones"};
}

Verdict verdict_about(const Instance& instance) {
  Verdict verdict;
  verdict.subject.job = instance.name;
  verdict.subject.fix_set = instance.fixes.to_string();
  for (std::size_t i = 0; i < core::kFixNames.size(); ++i) {
    if (instance.fixes.has(static_cast<core::Fix>(i))) verdict.subject.fixes.emplace_back(core::kFixNames.at(i));
  }
  verdict.subject.device = "sim:" + instance.device.short_text();
  verdict.subject.bounds = instance.bounds;
  verdict.subject.draws_by = instance.seed ? lockcheck::DrawsBy::one_seed : lockcheck::DrawsBy::search;
  verdict.subject.seed = instance.seed.value_or(0);
  return verdict;
}

SearchReport search(const Instance& instance, const SearchPlan& plan) {
  SimulatedWorkload workload(instance);
  sim::SearchGuard guard(workload.simulation(), sim::SearchGuard::kDefaultLimit, &sim::end_process);
  SearchPlan guarded = plan;
  guarded.limits.found = [&](const sim::FirstSeen& seen) {
    sim::Recording recording;
    const auto line = sim::to_line(
        sim::record_witness(workload.simulation(), workload.program(), seen, instance.identity(), recording));
    if (line) guard.set_found(*line);
  };
  SearchReport report{.verdict = verdict_about(instance)};
  sim::HangLog hangs(workload.simulation());
  guarded.limits.hung = [&](const sim::Outcome& outcome) { hangs.add(outcome); };
  auto [result, strategies] = run_search(workload, guarded);
  report.verdict.search.hangs = hangs.hangs();
  if (result.end == SearchEnd::not_repeatable) {
    throw std::logic_error(
        sim::difference_text(result.difference.value_or(sim::Difference{}), workload.simulation().watch()));
  }

  if (plan.order_check && result.end != SearchEnd::user) {
    const sim::OrderRunLimits limits{.max_steps = plan.limits.max_steps, .stop = plan.limits.stop};
    sim::observe_order(workload.simulation(), workload.program(), plan.seed, limits, report.verdict);
    if (result.hangs > 0 ? plan.drive_beside_hangs : !result.exhaustive) {
      const sim::DrivenRuns driven = sim::drive_predictions(workload.simulation(), workload.program(), plan.seed,
                                                            instance.identity(), limits, hangs, report.verdict);
      if (driven.first_hang && !result.first_hang) {
        add_hang(driven, result);
        lockcheck::add_hang(driven.waits, report.verdict.search.hangs);
        strategies += ", then directed to what is predicted";
      }
    }
  }
  lockcheck::compare_hangs_with_predictions(report.verdict);
  report.verdict.search.strategy = strategies;
  describe_search(result, plan, report.verdict);
  std::vector<lockcheck::RuleBreak> rules;
  rules.reserve(result.broken_rules.size());
  for (const sim::BrokenRule& broken : result.broken_rules) rules.push_back(broken.what);
  lockcheck::describe_rules(rules, instance.task_names, report.verdict.scene);
  sim::weigh_predictions(report.verdict);
  if (const sim::FirstSeen* seen = what_to_show(result)) {
    // A livelock is shown once around.
    const bool livelock = report.verdict.word == VerdictWord::livelock;
    if (livelock) {
      report.verdict.scene.cycle_steps = result.livelock->steps;
      for (const sim::CutPlace& place : result.livelock->places)
        report.verdict.scene.cycle.push_back(in_verdict(place));
    }
    const std::uint64_t steps = livelock ? result.livelock->begins + result.livelock->steps : plan.limits.max_steps;
    report.finding = record(workload, *seen, steps, instance.identity(), report.verdict);
    report.verdict.scene.witness = report.finding->line;
  }
  return report;
}

std::string replay_command(const Instance& instance, const std::string& line, const std::string& output) {
  if (!output.empty()) return "zoneknot replay " + output;
  if (line.empty()) return {};
  const InstanceSource& source = instance.source;
  std::string command = "zoneknot replay '" + line + "' " + source.job_path;
  command += " --fixes=" + instance.fixes.to_string();
  if (!source.device.empty()) command += " --device=" + source.device;
  if (!source.faults_path.empty()) command += " --faults=" + source.faults_path;
  if (!source.bound.empty()) command += " --bound " + source.bound;
  if (instance.seed) command += fmt::format(" --seed={}", *instance.seed);
  return command;
}

}  // namespace zoneknot::tools
