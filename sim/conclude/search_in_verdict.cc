#include "sim/conclude/search_in_verdict.h"

#include <algorithm>

#include "lockcheck/picture/resource_of.h"

namespace zoneknot::sim {
namespace {

using lockcheck::StoppedBy;
using lockcheck::Verdict;
using lockcheck::VerdictWord;

StoppedBy stopped_by(const SearchResult& result) {
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

lockcheck::StrategyInVerdict in_verdict(const StrategyStats& stats) {
  lockcheck::StrategyInVerdict strategy{.strategy = stats.name,
                                        .executions = stats.executions,
                                        .executions_cut = stats.cut,
                                        .executions_pruned = stats.pruned,
                                        .hangs = stats.hangs,
                                        .steps = stats.steps,
                                        .hang_probability_below = hang_probability_below(stats),
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

bool nothing_seen_to_its_end(const SearchResult& result) { return result.executions == result.cut + result.pruned; }

// Only what was drawn is worth something.
bool worth_of_draws(const SearchResult& result, const SearchPlan& plan) {
  return plan.when_stopped == WhenStopped::worth_of_draws && plan.stages.size() > 1 && !result.exhaustive &&
         what_was_found(result) == nullptr;
}

}  // namespace

const BrokenRule* failed_assertion(const SearchResult& result) {
  const auto found = std::ranges::find_if(
      result.broken_rules, [](const BrokenRule& broken) { return broken.what.rule == lockcheck::Rule::assertion; });
  return found == result.broken_rules.end() ? nullptr : &*found;
}

const FirstSeen* what_was_found(const SearchResult& result) {
  if (result.first_hang) return &*result.first_hang;
  if (result.livelock) return &result.livelock->first;
  if (const BrokenRule* assertion = failed_assertion(result)) return &assertion->first;
  if (!result.broken_rules.empty()) return &result.broken_rules.front().first;
  if (result.early) return &*result.early;
  return result.late ? &*result.late : nullptr;
}

VerdictWord word_of(const Searched& searched, const SearchPlan& plan) {
  const SearchResult& result = searched.result;
  if (result.hangs > 0) return VerdictWord::hang;
  if (result.livelock) return VerdictWord::livelock;
  if (failed_assertion(result) != nullptr) return VerdictWord::abort;
  if (!result.broken_rules.empty()) return VerdictWord::rule;
  if (result.early) return VerdictWord::early;
  if (result.late) return VerdictWord::late;
  if (result.exhaustive) return VerdictWord::verified;
  if (result.end == SearchEnd::user) return VerdictWord::incomplete;
  if (result.end == SearchEnd::time && !plan.time_is_the_budget) return VerdictWord::incomplete;
  if (worth_of_draws(result, plan)) {
    return nothing_seen_to_its_end(searched.drawn) ? VerdictWord::incomplete : VerdictWord::clean;
  }
  // Nothing can be said of what nobody has seen to its end.
  if (nothing_seen_to_its_end(result)) return VerdictWord::incomplete;
  // The user's own bound was the budget.
  if (result.end == SearchEnd::exhausted && result.cut == 0) return VerdictWord::clean;
  // An exhaustive search has answered nothing before its end.
  return plan.exhaustive() ? VerdictWord::incomplete : VerdictWord::clean;
}

lockcheck::TaskAtPlace in_verdict(const CutPlace& cut) {
  return {.task = cut.task, .place = lockcheck::place_of(cut.site)};
}

void describe_search(const Searched& searched, const SearchPlan& plan, Verdict& verdict) {
  const SearchResult& result = searched.result;
  const SearchResult& worth = worth_of_draws(result, plan) ? searched.drawn : result;
  lockcheck::SearchInVerdict& search = verdict.search;
  search.strategy = searched.strategies;
  search.executions = worth.executions;
  search.executions_cut = worth.cut;
  if (result.first_cut) search.cut_at = in_verdict(*result.first_cut);
  search.executions_pruned = worth.pruned;
  search.step_limit = plan.limits.execution.max_steps;
  search.first_step_limit = plan.limits.budgets.first;
  search.steps = result.steps;
  search.exhaustive = result.exhaustive;
  for (const StrategyStats& stats : result.strategies) search.strategies.push_back(in_verdict(stats));
  if (const auto& space = result.space) {
    search.states = space->states;
    search.state_space = {.transitions = space->transitions,
                          .remembered = space->remembered,
                          .deepest = space->deepest,
                          .frontier = space->frontier,
                          .bytes = space->bytes};
  } else if (plan.exhaustive() && (result.exhaustive || plan.when_stopped == WhenStopped::no_answer)) {
    search.traces = result.traces;
  }
  verdict.assumptions.insert(verdict.assumptions.end(), result.reservations.begin(), result.reservations.end());
  if (result.first_hang) search.first_hang_execution = result.first_hang->execution;
  // Whatever was drawn before is not what the user has ended.
  if (verdict.word == VerdictWord::incomplete) {
    search.stopped_by = result.end == SearchEnd::user ? StoppedBy::user : stopped_by(worth);
  }
}

}  // namespace zoneknot::sim
