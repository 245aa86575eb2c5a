// What is predicted from the events of runs that did not hang; t/corpus has whole programs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "lockcheck/order/order_graph.h"
#include "lockcheck/watch/lock_watch.h"
#include "t/lockcheck/watch/watched_run.h"

namespace zoneknot::lockcheck {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

core::Site here() { return core::Site::current(); }

void take_both(WatchedRun& run, core::TaskId task, core::LockId outer, core::LockId inner) {
  run.lock(task, outer);
  run.lock(task, inner);
  run.unlock(task, inner);
  run.unlock(task, outer);
}

std::size_t predicted(const WatchedRun& run) { return run.watch.predictions().deadlocks.size(); }

TEST(OrderWatch, PredictedDeadlock_NamesTasksAndBothPlacesOfEach) {
  WatchedRun run;
  const core::LockId a = run.plain("a"), b = run.plain("b");
  const core::Site taken = here();
  run.lock(1, a, taken);
  const core::Site asked = here();
  run.lock(1, b, asked);
  run.unlock(1, b);
  run.unlock(1, a);
  take_both(run, 2, b, a);
  const OrderPredictions predictions = run.watch.predictions();
  ASSERT_THAT(predictions.deadlocks, SizeIs(1));
  const std::vector<PredictedWait>& waits = predictions.deadlocks[0].waits;
  ASSERT_THAT(waits, SizeIs(2));
  EXPECT_EQ(waits[0].task, 1U);
  EXPECT_EQ(waits[0].owns.object, a);
  EXPECT_EQ(waits[0].waits_for.object, b);
  EXPECT_EQ(waits[0].owned_at.line(), taken.line());
  EXPECT_EQ(waits[0].asked_at.line(), asked.line());
  EXPECT_EQ(waits[1].task, 2U);
}

TEST(OrderWatch, TheSameRequestAgain_TakesTheSlowPathOnce) {
  WatchedRun run;
  const core::LockId a = run.plain("a"), b = run.plain("b"), c = run.plain("c");
  for (int i = 0; i < 100; ++i) {
    take_both(run, 1, a, b);
    take_both(run, 1, a, c);
  }
  EXPECT_EQ(run.watch.order_stats().slow_paths, 2U);
  EXPECT_EQ(run.watch.order_stats().edges, 2U);
}

TEST(OrderWatch, EverNewSetsOfOwnedLocks_ComeToAnEndOfWhatIsNew) {
  WatchedRun run;
  constexpr std::uint32_t kLocks = 12;
  std::vector<core::LockId> locks;
  for (std::uint32_t i = 0; i < kLocks; ++i) locks.push_back(run.plain("some"));
  const core::LockId last = run.plain("last");
  for (std::uint32_t set = 1; set < 1U << kLocks; ++set) {
    for (std::uint32_t i = 0; i < kLocks; ++i) {
      if ((set >> i & 1U) != 0) run.try_lock(1, locks[i]);
    }
    run.lock(1, last);
    run.unlock(1, last);
    for (std::uint32_t i = 0; i < kLocks; ++i) {
      if ((set >> i & 1U) != 0) run.unlock(1, locks[i]);
    }
  }
  EXPECT_EQ(run.watch.order_stats().edges, kLocks);
  EXPECT_LE(run.watch.order_stats().slow_paths, std::uint64_t{kLocks} * OrderGraph::kMaxSightingsOfTask);
}

// Each lock follows all that are owned already: the edges, and the sets of locks that they were made under, do not grow
// without an end.
TEST(OrderWatch, ThousandsOfLocksOneInTheOther_AreNotAllCompared_AndThatIsSaid) {
  WatchedRun run;
  constexpr std::uint32_t kLocks = 3'000;
  for (std::uint32_t i = 0; i < kLocks; ++i) {
    run.lock(1, run.plain("nested"));
    if (i == 1'000) {
      EXPECT_TRUE(run.watch.predictions().complete);
    }
  }
  EXPECT_FALSE(run.watch.predictions().complete);
  EXPECT_LE(run.watch.order_stats().edges, (1U << 20U) + kLocks);
}

TEST(OrderWatch, OrdersOnTwoSidesOfAForkOrAJoin_AreNoDeadlock) {
  WatchedRun run(1);
  const core::LockId a = run.plain("a"), b = run.plain("b");
  take_both(run, 0, b, a);
  run.watch.task_started(1, "child");
  run.watch.task_forked(0, 1, here());
  take_both(run, 1, a, b);
  run.watch.task_ended(1, here());
  run.watch.task_joined(0, 1, here());
  take_both(run, 0, b, a);
  run.watch.task_started(2, "later child");
  run.watch.task_forked(0, 2, here());
  take_both(run, 2, b, a);
  EXPECT_EQ(predicted(run), 0U);
}

TEST(OrderWatch, AnOrderThatTheParentHasAfterTheFork_CanMeetTheChilds) {
  WatchedRun run(1);
  const core::LockId a = run.plain("a"), b = run.plain("b");
  run.watch.task_started(1, "child");
  run.watch.task_forked(0, 1, here());
  take_both(run, 1, a, b);
  take_both(run, 0, b, a);
  EXPECT_EQ(predicted(run), 1U);
}

TEST(OrderWatch, JoinAfterAQuestion_KeepsApartWhatComesLater) {
  WatchedRun run(1);
  const core::LockId a = run.plain("a"), b = run.plain("b"), c = run.plain("c"), d = run.plain("d");
  run.watch.task_started(1, "child");
  run.watch.task_forked(0, 1, here());
  take_both(run, 1, a, b);
  take_both(run, 1, c, d);
  take_both(run, 0, b, a);
  EXPECT_EQ(predicted(run), 1U);
  run.watch.task_ended(1, here());
  run.watch.task_joined(0, 1, here());
  take_both(run, 0, d, c);
  EXPECT_EQ(predicted(run), 1U);
}

TEST(OrderWatch, LocksOwnedBesideThoseOfTheRing_AreItsGates) {
  WatchedRun run;
  const core::LockId beside = run.plain("beside"), a = run.plain("a"), b = run.plain("b");
  run.lock(1, beside);
  take_both(run, 1, a, b);
  run.unlock(1, beside);
  take_both(run, 2, b, a);
  const OrderPredictions predictions = run.watch.predictions();
  ASSERT_THAT(predictions.deadlocks, SizeIs(1));
  EXPECT_THAT(predictions.deadlocks[0].gates, ElementsAre(beside));
}

TEST(OrderWatch, GateThatOneSightingLacks_IsNoGate) {
  WatchedRun run;
  const core::LockId gate = run.plain("gate"), a = run.plain("a"), b = run.plain("b");
  run.lock(1, gate);
  take_both(run, 1, a, b);
  run.unlock(1, gate);
  run.lock(2, gate);
  take_both(run, 2, b, a);
  run.unlock(2, gate);
  EXPECT_EQ(predicted(run), 0U);
  take_both(run, 1, a, b);
  EXPECT_EQ(predicted(run), 1U);
}

TEST(OrderWatch, LocksThatKeepCyclesApartDifferently_AreNotMixedUp) {
  WatchedRun run;
  const core::LockId first = run.plain("first"), second = run.plain("second");
  const core::LockId a = run.plain("a"), b = run.plain("b");
  for (const core::LockId gate : {first, second}) {
    run.lock(1, gate);
    take_both(run, 1, a, b);
    run.unlock(1, gate);
  }
  run.lock(2, first);
  run.lock(2, second);
  take_both(run, 2, b, a);
  run.unlock(2, second);
  run.unlock(2, first);
  EXPECT_EQ(predicted(run), 0U);
}

TEST(OrderWatch, GateThatAnyTwoTasksOfARingHave_KeepsAllOfThemApart) {
  // The task that has no gate: none, then each of the ring of three.
  for (const core::TaskId without : {3U, 0U, 1U, 2U}) {
    WatchedRun run(3);
    const core::LockId gate = run.plain("gate");
    const std::array<core::LockId, 3> ring = {run.plain("a"), run.plain("b"), run.plain("c")};
    for (core::TaskId task = 0; task < 3; ++task) {
      const bool gated = without < 3 && task != without;
      if (gated) run.lock(task, gate);
      take_both(run, task, ring.at(task), ring.at((task + 1) % 3));
      if (gated) run.unlock(task, gate);
    }
    EXPECT_EQ(predicted(run), without == 3 ? 1U : 0U) << without;
  }
}

TEST(OrderWatch, WithTheChecksOff_NothingIsSeen) {
  WatchedRun run;
  run.watch.set_order_checks(OrderChecks::off);
  const core::LockId a = run.plain("a"), b = run.plain("b");
  take_both(run, 1, a, b);
  take_both(run, 2, b, a);
  EXPECT_EQ(predicted(run), 0U);
  EXPECT_THAT(run.watch.predictions().class_lines, IsEmpty());
}

TEST(OrderWatch, Reset_ForgetsTheOrder) {
  WatchedRun run;
  const core::LockId a = run.plain("a"), b = run.plain("b");
  take_both(run, 1, a, b);
  run.watch.reset();
  WatchedRun again;
  EXPECT_EQ(predicted(run), 0U);
  EXPECT_EQ(run.watch.order_stats().nodes, 0U);
}

TEST(ClassOrder, ZonesByKeyAndThenTheTable_AreInOrderForAnyNumber) {
  WatchedRun run;
  const core::LockId low = run.zone(1), high = run.zone(2), table = run.device_table();
  run.lock(1, low);
  run.lock(1, high);
  run.lock(1, table);
  EXPECT_THAT(run.watch.predictions().class_lines,
              ElementsAre("lock classes: acyclic for any number of instances", "zone inside zone: ordered by key"));
}

TEST(ClassOrder, ZonesAgainstTheirKeys_AreNotOrdered) {
  WatchedRun run;
  const core::LockId low = run.zone(1), high = run.zone(2);
  run.lock(1, high);
  run.lock(1, low);
  EXPECT_THAT(run.watch.predictions().class_lines, ElementsAre(HasSubstr("zone inside zone, not ordered by key")));
}

TEST(ClassOrder, ZonesOfTwoFiles_AreTwoClasses) {
  WatchedRun run;
  const core::LockId of_first = run.zone(2, 0), of_second = run.zone(1, 1);
  run.lock(1, of_first);
  run.lock(1, of_second);
  EXPECT_THAT(run.watch.predictions().class_lines, ElementsAre("lock classes: acyclic for any number of instances"));
}

TEST(ClassOrder, TwoClassesInACircle_AreToldWithTheirPlaces) {
  WatchedRun run;
  const core::LockId a = run.plain("a"), b = run.plain("b");
  take_both(run, 1, a, b);
  take_both(run, 1, b, a);
  EXPECT_EQ(predicted(run), 0U);
  const std::vector<std::string> lines = run.watch.predictions().class_lines;
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], HasSubstr("classes are taken in a circle: b -> a ("));
}

TEST(ClassOrder, OneClassWithoutKeys_IsNotOrdered) {
  WatchedRun run;
  const core::LockId one = run.plain("node"), other = run.plain("node");
  take_both(run, 1, one, other);
  EXPECT_THAT(run.watch.predictions().class_lines, ElementsAre(HasSubstr("node inside node, not ordered by key")));
}

TEST(OrderRules, WaitingInTheCompletionOfAnIo_BreaksARule) {
  WatchedRun run;
  const core::LockId a = run.plain("a");
  run.io(1, core::IoStep::reap);
  run.lock(1, a);
  EXPECT_EQ(run.broken(), "completion");
  run.unlock(1, a);
  run.io(1, core::IoStep::put);
  run.lock(1, a);
  EXPECT_EQ(run.watch.broken_rules()[0].count, 1U);
}

// Its owner waits for nothing.
TEST(OrderRules, WaitingForMInTheCompletionOfAnIo_BreaksNone) {
  WatchedRun run;
  run.io(1, core::IoStep::reap);
  run.lock(1, run.device_table());
  EXPECT_EQ(run.broken(), "");
}

TEST(OrderRules, SleepingInTheCompletionOfAnIo_BreaksARule) {
  WatchedRun run;
  run.io(1, core::IoStep::reap);
  run.sleep(1);
  EXPECT_EQ(run.broken(), "completion");
  run.wait_ended(1);
  run.io(1, core::IoStep::put);
  run.sleep(1);
  EXPECT_EQ(run.watch.broken_rules()[0].count, 1U);
}

// Conditions that tasks wait for and signal.
struct Conditions {
  explicit Conditions(WatchedRun& watched) : run(watched) {
    run.watch.condition_created(kFirst, "first");
    run.watch.condition_created(kSecond, "second");
  }
  // By a task that is woken in the end.
  void wait(core::TaskId task, core::ConditionId condition, core::LockId mutex) const {
    run.watch.condition_entered(task, condition, mutex, here());
    run.watch.wait_began(task, {core::WaitKind::condition, condition, false, false, mutex}, here());
    run.wait_ended(task);
  }
  void signal(core::TaskId task, core::ConditionId condition) const {
    run.watch.condition_signalled(task, condition, false, here());
  }

  static constexpr core::ConditionId kFirst = 0;
  static constexpr core::ConditionId kSecond = 1;
  WatchedRun& run;
};

// A signaller that takes the waiter's lock each time could lack it each time.
TEST(OrderWatch, WaitsBeforeTheLastSignal_AreNotNeededForTheNext) {
  for (const bool again : {false, true}) {
    WatchedRun run;
    const Conditions conditions(run);
    const core::LockId a = run.plain("a"), mutex = run.plain("mutex");
    run.lock(1, a);
    conditions.wait(1, Conditions::kFirst, mutex);
    run.unlock(1, a);
    for (int i = 0; i < 2; ++i) {
      if (i == 0 || again) {
        run.lock(2, a);
        run.unlock(2, a);
      }
      conditions.signal(2, Conditions::kFirst);
    }
    EXPECT_EQ(predicted(run), again ? 1U : 0U);
  }
}

// What makes a condition true is no lock that the signaller could lack.
TEST(OrderWatch, ConditionThatASignallerHasWaitedFor_IsNoNeed) {
  WatchedRun run;
  const Conditions conditions(run);
  const core::LockId mutex = run.plain("mutex");
  conditions.wait(1, Conditions::kFirst, mutex);
  conditions.signal(1, Conditions::kSecond);
  conditions.wait(2, Conditions::kSecond, mutex);
  conditions.signal(2, Conditions::kFirst);
  EXPECT_EQ(predicted(run), 0U);
}

// Whatever a task waits for while it owns a unit, its other units come later.
TEST(OrderWatch, LockWaitedForBetweenTwoUnits_IsNeededForBoth) {
  WatchedRun run;
  run.watch.semaphore_created(0, "slots", 2);
  const auto take_unit = [&run](core::TaskId task) {
    run.watch.semaphore_requested(task, 0, here());
    run.watch.semaphore_acquired(task, 0, here());
  };
  const core::LockId a = run.plain("a");
  take_unit(1);
  run.lock(1, a);
  take_unit(1);
  run.unlock(1, a);
  run.watch.semaphore_released(1, 0, 2, here());
  run.lock(2, a);
  take_unit(2);
  run.watch.semaphore_released(2, 0, 1, here());
  run.unlock(2, a);
  EXPECT_EQ(predicted(run), 1U);
}

// Task 1 alone needed the lock between its units; once a unit has come from elsewhere, one may come again.
TEST(OrderWatch, UnitFromSomebodyWhoNeedsNoLock_EndsWhatWasPredictedOfThePool) {
  WatchedRun run;
  run.watch.semaphore_created(0, "slots", 1);
  const core::LockId a = run.plain("a");
  run.watch.semaphore_requested(1, 0, here());
  run.watch.semaphore_acquired(1, 0, here());
  run.lock(1, a);
  run.unlock(1, a);
  run.watch.semaphore_released(1, 0, 1, here());
  run.lock(2, a);
  run.watch.semaphore_requested(2, 0, here());
  run.watch.semaphore_acquired(2, 0, here());
  run.watch.semaphore_released(2, 0, 1, here());
  run.unlock(2, a);
  ASSERT_EQ(predicted(run), 1U);
  run.watch.semaphore_released(0, 0, 1, here());
  EXPECT_EQ(predicted(run), 0U);
}

TEST(OrderRules, UnitsThatAnotherTaskGivesBack_AreNoPool) {
  WatchedRun run;
  run.watch.semaphore_created(0, "free", 2);
  for (int i = 0; i < 2; ++i) {
    run.watch.semaphore_requested(1, 0, here());
    run.watch.semaphore_acquired(1, 0, here());
  }
  run.watch.semaphore_released(2, 0, 1, here());
  run.watch.semaphore_released(1, 0, 1, here());
  EXPECT_EQ(run.broken(), "");
}

}  // namespace
}  // namespace zoneknot::lockcheck
