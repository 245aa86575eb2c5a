#include "sim/states/livelock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "core/shared.h"
#include "sim/states/revisits.h"
#include "sim/states/stateful_search.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

// Nothing that a loop would have to remember.
void nothing(core::StateSink&) {}

SearchResult exhaust_cycles(const Program& program) {
  Simulation simulation;
  return explore_states(simulation, program, {.check_keys = true}, {});
}

// Takes `mine`, tries `other`, and if that fails gives `mine` back and begins again.
void back_off(Simulation& sim, core::LockId mine, core::LockId other) {
  const core::Mark begin = sim.mark();
  for (;;) {
    sim.checkpoint(begin, nothing);
    sim.lock(mine);
    if (sim.try_lock(other)) break;
    sim.unlock(mine);
  }
  sim.unlock(other);
  sim.unlock(mine);
}

void two_that_back_off(Simulation& sim) {
  const core::LockId a = sim.create_lock(programs::plain("a"));
  const core::LockId b = sim.create_lock(programs::plain("b"));
  programs::run_all(sim, {[&] { back_off(sim, a, b); }, [&] { back_off(sim, b, a); }});
}

void spin_until(Simulation& sim, const core::Shared<bool>& flag) {
  const core::Mark begin = sim.mark();
  do {
    sim.checkpoint(begin, nothing);
  } while (!flag.peek());
}

// In state 0 both actors can go on, in state 1 the first alone, who can go round either way.
TEST(FairWalk, PassesAStateWhereAnActorThatNeverMovesCannotGoOn) {
  const Component component{.enabled = {0b11, 0b01},
                            .edges = {{.from = 0, .to = 0, .moved = 0b01},
                                      {.from = 0, .to = 1, .moved = 0b01},
                                      {.from = 1, .to = 0, .moved = 0b01}}};
  const std::vector<std::uint32_t> walk = find_livelock(component);
  EXPECT_EQ(std::ranges::count(walk, 1U), 1);
  EXPECT_EQ(std::ranges::count(walk, 2U), 1);
}

TEST(Livelock, TwoTasksThatBackOffFromEachOther_AreOne) {
  const SearchResult result = exhaust_cycles(two_that_back_off);
  ASSERT_TRUE(result.livelock);
  EXPECT_EQ(result.hangs, 0U);
  EXPECT_FALSE(result.exhaustive);
  EXPECT_GE(result.livelock->steps, 6U);  // each takes, fails, and gives back
}

TEST(Livelock, TaskThatSpinsOnAFlagThatNobodySets_IsOne) {
  const SearchResult result = exhaust_cycles([](Simulation& sim) {
    core::Shared<bool> flag(sim, "flag", core::Sharing::racy, false);
    programs::run_all(sim, {[&] { spin_until(sim, flag); }});
  });
  ASSERT_TRUE(result.livelock);
}

TEST(Livelock, TaskThatSpinsOnAFlagThatAnotherWillSet_IsNone) {
  const SearchResult result = exhaust_cycles([](Simulation& sim) {
    core::Shared<bool> flag(sim, "flag", core::Sharing::racy, false);
    programs::run_all(sim, {[&] { spin_until(sim, flag); }, [&] { flag.write(true); }});
  });
  EXPECT_FALSE(result.livelock);
  EXPECT_TRUE(result.exhaustive);
}

TEST(Livelock, TaskThatSpinsWithoutAFingerprint_IsCutAndNothingIsClaimed) {
  Simulation simulation;
  SearchLimits limits;
  limits.execution.max_steps = 200;
  const SearchResult result = explore_states(
      simulation,
      [](Simulation& sim) {
        core::Shared<bool> flag(sim, "flag", core::Sharing::racy, false);
        programs::run_all(sim, {[&] {
                            while (!flag.peek()) sim.checkpoint();
                          }});
      },
      {}, limits);
  EXPECT_FALSE(result.livelock);
  EXPECT_FALSE(result.exhaustive);
  EXPECT_GT(result.cut, 0U);
  EXPECT_FALSE(result.reservations.empty());
}

// The whole search must not stop at the spinning alone: the hang lies behind it.
TEST(Livelock, HangBesideASpinningTask_IsFound) {
  const SearchResult result = exhaust_cycles([](Simulation& sim) {
    core::Shared<bool> flag(sim, "flag", core::Sharing::racy, false);
    const core::LockId a = sim.create_lock(programs::plain("a"));
    const core::LockId b = sim.create_lock(programs::plain("b"));
    const auto both = [&sim](core::LockId first, core::LockId second) {
      sim.lock(first);
      sim.lock(second);
      sim.unlock(second);
      sim.unlock(first);
    };
    programs::run_all(sim, {[&] { spin_until(sim, flag); }, [&] { both(a, b); },
                            [&] {
                              both(b, a);
                              flag.write(true);
                            }});
  });
  EXPECT_GT(result.hangs, 0U);
}

TEST(Livelock, Witness_GoesRoundTheCycleAgain) {
  const SearchResult result = exhaust_cycles(two_that_back_off);
  ASSERT_TRUE(result.livelock);
  Simulation simulation;
  Script script(result.livelock->first.decisions);
  ASSERT_TRUE(script.begin());
  const Outcome outcome = simulation.run([&] { two_that_back_off(simulation); }, script,
                                         {.max_steps = result.livelock->begins + result.livelock->steps});
  EXPECT_EQ(outcome.kind, OutcomeKind::cut);
  EXPECT_EQ(simulation.decisions(), result.livelock->first.decisions);
}

// One execution of a random walk that ends where it has been once around.
std::optional<Revisits::Round> round_of_a_walk(const Program& program, std::uint64_t seed) {
  Simulation simulation;
  RandomWalk walk(seed);
  Revisits revisits(simulation, walk, Revisits::EndsThere::yes);
  (void)revisits.begin();
  const Outcome outcome = simulation.run([&] { program(simulation); }, revisits, {.tracking = true});
  return revisits.round(outcome);
}

TEST(Revisits, WalkThatComesBackHavingAchievedNothing_EndsThereWithThePlacesOfTheCycle) {
  int rounds = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto round = round_of_a_walk(two_that_back_off, seed);
    if (!round) continue;
    ++rounds;
    EXPECT_GE(round->steps, 6U);  // each takes, fails, and gives back
    EXPECT_GE(round->places.all().size(), 6U);
  }
  EXPECT_GT(rounds, 0);
}

// The setter can go on all the time, so that a cycle without it is none.
TEST(Revisits, CycleOnWhichSomebodyAlwaysCouldGoOnAndNeverDoes_IsNone) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto round = round_of_a_walk(
        [](Simulation& sim) {
          core::Shared<bool> flag(sim, "flag", core::Sharing::racy, false);
          programs::run_all(sim, {[&] { spin_until(sim, flag); }, [&] { flag.write(true); }});
        },
        seed);
    EXPECT_FALSE(round) << "seed " << seed;
  }
}

// --- On graphs ---

constexpr std::uint64_t kFirst = 1;
constexpr std::uint64_t kSecond = 2;

TEST(FindLivelock, CycleOnWhichATaskThatAlwaysCouldGoOnNeverDoes_IsNone) {
  const Component component{.enabled = {kFirst | kSecond, kFirst | kSecond},
                            .edges = {{0, 1, kFirst, false}, {1, 0, kFirst, false}}};
  EXPECT_TRUE(find_livelock(component).empty());
}

TEST(FindLivelock, CycleOnWhichATaskCannotAlwaysGoOn_IsOne) {
  const Component component{.enabled = {kFirst | kSecond, kFirst},
                            .edges = {{0, 1, kFirst, false}, {1, 0, kFirst, false}}};
  EXPECT_EQ(find_livelock(component), (std::vector<std::uint32_t>{0, 1}));
}

TEST(FindLivelock, CycleThatNeedsProgress_IsNone) {
  const Component component{.enabled = {kFirst, kFirst}, .edges = {{0, 1, kFirst, true}, {1, 0, kFirst, false}}};
  EXPECT_TRUE(find_livelock(component).empty());
}

TEST(FindLivelock, TwoCyclesThroughOneState_AreBothGoneRound) {
  const Component component{.enabled = {kFirst | kSecond}, .edges = {{0, 0, kFirst, false}, {0, 0, kSecond, false}}};
  EXPECT_EQ(find_livelock(component).size(), 2U);
}

}  // namespace
}  // namespace zoneknot::sim
