#include <gtest/gtest.h>

#include <set>

#include "core/semaphore.h"
#include "core/shared.h"
#include "sim/dpor/depth_first.h"
#include "sim/states/stateful_search.h"
#include "sim/strategy/replay.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;

SearchResult exhaust(const Program& program, StatefulOptions options = {.check_keys = true}) {
  Simulation simulation;
  SearchLimits limits;
  limits.first_hang_ends = false;
  return explore_states(simulation, program, options, limits);
}

// A program of one task that does nothing but draw so often.
Program draws(unsigned n) {
  return [n](Simulation& sim) {
    for (unsigned i = 0; i < n; ++i) (void)sim.draw(2, core::Site::current());
  };
}

TEST(Stateful, ProgramWithoutOperations_HasOneState) {
  const SearchResult result = exhaust([](Simulation&) {});
  EXPECT_TRUE(result.exhaustive);
  EXPECT_EQ(result.space->states, 1U);  // main is about to start
  EXPECT_EQ(result.space->transitions, 1U);
}

TEST(Stateful, DrawsInOneStep_AreStepsOfTheirOwnBetweenTheSameTwoStates) {
  const SearchResult result = exhaust(draws(3));
  EXPECT_EQ(result.space->states, 1U);
  EXPECT_EQ(result.space->transitions, 8U);
}

// Each task is before lock, before unlock, or at its end: of the nine combinations one is excluded by the lock, and
// three more are not looked at, because giving back a lock goes first. Before them main and both tasks start.
TEST(Stateful, TwoTasksAtOneLock_HaveTheStatesCountedByHand) {
  const SearchResult result = exhaust(programs::one_lock(2, 1));
  EXPECT_TRUE(result.exhaustive);
  const std::uint64_t starts = 3;        // main; first; second, with main waiting for the first
  const std::uint64_t both_at_lock = 1;  // the only choice
  const std::uint64_t first_order = 4;   // unlock; join and lock: join goes first; lock; unlock
  const std::uint64_t second_order = 2;  // unlock; lock of the first. Then it is unlocked: another state than before
  const std::uint64_t ends = 2;          // in the second order: unlock, then join of either
  EXPECT_EQ(result.space->states, starts + both_at_lock + first_order + second_order + ends + 1);
}

// What is assumed of the zone, that its lock protects it, holds until somebody looks at the device as a whole: then the
// search has to begin anew.
TEST(Stateful, LookAtAWholeDeviceBetweenALockAndItsZone_IsNotMissed) {
  struct Zone final : core::LiveState {
    bool open = false;
    void describe(core::StateSink& sink) const override { sink.add(open ? 1 : 0); }
  };
  constexpr PartName kZone = 1;
  Zone zone;  // of the execution under way
  const SearchResult result = exhaust([&zone](Simulation& sim) {
    zone.open = false;
    sim.add_state(kZone, zone);
    const core::LockId lock = sim.create_lock(programs::plain("zone"));
    core::Shared<bool> announced(sim, "announced", core::Sharing::racy, false);
    const auto opens = [&] {
      sim.lock(lock);
      announced.write(true);
      sim.visible({OpKind::manage, ObjectClass::zone, false, 0, core::Site::current()});
      sim.touch(kZone);
      zone.open = true;
      sim.unlock(lock);
    };
    const auto reports = [&] {
      if (!announced.peek()) return;
      sim.visible({OpKind::manage, ObjectClass::device, true, 0, core::Site::current()});
      sim.touch(kZone);
      sim.add_to_history(zone.open ? 1 : 0);
      if (zone.open) return;
      const core::LockId twice = sim.create_lock(programs::plain("twice"));
      sim.lock(twice);
      sim.lock(twice);
    };
    programs::run_all(sim, {opens, reports});
  });
  EXPECT_GT(result.hangs, 0U);
}

// Every step of the loop is on what its task alone may use, so that it would be enough to explore: for ever.
TEST(Stateful, TaskBesideALoopThatConcernsNobody_IsNotOverlooked) {
  Simulation simulation;
  const SearchResult result = explore_states(simulation,
                                             [](Simulation& sim) {
                                               const core::LockId owned = sim.create_lock(programs::plain("owned"));
                                               const core::LockId twice = sim.create_lock(programs::plain("twice"));
                                               core::Shared<bool> flag(sim, "flag", core::Sharing::racy, false);
                                               programs::run_all(sim, {[&] {
                                                                   sim.lock(owned);
                                                                   sim.spawn("waits for itself", [&] {
                                                                     sim.lock(twice);
                                                                     sim.lock(twice);
                                                                   });
                                                                   const core::Mark begin = sim.mark();
                                                                   do {
                                                                     sim.checkpoint(begin, [](core::StateSink&) {});
                                                                   } while (!flag.peek());
                                                                 }});
                                             },
                                             {.check_keys = true}, {});
  EXPECT_EQ(result.end, SearchEnd::hang_found);
}

TEST(Stateful, SearchThatIsStopped_SaysHowMuchItHasExplored) {
  Simulation simulation;
  const auto coverage_after = [&](std::uint64_t executions) {
    SearchLimits limits;
    limits.executions = executions;
    limits.first_hang_ends = false;
    return explore_states(simulation, draws(3), {}, limits).strategies.at(0).coverage;
  };
  EXPECT_EQ(coverage_after(1), "1 states, 3 choices open, less than 0.1 % explored");
  EXPECT_EQ(coverage_after(5), "1 states, 2 choices open, about 50.0 % explored");
  EXPECT_EQ(coverage_after(100), "");
}

TEST(Stateful, WaysThatMeet_AreGoneOnce) {
  const SearchResult result = exhaust([](Simulation& sim) {
    core::Shared<int> first(sim, "first", core::Sharing::racy, 0);
    core::Shared<int> second(sim, "second", core::Sharing::racy, 0);
    const auto twice = [](core::Shared<int>& cell) {
      return [&cell] {
        cell.write(1);
        cell.write(2);
      };
    };
    programs::run_all(sim, {twice(first), twice(second)});
  });
  EXPECT_TRUE(result.exhaustive);
  const std::uint64_t starts = 3;
  // Each of the two has made none, one or two steps, while main waits for the first.
  EXPECT_EQ(result.space->states, starts + 9 + 3);  // and for the second, once the first has ended
  // Where the first has ended main goes on alone.
  EXPECT_EQ(result.space->transitions, starts + 4 * 2 + 5 * 1 + 3);
}

TEST(Stateful, Philosophers_HangIfAndOnlyIfTheirForksRotate) {
  for (unsigned n = 2; n <= 4; ++n) {
    EXPECT_GT(exhaust(programs::philosophers(n, Forks::rotating, 2)).hangs, 0U) << n;
    const SearchResult ordered = exhaust(programs::philosophers(n, Forks::ordered, 2));
    EXPECT_EQ(ordered.hangs, 0U) << n;
    EXPECT_TRUE(ordered.exhaustive) << n;
  }
}

// How the owner ends is known from where nobody waited for its lock.
TEST(Stateful, OwnerThatEndsInAStepThatIsRemembered_LeavesAHang) {
  const SearchResult result = exhaust([](Simulation& sim) {
    const core::LockId lock = sim.create_lock(programs::plain());
    core::Semaphore may_end(sim, "may end", 0);
    programs::run_all(sim, {[&] {
                              sim.lock(lock);
                              may_end.acquire();
                            },
                            [&] {
                              const bool wants = sim.draw(2, core::Site::current()) == 1;
                              may_end.release();
                              if (!wants) return;
                              sim.lock(lock);
                              sim.unlock(lock);
                            }});
  });
  EXPECT_GT(result.hangs, 0U);
}

// The waiter comes first whatever happens: it is what lets the owner go on.
TEST(Stateful, OwnerThatIsKnownToEnd_LeavesAHangOfThoseWhoCameBefore) {
  const SearchResult result = exhaust([](Simulation& sim) {
    const core::LockId taken = sim.create_lock(programs::plain());
    const core::LockId go = sim.create_lock(programs::plain());
    core::TaskId owner = core::kNoId;
    const core::TaskId waiter = sim.spawn("waiter", [&] {
      sim.lock(go);
      owner = sim.spawn("owner", [&] {
        sim.lock(taken);
        sim.lock(go);
        sim.unlock(go);
      });
      const bool wants = sim.draw(2, core::Site::current()) == 1;
      sim.unlock(go);
      if (!wants) return;
      sim.lock(taken);
      sim.unlock(taken);
    });
    sim.join(waiter);
    sim.join(owner);
  });
  EXPECT_GT(result.hangs, 0U);
}

// The task forgets whether it has taken the lock, the key must not.
TEST(Stateful, WhatLivesInLocks_TellsStatesApart) {
  const SearchResult result = exhaust([](Simulation& sim) {
    const core::LockId lock = sim.create_lock(programs::plain());
    const auto forgetful = [&] {
      const core::Mark begin = sim.mark();
      if (sim.draw(2, core::Site::current()) == 1) sim.lock(lock);
      sim.checkpoint(begin, [](core::StateSink&) {});
    };
    const auto other = [&] {
      sim.lock(lock);
      sim.unlock(lock);
    };
    programs::run_all(sim, {forgetful, other});
  });
  EXPECT_GT(result.hangs, 0U);
}

TEST(Stateful, WhatLivesInCells_TellsStatesApart) {
  std::set<int> finals;
  exhaust([&](Simulation& sim) {
    core::Shared<int> cell(sim, "cell", core::Sharing::locked, 0);
    const auto forgetful = [&] {
      const core::Mark begin = sim.mark();
      if (sim.draw(2, core::Site::current()) == 1) cell.write(1);
      sim.checkpoint(begin, [](core::StateSink&) {});
    };
    programs::run_all(sim, {forgetful});
    finals.insert(cell.read());
  });
  EXPECT_EQ(finals, (std::set<int>{0, 1}));
}

TEST(Stateful, RacyCounter_IsSeenWithAndWithoutTheLostUpdate) {
  std::set<int> finals;
  const SearchResult result = exhaust([&finals](Simulation& sim) {
    core::Shared<int> counter(sim, "counter", core::Sharing::racy, 0);
    const auto increment = [&counter] { counter.write(counter.peek() + 1); };
    programs::run_all(sim, {increment, increment});
    finals.insert(counter.read());
  });
  EXPECT_TRUE(result.exhaustive);
  EXPECT_EQ(finals, (std::set<int>{1, 2}));
}

// The second task tries the lock only after the first has been seen to give it back.
TEST(Stateful, LockThatIsTriedAfterAll_MakesTheSearchBeginAnew) {
  std::set<int> seen;
  const SearchResult result = exhaust([&seen](Simulation& sim) {
    const core::LockId lock = sim.create_lock(programs::plain());
    int failed = 0;
    const auto holder = [&] {
      sim.lock(lock);
      sim.unlock(lock);
    };
    const auto trier = [&] {
      if (sim.try_lock(lock)) {
        sim.unlock(lock);
      } else {
        failed = 1;
      }
    };
    programs::run_all(sim, {holder, trier});
    seen.insert(failed);
  });
  EXPECT_TRUE(result.exhaustive);
  EXPECT_EQ(seen, (std::set<int>{0, 1}));
}

TEST(Stateful, TasksThatLookAtTheClock_SeeEveryTimeThereIs) {
  std::set<std::uint64_t> times;
  const SearchResult result = exhaust([&times](Simulation& sim) {
    const auto sleeper = [&sim] { sim.sleep(100, core::Site::current()); };
    std::uint64_t seen = 0;
    const auto looker = [&] {
      sim.lock(sim.create_lock(programs::plain()));
      seen = sim.read_clock();
    };
    programs::run_all(sim, {sleeper, looker});
    times.insert(seen);
  });
  EXPECT_FALSE(result.exhaustive) << "what it sees in virtual time alone";
  EXPECT_EQ(times, (std::set<std::uint64_t>{0, 100}));
}

TEST(Stateful, TooLittleMemory_EndsTheSearchWithWhatWasCovered) {
  const SearchResult result = exhaust(programs::philosophers(5, Forks::ordered, 2), {.max_bytes = 1});
  EXPECT_EQ(result.end, SearchEnd::memory);
  EXPECT_FALSE(result.exhaustive);
  EXPECT_GT(result.space->states, 1000U);
  EXPECT_GT(result.space->frontier, 0U);
}

// Its states are never the same again, and all of them are on one path.
TEST(Stateful, PathThatIsTooLong_EndsTheSearchAsMemoryDoes) {
  const Program counts_up = [](core::Runtime& runtime) {
    core::Shared<std::uint64_t> count(runtime, "count", core::Sharing::racy);
    for (std::uint64_t i = 0; i < 50'000; ++i) count.write(i);
  };
  EXPECT_EQ(exhaust(counts_up, {.max_bytes = 1}).end, SearchEnd::memory);
  EXPECT_TRUE(exhaust(counts_up).exhaustive);
}

}  // namespace
}  // namespace zoneknot::sim
