#include "sim/conclude/stages.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "lockcheck/text/site.h"
#include "sim/states/stateful_search.h"

namespace zoneknot::sim {
namespace {

// What was found before counts as well; what was covered is what the later search says.
void add_earlier(const SearchResult& earlier, SearchResult& result) {
  result.executions += earlier.executions;
  result.cut += earlier.cut;
  result.pruned += earlier.pruned;
  if (earlier.first_cut) result.first_cut = earlier.first_cut;
  result.steps += earlier.steps;
  result.longest = std::max(result.longest, earlier.longest);
  result.strategies.insert(result.strategies.begin(), earlier.strategies.begin(), earlier.strategies.end());
  if (result.first_hang) {
    result.first_hang->execution += earlier.executions;
    result.first_hang_steps += earlier.steps;
  }
  result.timely += earlier.timely;
  if (earlier.early) result.early = earlier.early;
  if (earlier.late) result.late = earlier.late;
  for (const BrokenRule& broken : earlier.broken_rules) {
    const auto same = std::ranges::find_if(result.broken_rules, [&](const BrokenRule& other) {
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

// Adds the strategy's name to `names`.
SearchResult search_in(const SearchStage& stage, Simulation& simulation, const Program& program, const SearchPlan& plan,
                       const SearchLimits& limits, std::string& names) {
  if (stage.recognises_states) {
    names += Stateful::kName;
    return explore_states(simulation, program, plan.stateful, limits);
  }
  const std::unique_ptr<Strategy> strategy = stage.make(plan.seed);
  const StrategyDescription description = strategy->describe();
  names += description.name;
  if (description.samples) names += fmt::format(", seed {}", plan.seed);
  SearchResult result = explore(simulation, program, *strategy, limits);
  if (result.exhaustive && !stage.reservation.empty()) result.reservations.push_back(stage.reservation);
  return result;
}

void limit_lengths(std::uint64_t longest, SearchLimits& limits) {
  constexpr std::uint64_t kStepsBeyond = 20;
  constexpr std::uint64_t kExecutionsAfterCut = 10'000;  // it will not have covered everything
  limits.execution.max_steps = std::min(limits.execution.max_steps, 2 * longest + kStepsBeyond);
  limits.executions_after_cut = kExecutionsAfterCut;
}

// More is left, and this stage will not come to it.
bool goes_on_after(const SearchStage& stage, const SearchResult& result) {
  if (result.end == SearchEnd::executions) return !stage.exhaustive;
  return result.end == SearchEnd::exhausted && !result.exhaustive && result.cut == 0;
}

}  // namespace

Searched search_in_stages(Simulation& simulation, const Program& program, const SearchPlan& plan,
                          const SearchLimits& limits) {
  Searched searched;
  for (std::size_t i = 0; i < plan.stages.size(); ++i) {
    const bool last = i + 1 == plan.stages.size();
    const bool other = !last && !plan.stages[i].exhaustive;
    SearchLimits left = limits;
    if (other) left.executions = plan.executions_of_others;
    const bool fair = plan.fair_lengths && plan.stages[i].exhaustive && searched.result.longest > 0;
    if (fair) limit_lengths(searched.result.longest, left);
    if (!searched.strategies.empty()) searched.strategies += ", then ";
    SearchResult result = search_in(plan.stages[i], simulation, program, plan, left, searched.strategies);
    if (fair && result.cut > 0) {
      result.reservations.push_back(
          fmt::format("of executions with more than {} scheduling points nothing is known: a task goes round in a loop "
                      "in them, and "
                      "whoever it waits for does not get on",
                      left.execution.max_steps));
    }
    const bool goes_on = goes_on_after(plan.stages[i], result);
    if (i > 0) add_earlier(searched.result, result);
    searched.result = std::move(result);
    if (other) searched.drawn = searched.result;
    if (!goes_on) break;
  }
  return searched;
}

}  // namespace zoneknot::sim
