// The stateful search against plain enumeration, on small random programs.
#include <set>

#include "proptests/every_interleaving.h"
#include "sim/states/stateful_search.h"

namespace zoneknot::proptests {
namespace {

void expect_states_found(const LockProgram& program) {
  const Everything everything = EveryInterleaving(program).explore();
  std::set<FinalState> finals;
  std::set<Deadlock> deadlocks;
  sim::Simulation simulation;
  sim::SearchLimits limits;
  limits.first_hang_ends = false;
  limits.hung = [&](const sim::Outcome& outcome) {
    const std::vector<lockcheck::TaskSnapshot> tasks = simulation.watch().tasks();
    Deadlock deadlock;
    for (const core::TaskId task : outcome.stuck.core)
      deadlock.insert({task - 1, tasks[task].wait.object});  // 0 is main
    deadlocks.insert(deadlock);
  };
  const sim::SearchResult result =
      sim::explore_states(simulation, on_simulator(program, [&](const FinalState& state) { finals.insert(state); }),
                          {.check_keys = true}, limits);
  RC_CLASSIFY(!everything.deadlocks.empty(), "some interleaving hangs");
  RC_CLASSIFY(everything.finals.size() > 1, "the result depends on the interleaving");
  RC_CLASSIFY(result.pruned > 0, "ways meet");
  RC_ASSERT(result.exhaustive);
  RC_ASSERT(finals == everything.finals);
  RC_ASSERT(deadlocks == everything.deadlocks);
}

RC_GTEST_PROP(StatefulProperty, FindsWhatTwoTasksCanDo, ()) { expect_states_found(*any_lock_program({6, 6})); }

RC_GTEST_PROP(StatefulProperty, FindsWhatThreeTasksCanDo, ()) { expect_states_found(*any_lock_program({3, 3, 2})); }

}  // namespace
}  // namespace zoneknot::proptests
