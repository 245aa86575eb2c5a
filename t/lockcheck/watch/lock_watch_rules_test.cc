// Each rule of docs/protocol.md section 5: what breaks it, and what must not be reported.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockcheck/watch/lock_watch.h"
#include "t/lockcheck/watch/watched_run.h"

namespace zoneknot::lockcheck {
namespace {

using core::IoStep;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(RuleA, ATaskThatEndsWithAnAcceptedIoBreaksIt) {
  WatchedRun run;
  run.io(0, IoStep::prepare, 0);
  run.io(0, IoStep::queue, 0);
  run.io(0, IoStep::prepare, 1);
  run.io(0, IoStep::queue, 1);
  run.io(0, IoStep::commit, 1);
  run.end(0);
  EXPECT_EQ(run.broken(), "a");
  EXPECT_EQ(run.watch.broken_rules().at(0).what, "ends with 2 of its own I/Os never reaped");
}

TEST(RuleA, ATaskThatReapsEverythingOrWhoseIoEndedInsideQueueKeepsIt) {
  WatchedRun run;
  for (const IoStep step : {IoStep::prepare, IoStep::queue, IoStep::commit, IoStep::reap, IoStep::put}) run.io(0, step);
  run.end(0);
  run.io(1, IoStep::prepare);
  run.end(1);
  EXPECT_EQ(run.broken(), "");
}

TEST(RuleB, AReapThatCannotEndBreaksItAndASlowOneDoesNot) {
  WatchedRun run;
  run.reap(0, true);
  EXPECT_EQ(run.broken(), "");
  run.reap(1, false);
  EXPECT_EQ(run.broken(), "b");
}

TEST(RuleC, ARequeuedIoThatOwnsItsZoneBreaksItAndOneWithoutDoesNot) {
  WatchedRun run;
  run.io(0, IoStep::requeue, 0, false);
  EXPECT_EQ(run.broken(), "");
  run.io(0, IoStep::requeue, 0, true);
  EXPECT_EQ(run.broken(), "c");
  EXPECT_EQ(run.watch.broken_rules()[0].what, "an I/O at byte 8192 is requeued and still owns its zone lock");
}

TEST(RuleC, OtherStepsOfAnIoThatOwnsItsZoneKeepIt) {
  WatchedRun run;
  for (const IoStep step :
       {IoStep::prepare, IoStep::queue, IoStep::commit, IoStep::complete, IoStep::reap, IoStep::put})
    run.io(0, step, 0, true);
  EXPECT_EQ(run.broken(), "");
}

TEST(RuleD, ATaskThatEndsOwningALockBreaksItAtThePlaceOfAcquisition) {
  WatchedRun run;
  const core::Site place = core::Site::current();
  run.lock(0, run.zone(3), place);
  run.end(0);
  ASSERT_EQ(run.broken(), "d");
  EXPECT_EQ(run.watch.broken_rules()[0].site.line(), place.line());
  EXPECT_EQ(run.watch.broken_rules()[0].what, "zone 3 acquired here is never released");
}

TEST(RuleD, ATaskThatEndsOwningNothingKeepsIt) {
  WatchedRun run;
  const core::LockId zone = run.zone(3);
  run.lock(0, zone);
  run.unlock(0, zone);
  run.end(0);
  EXPECT_EQ(run.broken(), "");
}

TEST(RuleD, ADroppedHoldIsReportedOnceAlthoughTheTaskThenEndsWithTheLock) {
  WatchedRun run;
  const core::LockId zone = run.zone(3);
  const core::Site place = core::Site::current();
  run.lock(0, zone, place);
  run.watch.hold_dropped(0, zone, place);
  run.end(0);
  ASSERT_THAT(run.watch.broken_rules(), SizeIs(1));
  EXPECT_EQ(run.watch.broken_rules()[0].count, 1U);
}

TEST(RuleD, AnAcquisitionAfterADroppedOneWasGivenBackIsReportedToo) {
  WatchedRun run;
  const core::LockId zone = run.zone(1);
  run.lock(0, zone);
  run.lock(0, zone);
  for (int i = 0; i < 2; ++i) run.watch.hold_dropped(0, zone, core::Site::current());
  run.unlock(0, zone);
  run.lock(0, zone);
  run.end(0);
  const std::vector<RuleBreak> rules = run.watch.broken_rules();
  ASSERT_THAT(rules, SizeIs(2));
  EXPECT_EQ(rules[0].count, 2U);
  EXPECT_EQ(rules[1].count, 1U);
}

TEST(RuleD, AnAcquisitionBesideADroppedOneIsReportedToo) {
  WatchedRun run;
  const core::LockId zone = run.zone(3);
  const core::Site place = core::Site::current();
  run.lock(0, zone);
  run.lock(0, zone, place);
  run.watch.hold_dropped(0, zone, place);
  run.end(0);
  EXPECT_EQ(run.broken(), "dd");
}

TEST(RuleD, OnePlaceThatLeaksThreeZonesIsOneBreakCountedThreeTimes) {
  WatchedRun run;
  const core::Site place = core::Site::current();
  for (std::uint64_t i = 0; i < 3; ++i) run.try_lock(0, run.zone(i), place);
  run.end(0);
  ASSERT_EQ(run.broken(), "d");
  EXPECT_EQ(run.watch.broken_rules()[0].count, 3U);
}

TEST(RuleE, AReleaseOfALockThatAnotherOrNobodyOwnsBreaksItAndChangesNothing) {
  WatchedRun run;
  const core::LockId zone = run.zone(3);
  run.lock(0, zone);
  EXPECT_FALSE(run.unlock(1, zone));
  EXPECT_EQ(run.watch.wait_state().lock_owner.at(zone), 0U);
  ASSERT_EQ(run.broken(), "e");
  EXPECT_EQ(run.watch.broken_rules()[0].what, "releases zone 3, which task 0 owns");
  EXPECT_TRUE(run.unlock(0, zone));
  EXPECT_FALSE(run.unlock(0, zone));
  EXPECT_EQ(run.watch.broken_rules().at(1).what, "releases zone 3, which nobody owns");
}

TEST(RuleF, SleepingOrJoiningWhileOwningAZoneBreaksIt) {
  WatchedRun run;
  run.lock(0, run.zone(3));
  run.sleep(0);
  EXPECT_EQ(run.broken(), "f");
  EXPECT_EQ(run.watch.broken_rules()[0].what, "sleeps while it owns zone 3");
  run.wait_ended(0);
  run.join(0, 1);
  EXPECT_EQ(run.broken(), "ff");
}

TEST(RuleF, OfSeveralZonesTheOneTakenFirstIsNamed) {
  WatchedRun run;
  const core::LockId gone = run.zone(7), first = run.zone(5), second = run.zone(6);
  run.lock(0, first);
  run.try_lock(0, second);
  run.try_lock(0, gone);
  run.unlock(0, first);
  run.try_lock(0, first);
  run.unlock(0, gone);
  run.sleep(0);
  EXPECT_EQ(run.watch.broken_rules()[0].what, "sleeps while it owns zone 6");
}

TEST(RuleF, WaitingForALockThatIsNeitherZoneNorMWhileOwningAZoneBreaksIt) {
  WatchedRun run;
  run.lock(0, run.zone(3));
  run.lock_and_wait(0, run.plain());
  EXPECT_EQ(run.broken(), "f");
}

TEST(RuleF, WaitingForAZoneForMOrForACompletionWhileOwningAZoneKeepsIt) {
  WatchedRun run;
  run.lock(0, run.zone(3));
  run.lock_and_wait(0, run.zone(4));
  run.wait_ended(0);
  run.lock_and_wait(0, run.device_table());
  run.wait_ended(0);
  run.reap(0);
  EXPECT_EQ(run.broken(), "");
}

TEST(RuleF, WhoeverOwnsMMayWaitForNothing) {
  for (const auto& wait :
       {core::Wait{core::WaitKind::lock, 1, true}, core::Wait{core::WaitKind::completion, core::kNoId, true},
        core::Wait{core::WaitKind::timer, core::kNoId, true}, core::Wait{core::WaitKind::join, 1, true}}) {
    WatchedRun run;
    run.lock(0, run.device_table());
    run.zone(0);
    run.watch.wait_began(0, wait, core::Site::current());
    EXPECT_EQ(run.broken(), "f") << static_cast<int>(wait.kind);
  }
}

TEST(RuleF, ALockThatIsMerelyCalledLikeAZoneOrTheTableHasNoPartInIt) {
  for (const std::string_view called : {"zone", "M"}) {
    WatchedRun run;
    run.lock(0, run.plain(called));
    run.sleep(0);
    EXPECT_EQ(run.broken(), "");
  }
}

TEST(RuleF, TakingMAgainAndSleepingWithNothingOwnedKeepIt) {
  WatchedRun run;
  const core::LockId table = run.device_table();
  run.lock(0, table);
  run.lock(0, table);
  run.unlock(0, table);
  run.unlock(0, table);
  run.sleep(0);
  run.wait_ended(0);
  run.lock(0, run.plain());
  run.sleep(0);
  EXPECT_EQ(run.broken(), "");
}

TEST(RuleG, AskingForASmallerZoneBreaksItWhetherOrNotItWaits) {
  WatchedRun run;
  const core::LockId low = run.zone(2);
  const core::LockId high = run.zone(5);
  run.lock(0, high);
  run.lock(0, low);
  ASSERT_EQ(run.broken(), "g");
  EXPECT_EQ(run.watch.broken_rules()[0].what, "asks for zone 2 while it owns zone 5");
}

TEST(RuleG, AskingForTheZoneJustBelowOrForAnotherLockOfTheSameZoneBreaksIt) {
  WatchedRun below;
  const core::LockId low = below.zone(4);
  below.lock(0, below.zone(5));
  below.lock(0, low);
  EXPECT_EQ(below.broken(), "g");
  WatchedRun equal;
  equal.lock(0, equal.zone(5));
  equal.lock(0, equal.zone(5));
  EXPECT_EQ(equal.broken(), "g");
}

TEST(RuleG, AscendingRequestsKeepIt) {
  WatchedRun run;
  for (std::uint64_t i = 0; i < 5; ++i) run.lock(0, run.zone(i));
  EXPECT_EQ(run.broken(), "");
}

TEST(RuleG, TryLockMTheSameZoneAgainAndOtherTasksKeepIt) {
  WatchedRun run;
  const core::LockId low = run.zone(2);
  const core::LockId high = run.zone(5);
  run.lock(0, high);
  run.lock(0, run.device_table());
  run.lock(0, high);
  run.lock(1, low);
  run.unlock(1, low);
  run.try_lock(0, low);
  run.lock(0, low);
  EXPECT_EQ(run.broken(), "");
}

TEST(RuleG, WhatIsAskedForUnderATryLockedZoneCounts) {
  WatchedRun run;
  const core::LockId low = run.zone(2);
  run.try_lock(0, run.zone(5));
  run.lock(0, low);
  EXPECT_EQ(run.broken(), "g");
}

TEST(RuleG, TheOrderIsByFileFirst) {
  WatchedRun run;
  const core::LockId first_file = run.zone(9, 0);
  const core::LockId second_file = run.zone(1, 1);
  run.lock(0, first_file);
  run.lock(0, second_file);
  EXPECT_EQ(run.broken(), "");
  run.lock(1, run.zone(2, 1));
  run.lock(1, run.zone(3, 0));
  EXPECT_EQ(run.broken(), "g");
  EXPECT_EQ(run.watch.broken_rules()[0].what, "asks for zone 3 while it owns zone 2 of file 1");
}

TEST(RuleG, KeysOfOtherLocksAreComparedWithinAFile) {
  WatchedRun run;
  run.watch.lock_created(0, {.lock_class = "node", .group = 0, .order_key = 5});
  run.watch.lock_created(1, {.lock_class = "node", .group = 1, .order_key = 3});
  run.watch.lock_created(2, {.lock_class = "node", .group = 0, .order_key = 3});
  run.lock(0, 0);
  run.lock(0, 1);
  EXPECT_EQ(run.broken(), "");
  run.lock(0, 2);
  EXPECT_EQ(run.broken(), "g");
}

TEST(RuleG, TheHighestZoneIsFoundAgainAfterItWasReleased) {
  WatchedRun run;
  const core::LockId zone1 = run.zone(1);
  const core::LockId zone4 = run.zone(4);
  const core::LockId zone8 = run.zone(8);
  run.lock(0, zone1);
  run.lock(0, zone8);
  run.unlock(0, zone8);
  run.lock(0, zone4);
  EXPECT_EQ(run.broken(), "");
  run.unlock(0, zone1);
  run.lock(0, zone1);
  EXPECT_EQ(run.broken(), "g");
}

TEST(RuleSelfWait, AskingForAPlainLockThatOneOwnsBreaksItAndForARecursiveOneDoesNot) {
  WatchedRun run;
  const core::LockId recursive = run.device_table();
  run.lock(0, recursive);
  run.lock(0, recursive);
  EXPECT_EQ(run.broken(), "");
  const core::LockId plain = run.plain();
  run.lock(0, plain);
  run.watch.lock_requested(0, plain, core::Site::current());
  EXPECT_EQ(run.broken(), "self-wait");
}

TEST(RuleAssert, AFailedAssertionOfTheProgramIsReportedWithItsText) {
  WatchedRun run;
  run.watch.assertion_failed(2, "wp == start", core::Site::current());
  ASSERT_EQ(run.broken(), "assert");
  EXPECT_EQ(run.watch.broken_rules()[0].what, "wp == start");
  EXPECT_EQ(run.watch.broken_rules()[0].task, 2U);
}

TEST(BrokenRules, OnePlaceIsOneEntryWithACountAndTheFirstTask) {
  WatchedRun run;
  const core::LockId zone = run.zone(3);
  const core::Site place = core::Site::current();
  for (const core::TaskId task : {2U, 1U, 0U}) run.unlock(task, zone, place);
  ASSERT_EQ(run.broken(), "e");
  EXPECT_EQ(run.watch.broken_rules()[0].count, 3U);
  EXPECT_EQ(run.watch.broken_rules()[0].task, 2U);
  run.unlock(0, zone);
  EXPECT_EQ(run.broken(), "ee");
}

TEST(BrokenRules, AreSortedByRuleThenByFirstSight) {
  WatchedRun run;
  const core::LockId low = run.zone(2);
  run.lock(0, run.zone(5));
  run.lock(0, low);
  run.sleep(0);
  const core::Site later = core::Site::current();
  run.reap(1, false, later);
  EXPECT_EQ(run.broken(), "bfg");
  EXPECT_TRUE(run.watch.any_rule_broken());
}

TEST(BrokenRules, ARunThatKeepsTheProtocolHasNone) {
  WatchedRun run;
  const core::LockId table = run.device_table();
  const core::LockId zone = run.zone(3);
  run.lock(0, zone);
  run.lock(0, table);
  run.unlock(0, table);
  run.io(0, IoStep::prepare, 0, true);
  run.io(0, IoStep::queue, 0, true);
  run.io(0, IoStep::commit, 0, true);
  run.reap(0);
  run.wait_ended(0);
  run.io(0, IoStep::reap, 0, true);
  run.unlock(0, zone);
  run.io(0, IoStep::put, 0, false);
  run.end(0);
  EXPECT_FALSE(run.watch.any_rule_broken());
  EXPECT_THAT(run.watch.broken_rules(), IsEmpty());
}

}  // namespace
}  // namespace zoneknot::lockcheck
