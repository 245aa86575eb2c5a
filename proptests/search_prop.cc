// The exhaustive search against plain enumeration, on small random programs.
#include <set>

#include "proptests/every_interleaving.h"
#include "sim/dpor/depth_first.h"
#include "sim/search/explorer.h"

namespace zoneknot::proptests {
namespace {

struct Found {
  sim::SearchResult result;
  std::set<FinalState> finals;
  std::set<Deadlock> deadlocks;
};

Found search(const LockProgram& program) {
  Found found;
  sim::Simulation simulation;
  sim::DepthFirst strategy;
  sim::SearchLimits limits;
  limits.first_hang_ends = false;
  limits.hung = [&](const sim::Outcome& outcome) {
    const std::vector<lockcheck::TaskSnapshot> tasks = simulation.watch().tasks();
    Deadlock deadlock;
    for (const core::TaskId task : outcome.stuck.core)
      deadlock.insert({task - 1, tasks[task].wait.object});  // 0 is main
    found.deadlocks.insert(deadlock);
  };
  found.result =
      sim::explore(simulation, on_simulator(program, [&](const FinalState& state) { found.finals.insert(state); }),
                   strategy, limits);
  return found;
}

void expect_everything_found(const LockProgram& program) {
  const Everything everything = EveryInterleaving(program).explore();
  const Found found = search(program);
  RC_CLASSIFY(!everything.deadlocks.empty(), "some interleaving hangs");
  RC_CLASSIFY(everything.finals.size() > 1, "the result depends on the interleaving");
  RC_ASSERT(found.result.exhaustive);
  RC_ASSERT(found.finals == everything.finals);
  RC_ASSERT(found.deadlocks == everything.deadlocks);
  RC_ASSERT(found.result.traces - found.result.hangs == everything.finished_traces.size());
}

RC_GTEST_PROP(DepthFirstProperty, FindsWhatTwoTasksCanDoAndEachTraceOnce, ()) {
  const LockProgram program = *any_lock_program({5, 5});
  expect_everything_found(program);
  // Of two tasks that wait on each other none goes on, so that a hang ends a trace here as it ends an execution there.
  RC_ASSERT(search(program).result.hangs == EveryInterleaving(program).explore().hung_traces.size());
}

RC_GTEST_PROP(DepthFirstProperty, FindsWhatThreeTasksCanDoAndEachFinishedTraceOnce, ()) {
  expect_everything_found(*any_lock_program({3, 3, 2}));
}

}  // namespace
}  // namespace zoneknot::proptests
