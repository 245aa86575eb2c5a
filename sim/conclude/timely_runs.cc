#include "sim/conclude/timely_runs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lockcheck/text/site.h"
#include "sim/states/revisits.h"
#include "sim/strategy/replay.h"
#include "sim/strategy/timely_walk.h"

namespace zoneknot::sim {
namespace {

constexpr std::uint64_t kTimelyEnough = 16;          // executions
constexpr std::uint64_t kStepsOfTimely = 4'000'000;  // of all of them, about
constexpr std::uint64_t kStepsOfEndless = 200'000;   // of one: it is tracked, so much slower
constexpr std::uint64_t kEndlessTries = 3;

void add_rules(const SearchResult& from, SearchResult& result) {
  for (const BrokenRule& broken : from.broken_rules) {
    const auto same = std::ranges::find_if(result.broken_rules, [&](const BrokenRule& other) {
      return other.what.rule == broken.what.rule && lockcheck::same_place(other.what.site, broken.what.site);
    });
    if (same != result.broken_rules.end()) continue;
    result.broken_rules.push_back(broken);
    result.broken_rules.back().first.execution += result.executions;
  }
}

void add_first(const std::optional<FirstSeen>& from, std::uint64_t executions, std::optional<FirstSeen>& first) {
  if (!from || first) return;
  first = from;
  first->execution += executions;
}

// The execution again, up to where it has been once around a loop for the first time.
LivelockSeen once_around(Simulation& simulation, const Program& program, const ExecutionOptions& options,
                         std::vector<std::uint32_t> decisions, const Revisits::Round& round, std::uint64_t execution) {
  const auto seen = [&](std::uint64_t steps, const Revisits::Round& of) {
    return LivelockSeen{.first = {execution, simulation.decisions(), {}},
                        .begins = steps - of.steps,
                        .steps = of.steps,
                        .places = of.places.named(simulation.watch())};
  };
  Script script(decisions);
  Revisits revisits(simulation, script, Revisits::EndsThere::yes);
  (void)revisits.begin();
  const Outcome outcome = simulation.run([&] { program(simulation); }, revisits, options);
  if (const auto first = revisits.round(outcome)) return seen(outcome.steps, *first);
  return {.first = {execution, std::move(decisions), {}},
          .begins = options.max_steps - round.steps,
          .steps = round.steps,
          .places = round.places.named(simulation.watch())};
}

}  // namespace

void search_timely(Simulation& simulation, const Program& program, std::uint64_t seed, const SearchLimits& limits,
                   SearchResult& result) {
  if (result.timely >= kTimelyEnough) return;
  TimelyWalk walk(simulation, seed);
  SearchLimits timely = limits;
  const std::uint64_t length = result.longest == 0 ? limits.execution.max_steps : result.longest;
  timely.executions = std::clamp<std::uint64_t>(kStepsOfTimely / length, 2, kTimelyEnough);
  timely.budgets = {};
  timely.first_hang_ends = true;
  timely.count_traces = false;
  timely.found = {};
  timely.progress = {};
  const SearchResult found = explore(simulation, program, walk, timely);
  add_first(found.early, result.executions, result.early);
  add_first(found.late, result.executions, result.late);
  add_rules(found, result);
  result.timely += found.timely;
  if (!found.first_hang) return;
  result.first_hang = found.first_hang;
  result.first_hang->execution += result.executions;
  result.first_hang_steps = result.steps + found.first_hang_steps;
  result.stuck = found.stuck;
  result.hangs = 1;
}

void search_endless(Simulation& simulation, const Program& program, std::uint64_t seed, const SearchLimits& limits,
                    SearchResult& result) {
  ExecutionOptions options = limits.execution;
  options.max_steps = std::min(options.max_steps, kStepsOfEndless);
  options.tracking = true;
  if (limits.time_is_over) options.time_is_over = &limits.time_is_over;
  TimelyWalk walk(simulation, seed);
  Revisits revisits(simulation, walk);
  for (std::uint64_t i = 0; i < kEndlessTries; ++i) {
    (void)revisits.begin();
    const Outcome outcome = simulation.run([&] { program(simulation); }, revisits, options);
    if (outcome.kind == OutcomeKind::stopped) return;
    if (outcome.kind != OutcomeKind::cut) continue;
    if (const auto round = revisits.round(outcome)) {
      result.livelock =
          once_around(simulation, program, options, simulation.decisions(), *round, result.executions + i + 1);
      return;
    }
  }
}

}  // namespace zoneknot::sim
