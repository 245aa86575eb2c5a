#include "sim/predicted_hangs.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lockcheck/lock_name.h"
#include "sim/directed.h"
#include "sim/witness.h"

namespace zoneknot::sim {

namespace {

using lockcheck::LinkInVerdict;
using lockcheck::PredictionInVerdict;

Target target_of(const PredictionInVerdict& prediction) {
  Target target;
  for (const LinkInVerdict& link : prediction.links) {
    target.cycle.push_back({.held = {.name = link.owns}, .wanted = {.name = link.waits_for}});
  }
  return target;
}

// What the stuck tasks of the execution that was run last wait for.
std::set<std::string> awaited_locks(const Simulation& simulation, const lockcheck::StuckCore& stuck) {
  std::set<std::string> names;
  const std::vector<lockcheck::TaskPicture> tasks = simulation.watch().tasks();
  for (const core::TaskId task : stuck.core) {
    const core::Wait& wait = tasks[task].wait;
    if (wait.kind != core::WaitKind::lock) return {};
    names.insert(lockcheck::lock_name(simulation.watch().lock_info(wait.object)));
  }
  return names;
}

std::set<std::string> predicted_locks(const PredictionInVerdict& prediction) {
  std::set<std::string> names;
  for (const LinkInVerdict& link : prediction.links) names.insert(link.waits_for);
  return names;
}

bool may_be_driven(const PredictionInVerdict& prediction) {
  return prediction.status == "possible" || prediction.status == "sound";
}

}  // namespace

DrivenRuns drive_predictions(Simulation& simulation, const Program& program, std::uint64_t seed, std::uint64_t identity,
                             std::uint64_t max_steps, lockcheck::Verdict& verdict) {
  DrivenRuns runs;
  simulation.set_max_steps(max_steps);
  const std::size_t count = std::min(verdict.predictions.size(), kPredictionsDriven);
  for (std::size_t i = 0; i < count; ++i) {
    PredictionInVerdict& prediction = verdict.predictions[i];
    if (!may_be_driven(prediction)) continue;
    const std::set<std::string> predicted = predicted_locks(prediction);
    Directed directed(seed, target_of(prediction));
    directed.look_at(simulation.watch());
    for (std::uint64_t n = 0; n < kExecutionsForAPrediction && directed.begin(); ++n) {
      const Outcome outcome = simulation.run([&] { program(simulation); }, directed);
      directed.ended(outcome);
      ++runs.executions;
      runs.steps += outcome.steps;
      if (outcome.kind != OutcomeKind::hang) continue;
      FirstSeen seen{runs.executions, simulation.decisions(), {}};
      seen.decisions.resize(outcome.decisions_to_hang);
      if (!runs.first_hang) runs.first_hang = seen;
      if (awaited_locks(simulation, outcome.stuck) != predicted) continue;
      Recording recording;
      prediction.status = "confirmed";
      prediction.reason = "an execution that was steered there hangs on it";
      if (const auto line = to_line(record_witness(simulation, program, seen, identity, recording))) {
        prediction.witness = *line;
      }
      break;
    }
  }
  return runs;
}

}  // namespace zoneknot::sim
