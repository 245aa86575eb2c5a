#include "sim/strategy/replay.h"

#include <gtest/gtest.h>

#include "sim/strategy/follow.h"
#include "sim/strategy/random_walk.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;

struct Recorded {
  Outcome outcome;
  std::vector<std::uint32_t> decisions;
  Recording recording;
};

Recorded record(Simulation& simulation, const Program& program, Strategy& strategy) {
  Recorded recorded;
  EXPECT_TRUE(strategy.begin());
  recorded.outcome = simulation.run([&] { program(simulation); }, strategy, {.recording = &recorded.recording});
  recorded.decisions = simulation.decisions();
  return recorded;
}

// Locks, cells, draws, chances and timers.
void mixture(Simulation& sim) {
  const core::LockId lock = sim.create_lock(programs::plain());
  const core::CellId cell = sim.create_cell({.name = "cell"});
  const auto body = [&sim, lock, cell] {
    for (std::uint64_t i = sim.draw(5, core::Site::current()); i > 0; --i) {
      if (sim.chance(0.3, core::Site::current())) sim.sleep(i, core::Site::current());
      if (sim.try_lock(lock)) sim.unlock(lock);
      sim.access(cell, core::Access::write);
    }
  };
  programs::run_all(sim, {body, body, body});
}

TEST(Replay, SeedOfARandomWalk_GivesEachOfItsExecutionsAgain) {
  Simulation simulation;
  RandomWalk walk(99);
  for (int i = 0; i < 50; ++i) {
    const Recorded first = record(simulation, mixture, walk);
    Replay replay(*walk.schedule());
    const Recorded second = record(simulation, mixture, replay);
    EXPECT_EQ(first.decisions, second.decisions);
    EXPECT_EQ(first.outcome.trace_hash, second.outcome.trace_hash);
    EXPECT_FALSE(first_difference(first.recording.steps, second.recording.steps));
  }
}

TEST(RandomWalk, SearchesWithDifferentSeeds_GoDifferentWays) {
  Simulation simulation;
  RandomWalk one(1);
  RandomWalk two(2);
  EXPECT_NE(record(simulation, mixture, one).outcome.trace_hash, record(simulation, mixture, two).outcome.trace_hash);
}

TEST(Replay, DeviationsFromSteady_GiveTheExecutionAgain) {
  Simulation simulation;
  RandomWalk walk(7);
  for (int i = 0; i < 50; ++i) {
    const Recorded first = record(simulation, mixture, walk);
    core::Schedule schedule;
    for (std::uint32_t d = 0; d < first.decisions.size(); ++d) {
      if (first.decisions[d] != first.recording.decisions[d].steady) {
        schedule.deviations.push_back({d, first.decisions[d]});
      }
    }
    Replay replay(schedule);
    EXPECT_EQ(record(simulation, mixture, replay).outcome.trace_hash, first.outcome.trace_hash);
  }
}

TEST(Replay, ScheduleThatNamesAnAlternativeThatIsNotThere_HasDiverged) {
  Simulation simulation;
  Replay replay({.deviations = {{0, 1}, {3, 1000}}});
  const Recorded recorded = record(simulation, mixture, replay);
  EXPECT_EQ(recorded.outcome.kind, OutcomeKind::diverged);
  EXPECT_EQ(recorded.outcome.decisions, 3U);
}

TEST(Replay, StepWhoseCheckDoesNotFit_HasDiverged) {
  Simulation simulation;
  RandomWalk walk(7);
  const Program program = programs::philosophers(3, Forks::ordered, 5);
  const Recorded first = record(simulation, program, walk);
  const core::Schedule schedule = *walk.schedule();
  CheckedScript script(first.decisions);
  EXPECT_EQ(record(simulation, program, script).outcome.trace_hash, first.outcome.trace_hash);
  StepChecks checks = script.checks();
  ASSERT_EQ(checks.hashes.size(), check_count(first.outcome.steps, 0));
  ASSERT_GT(checks.hashes.size(), 21U);
  Replay fits(schedule, checks);
  EXPECT_EQ(record(simulation, program, fits).outcome.kind, OutcomeKind::finished);
  EXPECT_FALSE(fits.departed());

  checks.hashes[20] ^= 1U;
  Replay differs(schedule, checks);
  EXPECT_EQ(record(simulation, program, differs).outcome.kind, OutcomeKind::diverged);
  ASSERT_TRUE(differs.departed());
  EXPECT_EQ(differs.departed()->first, 20U);
  EXPECT_EQ(differs.departed()->last, 20U);

  // With a check at every fourth step alone, it is one of four.
  Replay rare(schedule, {.shift = 2, .hashes = {checks.hashes[3], checks.hashes[7], 0, 0}});
  const Recorded coarse = record(simulation, program, rare);
  EXPECT_EQ(coarse.outcome.kind, OutcomeKind::diverged);
  ASSERT_TRUE(rare.departed());
  EXPECT_EQ(rare.departed()->first, 8U);
  EXPECT_EQ(rare.departed()->last, 11U);
}

TEST(Follow, SameProgram_IsFollowedToTheEnd) {
  Simulation simulation;
  RandomWalk walk(11);
  for (int i = 0; i < 20; ++i) {
    const Recorded first = record(simulation, mixture, walk);
    Follow follow(first.recording.steps);
    EXPECT_EQ(record(simulation, mixture, follow).outcome.trace_hash, first.outcome.trace_hash);
    EXPECT_FALSE(follow.departure());
  }
}

TEST(Follow, ProgramThatDoesSomethingElse_IsFollowedUpToThere) {
  Simulation simulation;
  RandomWalk walk(1);
  Recorded hang;
  do {
    hang = record(simulation, programs::inversion, walk);
  } while (hang.outcome.kind != OutcomeKind::hang);
  const Program repaired = [](Simulation& sim) {
    const core::LockId a = sim.create_lock(programs::plain("a"));
    const core::LockId b = sim.create_lock(programs::plain("b"));
    const auto body = [&] {
      sim.lock(a);
      sim.lock(b);
      sim.unlock(b);
      sim.unlock(a);
    };
    programs::run_all(sim, {body, body});
  };
  Follow follow(hang.recording.steps);
  EXPECT_EQ(record(simulation, repaired, follow).outcome.kind, OutcomeKind::finished);
  ASSERT_TRUE(follow.departure());
  ASSERT_TRUE(follow.departure()->wanted);
  EXPECT_EQ(follow.departure()->wanted->actor, 2U);
  EXPECT_EQ(follow.departure()->wanted->op.kind, OpKind::lock);
  EXPECT_EQ(follow.departure()->wanted->op.object, 1U);
}

}  // namespace
}  // namespace zoneknot::sim
