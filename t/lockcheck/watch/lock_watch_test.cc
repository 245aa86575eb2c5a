#include "lockcheck/watch/lock_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "t/lockcheck/watch/watched_run.h"

namespace zoneknot::lockcheck {
namespace {

using core::IoStep;
using core::kNoId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

TEST(LockWatch, ATaskHoldsALockFromAcquisitionToRelease) {
  WatchedRun run;
  const core::LockId zone = run.zone(3);
  run.lock(1, zone);
  EXPECT_THAT(run.watch.wait_state().lock_owner, ElementsAre(1));
  ASSERT_THAT(run.watch.tasks()[1].holds, SizeIs(1));
  EXPECT_EQ(run.watch.tasks()[1].holds[0].lock, zone);
  EXPECT_TRUE(run.unlock(1, zone));
  EXPECT_THAT(run.watch.wait_state().lock_owner, ElementsAre(kNoId));
  EXPECT_THAT(run.watch.tasks()[1].holds, IsEmpty());
}

TEST(LockWatch, ARecursiveLockIsFreeOnlyAfterItsLastRelease) {
  WatchedRun run;
  const core::LockId zone = run.zone(3);
  run.lock(0, zone);
  run.lock(0, zone);
  run.try_lock(0, zone);
  EXPECT_EQ(run.watch.tasks()[0].holds.at(0).count, 3U);
  run.unlock(0, zone);
  run.unlock(0, zone);
  EXPECT_THAT(run.watch.wait_state().lock_owner, ElementsAre(0));
  run.unlock(0, zone);
  EXPECT_THAT(run.watch.wait_state().lock_owner, ElementsAre(kNoId));
  EXPECT_EQ(run.broken(), "");
}

TEST(LockWatch, AHeldLockKeepsThePlaceOfItsFirstAcquisition) {
  WatchedRun run;
  const core::LockId zone = run.zone(3);
  const core::Site first = core::Site::current();
  run.lock(0, zone, first);
  run.lock(0, zone);
  EXPECT_EQ(run.watch.tasks()[0].holds.at(0).site.line(), first.line());
}

TEST(LockWatch, LocksReleasedInAnyOrderLeaveTheOthersInTheOrderInWhichTheyWereTaken) {
  WatchedRun run;
  std::vector<core::LockId> zones;
  for (std::uint64_t i = 0; i < 6; ++i) zones.push_back(run.zone(i));
  for (const core::LockId zone : zones) run.lock(0, zone);
  for (const std::size_t i : {1U, 4U, 0U}) EXPECT_TRUE(run.unlock(0, zones[i]));
  std::vector<core::LockId> left;
  const TaskSnapshot picture = run.watch.tasks()[0];
  for (const Held& held : picture.holds) left.push_back(held.lock);
  EXPECT_THAT(left, ElementsAre(zones[2], zones[3], zones[5]));
  for (const std::size_t i : {5U, 2U, 3U}) EXPECT_TRUE(run.unlock(0, zones[i]));
  EXPECT_THAT(run.watch.tasks()[0].holds, IsEmpty());
  EXPECT_EQ(run.broken(), "");
}

TEST(LockWatch, APictureSaysWhoWaitsForWhatAndWhere) {
  WatchedRun run;
  const core::LockId zone = run.zone(3);
  run.lock(0, zone);
  const core::Site place = core::Site::current();
  run.lock_and_wait(1, zone, place);
  const TaskSnapshot picture = run.watch.tasks()[1];
  EXPECT_EQ(picture.name, "task 1");
  EXPECT_EQ(picture.state, TaskState::waiting);
  EXPECT_EQ(picture.wait.object, zone);
  EXPECT_EQ(picture.site.line(), place.line());
  run.wait_ended(1);
  EXPECT_EQ(run.watch.tasks()[1].state, TaskState::running);
  run.end(1);
  EXPECT_EQ(run.watch.tasks()[1].state, TaskState::ended);
}

TEST(LockWatch, TheEventNumberOfATaskMovesWithItsOwnEventsAlone) {
  WatchedRun run;
  const core::LockId zone = run.zone(3);
  const std::uint64_t before = run.watch.tasks()[0].events;
  const std::uint64_t other = run.watch.tasks()[1].events;
  run.lock(0, zone);
  EXPECT_GT(run.watch.tasks()[0].events, before);
  EXPECT_EQ(run.watch.tasks()[1].events, other);
}

TEST(LockWatch, AnAsynchronousIoIsInFlightFromCommitToReapAndUnputFromPrepareToPut) {
  WatchedRun run;
  run.io(0, IoStep::prepare);
  run.io(0, IoStep::queue);
  EXPECT_EQ(run.watch.tasks()[0].in_flight, 0U);
  EXPECT_EQ(run.watch.tasks()[0].unput, 1U);
  run.io(0, IoStep::commit);
  run.io(0, IoStep::complete);
  EXPECT_EQ(run.watch.tasks()[0].in_flight, 1U);
  run.io(0, IoStep::reap);
  EXPECT_EQ(run.watch.tasks()[0].in_flight, 0U);
  EXPECT_EQ(run.watch.tasks()[0].unput, 1U);
  run.io(0, IoStep::put);
  EXPECT_EQ(run.watch.tasks()[0].unput, 0U);
}

TEST(LockWatch, ACancelledIoIsNoLongerInFlightOncePut) {
  WatchedRun run;
  for (const IoStep step : {IoStep::prepare, IoStep::queue, IoStep::commit, IoStep::put}) run.io(0, step);
  EXPECT_EQ(run.watch.tasks()[0].in_flight, 0U);
  run.end(0);
  EXPECT_EQ(run.broken(), "");
}

TEST(LockWatch, StepsThatComeTwiceOrAloneNeverMakeACountNegative) {
  WatchedRun run;
  for (const IoStep step : {IoStep::put, IoStep::reap, IoStep::reap, IoStep::put}) run.io(0, step);
  run.io(0, IoStep::prepare, 1);
  run.io(0, IoStep::prepare, 1);
  EXPECT_EQ(run.watch.tasks()[0].unput, 1U);
  EXPECT_EQ(run.watch.tasks()[0].in_flight, 0U);
}

TEST(LockWatch, ARequeuedIoStaysUnputUntilItIsPut) {
  WatchedRun run;
  run.io(0, IoStep::prepare);
  run.io(0, IoStep::requeue);
  EXPECT_EQ(run.watch.tasks()[0].unput, 1U);
  run.io(0, IoStep::queue);
  run.io(0, IoStep::reap);
  run.io(0, IoStep::put);
  EXPECT_EQ(run.watch.tasks()[0].unput, 0U);
}

TEST(LockWatch, AfterFreezeNothingIsRecordedUntilReset) {
  WatchedRun run;
  const core::LockId zone = run.zone(3);
  run.lock(0, zone);
  run.watch.freeze();
  EXPECT_TRUE(run.unlock(0, zone));
  EXPECT_TRUE(run.unlock(1, zone));
  run.watch.hold_dropped(0, zone, core::Site::current());
  run.end(0);
  EXPECT_THAT(run.watch.wait_state().lock_owner, ElementsAre(0));
  EXPECT_EQ(run.broken(), "");
  run.watch.reset();
  EXPECT_THAT(run.watch.tasks(), IsEmpty());
  EXPECT_EQ(run.watch.lock_count(), 0U);
}

TEST(LockWatch, AfterResetNothingOfTheRunBeforeIsLeft) {
  WatchedRun run;
  const core::LockId old = run.zone(9);
  run.lock(0, old);
  run.io(0, IoStep::prepare);
  run.io(0, IoStep::queue);
  run.unlock(1, old);
  run.watch.reset();
  EXPECT_FALSE(run.watch.any_rule_broken());
  run.watch.task_started(0, "again");
  run.watch.lock_created(0, {.lock_class = "M", .kind = core::LockKind::plain, .group = 0, .order_key = {}});
  EXPECT_THAT(run.watch.wait_state().lock_owner, ElementsAre(kNoId));
  EXPECT_THAT(run.watch.tasks()[0].holds, IsEmpty());
  EXPECT_EQ(run.watch.tasks()[0].unput, 0U);
  run.end(0);
  EXPECT_EQ(run.broken(), "");
}

TEST(LockWatch, ATaskMayStartBeforeOneWithASmallerNumber) {
  LockWatch watch(Threads::one);
  watch.task_started(2, "late");
  EXPECT_THAT(watch.tasks(), SizeIs(3));
  EXPECT_EQ(watch.tasks()[0].state, TaskState::running);
  watch.task_started(0, "early");
  EXPECT_EQ(watch.tasks()[0].name, "early");
  EXPECT_EQ(watch.tasks()[2].name, "late");
}

TEST(LockWatch, ThousandsOfLocksKeepTheirInfo) {
  WatchedRun run;
  for (std::uint64_t i = 0; i < 5000; ++i) run.zone(i);
  EXPECT_EQ(run.watch.lock_count(), 5000U);
  for (const core::LockId lock : {0U, 63U, 64U, 191U, 192U, 4999U}) {
    EXPECT_EQ(run.watch.lock_info(lock).order_key, lock);
  }
}

TEST(MayBeStuck, ARunningTaskIsNot) {
  WatchedRun run;
  EXPECT_FALSE(run.watch.may_be_stuck(0));
}

TEST(MayBeStuck, AWaiterForARunningOwnerIsNot) {
  WatchedRun run;
  const core::LockId zone = run.zone(0);
  run.lock(0, zone);
  run.lock_and_wait(1, zone);
  EXPECT_FALSE(run.watch.may_be_stuck(1));
}

TEST(MayBeStuck, TheTaskThatClosesACycleIs) {
  WatchedRun run;
  const core::LockId a = run.zone(0);
  const core::LockId b = run.zone(1);
  run.lock(0, a);
  run.lock(1, b);
  run.lock_and_wait(0, b);
  EXPECT_FALSE(run.watch.may_be_stuck(0));
  run.lock_and_wait(1, a);
  EXPECT_TRUE(run.watch.may_be_stuck(1));
  EXPECT_THAT(stuck_core(run.watch.wait_state()).core, ElementsAre(0, 1));
}

TEST(MayBeStuck, AWaiterBehindACycleOfOthersIs) {
  WatchedRun run;
  const core::LockId a = run.zone(0);
  const core::LockId b = run.zone(1);
  run.lock(0, a);
  run.lock(1, b);
  run.lock_and_wait(0, b);
  run.lock_and_wait(1, a);
  run.lock_and_wait(2, a);
  EXPECT_TRUE(run.watch.may_be_stuck(2));
}

TEST(MayBeStuck, ATaskThatEndsOwningALockIsAndOneThatOwnsNothingIsNot) {
  WatchedRun run;
  const core::LockId a = run.zone(0);
  run.lock(0, a);
  run.lock_and_wait(1, a);
  run.end(0);
  EXPECT_TRUE(run.watch.may_be_stuck(0));
  EXPECT_TRUE(run.watch.may_be_stuck(1));
  EXPECT_THAT(stuck_core(run.watch.wait_state()).core, ElementsAre(1));
  run.end(2);
  EXPECT_FALSE(run.watch.may_be_stuck(2));
}

TEST(MayBeStuck, AReapThatCanEndIsNotAndOneThatCannotIs) {
  WatchedRun run;
  run.reap(0, true);
  EXPECT_FALSE(run.watch.may_be_stuck(0));
  run.reap(1, false);
  EXPECT_TRUE(run.watch.may_be_stuck(1));
  run.join(2, 1);
  EXPECT_TRUE(run.watch.may_be_stuck(2));
}

TEST(MayBeStuck, AWaiterForItsOwnPlainLockIs) {
  WatchedRun run;
  const core::LockId lock = run.plain();
  run.lock(0, lock);
  run.lock_and_wait(0, lock);
  EXPECT_TRUE(run.watch.may_be_stuck(0));
  EXPECT_THAT(stuck_core(run.watch.wait_state()).core, ElementsAre(0));
}

// Task `task` waits for a unit of semaphore 0, as far as the waiting.
void wait_for_unit(WatchedRun& run, core::TaskId task) {
  run.watch.wait_began(task, {.kind = core::WaitKind::semaphore, .object = 0, .can_end = false}, {});
}

void take_unit(WatchedRun& run, core::TaskId task, std::uint32_t left) {
  run.watch.semaphore_changed(0, left);
  run.watch.semaphore_acquired(task, 0, {});
}

void give_unit(WatchedRun& run, core::TaskId task, std::uint32_t now) {
  run.watch.semaphore_changed(0, now);
  run.watch.semaphore_released(task, 0, 1, {});
}

// Tasks 0 and 1 have the units of semaphore 0; 0 waits for 1's zone, 1 for a unit. Task 2 runs.
void all_units_taken(WatchedRun& run, bool pool) {
  run.watch.semaphore_created(0, "slots", 2);
  if (pool) run.watch.pool_declared(0);
  const core::LockId zone = run.zone(0);
  take_unit(run, 0, 1);
  take_unit(run, 1, 0);
  run.lock(1, zone);
  run.lock_and_wait(0, zone);
  wait_for_unit(run, 1);
}

TEST(MayBeStuck, WaitersForUnitsThatTheyAllHaveAreWhileAnotherTaskRuns) {
  WatchedRun run;
  all_units_taken(run, true);
  EXPECT_TRUE(run.watch.may_be_stuck(1));
  EXPECT_THAT(stuck_core(run.watch.wait_state()).core, ElementsAre(0, 1));
}

TEST(MayBeStuck, AWaiterForSomebodyWhoseOwnWaitHasATimeoutIsNot) {
  WatchedRun run;
  const core::LockId a = run.zone(0), b = run.zone(1);
  run.lock(0, a);
  run.lock(1, b);
  run.watch.wait_began(0, {.kind = core::WaitKind::lock, .object = b, .can_end = true, .timed = true}, {});
  run.lock_and_wait(1, a);
  EXPECT_FALSE(run.watch.may_be_stuck(1));
}

TEST(MayBeStuck, TheLastTaskThatCouldHaveHelpedIsAsLongAsAnybodyWaitsForThat) {
  WatchedRun run;
  wait_for_unit(run, 0);
  run.end(1);
  EXPECT_TRUE(run.watch.may_be_stuck(1));
  run.wait_ended(0);
  EXPECT_FALSE(run.watch.may_be_stuck(1));
}

TEST(LockWatch, UnitsGivenBackTogetherHaveNewHoldersAfterwards) {
  WatchedRun run;
  run.watch.semaphore_created(0, "slots", 2);
  run.watch.pool_declared(0);
  take_unit(run, 2, 1);
  take_unit(run, 2, 0);
  run.watch.semaphore_changed(0, 2);
  run.watch.semaphore_released(2, 0, 2, {});
  take_unit(run, 0, 1);
  take_unit(run, 1, 0);
  const WaitState state = run.watch.wait_state();
  ASSERT_TRUE(state.unit_holders[0]);
  EXPECT_THAT(*state.unit_holders[0], ElementsAre(0, 1));
}

TEST(MayBeStuck, WaitersForASemaphoreAreNotAsLongAsAnotherTaskRuns) {
  WatchedRun run;
  all_units_taken(run, false);
  EXPECT_FALSE(run.watch.may_be_stuck(1));
  EXPECT_TRUE(stuck_core(run.watch.wait_state()).empty());
}

TEST(LockWatch, APoolOfWhichAUnitIsOnItsWayHasNoKnownHolders) {
  WatchedRun run;
  run.watch.semaphore_created(0, "slots", 2);
  run.watch.pool_declared(0);
  take_unit(run, 0, 1);
  run.watch.semaphore_changed(0, 0);
  EXPECT_FALSE(run.watch.wait_state().unit_holders[0]);
  run.watch.semaphore_acquired(2, 0, {});
  EXPECT_THAT(run.watch.wait_state().unit_holders[0], Optional(ElementsAre(0, 2)));
  give_unit(run, 0, 1);
  take_unit(run, 2, 0);
  EXPECT_THAT(run.watch.wait_state().unit_holders[0], Optional(ElementsAre(2)));
}

TEST(LockWatch, APoolWhoseUnitAnotherTaskGaveBackIsASemaphoreLikeAnyOther) {
  WatchedRun run;
  all_units_taken(run, true);
  give_unit(run, 2, 1);
  take_unit(run, 2, 0);
  EXPECT_FALSE(run.watch.wait_state().unit_holders[0]);
  EXPECT_TRUE(stuck_core(run.watch.wait_state()).empty());
}

TEST(MayBeStuck, ASleeperIsNotAndNeitherIsWhoeverWaitsForIt) {
  WatchedRun run;
  run.sleep(0);
  run.join(1, 0);
  EXPECT_FALSE(run.watch.may_be_stuck(0));
  EXPECT_FALSE(run.watch.may_be_stuck(1));
}

}  // namespace
}  // namespace zoneknot::lockcheck
