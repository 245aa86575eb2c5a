#include "lockcheck/offline/trace_check.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "lockcheck/offline/prediction_picture.h"
#include "lockcheck/offline/recorded_callers.h"
#include "lockcheck/offline/trace_prediction.h"
#include "lockcheck/picture/hang_picture.h"

namespace zoneknot::lockcheck {
namespace {

// Whether anybody is stuck at the end.
bool describe_stuck(const LockWatch& watch, SceneInVerdict& scene) {
  const StuckCore stuck = stuck_core(watch.wait_state());
  if (stuck.empty()) return false;
  describe_hang(watch, stuck, scene);
  // A trace tells too little of I/Os for a task that is not stuck to be of interest.
  std::erase_if(scene.tasks, [](const TaskInVerdict& task) {
    const bool left_something = task.standing == TaskStanding::ended && !task.holds.empty();
    return task.standing > TaskStanding::bystander && !left_something;
  });
  return true;
}

// The limits that predictions met. True: there may be more rings than were found.
bool tell_limits(const TracePredictions& found, std::vector<std::string>& assumptions) {
  const bool cut = !found.all_rings || !found.all_dependencies;
  if (!found.all_rings && found.all_of_length < 2) {
    assumptions.emplace_back("not every ring of 2 tasks was looked for; --time=10m looks longer");
  } else if (!found.all_rings) {
    assumptions.push_back(fmt::format("rings of more than {} tasks were not all looked for; --time=10m looks longer",
                                      found.all_of_length));
  }
  if (!found.all_dependencies) {
    assumptions.emplace_back("not every wait was looked at: there are too many different ones");
  }
  if (!found.all_asked) {
    assumptions.emplace_back("of rings that are not sound not every instance was looked at; --time=10m looks longer");
  }
  if (found.left_out > 0) {
    assumptions.push_back(
        fmt::format("{} more predictions of rings that are not sound, or beyond {} of a status, are "
                    "not listed",
                    found.left_out, kPredictionsMax));
  }
  return cut;
}

void tell_other_waits(const OtherWaits& waits, std::vector<std::string>& assumptions) {
  std::string what;
  if (waits.conditions > 0) what = fmt::format("{} for condition variables", waits.conditions);
  if (waits.units > 0) what += fmt::format("{}{} for units of semaphores", what.empty() ? "" : " and ", waits.units);
  if (what.empty()) return;
  assumptions.push_back(fmt::format("waits, {}, end: no circle is made of them, only of locks and joins", what));
}

}  // namespace

void TraceCheck::conclude(const TraceNames& names, Verdict& verdict, const TraceCheckOptions& options) {
  player_.finish();
  facts_.finish();
  const bool hang = describe_stuck(watch_, verdict.scene);
  describe_rules(watch_.broken_rules(), {names.tasks.begin(), names.tasks.end()}, verdict.scene);
  find_rules_in_knot(verdict.scene);
  add_callers(names, verdict.scene);

  WorkLimit work(kPredictionWorkMax, options.time_used);
  TracePredictions found = predict(facts_, places_of_rings(names), work);
  verdict.order.counts_ordered = options.count_inversions;
  describe_predictions(found, facts_, names, verdict.order);
  for (PredictedRing& deadlock : found.deadlocks) {
    PredictedRun run{.lengths = std::move(deadlock.lengths), .waits = {}};
    for (const RingPart& part : deadlock.ring) {
      const LockDependency& of = dependencies().all()[part.dependency];
      run.waits.push_back({.task = of.task, .wanted = of.wanted, .site = of.wanted_site});
    }
    runs_.push_back(std::move(run));
  }
  const bool cut = tell_limits(found, verdict.assumptions);
  if (!names.modules.empty() && !verdict.order.predictions.empty()) {
    verdict.assumptions.emplace_back(
        "the program's threads tell each other nothing by variables: a recorded program's data is not in the trace");
  }
  const bool vacuous = names.locks.empty() && names.semaphores.empty() && names.conditions.empty();
  if (vacuous)
    verdict.assumptions.emplace_back("there is no lock in it, or anything else to wait for: nothing to check");
  tell_other_waits(facts_.other_waits(), verdict.assumptions);

  const auto counts = [&options](const PredictionInVerdict& prediction) {
    return prediction.status != PredictionStatus::ordered || options.count_inversions;
  };
  const auto first_that_applies = [&] {
    if (hang) return VerdictWord::hang;
    if (any_assertion_failed(verdict.scene)) return VerdictWord::abort;
    if (!verdict.scene.rules.empty()) return VerdictWord::rule;
    if (std::ranges::any_of(verdict.order.predictions, counts)) return VerdictWord::possible;
    return cut || vacuous || !found.all_asked ? VerdictWord::incomplete : VerdictWord::clean;
  };
  verdict.word = first_that_applies();
  if (verdict.word == VerdictWord::incomplete && options.time_used) verdict.search.stopped_by = StoppedBy::time;
}

}  // namespace zoneknot::lockcheck
