#include "sim/observe_program.h"

#include <stdexcept>

#include "lockcheck/picture/order_picture.h"
#include "sim/conclude/conclude.h"
#include "sim/search/event_trace.h"
#include "sim/search/search_guard.h"
#include "sim/strategy/steady_walk.h"

namespace zoneknot::sim {

lockcheck::Verdict observe_program(const std::string& name, const ProgramOfRuntime& program,
                                   const CheckOptions& options) {
  Simulation simulation(options.stack_bytes);
  const SearchGuard guard(simulation, options.silence_limit, &end_process);
  simulation.watch().set_order_checks(lockcheck::OrderChecks::on);
  Recording recording;
  SteadyWalk strategy;
  const Program on_simulation = [&program](Simulation& runtime) { program(runtime); };
  const Outcome outcome = simulation.run([&] { on_simulation(simulation); }, strategy,
                                         {.max_steps = options.max_steps, .recording = &recording});

  // What it shows counts only if it comes again.
  Recording second;
  SteadyWalk again;
  (void)simulation.run([&] { on_simulation(simulation); }, again,
                       {.max_steps = options.max_steps, .recording = &second});
  if (const auto difference = first_difference(recording.steps, second.steps)) {
    throw std::runtime_error(difference_text(*difference, simulation.watch()));
  }

  lockcheck::Verdict verdict{.subject = {.job = name}, .search = {.strategy = strategy.describe().name}};
  lockcheck::describe_order(simulation.watch(), verdict.order);
  conclude_execution({.simulation = simulation, .program = on_simulation}, outcome, &recording, AtLimit::unfinished,
                     verdict);
  return verdict;
}

}  // namespace zoneknot::sim
