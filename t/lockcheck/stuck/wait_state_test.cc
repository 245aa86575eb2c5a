#include "lockcheck/stuck/wait_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "t/lockcheck/stuck/naive_stuck.h"

namespace zoneknot::lockcheck {
namespace {

using core::kNoId;
using core::TaskId;
using core::WaitKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TaskWait running() { return {}; }
TaskWait ended() { return {TaskState::ended, {}}; }
TaskWait waits_for_lock(core::LockId lock) { return {TaskState::waiting, {WaitKind::lock, lock, true}}; }
TaskWait joins(TaskId task) { return {TaskState::waiting, {WaitKind::join, task, true}}; }
TaskWait reaps(bool can_end) { return {TaskState::waiting, {WaitKind::completion, kNoId, can_end}}; }
TaskWait waits_for_signal() { return {TaskState::waiting, {WaitKind::condition, 0, false}}; }
TaskWait waits_for_unit(core::SemaphoreId semaphore) {
  return {TaskState::waiting, {WaitKind::semaphore, semaphore, false}};
}
TaskWait with_timeout(TaskWait entry) {
  entry.wait.timed = true;
  return entry;
}
TaskWait sleeps() { return {TaskState::waiting, {WaitKind::timer, kNoId, true}}; }

TEST(StuckCore, NobodyIsStuckInAnEmptyState) { EXPECT_TRUE(stuck_core({}).empty()); }

TEST(StuckCore, TwoTasksThatOwnWhatTheOtherWantsAreTheCore) {
  const StuckCore stuck = stuck_core({{waits_for_lock(1), waits_for_lock(0)}, {0, 1}});
  EXPECT_THAT(stuck.core, ElementsAre(0, 1));
  EXPECT_THAT(stuck.bystanders, IsEmpty());
}

TEST(StuckCore, TheCoreIsInTheOrderOfWaitingFromItsSmallestTask) {
  // 1 waits for 3, 3 for 2, 2 for 1.
  const StuckCore stuck =
      stuck_core({{running(), waits_for_lock(3), waits_for_lock(1), waits_for_lock(2)}, {kNoId, 1, 2, 3}});
  EXPECT_THAT(stuck.core, ElementsAre(1, 3, 2));
}

TEST(StuckCore, TheCoreBeginsWithItsSmallestTaskWhereverAWaiterRunsIntoIt) {
  // 0 waits for 2; 1 and 2 wait for each other.
  const StuckCore stuck = stuck_core({{waits_for_lock(2), waits_for_lock(2), waits_for_lock(1)}, {kNoId, 1, 2}});
  EXPECT_THAT(stuck.core, ElementsAre(1, 2));
  EXPECT_THAT(stuck.bystanders, ElementsAre(0));
}

TEST(StuckCore, AChainThatEndsInARunningTaskIsNotStuck) {
  const StuckCore stuck = stuck_core({{waits_for_lock(0), waits_for_lock(1), running()}, {1, 2}});
  EXPECT_TRUE(stuck.empty());
  EXPECT_THAT(stuck.bystanders, IsEmpty());
}

TEST(StuckCore, AChainThatEndsInASleeperOrAReaperIsNotStuck) {
  EXPECT_TRUE(stuck_core({{waits_for_lock(0), sleeps()}, {1}}).empty());
  EXPECT_TRUE(stuck_core({{waits_for_lock(0), reaps(true)}, {1}}).empty());
}

TEST(StuckCore, AWaiterForAFreeLockIsNotStuck) { EXPECT_TRUE(stuck_core({{waits_for_lock(0)}, {kNoId}}).empty()); }

TEST(StuckCore, TwoStuckTasksAreFoundWhileOthersRun) {
  const StuckCore stuck =
      stuck_core({{running(), waits_for_lock(1), sleeps(), waits_for_lock(0), reaps(true)}, {1, 3}});
  EXPECT_THAT(stuck.core, ElementsAre(1, 3));
  EXPECT_THAT(stuck.bystanders, IsEmpty());
}

TEST(StuckCore, WhoeverWaitsBehindAKnotIsABystander) {
  const StuckCore stuck =
      stuck_core({{joins(3), waits_for_lock(1), waits_for_lock(0), waits_for_lock(0), running()}, {1, 2}});
  EXPECT_THAT(stuck.core, ElementsAre(1, 2));
  EXPECT_THAT(stuck.bystanders, ElementsAre(0, 3));
}

TEST(StuckCore, AWaiterForALockWhoseOwnerHasEndedIsStuckAlone) {
  const StuckCore stuck = stuck_core({{ended(), waits_for_lock(0), waits_for_lock(1)}, {0, 1}});
  EXPECT_THAT(stuck.core, ElementsAre(1));
  EXPECT_THAT(stuck.bystanders, ElementsAre(2));
}

TEST(StuckCore, ATaskThatWaitsForAPlainLockOfItsOwnIsACoreOfOne) {
  EXPECT_THAT(stuck_core({{running(), waits_for_lock(0)}, {1}}).core, ElementsAre(1));
}

TEST(StuckCore, AReapThatCannotEndIsStuckAndSoIsWhoeverWaitsForItsLocks) {
  const StuckCore stuck = stuck_core({{waits_for_lock(0), reaps(false)}, {1}});
  EXPECT_THAT(stuck.core, ElementsAre(1));
  EXPECT_THAT(stuck.bystanders, ElementsAre(0));
}

TEST(StuckCore, AJoinOfAnEndedTaskIsNotStuckAndOneOfAStuckTaskIs) {
  EXPECT_TRUE(stuck_core({{joins(1), ended()}, {}}).empty());
  EXPECT_THAT(stuck_core({{joins(1), reaps(false)}, {}}).bystanders, ElementsAre(0));
}

TEST(StuckCore, TwoTasksThatJoinEachOtherAreStuck) {
  EXPECT_THAT(stuck_core({{joins(1), joins(0)}, {}}).core, ElementsAre(0, 1));
}

TEST(StuckCore, OfSeveralKnotsTheSmallestIsTheCore) {
  // 0 → 1 → 2 → 0, and 3 ⇄ 4.
  const StuckCore stuck =
      stuck_core({{waits_for_lock(1), waits_for_lock(2), waits_for_lock(0), waits_for_lock(4), waits_for_lock(3)},
                  {0, 1, 2, 3, 4}});
  EXPECT_THAT(stuck.core, ElementsAre(3, 4));
  EXPECT_THAT(stuck.bystanders, ElementsAre(0, 1, 2));
}

TEST(StuckCore, OfKnotsOfOneSizeTheOneWithTheSmallestTaskIsTheCore) {
  const StuckCore stuck =
      stuck_core({{waits_for_lock(3), waits_for_lock(2), waits_for_lock(1), waits_for_lock(0)}, {0, 1, 2, 3}});
  EXPECT_THAT(stuck.core, ElementsAre(0, 3));
}

TEST(StuckCore, ATaskThatIsNotKnownYetCountsAsRunning) {
  EXPECT_TRUE(stuck_core({{joins(7), waits_for_lock(0), waits_for_lock(9)}, {5}}).empty());
}

TEST(StuckCore, AChainOfAHundredThousandTasksIsFollowedToItsEnd) {
  constexpr TaskId kTasks = 100000;
  WaitState state;
  for (TaskId task = 0; task < kTasks; ++task) {
    state.tasks.push_back(waits_for_lock(task));
    state.lock_owner.push_back((task + 1) % kTasks);
  }
  EXPECT_EQ(stuck_core(state).core.size(), kTasks);
  state.tasks.back() = running();
  EXPECT_TRUE(stuck_core(state).empty());
}

class RandomStates {
 public:
  explicit RandomStates(std::uint32_t seed) : engine_(seed) {}

  WaitState next() {
    WaitState state;
    const std::uint32_t tasks = 1 + below(8);
    const std::uint32_t locks = 1 + below(5);
    for (std::uint32_t i = 0; i < tasks; ++i) state.tasks.push_back(task(tasks, locks));
    for (std::uint32_t i = 0; i < locks; ++i) state.lock_owner.push_back(below(5) == 0 ? kNoId : below(tasks));
    state.semaphore_count = {below(4) == 0 ? 1U : 0U, 0};
    state.unit_holders = {holders(tasks), holders(tasks)};
    return state;
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_()) % bound; }

  std::optional<std::vector<TaskId>> holders(std::uint32_t tasks) {
    if (below(6) == 0) return std::nullopt;
    std::vector<TaskId> holders;
    for (TaskId task = 0; task < tasks; ++task) {
      if (below(3) == 0) holders.push_back(task);
    }
    return holders;
  }

  TaskWait task(std::uint32_t tasks, std::uint32_t locks) {
    switch (below(13)) {
      case 0:
        return running();
      case 1:
        return ended();
      case 2:
        return joins(below(tasks));
      case 3:
        return reaps(below(3) != 0);
      case 4:
        return sleeps();
      case 5:
        return waits_for_signal();
      case 6:
      case 7:
      case 8:
        return waits_for_unit(below(2));
      default:
        return waits_for_lock(below(locks));
    }
  }

  std::mt19937 engine_;
};

TEST(StuckCore, AgreesWithTheNaiveFixpointOnRandomStates) {
  RandomStates states(20200207);
  int stuck_states = 0;
  int pools_in_cores = 0;
  for (int i = 0; i < 20000; ++i) {
    const WaitState state = states.next();
    const StuckCore found = stuck_core(state);
    std::vector<bool> stuck(state.tasks.size(), false);
    for (const TaskId task : found.core) stuck[task] = true;
    for (const TaskId task : found.bystanders) {
      EXPECT_FALSE(stuck[task]) << "task " << task << " is named twice";
      stuck[task] = true;
    }
    ASSERT_EQ(stuck, naive_stuck(state)) << "state number " << i;
    ASSERT_EQ(found.core.size(), naive_smallest_knot(state)) << "state number " << i;
    ASSERT_TRUE(is_a_knot_in_order(state, found.core)) << "state number " << i;
    stuck_states += found.empty() ? 0 : 1;
    const auto on_holders = [&](TaskId task) { return waits_on_several_holders(state, task); };
    pools_in_cores += found.core.size() > 1 && std::ranges::any_of(found.core, on_holders) ? 1 : 0;
  }
  EXPECT_GT(stuck_states, 1000);
  EXPECT_GT(pools_in_cores, 100);
}

TEST(StuckCore, AWaiterForASignalHopesAsLongAsAnyOtherTaskGoesOn) {
  EXPECT_TRUE(stuck_core({{waits_for_signal(), running()}, {}}).empty());
  EXPECT_TRUE(stuck_core({{waits_for_signal(), sleeps()}, {}}).empty());
  EXPECT_TRUE(stuck_core({{waits_for_signal(), joins(0), joins(3), running()}, {}}).empty());
  EXPECT_TRUE(stuck_core({{waits_for_signal(), with_timeout(waits_for_signal())}, {}}).empty());
}

TEST(StuckCore, WaitersForSignalsAndWhoWaitsForThemAreStuckWhenNobodyElseIsLeft) {
  EXPECT_THAT(stuck_core({{waits_for_signal()}, {}}).core, ElementsAre(0));
  const StuckCore stuck = stuck_core({{joins(1), waits_for_signal(), ended(), waits_for_unit(0)}, {}, {0}});
  EXPECT_THAT(stuck.core, ElementsAre(0, 1, 3));
  EXPECT_THAT(stuck.bystanders, IsEmpty());
}

TEST(StuckCore, AKnotOfLocksIsSmallerThanThatOfThoseWhoWaitForASignal) {
  const StuckCore stuck = stuck_core({{waits_for_signal(), waits_for_lock(1), waits_for_lock(0)}, {1, 2}});
  EXPECT_THAT(stuck.core, ElementsAre(1, 2));
  EXPECT_THAT(stuck.bystanders, ElementsAre(0));
}

TEST(StuckCore, AWaiterForASemaphoreThatHasAUnitGoesOn) {
  EXPECT_TRUE(stuck_core({{waits_for_unit(1), waits_for_unit(0)}, {}, {0, 1}}).empty());
  EXPECT_FALSE(stuck_core({{waits_for_unit(1), waits_for_unit(0)}, {}, {0, 0}}).empty());
}

// Semaphore 0 is a pool of which nothing is left.
WaitState with_pool(std::vector<TaskWait> tasks, std::vector<TaskId> owners, std::vector<TaskId> holders) {
  return {std::move(tasks), std::move(owners), {0}, {std::move(holders)}};
}

TEST(StuckCore, ACircleThroughAPoolIsNoHangWhileAnotherUnitCanComeBack) {
  // 0 has a unit and waits for 1's lock; 1 waits for a unit; 2 has the other unit.
  const std::vector<TaskWait> circle = {waits_for_lock(0), waits_for_unit(0)};
  const auto with_third = [&](TaskWait third) {
    std::vector<TaskWait> tasks = circle;
    tasks.push_back(third);
    tasks.push_back(running());
    return stuck_core(with_pool(tasks, {1}, {0, 2}));
  };
  EXPECT_TRUE(with_third(running()).empty());
  EXPECT_TRUE(with_third(sleeps()).empty());
  EXPECT_TRUE(with_third(joins(3)).empty());
  EXPECT_THAT(with_third(waits_for_lock(0)).core, ElementsAre(0, 1, 2));
  EXPECT_THAT(with_third(joins(1)).core, ElementsAre(0, 1, 2));
  EXPECT_THAT(with_third(ended()).core, ElementsAre(0, 1));
}

TEST(StuckCore, ACircleThroughTheOnlyHolderOfAPoolIsAHangWhateverTheOthersDo) {
  const StuckCore stuck =
      stuck_core(with_pool({running(), waits_for_unit(0), running(), waits_for_lock(0), waits_for_unit(0)}, {1}, {3}));
  EXPECT_THAT(stuck.core, ElementsAre(1, 3));
  EXPECT_THAT(stuck.bystanders, ElementsAre(4));
}

TEST(StuckCore, WhoHasAllUnitsOfAPoolAndWaitsForOneMoreIsStuckAlone) {
  EXPECT_THAT(stuck_core(with_pool({running(), waits_for_unit(0)}, {}, {1})).core, ElementsAre(1));
}

TEST(StuckCore, UnitsOfTasksThatHaveEndedNeverComeBack) {
  EXPECT_THAT(stuck_core(with_pool({running(), waits_for_unit(0), ended()}, {}, {2})).core, ElementsAre(1));
  EXPECT_THAT(stuck_core(with_pool({running(), waits_for_unit(0)}, {}, {})).core, ElementsAre(1));
  EXPECT_TRUE(stuck_core(with_pool({running(), waits_for_unit(0)}, {}, {7})).empty());
}

TEST(StuckCore, AUnitThatIsThereIsWaitedForByNobodyWhoeverHasTheOthers) {
  WaitState state = with_pool({waits_for_unit(0)}, {}, {0});
  state.semaphore_count = {1};
  EXPECT_TRUE(stuck_core(state).empty());
}

TEST(StuckCore, AWaitWithATimeoutIsNeverStuck) {
  EXPECT_TRUE(stuck_core({{with_timeout(waits_for_lock(0)), ended()}, {1}}).empty());
  EXPECT_TRUE(stuck_core({{with_timeout(waits_for_unit(0))}, {}, {0}}).empty());
  EXPECT_TRUE(stuck_core({{with_timeout(waits_for_lock(1)), waits_for_lock(0)}, {0, 1}}).empty());
}

}  // namespace
}  // namespace zoneknot::lockcheck
