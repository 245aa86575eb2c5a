#include "sim/observe_program.h"

#include <utility>
#include <vector>

#include "lockcheck/picture/hang_picture.h"
#include "lockcheck/picture/order_picture.h"
#include "sim/search/event_trace.h"
#include "sim/search/search_guard.h"
#include "sim/strategy/steady_walk.h"

namespace zoneknot::sim {
namespace {

using lockcheck::Verdict;
using lockcheck::VerdictWord;

VerdictWord word_of(const Outcome& outcome, const Verdict& verdict) {
  if (outcome.kind == OutcomeKind::hang) return VerdictWord::hang;
  if (!verdict.scene.rules.empty()) return VerdictWord::rule;
  if (lockcheck::any_prediction_stands(verdict.order)) return VerdictWord::possible;
  return outcome.kind == OutcomeKind::finished ? VerdictWord::clean : VerdictWord::incomplete;
}

std::vector<std::string> task_names(const lockcheck::LockWatch& watch) {
  std::vector<std::string> names;
  for (lockcheck::TaskSnapshot& task : watch.tasks()) names.push_back(std::move(task.name));
  return names;
}

void describe_hang_of(const Simulation& simulation, const Recording& recording, const Outcome& outcome,
                      Verdict& verdict) {
  lockcheck::describe_hang(simulation.watch(), outcome.stuck, {}, verdict.scene);
  verdict.scene.steps_to_hang = steps_to_hang(recording, simulation.watch(), outcome.stuck);
}

}  // namespace

Verdict observe_program(const std::string& name, const ProgramOfRuntime& program, const CheckOptions& options) {
  Simulation simulation(options.stack_bytes);
  const SearchGuard guard(simulation, options.silence_limit, &end_process);
  simulation.watch().set_order_checks(lockcheck::OrderChecks::on);
  simulation.set_max_steps(options.max_steps);
  Recording recording;
  simulation.set_recording(&recording);
  SteadyWalk strategy;
  const Outcome outcome = simulation.run([&] { program(simulation); }, strategy);

  Verdict verdict{.subject = {.job = name},
                  .search = {.strategy = strategy.name(), .executions = 1, .steps = outcome.steps}};
  lockcheck::describe_rules(simulation.watch().broken_rules(), task_names(simulation.watch()), verdict.scene);
  lockcheck::describe_order(simulation.watch(), verdict.order);
  verdict.word = word_of(outcome, verdict);
  if (verdict.word == VerdictWord::hang) describe_hang_of(simulation, recording, outcome, verdict);
  if (verdict.word == VerdictWord::incomplete) verdict.search.stopped_by = lockcheck::StoppedBy::steps;
  return verdict;
}

}  // namespace zoneknot::sim
