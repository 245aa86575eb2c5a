// What a recorded trace tells of pools is what was told while it was recorded.
#include <gtest/gtest.h>

#include <sstream>

#include "core/semaphore.h"
#include "lockcheck/offline/trace_check.h"
#include "lockcheck/trace/trace_reader.h"
#include "lockcheck/trace/trace_writer.h"
#include "sim/strategy/steady_walk.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using core::Semaphore;

lockcheck::Verdict verdict_of_recorded(const Program& program) {
  std::stringstream trace;
  lockcheck::TraceWriter writer(trace);
  Simulation simulation;
  simulation.watch().add_listener(writer);
  SteadyWalk strategy;
  (void)simulation.run([&] { program(simulation); }, strategy);
  writer.close();
  lockcheck::TraceNames names;
  lockcheck::TraceCheck check;
  EXPECT_TRUE(lockcheck::read_trace(trace, names, check).has_value());
  lockcheck::Verdict verdict;
  check.conclude(names, verdict);
  return verdict;
}

TEST(RecordedPool, ASecondUnitWaitedForByTheOwnerOfOneBreaksTheRule) {
  const lockcheck::Verdict verdict = verdict_of_recorded([](Simulation& sim) {
    Semaphore slots(sim, "slots", 2);
    const auto body = [&] {
      slots.acquire();
      slots.acquire();
      slots.release(2);
    };
    programs::run_all(sim, {body, body});
  });
  EXPECT_EQ(verdict.word, lockcheck::VerdictWord::rule);
  ASSERT_EQ(verdict.scene.rules.size(), 1U);
  EXPECT_EQ(verdict.scene.rules[0].rule, lockcheck::Rule::pool);
  EXPECT_EQ(verdict.scene.rules[0].what, "waits for a unit of semaphore 'slots' while it owns one");
  EXPECT_EQ(verdict.scene.rules[0].count, 2U);
}

TEST(RecordedPool, UnitsThatOneTaskMakesAndAnotherOneTakesAreNoPool) {
  const lockcheck::Verdict verdict = verdict_of_recorded([](Simulation& sim) {
    Semaphore full(sim, "full", 0);
    programs::run_all(sim, {[&] { full.release(3); },
                            [&] {
                              full.acquire();
                              full.acquire();
                              full.release();
                            }});
  });
  EXPECT_EQ(verdict.word, lockcheck::VerdictWord::clean);
}

}  // namespace
}  // namespace zoneknot::sim
