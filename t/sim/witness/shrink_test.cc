#include "sim/witness/shrink.h"

#include <gtest/gtest.h>

#include "lockcheck/picture/hang_kind.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;

bool hangs(const Outcome& outcome, const lockcheck::LockWatch&, const std::optional<Revisits::Round>&) {
  return outcome.kind == OutcomeKind::hang;
}

// What a random walk comes upon first.
KeptExecution find(ScheduleShrinker& shrinker, std::uint64_t seed) {
  RandomWalk walk(seed);
  std::optional<KeptExecution> found;
  while (!found) found = shrinker.run(walk);
  return *found;
}

TEST(Shrink, HangOfTwoTasksAmongMany_NeedsOnePreemption) {
  // Eight tasks, of which two take the same two locks in opposite order.
  const Program program = [](Simulation& sim) {
    const core::LockId a = sim.create_lock(programs::plain("a"));
    const core::LockId b = sim.create_lock(programs::plain("b"));
    const auto take = [&sim](core::LockId first, core::LockId second) {
      return [&sim, first, second] {
        sim.lock(first);
        sim.lock(second);
        sim.unlock(second);
        sim.unlock(first);
      };
    };
    std::vector<std::function<void()>> bodies(6, take(a, b));
    bodies.push_back(take(b, a));
    bodies.push_back(take(a, b));
    programs::run_all(sim, std::move(bodies));
  };
  Simulation simulation;
  ScheduleShrinker shrinker(simulation, program, hangs, {});
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const KeptExecution shrunk = shrinker.shrink(find(shrinker, seed));
    EXPECT_EQ(shrunk.size.preemptions, 1U) << seed;
  }
}

// One is preempted between its forks. The others take one fork each and wait, the last one's neighbour first.
TEST(Shrink, HangOfThePhilosophers_NeedsOnePreemption) {
  Simulation simulation;
  const Program program = programs::philosophers(4, Forks::rotating, 3);
  ScheduleShrinker shrinker(simulation, program, hangs, {});
  const KeptExecution shrunk = shrinker.shrink(find(shrinker, 5));
  EXPECT_EQ(shrunk.size.preemptions, 1U);
}

TEST(Shrink, Result_RunsAgainFromItsDecisions) {
  Simulation simulation;
  const Program program = programs::philosophers(4, Forks::rotating, 3);
  ScheduleShrinker shrinker(simulation, program, hangs, {});
  const KeptExecution shrunk = shrinker.shrink(find(shrinker, 9));
  Script script(shrunk.decisions);
  const auto again = shrinker.run(script);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->size, shrunk.size);
  EXPECT_EQ(again->plan, shrunk.plan);
}

TEST(Shrink, DrawsThatDoNotMatter_BecomeZero) {
  const Program program = [](Simulation& sim) {
    for (int i = 0; i < 5; ++i) (void)sim.draw(100, core::Site::current());
    if (sim.draw(2, core::Site::current()) == 1) programs::inversion(sim);
  };
  Simulation simulation;
  ScheduleShrinker shrinker(simulation, program, hangs, {});
  const KeptExecution shrunk = shrinker.shrink(find(shrinker, 3));
  EXPECT_EQ(shrunk.plan.draws, (std::vector<std::vector<std::uint32_t>>{{0, 0, 0, 0, 0, 1}}));
}

TEST(Shrink, ThatIsStopped_ReturnsWhatItHas) {
  Simulation simulation;
  const Program program = programs::philosophers(4, Forks::rotating, 3);
  unsigned asked = 0;
  ScheduleShrinker shrinker(simulation, program, hangs, {.time_is_over = [&asked] { return ++asked > 20; }});
  const KeptExecution found = find(shrinker, 5);
  ASSERT_LT(asked, 20U);
  const KeptExecution shrunk = shrinker.shrink(found);
  EXPECT_TRUE(shrinker.interrupted());
  EXPECT_LE(shrunk.size, found.size);
  EXPECT_EQ(asked, 21U);
}

TEST(HangKind, IsTheSameForOtherTasksOnOtherLocksOfTheClass) {
  const auto kind_of = [](const Program& program) {
    Simulation simulation;
    std::string kind;
    ScheduleShrinker shrinker(
        simulation, program,
        [&kind](const Outcome& outcome, const lockcheck::LockWatch& watch, const std::optional<Revisits::Round>&) {
          if (outcome.kind == OutcomeKind::hang) kind = lockcheck::hang_kind(watch, outcome.stuck);
          return outcome.kind == OutcomeKind::hang;
        },
        {});
    (void)find(shrinker, 1);
    return kind;
  };
  const std::string three = kind_of(programs::philosophers(3, Forks::rotating));
  EXPECT_EQ(three, kind_of(programs::philosophers(3, Forks::rotating, 4)));
  EXPECT_NE(three, kind_of(programs::philosophers(4, Forks::rotating)));
  EXPECT_NE(three, kind_of(programs::inversion));
}

}  // namespace
}  // namespace zoneknot::sim
