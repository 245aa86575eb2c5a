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
  result.strategies.insert(result.strategies.begin(), earlier.strategies.begin(), earlier.strategies.end());
  if (result.first_hang) {
    result.first_hang->execution += earlier.executions;
    result.first_hang_steps += earlier.steps;
  }
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
  return explore(simulation, program, *strategy, limits);
}

}  // namespace

Searched search_in_stages(Simulation& simulation, const Program& program, const SearchPlan& plan,
                          const SearchLimits& limits) {
  Searched searched;
  for (std::size_t i = 0; i < plan.stages.size(); ++i) {
    const bool last = i + 1 == plan.stages.size();
    SearchLimits left = limits;
    if (!last) left.executions = plan.executions_of_others;
    if (!searched.strategies.empty()) searched.strategies += ", then ";
    SearchResult result = search_in(plan.stages[i], simulation, program, plan, left, searched.strategies);
    if (i > 0) add_earlier(searched.result, result);
    searched.result = std::move(result);
    if (!last) searched.drawn = searched.result;
    if (searched.result.end != SearchEnd::executions) break;
  }
  return searched;
}

}  // namespace zoneknot::sim
