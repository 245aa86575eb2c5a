#include "sim/strategy/directed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/condition_variable.h"
#include "core/semaphore.h"
#include "t/sim/strategy/strategy_runs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;
using strategy_runs::first_hangs;
using strategy_runs::inversion_of;
using ::testing::Each;
using ::testing::Le;

auto towards(const Target& target) {
  return [target](std::uint64_t seed) { return std::make_unique<Directed>(seed, target); };
}

core::LockInfo plain_zone(std::uint64_t index) { return {"zone", core::LockKind::plain, 0, index}; }

TEST(Directed, TowardsItsCycle_FindsAHiddenInversionInTheFirstExecution) {
  EXPECT_THAT(first_hangs(programs::hidden_inversion(40), towards(inversion_of("a", "b")), 50, 10), Each(1U));
}

TEST(Directed, TowardsForkAfterFork_FindsTheRingOfEightPhilosophersInTheFirstExecution) {
  const Target target{.cycle = {{{.lock_class = "fork"}, {.lock_class = "fork"}, ""}}, .waiting = {}};
  EXPECT_THAT(first_hangs(programs::philosophers(8, Forks::rotating), towards(target), 50, 10), Each(1U));
}

// No better than the random walk it is then.
TEST(Directed, TowardsAnotherCycle_DoesNotFindTheHiddenInversion) {
  EXPECT_THAT(first_hangs(programs::hidden_inversion(40), towards(inversion_of("private", "b")), 20, 10), Each(0U));
}

// Two cycles are there: one of zones 1 and 2, one of zones 3 and 4.
TEST(Directed, TargetThatNamesSingleLocks_LeadsToTheCycleOfThose) {
  const Program program = [](Simulation& sim) {
    std::vector<core::LockId> zones;
    for (std::uint64_t i = 0; i < 5; ++i) zones.push_back(sim.create_lock(plain_zone(i)));
    const auto takes = [&](std::size_t first, std::size_t second) {
      return [&sim, a = zones[first], b = zones[second]] {
        sim.lock(a);
        sim.lock(b);
        sim.unlock(b);
        sim.unlock(a);
      };
    };
    programs::run_all(sim, {takes(1, 2), takes(2, 1), takes(3, 4), takes(4, 3)});
  };
  // In how many of 50 searches tasks 3 and 4 are the first to wait on each other.
  const auto last_two_hang = [&](std::uint64_t first, std::uint64_t second) {
    const LockPattern one{.lock_class = "zone", .order_key = first};
    const LockPattern other{.lock_class = "zone", .order_key = second};
    const Target target{.cycle = {{one, other, ""}, {other, one, ""}}, .waiting = {}};
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      Simulation simulation;
      Directed strategy(core::SplitMix64::mix(seed), target);
      const SearchResult result = explore(simulation, program, strategy, {.executions = 20});
      const std::set<core::TaskId> stuck(result.stuck.core.begin(), result.stuck.core.end());
      found += stuck == std::set<core::TaskId>{3, 4} ? 1 : 0;
    }
    return found;
  };
  EXPECT_GT(last_two_hang(3, 4), 33);
  EXPECT_LT(last_two_hang(1, 2), 17);
}

void first_place(Simulation& sim, core::LockId lock) {
  sim.lock(lock);
  sim.unlock(lock);
}
void second_place(Simulation& sim, core::LockId lock) {
  sim.lock(lock);
  sim.unlock(lock);
}

// Each of three tasks passes both places; main owns nothing and waits.
void two_places(Simulation& sim) {
  const core::LockId first = sim.create_lock(programs::plain("first"));
  const core::LockId second = sim.create_lock(programs::plain("second"));
  const auto body = [&] {
    first_place(sim, first);
    second_place(sim, second);
  };
  programs::run_all(sim, {body, body, body, body});
}

// In the words of a LockPattern, a class alone.
WaitingTasks waiting(std::uint32_t tasks, const std::string& lock_class, const std::string& function = "") {
  WaitingTasks made;
  made.tasks = tasks;
  made.lock.lock_class = lock_class;
  made.function = function;
  return made;
}

std::uint64_t reached(const Target& target, std::uint64_t executions) {
  Simulation simulation;
  Directed strategy(1, target);
  (void)explore(simulation, two_places, strategy, {.executions = executions});
  return strategy.reached();
}

TEST(Directed, TowardsWaitingTasks_BringsThemTogether) {
  const WaitingTasks one = waiting(1, "first", "first_place");
  EXPECT_GT(reached({.cycle = {}, .waiting = {one, waiting(1, "second", "second_place")}}, 100), 60U);
  // Nobody would be left who has owned the second lock while the others came to it.
  EXPECT_EQ(reached({.cycle = {}, .waiting = {one, waiting(3, "second", "second_place")}}, 100), 0U);
}

TEST(Directed, WaitingInAFunctionThatNobodyWaitsIn_IsNeverReached) {
  EXPECT_EQ(reached({.cycle = {}, .waiting = {waiting(1, "first", "second_place")}}, 100), 0U);
}

TEST(Directed, JoinsAndLocksTogether_AreDescribedToo) {
  WaitingTasks join = waiting(1, "");
  join.what = core::WaitKind::join;
  EXPECT_GT(reached({.cycle = {}, .waiting = {join, waiting(3, "first")}}, 100), 60U);
}

// Two tasks wait, a third one wakes them both, unless it comes too early.
TEST(Directed, WaitsForASemaphoreAndForACondition_LastUntilAllAreThere) {
  const Program semaphore = [](Simulation& sim) {
    core::Semaphore units(sim, "units", 0);
    const auto take = [&] { units.acquire(); };
    programs::run_all(sim, {take, take, [&] {
                              units.release();
                              units.release();
                            }});
  };
  const Program condition = [](Simulation& sim) {
    core::Mutex mutex(sim, programs::plain("mutex"));
    core::ConditionVariable changed(sim, "changed");
    const auto wait = [&] {
      const core::ScopedLock lock(mutex);
      changed.wait(mutex);
    };
    programs::run_all(sim, {wait, wait, [&] { changed.broadcast(); }});
  };
  for (const auto& [program, what] :
       {std::pair{semaphore, core::WaitKind::semaphore}, std::pair{condition, core::WaitKind::condition}}) {
    const auto reached_towards = [&run = program](const WaitingTasks& tasks) {
      Simulation simulation;
      Directed strategy(1, {.cycle = {}, .waiting = {tasks}});
      (void)explore(simulation, run, strategy, {.executions = 100, .first_hang_ends = false});
      return strategy.reached();
    };
    WaitingTasks both = waiting(2, "");
    both.what = what;
    EXPECT_GT(reached_towards(both), 50U);
    both.tasks = 3;
    EXPECT_EQ(reached_towards(both), 0U);
  }
}

TEST(LockPattern, MatchesByWhatIsSet) {
  core::LockInfo third = plain_zone(3);
  third.group = 1;
  EXPECT_TRUE(LockPattern{}.matches(7, third));
  EXPECT_TRUE((LockPattern{.lock_class = "zone", .order_key = 3, .group = 1, .lock = 7}.matches(7, third)));
  EXPECT_FALSE(LockPattern{.lock_class = "M"}.matches(7, third));
  EXPECT_FALSE((LockPattern{.lock_class = "zone", .order_key = 2}.matches(7, third)));
  EXPECT_FALSE((LockPattern{.lock_class = "zone", .order_key = 3, .group = 0}.matches(7, third)));
  EXPECT_FALSE(LockPattern{.lock = 6}.matches(7, third));
}

}  // namespace
}  // namespace zoneknot::sim
