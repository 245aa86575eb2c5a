#include "sim/witness/shrink.h"

#include <algorithm>
#include <utility>

namespace zoneknot::sim {
namespace {

using Turns = std::vector<Turn>;

// The next turn of the task of turn `at`; their number: there is none.
std::size_t next_of_task(const Turns& turns, std::size_t at) {
  const auto same = [&](const Turn& turn) { return !turn.completion && turn.task == turns[at].task; };
  const auto begin = turns.begin() + static_cast<std::ptrdiff_t>(at);
  return static_cast<std::size_t>(std::find_if(begin + 1, turns.end(), same) - turns.begin());
}

// The places of the draws that were not 0.
std::vector<std::pair<std::size_t, std::size_t>> drawn(const Plan& plan) {
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (std::size_t task = 0; task < plan.draws.size(); ++task) {
    for (std::size_t i = 0; i < plan.draws[task].size(); ++i) {
      if (plan.draws[task][i] != 0) places.emplace_back(task, i);
    }
  }
  return places;
}

}  // namespace

ScheduleShrinker::ScheduleShrinker(Simulation& simulation, const Program& program, Keep keep, ShrinkLimits limits)
    : simulation_(simulation),
      main_([&simulation, &program] { program(simulation); }),
      keep_(std::move(keep)),
      limits_(std::move(limits)) {
  // States are compared where a cycle is looked for, and nowhere else.
  limits_.execution.tracking = limits_.ends_at_cycle;
}

bool ScheduleShrinker::may_go_on() {
  const std::atomic<bool>* stop = limits_.execution.stop;
  if (stop != nullptr && stop->load(std::memory_order_relaxed)) interrupted_ = true;
  if (limits_.time_is_over && limits_.time_is_over()) interrupted_ = true;
  return !interrupted_;
}

std::optional<KeptExecution> ScheduleShrinker::run(Strategy& strategy) {
  std::optional<Revisits> revisits;
  if (limits_.ends_at_cycle) revisits.emplace(simulation_, strategy, Revisits::EndsThere::yes);
  Logged logged(revisits ? static_cast<Strategy&>(*revisits) : strategy, log_);
  if (!may_go_on() || !logged.begin()) return std::nullopt;
  const Outcome outcome = simulation_.run(main_, logged, limits_.execution);
  ++executions_;
  steps_ += outcome.steps;
  if (outcome.kind == OutcomeKind::stopped || outcome.kind == OutcomeKind::diverged) return std::nullopt;
  const auto round = revisits ? revisits->round(outcome) : std::nullopt;
  if (!keep_(outcome, simulation_.watch(), round)) return std::nullopt;
  return KeptExecution{log_.plan(), log_.size(), simulation_.decisions()};
}

std::optional<KeptExecution> ScheduleShrinker::follow(const Plan& plan) {
  FollowPlan strategy(plan, log_);
  return run(strategy);
}

KeptExecution ScheduleShrinker::shrink(KeptExecution start) {
  best_ = std::move(start);
  bool better = true;
  while (better && !interrupted_) {
    better = leave_out_turns();
    better |= lengthen_turns();
    better |= swap_turns();
    better |= leave_out_draws();
  }
  return std::move(best_);
}

bool ScheduleShrinker::improve(const Plan& plan) {
  auto kept = follow(plan);
  if (!kept || !(kept->size < best_.size)) return false;
  best_ = *std::move(kept);
  return true;
}

// Delta debugging: halves, quarters, … of the turns. What a task would have done in a turn that is gone it does in its
// next one.
bool ScheduleShrinker::leave_out_turns() {
  bool better = false;
  for (std::size_t length = std::max<std::size_t>(best_.plan.turns.size() / 2, 1); length > 0; length /= 2) {
    for (std::size_t at = 0; at < best_.plan.turns.size() && !interrupted_;) {
      Plan plan = best_.plan;
      const auto begin = plan.turns.begin() + static_cast<std::ptrdiff_t>(at);
      plan.turns.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(length, plan.turns.size() - at)));
      const bool gone = improve(plan);
      better |= gone;
      if (!gone) at += length;
    }
  }
  return better;
}

// A task that goes on at once to the end of its next turn, or until it has to wait, is not preempted here.
bool ScheduleShrinker::lengthen_turns() {
  bool better = false;
  for (std::size_t at = 0; at < best_.plan.turns.size() && !interrupted_; ++at) {
    if (best_.plan.turns[at].completion) continue;
    const std::size_t next = next_of_task(best_.plan.turns, at);
    if (next < best_.plan.turns.size()) {
      Plan plan = best_.plan;
      plan.turns[at].until = plan.turns[next].until;
      plan.turns.erase(plan.turns.begin() + static_cast<std::ptrdiff_t>(next));
      better |= improve(plan);
    }
    if (at >= best_.plan.turns.size() || best_.plan.turns[at].completion) continue;
    Plan plan = best_.plan;
    plan.turns[at].until = UINT32_MAX;
    better |= improve(plan);
  }
  return better;
}

bool ScheduleShrinker::swap_turns() {
  bool better = false;
  for (std::size_t at = 0; at + 1 < best_.plan.turns.size() && !interrupted_; ++at) {
    Plan plan = best_.plan;
    std::swap(plan.turns[at], plan.turns[at + 1]);
    better |= improve(plan);
  }
  return better;
}

// A draw that is left out is 0.
bool ScheduleShrinker::leave_out_draws() {
  bool better = false;
  for (std::size_t length = std::max<std::size_t>(drawn(best_.plan).size() / 2, 1); length > 0; length /= 2) {
    for (std::size_t at = 0; !interrupted_;) {
      const auto places = drawn(best_.plan);
      if (at >= places.size()) break;
      Plan plan = best_.plan;
      for (std::size_t i = at; i < std::min(at + length, places.size()); ++i) {
        plan.draws[places[i].first][places[i].second] = 0;
      }
      const bool gone = improve(plan);
      better |= gone;
      if (!gone) at += length;
    }
  }
  return better;
}

}  // namespace zoneknot::sim
