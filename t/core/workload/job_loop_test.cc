// The main loop of a job: when it reaps, what errors do, and the state VERIFYING.

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Only queue, reap, commit and sleep, without what file_reset and zones do.
Calls io_calls(WholeJobs& jobs) { return WholeJobs::only(jobs.run(), {"queue", "reap", "commit", "sleep", "cancel"}); }

JobSpec writer(std::uint32_t iodepth, std::uint64_t ios) {
  JobSpec spec = job("write", iodepth);
  spec.io_size = ios * kBlock;
  return spec;
}

TEST(Loop, ReapsDownToIodepthLowOnceNoSlotIsLeft) {
  JobSpec spec = writer(4, 6);
  spec.iodepth_low = 2;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  EXPECT_THAT(WholeJobs::only(io_calls(jobs), {"queue", "reap"}),
              ElementsAre("queue write 0:0+1", "queue write 0:1+1", "queue write 0:2+1", "queue write 0:3+1", "reap 1",
                          "reap 1", "queue write 1:0+1", "queue write 1:1+1", "reap 1", "reap 1", "reap 2"));
}

TEST(Loop, CompleteMin_IsWhatEachReapWaitsFor) {
  JobSpec spec = writer(3, 4);
  spec.complete_min = spec.complete_max = 2;
  WholeJobs jobs({spec}, kSeries, {0});
  EXPECT_THAT(WholeJobs::only(io_calls(jobs), {"queue", "reap"}),
              ElementsAre("queue write 0:0+1", "queue write 0:1+1", "queue write 0:2+1", "reap 2", "queue write 0:3+1",
                          "reap 2"));
}

TEST(Loop, CompleteMin0WithAMaximum_WaitsForOneWhenNoSlotIsLeft) {
  JobSpec spec = writer(2, 3);
  spec.complete_min = 0;
  spec.complete_max = 2;
  WholeJobs jobs({spec}, kSeries, {0});
  EXPECT_THAT(WholeJobs::only(io_calls(jobs), {"queue", "reap"}),
              ElementsAre("queue write 0:0+1", "queue write 0:1+1", "reap 1", "queue write 0:2+1", "reap 1", "reap 1"));
}

TEST(Loop, PollingJob_ReapsOneAfterEveryQueue) {
  JobSpec spec = writer(4, 3);
  spec.complete_min = spec.complete_max = 0;
  WholeJobs jobs({spec}, kSeries, {0});
  EXPECT_THAT(WholeJobs::only(io_calls(jobs), {"queue", "reap"}),
              ElementsAre("queue write 0:0+1", "reap 1", "queue write 0:1+1", "reap 1", "queue write 0:2+1", "reap 1"));
}

TEST(Loop, BusyEngine_IsReapedFromIfAnythingIsUnderWay) {
  WholeJobs jobs({writer(4, 2)}, kSeries, {0});
  jobs.world.script.answers = {{QueueStatus::busy}, {QueueStatus::queued}, {QueueStatus::busy}};
  EXPECT_THAT(io_calls(jobs),
              ElementsAre("queue write 0:0+1",            // busy, nothing under way: tried again at once
                          "queue write 0:0+1", "commit",  //
                          "queue write 0:1+1", "reap 1",  // busy
                          "queue write 0:1+1", "commit", "reap 1"));
}

TEST(Loop, RequeueList_GoesBeforeNewIo) {
  JobSpec spec = writer(4, 4);
  spec.min_bs = {kBlock, 2 * kBlock, kBlock};
  spec.max_bs = spec.min_bs;
  WholeJobs jobs({spec}, kSeries, {0});
  jobs.world.script.answers = {{QueueStatus::completed, 0, kBlock}};
  EXPECT_THAT(WholeJobs::only(io_calls(jobs), {"queue"}),
              ElementsAre("queue write 0:0+2", "queue write 0:1+1", "queue write 0:2+2"));
}

TEST(Loop, FsyncAfterEverySoManyWrites) {
  JobSpec spec = writer(4, 3);
  spec.fsync = 2;
  WholeJobs jobs({spec}, kSeries, {0});
  EXPECT_THAT(WholeJobs::only(io_calls(jobs), {"queue"}),
              ElementsAre("queue write 0:0+1", "queue write 0:1+1", "queue sync", "queue write 0:2+1"));
}

TEST(Thinktime, QuiescesBeforeItSleepsOnceSomethingHasCompleted) {
  JobSpec spec = writer(2, 3);
  spec.thinktime_ns = 100;
  WholeJobs jobs({spec}, kSeries, {0});
  EXPECT_THAT(WholeJobs::only(io_calls(jobs), {"queue", "reap", "sleep"}),
              ElementsAre("queue write 0:0+1",                                   // nothing has completed yet
                          "queue write 0:1+1", "reap 1", "reap 1", "sleep 100",  //
                          "queue write 0:2+1", "reap 1", "sleep 100"));
}

TEST(Thinktime, ThinktimeBlocks_AreCompletedIos) {
  JobSpec spec = writer(1, 6);
  spec.engine = EngineKind::psync;
  spec.thinktime_ns = 7;
  spec.thinktime_blocks = 3;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  EXPECT_THAT(io_calls(jobs), ElementsAre("queue write 0:0+1", "queue write 0:1+1", "queue write 0:2+1", "sleep 7",
                                          "queue write 0:3+1", "queue write 1:0+1", "queue write 1:1+1", "sleep 7"));
}

TEST(Errors, FailedWrite_EndsTheJobAndEverythingIsGivenBack) {
  WholeJobs jobs({writer(2, 8)}, kSeries, {0, 0});
  jobs.world.script.completions = {{EIO}};
  EXPECT_THAT(jobs.run(), ElementsAre("lock 0", "unlock 0", "lock 1", "unlock 1",                    //
                                      "try 0", "queue write 0:0+1", "commit",                        //
                                      "try 0", "queue write 0:1+1", "commit", "reap 1", "unlock 0",  // EIO
                                      "reap 0", "cancel 0:1", "reap 1", "unlock 0", "close"));
  EXPECT_EQ(jobs.job().error, EIO);
  EXPECT_THAT(jobs.world.the_observer.broken, IsEmpty());
}

TEST(Errors, WithoutCleanup_TheJobDiesWithItsZonesLocked) {
  WholeJobs jobs({writer(2, 8)}, kSeries.without(Fix::cleanup_aio), {0, 0});
  jobs.world.script.completions = {{EIO}};
  const Calls calls = jobs.run();
  EXPECT_EQ(Calls(calls.end() - 4, calls.end()), (Calls{"reap 1", "unlock 0", "close", "drop"}));
  EXPECT_EQ(jobs.world.the_runtime.owned(0), 1U);
}

TEST(Errors, InTheLastReap_AreNotLookedAtThere) {
  WholeJobs jobs({writer(4, 2)}, kSeries, {0});
  jobs.world.script.completions = {{EIO}};
  const Calls calls = WholeJobs::only(jobs.run(), {"reap", "cancel"});
  EXPECT_THAT(calls, ElementsAre("reap 2")) << "no clean-up follows";
  EXPECT_EQ(jobs.job().error, EIO);
}

TEST(Errors, QuiesceThatFailed_TheJobStillWaitsForItsLockAndIssuesThatUnit) {
  JobSpec spec = writer(4, 8);
  spec.random = true;
  WholeJobs jobs({spec}, kSeries, {0, 0, 0});
  jobs.world.draws = {0, 4, 8};
  jobs.world.script.completions = {{EIO}};
  jobs.world.the_runtime.meanwhile = [&](const std::string& lock) {
    if (lock == "1" && jobs.world.calls.back() == "commit") jobs.world.the_runtime.owned_by_others = {1};
  };
  const Calls calls = jobs.run();
  const auto tried = std::find(calls.begin(), calls.end(), "try 1 fails");
  ASSERT_NE(tried, calls.end());
  EXPECT_THAT(Calls(tried, calls.end()),
              ElementsAre("try 1 fails", "reap 1", "unlock 0", "lock 1", "queue write 1:0+1", "commit",  //
                          "reap 0", "cancel 1:0", "reap 1", "unlock 1", "close"));
}

TEST(ContinueOnError, ToleratedErrors_AreCountedAndTheJobGoesOn) {
  JobSpec spec = writer(2, 4);
  spec.continue_on_error.write = true;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  jobs.world.script.completions = {{EIO}, {0}, {EIO}};
  EXPECT_EQ(WholeJobs::only(jobs.run(), {"queue"}).size(), 4U);
  EXPECT_EQ(jobs.job().error, 0);
  EXPECT_EQ(jobs.job().stats.of(Direction::write).errors, 2U);
  EXPECT_EQ(jobs.job().stats.of(Direction::write).ios, 2U);
}

TEST(ContinueOnError, ErrorInsideQueue_IsToleratedToo) {
  JobSpec spec = writer(2, 4);
  spec.continue_on_error.write = true;
  WholeJobs jobs({spec}, kSeries, {0});
  jobs.world.script.answers = {{QueueStatus::completed, EIO}};
  EXPECT_EQ(WholeJobs::only(jobs.run(), {"queue"}).size(), 4U);
}

TEST(ContinueOnError, CoversAResetThatFailedWhenTheFileWasOpened) {
  JobSpec spec = writer(2, 2);
  spec.min_bs[1] = spec.max_bs[1] = 2 * kBlock;
  spec.io_size = 4 * kBlock;
  WholeJobs strict({spec}, kSeries, {0, 1});
  strict.world.the_device.resets_that_fail = {1};
  EXPECT_EQ(WholeJobs::only(strict.run(), {"queue"}).size(), 1U) << "one I/O is issued before the error is seen";
  EXPECT_EQ(strict.job().error, EIO);
  spec.continue_on_error.write = true;
  WholeJobs tolerant({spec}, kSeries, {0, 1});
  tolerant.world.the_device.resets_that_fail = {1};
  EXPECT_EQ(WholeJobs::only(tolerant.run(), {"queue"}).size(), 2U);
  EXPECT_EQ(tolerant.job().error, 0);
}

TEST(ContinueOnError, OtherErrnos_EndTheJob) {
  JobSpec spec = writer(2, 4);
  spec.continue_on_error = {.read = true, .write = true, .verify = true};
  WholeJobs jobs({spec}, kSeries, {0});
  jobs.world.script.completions = {{ENOSPC}};
  jobs.run();
  EXPECT_EQ(jobs.job().error, ENOSPC);
}

TEST(Verifying, PureReader_ReplaysFromItsSecondReadOn) {
  JobSpec spec = job("randread", 1);
  spec.verify = VerifyKind::crc32c;
  spec.io_size = 3 * kBlock;
  WholeJobs jobs({spec}, kSeries, {3});
  jobs.world.draws = {1, 3, 3};
  EXPECT_THAT(WholeJobs::only(io_calls(jobs), {"queue"}),
              ElementsAre("queue read 0:1+1", "queue read 0:0+1", "queue read 0:1+1"));
}

TEST(Verifying, MixedJob_NeverReplays) {
  JobSpec spec = job("randrw", 1);
  spec.verify = VerifyKind::crc32c;
  spec.do_verify = false;
  spec.rwmixread = 100;
  spec.io_size = 2 * kBlock;
  WholeJobs jobs({spec}, kSeries, {0});
  jobs.world.draws = {2, 3};
  EXPECT_THAT(WholeJobs::only(io_calls(jobs), {"queue"}), IsEmpty()) << "its zones are reset: nothing to read";
}

TEST(Assertion, ThatFails_StopsTheJobAndNothingLeaks) {
  JobSpec spec = job("randtrim", 4);
  WholeJobs jobs({spec}, kSeries, {0, 2});
  jobs.world.draws = {0, 4, 0};
  jobs.run();
  EXPECT_TRUE(jobs.job().aborted);
  EXPECT_THAT(jobs.world.the_observer.broken, ElementsAre("trim of a zone that has data"));
  EXPECT_EQ(jobs.world.the_runtime.owned(), 0U);
}

TEST(Assertion, ReplayPastTheDevicesEnd_IsPutWithoutBeingIssued) {
  JobSpec spec = job("randread", 1);
  spec.verify = VerifyKind::crc32c;
  spec.engine = EngineKind::psync;
  spec.random_map = false;
  spec.io_size = 8 * kBlock;
  WholeJobs jobs({spec}, kSeries, {3});
  EXPECT_EQ(WholeJobs::only(jobs.run(), {"queue"}).size(), 5U) << "one read, and the zone's four blocks replayed";
  EXPECT_TRUE(jobs.job().aborted) << "its zone is none of the device's";
}

TEST(Assertion, VerifyingReaderOfFullZonesOnly_FindsNoneToReplayIn) {
  JobSpec spec = job("randread", 1);
  spec.verify = VerifyKind::crc32c;
  WholeJobs jobs({spec}, kSeries, {4, 4});
  EXPECT_EQ(WholeJobs::only(jobs.run(), {"queue"}).size(), 1U);
  EXPECT_THAT(jobs.world.the_observer.broken, ElementsAre("no zone to replay a read in"));
  EXPECT_EQ(jobs.world.the_runtime.owned(), 0U);
}

}  // namespace
}  // namespace zoneknot::core
