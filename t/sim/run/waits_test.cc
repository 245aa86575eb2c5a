// Condition variables, semaphores and locks with a time-out: what there is under every interleaving. What holds on real
// threads too is in t/contract/runtime.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "core/condition_variable.h"
#include "core/semaphore.h"
#include "core/shared.h"
#include "sim/dpor/depth_first.h"
#include "sim/search/explorer.h"
#include "sim/strategy/random_walk.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using core::ConditionVariable;
using core::Mutex;
using core::ScopedLock;
using core::Semaphore;
using programs::plain;
using programs::recursive;
using programs::run_all;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr std::uint64_t kSomeTime = 1000;  // ns

SearchResult explore_all(Simulation& simulation, const Program& program, bool first_hang_ends = false,
                         bool spurious_wakeups = false) {
  DepthFirst depth_first;
  SearchLimits limits;
  limits.first_hang_ends = first_hang_ends;
  limits.execution.max_steps = 10'000;
  limits.execution.spurious_wakeups = spurious_wakeups;
  return explore(simulation, program, depth_first, limits);
}

SearchResult explore_all(const Program& program) {
  Simulation simulation;
  return explore_all(simulation, program);
}

void expect_no_hang(const SearchResult& result) {
  EXPECT_TRUE(result.exhaustive);
  EXPECT_EQ(result.hangs, 0U);
  EXPECT_GT(result.traces, 0U);
  EXPECT_TRUE(result.broken_rules.empty());
}

// --- Condition variables ---

TEST(ConditionVariables, AWaiterThatLooksAtItsConditionUnderTheLock_NeverMissesASignal) {
  const SearchResult result = explore_all([](Simulation& sim) {
    Mutex mutex(sim, plain());
    ConditionVariable changed(sim, "changed");
    bool ready = false;
    run_all(sim, {[&] {
                    const ScopedLock lock(mutex);
                    changed.wait_until(mutex, [&] { return ready; });
                  },
                  [&] {
                    const ScopedLock lock(mutex);
                    ready = true;
                    changed.signal();
                  }});
  });
  expect_no_hang(result);
}

TEST(ConditionVariables, AWaiterThatLooksAtItsConditionBeforeItTakesTheLock_LosesTheWakeup) {
  Simulation simulation;
  const SearchResult result = explore_all(simulation, [](Simulation& sim) {
    Mutex mutex(sim, plain());
    ConditionVariable changed(sim, "changed");
    core::Shared<bool> ready(sim, "ready", core::Sharing::racy, false);
    run_all(sim, {[&] {
                    if (ready.peek()) return;
                    const ScopedLock lock(mutex);
                    changed.wait(mutex);
                  },
                  [&] {
                    ready.write(true);
                    const ScopedLock lock(mutex);
                    changed.signal();
                  }});
  });
  EXPECT_TRUE(result.exhaustive);
  EXPECT_GT(result.hangs, 0U);
  EXPECT_LT(result.hangs, result.traces);
  // Task 0 joins the waiter, task 1; task 2 has ended.
  EXPECT_THAT(result.stuck.core, ElementsAre(0, 1));
}

// Two waiters that come before one signaller, which waits for both to be there.
SearchResult two_waiters(const std::function<void(ConditionVariable&)>& wake, std::set<std::set<int>>& woken_sets) {
  return explore_all([&](Simulation& sim) {
    Mutex mutex(sim, plain());
    ConditionVariable changed(sim, "changed");
    ConditionVariable arrived(sim, "arrived");
    int waiting = 0;
    std::set<int> woken;
    const auto waiter = [&](int number) {
      return [&, number] {
        const ScopedLock lock(mutex);
        ++waiting;
        arrived.signal();
        if (changed.wait_for(mutex, kSomeTime)) woken.insert(number);
      };
    };
    run_all(sim, {waiter(1), waiter(2), [&] {
                    const ScopedLock lock(mutex);
                    arrived.wait_until(mutex, [&] { return waiting == 2; });
                    wake(changed);
                  }});
    woken_sets.insert(woken);
  });
}

TEST(ConditionVariables, ASignal_WakesOneAtMostAndAnyOfThem) {
  std::set<std::set<int>> woken;
  expect_no_hang(two_waiters([](ConditionVariable& changed) { changed.signal(); }, woken));
  EXPECT_THAT(woken, UnorderedElementsAre(std::set<int>{}, std::set<int>{1}, std::set<int>{2}));
}

TEST(ConditionVariables, ABroadcast_WakesAllThatAreNotTooLate) {
  std::set<std::set<int>> woken;
  expect_no_hang(two_waiters([](ConditionVariable& changed) { changed.broadcast(); }, woken));
  EXPECT_THAT(woken, UnorderedElementsAre(std::set<int>{}, std::set<int>{1}, std::set<int>{2}, std::set<int>{1, 2}));
}

TEST(ConditionVariables, OneSignalForTwoWaiters_LeavesOneWaitingForEver) {
  Simulation simulation;
  const SearchResult result = explore_all(simulation, [](Simulation& sim) {
    Mutex mutex(sim, plain());
    ConditionVariable changed(sim, "changed");
    bool ready = false;
    const auto waiter = [&] {
      const ScopedLock lock(mutex);
      changed.wait_until(mutex, [&] { return ready; });
    };
    run_all(sim, {waiter, waiter, [&] {
                    const ScopedLock lock(mutex);
                    ready = true;
                    changed.signal();
                  }});
  });
  EXPECT_GT(result.hangs, 0U);
  EXPECT_LT(result.hangs, result.traces);
}

TEST(ConditionVariables, ATaskThatTakesTheLockAfterTheWaiterGaveItBack_FindsItWaiting) {
  bool woken = true;
  const SearchResult result = explore_all([&](Simulation& sim) {
    Mutex mutex(sim, plain());
    ConditionVariable changed(sim, "changed");
    bool waits = false;
    run_all(sim, {[&] {
                    const ScopedLock lock(mutex);
                    waits = true;
                    changed.wait(mutex);
                    waits = false;
                  },
                  [&] {
                    const ScopedLock lock(mutex);
                    if (!waits) return;
                    changed.signal();
                    // Whoever was woken needs the lock before it goes on.
                    woken = woken && waits;
                  }});
  });
  // It may come before the waiter; if it comes later, nothing hangs.
  EXPECT_TRUE(woken);
  EXPECT_EQ(result.traces - result.hangs, result.hangs);
}

TEST(ConditionVariables, ASignallerThatNeedsALockWhichTheWaiterKeeps_IsAHang) {
  Simulation simulation;
  const SearchResult result = explore_all(simulation, [](Simulation& sim) {
    Mutex outer(sim, plain("outer"));
    Mutex inner(sim, plain("inner"));
    ConditionVariable changed(sim, "changed");
    bool ready = false;
    run_all(sim, {[&] {
                    const ScopedLock keeps(outer);
                    const ScopedLock lock(inner);
                    changed.wait_until(inner, [&] { return ready; });
                  },
                  [&] {
                    const ScopedLock needs(outer);
                    const ScopedLock lock(inner);
                    ready = true;
                    changed.signal();
                  }});
  });
  EXPECT_GT(result.hangs, 0U);
  EXPECT_THAT(result.stuck.core, ElementsAre(0, 1, 2));
}

TEST(ConditionVariables, ALockThatWasTakenTwice_IsNotFreeDuringTheWait) {
  const SearchResult result = explore_all([](Simulation& sim) {
    Mutex mutex(sim, recursive());
    ConditionVariable changed(sim, "changed");
    bool ready = false;
    run_all(sim, {[&] {
                    const ScopedLock once(mutex);
                    const ScopedLock twice(mutex);
                    changed.wait_until(mutex, [&] { return ready; });
                  },
                  [&] {
                    const ScopedLock lock(mutex);
                    ready = true;
                    changed.signal();
                  }});
  });
  EXPECT_GT(result.hangs, 0U);
}

TEST(ConditionVariables, AWaitWithALockOfNobody_IsReported) {
  const SearchResult result = explore_all([](Simulation& sim) {
    Mutex mutex(sim, plain());
    ConditionVariable changed(sim, "changed");
    static_cast<void>(changed.wait_for(mutex, kSomeTime));
    mutex.unlock();
  });
  ASSERT_EQ(result.broken_rules.size(), 1U);
  EXPECT_EQ(result.broken_rules[0].what.rule, lockcheck::Rule::released_by_owner);
}

TEST(ConditionVariables, AWaitThatIsTooLate_EndsNoEarlierThanItsTimeoutAndOwnsTheLock) {
  std::set<bool> outcomes;
  const SearchResult result = explore_all([&](Simulation& sim) {
    Mutex mutex(sim, plain());
    ConditionVariable changed(sim, "changed");
    run_all(sim, {[&] {
                    const ScopedLock lock(mutex);
                    const std::uint64_t begin = sim.now_ns();
                    const bool woken = changed.wait_for(mutex, kSomeTime);
                    outcomes.insert(woken);
                    if (!woken) {
                      EXPECT_GE(sim.now_ns(), begin + kSomeTime);
                    }
                    EXPECT_FALSE(mutex.try_lock());
                  },
                  [&] { changed.signal(); }});
  });
  expect_no_hang(result);
  EXPECT_THAT(outcomes, UnorderedElementsAre(false, true));
}

TEST(ConditionVariables, WithoutALoop_ASpuriousWakeupIsSeenIfTheSearchIsToTryIt) {
  for (const bool spurious : {false, true}) {
    Simulation simulation;
    bool too_early = false;
    const SearchResult result = explore_all(
        simulation,
        [&](Simulation& sim) {
          Mutex mutex(sim, plain());
          ConditionVariable changed(sim, "changed");
          bool ready = false;
          run_all(sim, {[&] {
                          const ScopedLock lock(mutex);
                          if (!ready) changed.wait(mutex);
                          too_early = too_early || !ready;
                        },
                        [&] {
                          const ScopedLock lock(mutex);
                          ready = true;
                          changed.signal();
                        }});
        },
        false, spurious);
    expect_no_hang(result);
    EXPECT_EQ(too_early, spurious);
  }
}

TEST(ConditionVariables, ASpuriousWakeup_IsNoTimeout) {
  std::set<bool> outcomes;
  Simulation simulation;
  const SearchResult result = explore_all(
      simulation,
      [&](Simulation& sim) {
        Mutex mutex(sim, plain());
        ConditionVariable changed(sim, "changed");
        const ScopedLock lock(mutex);
        outcomes.insert(changed.wait_for(mutex, kSomeTime));
      },
      false, true);
  expect_no_hang(result);
  EXPECT_THAT(outcomes, UnorderedElementsAre(false, true));
}

TEST(ConditionVariables, ThatAWaiterCouldWakeUpForNoReason_IsNoObjectionToAHang) {
  Simulation simulation;
  const SearchResult result = explore_all(
      simulation,
      [](Simulation& sim) {
        Mutex mutex(sim, plain());
        ConditionVariable changed(sim, "changed");
        const ScopedLock lock(mutex);
        changed.wait(mutex);
      },
      true, true);
  EXPECT_EQ(result.end, SearchEnd::hang_found);
}

// --- Semaphores ---

TEST(Semaphores, TakenAsLocksInOppositeOrders_AreAHang) {
  Simulation simulation;
  const SearchResult result = explore_all(simulation, [](Simulation& sim) {
    Semaphore a(sim, "a", 1);
    Semaphore b(sim, "b", 1);
    const auto body = [](Semaphore& first, Semaphore& second) {
      return [&] {
        first.acquire();
        second.acquire();
        second.release();
        first.release();
      };
    };
    run_all(sim, {body(a, b), body(b, a)});
  });
  EXPECT_TRUE(result.exhaustive);
  EXPECT_EQ(result.hangs, 1U);
  EXPECT_THAT(result.stuck.core, ElementsAre(0, 1, 2));
}

TEST(Semaphores, AWaiterIsNotStuckOnceThereIsAUnit_EvenIfEverybodyElseHasEnded) {
  const SearchResult result = explore_all([](Simulation& sim) {
    auto items = std::make_shared<Semaphore>(sim, "items", 0);
    sim.spawn("taker", [items] { items->acquire(); });
    sim.spawn("giver", [items] { items->release(); });
  });
  expect_no_hang(result);
}

TEST(Semaphores, OneUnitTooFew_IsAHangOfWhoComesLast) {
  const SearchResult result = explore_all([](Simulation& sim) {
    Semaphore items(sim, "items", 1);
    const auto body = [&] { items.acquire(); };
    run_all(sim, {body, body});
  });
  EXPECT_EQ(result.hangs, 2U);
  EXPECT_EQ(result.traces, 2U);
}

TEST(Semaphores, TwoReleasesCommute) {
  const SearchResult result = explore_all([](Simulation& sim) {
    Semaphore items(sim, "items", 0);
    const auto body = [&] { items.release(); };
    run_all(sim, {body, body, body});
  });
  EXPECT_EQ(result.traces, 1U);
}

TEST(Semaphores, AReleaseOfNoUnits_LetsNobodyIn) {
  expect_no_hang(explore_all([](Simulation& sim) {
    Semaphore items(sim, "items", 0);
    run_all(sim, {[&] { items.acquire(); },
                  [&] {
                    items.release(0);
                    items.release();
                  }});
  }));
}

TEST(Semaphores, AnAcquireThatIsTooLate_EndsAlthoughTheLastUnitIsTakenMeanwhile) {
  expect_no_hang(explore_all([](Simulation& sim) {
    Semaphore items(sim, "items", 0);
    run_all(sim, {[&] { (void)items.acquire_for(kSomeTime); },
                  [&] {
                    items.release();
                    (void)items.try_acquire();
                  }});
  }));
}

TEST(Semaphores, AnAcquireWithATimeout_EndsEitherWay) {
  std::set<bool> outcomes;
  const SearchResult result = explore_all([&](Simulation& sim) {
    Semaphore items(sim, "items", 0);
    run_all(sim, {[&] { outcomes.insert(items.acquire_for(kSomeTime)); }, [&] { items.release(); }});
  });
  expect_no_hang(result);
  EXPECT_THAT(outcomes, UnorderedElementsAre(false, true));
}

// --- Locks with a time-out ---

// --- Pools ---

// Task 1 takes a unit and then the lock, task 2 the lock and then a unit; task 3 takes a unit and gives it back.
Program slots_and_a_lock(std::uint32_t units, bool pool) {
  return [=](Simulation& sim) {
    Semaphore slots = pool ? Semaphore::pool(sim, "slots", units) : Semaphore(sim, "slots", units);
    Mutex mutex(sim, plain());
    run_all(sim, {[&] {
                    slots.acquire();
                    {
                      const ScopedLock lock(mutex);
                    }
                    slots.release();
                  },
                  [&] {
                    const ScopedLock lock(mutex);
                    slots.acquire();
                    slots.release();
                  },
                  [&] {
                    slots.acquire();
                    slots.release();
                  }});
  };
}

TEST(Pools, ACircleThroughTheOnlyUnit_IsAHangOfTwoWhateverTheThirdIsDoing) {
  Simulation simulation;
  const SearchResult result = explore_all(simulation, slots_and_a_lock(1, true), true);
  EXPECT_EQ(result.hangs, 1U);
  EXPECT_THAT(result.stuck.core, ElementsAre(1, 2));
  // Of a semaphore any other task could release a unit, so that all who are left are needed.
  const SearchResult semaphore = explore_all(simulation, slots_and_a_lock(1, false), true);
  EXPECT_EQ(semaphore.hangs, 1U);
  EXPECT_GT(semaphore.stuck.core.size(), 2U);
}

TEST(Pools, ACircleThroughAPoolWithAUnitThatComesBack_IsNoHang) {
  expect_no_hang(explore_all(slots_and_a_lock(2, true)));
}

TEST(Pools, AreHangsInTheSameExecutionsAsOrdinarySemaphores) {
  const SearchResult pool = explore_all(slots_and_a_lock(1, true));
  const SearchResult semaphore = explore_all(slots_and_a_lock(1, false));
  EXPECT_TRUE(pool.exhaustive);
  EXPECT_EQ(pool.executions, semaphore.executions);
  EXPECT_EQ(pool.hangs, semaphore.hangs);
}

TEST(TimedLocks, AreTakenOrNot) {
  std::set<bool> outcomes;
  const SearchResult result = explore_all([&](Simulation& sim) {
    Mutex mutex(sim, plain());
    const auto body = [&] {
      const bool got = mutex.try_lock_for(kSomeTime);
      outcomes.insert(got);
      if (got) mutex.unlock();
    };
    run_all(sim, {body, body});
  });
  expect_no_hang(result);
  EXPECT_THAT(outcomes, UnorderedElementsAre(false, true));
}

TEST(TimedLocks, InOppositeOrders_AreNoHang) {
  const SearchResult result = explore_all([](Simulation& sim) {
    Mutex a(sim, plain("a"));
    Mutex b(sim, plain("b"));
    const auto body = [](Mutex& first, Mutex& second) {
      return [&] {
        const ScopedLock lock(first);
        if (second.try_lock_for(kSomeTime)) second.unlock();
      };
    };
    run_all(sim, {body(a, b), body(b, a)});
  });
  expect_no_hang(result);
}

TEST(TimedLocks, AnOrdinaryWaitBehindATimedOne_IsNoHang) {
  const SearchResult result = explore_all([](Simulation& sim) {
    Mutex a(sim, plain("a"));
    Mutex b(sim, plain("b"));
    run_all(sim, {[&] {
                    const ScopedLock lock(a);
                    if (b.try_lock_for(kSomeTime)) b.unlock();
                  },
                  [&] {
                    const ScopedLock lock(b);
                    const ScopedLock other(a);
                  }});
  });
  expect_no_hang(result);
}

// --- All of them ---

// A search that reorders only what depends on each other never sees both ends of the waits in the other order.
TEST(Waits, ThatAreTooLateByMuch_DoNotTurnTimeBack) {
  bool turned_back = false;
  const Program program = [&](Simulation& sim) {
    Semaphore items(sim, "items", 0);
    std::uint64_t latest = 0;
    const auto look = [&] {
      turned_back |= sim.now_ns() < latest;
      latest = sim.now_ns();
    };
    run_all(sim, {[&] {
                    (void)items.acquire_for(kSomeTime);
                    look();
                  },
                  [&] {
                    sim.sleep(2 * kSomeTime, core::Site::current());
                    look();
                  }});
  };
  expect_no_hang(explore_all(program));
  Simulation simulation;
  RandomWalk walk(1);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(walk.begin());
    simulation.run([&] { program(simulation); }, walk);
  }
  EXPECT_FALSE(turned_back);
}

TEST(Waits, OfAnAbandonedExecution_AreUnwoundAndLeaveNothingBehind) {
  Simulation simulation;
  int unwound = 0;
  const Program program = [&](Simulation& sim) {
    Mutex mutex(sim, plain());
    ConditionVariable changed(sim, "changed");
    Semaphore items(sim, "items", 0);
    struct Count {
      int& unwound;
      ~Count() { ++unwound; }
    };
    run_all(sim, {[&] {
                    const Count count{unwound};
                    const ScopedLock lock(mutex);
                    changed.wait(mutex);
                  },
                  [&] {
                    const Count count{unwound};
                    items.acquire();
                  }});
  };
  const SearchResult result = explore_all(simulation, program);
  EXPECT_EQ(result.hangs, result.traces);
  // The explorer repeats one execution.
  EXPECT_EQ(unwound, 2 * static_cast<int>(result.executions - result.pruned + 1) + 2 * static_cast<int>(result.pruned));
  expect_no_hang(explore_all(simulation, [](Simulation& sim) {
    Mutex mutex(sim, plain());
    ConditionVariable changed(sim, "changed");
    const ScopedLock lock(mutex);
    EXPECT_FALSE(changed.wait_for(mutex, kSomeTime));
  }));
}

}  // namespace
}  // namespace zoneknot::sim
