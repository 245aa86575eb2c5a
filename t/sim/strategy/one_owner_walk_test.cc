#include "sim/strategy/one_owner_walk.h"

#include <gtest/gtest.h>

#include "core/semaphore.h"
#include "sim/run/simulation.h"
#include "sim/strategy/random_walk.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

void owners_in_a_ring(core::Runtime& runtime) {
  core::Mutex a(runtime, programs::plain("a"));
  core::Mutex b(runtime, programs::plain("b"));
  const auto take = [](core::Mutex& outer, core::Mutex& inner) {
    const core::ScopedLock first(outer);
    const core::ScopedLock second(inner);
  };
  programs::run_all(runtime, {[&] { take(a, b); }, [&] { take(b, a); }});
}

// A task that owns a lock needs another one to end its wait.
void owner_waits_for_another(core::Runtime& runtime) {
  core::Mutex lock(runtime, programs::plain("a"));
  core::Semaphore done(runtime, "done", 0);
  programs::run_all(runtime, {[&] {
                                const core::ScopedLock guard(lock);
                                done.acquire();
                              },
                              [&] { done.release(); }});
}

int count_hangs(Strategy& strategy, void (*program)(core::Runtime&)) {
  constexpr int kExecutions = 200;
  Simulation simulation;
  strategy.look_at(simulation.watch());
  int hangs = 0;
  for (int i = 0; i < kExecutions && strategy.begin(); ++i) {
    const Outcome outcome = simulation.run([&] { program(simulation); }, strategy);
    hangs += outcome.kind == OutcomeKind::hang ? 1 : 0;
    EXPECT_TRUE(outcome.kind == OutcomeKind::hang || outcome.kind == OutcomeKind::finished);
  }
  return hangs;
}

TEST(OneOwnerWalk, NobodyWaitsForALock_SoAnInversionDoesNotHang) {
  OneOwnerWalk one_owner(1);
  EXPECT_EQ(count_hangs(one_owner, owners_in_a_ring), 0);
  RandomWalk random(1);
  EXPECT_GT(count_hangs(random, owners_in_a_ring), 0);
}

TEST(OneOwnerWalk, WhoeverAnOwnerWaitsFor_GoesOn) {
  OneOwnerWalk one_owner(1);
  EXPECT_EQ(count_hangs(one_owner, owner_waits_for_another), 0);
}

}  // namespace
}  // namespace zoneknot::sim
