// Whole jobs: rounds, limits, time, stop requests, and when the file is opened.

#include "core/workload/job.h"
#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

JobSpec psync(const std::string& rw) {
  JobSpec spec = job(rw, 1);
  spec.engine = EngineKind::psync;
  return spec;
}

std::size_t count(const Calls& calls, const std::string& call) {
  return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), call));
}
std::size_t count_queued(const Calls& calls) { return WholeJobs::only(calls, {"queue"}).size(); }
// Each file_reset locks the last zone of the device once, and nothing else does so plainly.
std::size_t count_file_resets(const WholeJobs& jobs, const Calls& calls) {
  return count(calls, "lock " + std::to_string(jobs.world.the_device.zones.size() - 1));
}

TEST(Rounds, SynchronousWriter_MakesTheseCallsAndNoOthers) {
  WholeJobs jobs({psync("write")}, kSeries, {0});
  EXPECT_THAT(jobs.run(), ElementsAre("lock 0", "unlock 0",                      // file_reset
                                      "try 0", "queue write 0:0+1", "unlock 0",  //
                                      "try 0", "queue write 0:1+1", "unlock 0",  //
                                      "try 0", "queue write 0:2+1", "unlock 0",  //
                                      "try 0", "queue write 0:3+1", "unlock 0", "close"));
  EXPECT_EQ(jobs.job().stats.of(Direction::write).ios, 4U);
  EXPECT_EQ(jobs.job().stats.of(Direction::write).bytes, kZone);
}

TEST(Rounds, AsynchronousWriter_KeepsItsZonesUntilItReaps) {
  JobSpec spec = job("write", 2);
  WholeJobs jobs({spec}, kSeries, {0});
  EXPECT_THAT(jobs.run(), ElementsAre("lock 0", "unlock 0",                                          //
                                      "try 0", "queue write 0:0+1", "commit",                        //
                                      "try 0", "queue write 0:1+1", "commit", "reap 1", "unlock 0",  // no slot left
                                      "try 0", "queue write 0:2+1", "commit", "reap 1", "unlock 0",  //
                                      "try 0", "queue write 0:3+1", "commit", "reap 1", "unlock 0",  //
                                      "reap 1", "unlock 0", "close"));
}

TEST(Rounds, ThreadThatEnds_TakesMOnceAndClosesItsEngineAfterwards) {
  WholeJobs jobs({psync("write")}, kSeries, {0});
  jobs.world.calls.clear();
  jobs.workload.run();
  const Calls& calls = jobs.world.calls;
  EXPECT_EQ(Calls(calls.end() - 3, calls.end()), (Calls{"lock M", "unlock M", "close"}));
}

TEST(Rounds, Loops_GoOverTheFileAgainAndOpenItEachTime) {
  JobSpec spec = psync("write");
  spec.loops = 3;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  const Calls calls = jobs.run();
  EXPECT_EQ(count_queued(calls), 24U);
  EXPECT_EQ(count_file_resets(jobs, calls), 3U + 2U) << "and two resets of the full zone take it again";
  EXPECT_EQ(jobs.world.seeds.size(), 2U) << "the generators are seeded again between rounds";
}

TEST(Rounds, IoSizeAboveSize_MakesFurtherRounds) {
  JobSpec spec = job("randwrite", 2);
  spec.size = kZone;
  spec.io_size = 2 * kZone;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  const Calls calls = jobs.run();
  EXPECT_EQ(count_queued(calls), 8U);
  EXPECT_EQ(count(calls, "reset 0"), 1U);
}

TEST(Rounds, IoSizeBelowSize_EndsTheJobEarly) {
  JobSpec spec = psync("write");
  spec.io_size = 3 * kBlock;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  EXPECT_EQ(count_queued(jobs.run()), 3U);
}

TEST(Rounds, RestOfIoSizeBelowOneBlock_MakesNoFurtherRound) {
  JobSpec spec = psync("write");
  spec.min_bs[1] = spec.max_bs[1] = 2 * kBlock;
  spec.size = kZone;
  spec.io_size = 5 * kBlock;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  EXPECT_EQ(count_queued(jobs.run()), 2U);
}

// A sequential writer goes on behind where its I/O was moved to, and so comes to the end of its range early.
TEST(Rounds, FileMarkedDone_EndsTheJobUnlessIoSizeIsGiven) {
  JobSpec spec = psync("write");
  WholeJobs by_size({spec}, kSeries, {2});
  EXPECT_THAT(WholeJobs::only(by_size.run(), {"queue"}), ElementsAre("queue write 0:2+1", "queue write 0:3+1"));
  spec.io_size = kZone;
  WholeJobs by_io_size({spec}, kSeries, {2});
  EXPECT_THAT(by_io_size.run(), ElementsAre("lock 0", "unlock 0",                      //
                                            "try 0", "queue write 0:2+1", "unlock 0",  //
                                            "try 0", "queue write 0:3+1", "unlock 0",  // EOF: another round
                                            "lock 0", "unlock 0",                      //
                                            "try 0", "reset 0", "lock 0", "unlock 0",  // full
                                            "queue write 0:0+1", "unlock 0",           //
                                            "try 0", "queue write 0:1+1", "unlock 0", "close"));
}

TEST(Rounds, RandomReader_DrawsEveryBlockOnceWhereverItIsRead) {
  WholeJobs jobs({psync("randread")}, kSeries, {2, 0});
  EXPECT_EQ(count_queued(jobs.run()), 8U);
}

TEST(Rounds, NumberIos_CountsWhatIsUnderWay) {
  JobSpec spec = job("randwrite", 4);
  spec.number_ios = 3;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  EXPECT_EQ(count_queued(jobs.run()), 3U);
}

TEST(Rounds, NumberIos_IsForEachOfTheLoops) {
  JobSpec spec = psync("randwrite");
  spec.number_ios = 3;
  spec.loops = 2;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  EXPECT_EQ(count_queued(jobs.run()), 6U);
}

TEST(Rounds, NumberIos_IsRightWhenTheCountersHaveWrapped) {
  JobSpec spec = job("randwrite", 4);
  spec.batch = 3;
  spec.complete_min = spec.complete_max = 4;
  spec.number_ios = 8;
  WholeJobs jobs({spec}, kSeries, {0, 0, 0, 0});
  const Calls calls = jobs.run();
  EXPECT_EQ(count_queued(calls), 8U);
  EXPECT_EQ(count_file_resets(jobs, calls), 1U) << "all in one round";
}

TEST(Rounds, MaxIos_BoundsAllRounds) {
  JobSpec spec = psync("write");
  spec.loops = 10;
  spec.max_ios = 6;
  WholeJobs jobs({spec}, kSeries, {0});
  EXPECT_EQ(count_queued(jobs.run()), 6U);
}

TEST(Rounds, AsynchronousRound_EndsWhenItHasQueuedSizeBytes) {
  JobSpec spec = job("randwrite", 2);
  spec.size = kZone;
  spec.io_size = 2 * kZone;
  spec.random_map = false;
  WholeJobs spread({spec}, kSeries, {0, 0, 0});
  spread.world.draws.assign(100, 0);
  const std::size_t rounds_of_a_spread_writer = count(spread.run(), "lock 0");
  spec.reads = true;
  spec.writes = false;
  WholeJobs reader({spec}, kSeries, {4, 0, 0});
  const Calls calls = reader.run();
  EXPECT_EQ(count_queued(calls), 8U);
  EXPECT_EQ(count(calls, "lock 0"), 2U) << "a file_reset after every `size` bytes";
  EXPECT_EQ(rounds_of_a_spread_writer, 1U + 1U) << "max(size, io_size): one round, in which the zone is reset once";
}

TEST(Rounds, WhatIsDoneInsideQueue_DoesNotEndAnAsynchronousRound) {
  JobSpec spec = job("randtrim", 2);
  spec.size = kZone;
  spec.io_size = 2 * kZone;
  spec.random_map = false;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  jobs.world.script.answers.assign(8, {QueueStatus::completed});
  const Calls calls = jobs.run();
  EXPECT_EQ(count_queued(calls), 8U);
  EXPECT_EQ(count(calls, "lock 0"), 1U);
}

TEST(Rounds, RoundWithoutACompletedByte_StopsTheJob) {
  JobSpec spec = psync("randread");
  spec.time_based = true;
  spec.loops = 5;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  const Calls calls = jobs.run();
  EXPECT_EQ(count_queued(calls), 0U);
  EXPECT_EQ(jobs.job().error, 0);
}

TEST(Rounds, TimeBasedJob_GoesOnUntilItsRuntimeIsOver) {
  JobSpec spec = psync("write");
  spec.time_based = true;
  spec.runtime_ns = 95;
  WholeJobs jobs({spec}, kSeries, {0});
  jobs.world.script.io_ns = 10;
  const Calls calls = jobs.run();
  EXPECT_EQ(count_queued(calls), 10U);
  EXPECT_EQ(count(calls, "reset 0"), 2U);
  EXPECT_EQ(jobs.job().stats.end_ns - jobs.job().stats.begin_ns, 100U);
}

TEST(Rounds, RuntimeAlone_IsALimitToo) {
  JobSpec spec = psync("write");
  spec.runtime_ns = 25;
  WholeJobs jobs({spec}, kSeries, {0, 0});
  jobs.world.script.io_ns = 10;
  EXPECT_EQ(count_queued(jobs.run()), 3U);
}

TEST(Stop, RequestedBeforehand_NotEvenTheFileIsOpened) {
  WholeJobs jobs({psync("write")}, kSeries, {0});
  jobs.world.stop = true;
  EXPECT_THAT(jobs.run(), ElementsAre("close"));
}

TEST(Stop, RequestedInALockWait_IsSeenAtTheTopOfTheLoop) {
  WholeJobs jobs({job("write", 4)}, kSeries, {0, 0});
  jobs.world.the_runtime.meanwhile = [&](const std::string& lock) {
    jobs.world.stop |= lock == "0" && count_queued(jobs.world.calls) == 1;
  };
  const Calls calls = jobs.run();
  EXPECT_EQ(count_queued(calls), 2U) << "the I/O being prepared is issued all the same";
  EXPECT_EQ(jobs.world.the_runtime.owned(), 0U) << "and everything is reaped";
  EXPECT_EQ(jobs.job().error, 0);
}

TEST(Exitall, JobThatEnds_StopsTheOthers) {
  JobSpec first = psync("write");
  first.exitall = true;
  WholeJobs jobs({first, psync("write")}, kSeries, {0});
  jobs.run();
  EXPECT_EQ(jobs.job(0).stats.of(Direction::write).ios, 4U);
  EXPECT_EQ(jobs.job(1).stats.of(Direction::write).ios, 0U);
}

TEST(Startdelay, PassesBeforeTheJobsTimeBegins) {
  JobSpec spec = psync("write");
  spec.start_delay_ns = 500;
  spec.runtime_ns = 5;
  WholeJobs jobs({spec}, kSeries, {0});
  jobs.world.script.io_ns = 10;
  const Calls calls = jobs.run();
  EXPECT_EQ(calls.front(), "sleep 500");
  EXPECT_EQ(jobs.job().stats.begin_ns, 1500U);
  EXPECT_EQ(count_queued(calls), 1U);
}

TEST(Startdelay, JobThatIsStopped_DoesNotSleepToTheEnd) {
  JobSpec spec = psync("write");
  spec.start_delay_ns = 1'000'000'000;
  WholeJobs jobs({spec}, kSeries, {0});
  jobs.world.stop = true;
  EXPECT_THAT(jobs.run(), ElementsAre("close"));
  WholeJobs undisturbed({spec}, kSeries, {0});
  undisturbed.run();
  EXPECT_EQ(undisturbed.job().stats.begin_ns, 1'000'001'000U);
}

TEST(EndFsync, AfterAllIoWasReaped_OpensAFileThatWasClosed) {
  JobSpec spec = job("write", 2);
  spec.end_fsync = true;
  WholeJobs open_still({spec}, kSeries, {0});
  Calls calls = open_still.run();
  EXPECT_EQ(Calls(calls.end() - 6, calls.end()),
            (Calls{"reap 1", "unlock 0", "queue sync", "commit", "reap 1", "close"}));
  spec = psync("write");
  spec.end_fsync = true;
  WholeJobs closed({spec}, kSeries, {2});
  calls = closed.run();
  const auto sync = std::find(calls.begin(), calls.end(), "queue sync");
  ASSERT_NE(sync, calls.end());
  EXPECT_EQ(Calls(sync - 2, sync), (Calls{"lock 0", "unlock 0"})) << "EOF had closed it: a file_reset";
}

TEST(TwoJobs, ShareTheTableOfTheirFile) {
  WholeJobs jobs({psync("write"), psync("write")}, kSeries, {0, 0});
  EXPECT_EQ(jobs.workload.table_count(), 1U);
  const Calls calls = jobs.run();
  EXPECT_EQ(count(calls, "reset 0"), 1U) << "the second job finds the zones as the first one left them";
  EXPECT_EQ(count(calls, "reset 1"), 1U);
  JobSpec elsewhere = psync("write");
  elsewhere.filename = "other";
  EXPECT_EQ(WholeJobs({psync("write"), elsewhere}, kSeries, {0}).workload.table_count(), 2U);
}

TEST(TaskName, ClonesOfASection_AreNumbered) {
  JobSpec first = psync("write");
  JobSpec second = first;
  second.clone = 1;
  JobSpec third = first;
  third.section = 1;
  const std::vector<JobSpec> specs = {first, second, third};
  EXPECT_EQ(task_name(specs, 0), "job.0");
  EXPECT_EQ(task_name(specs, 1), "job.1");
  EXPECT_EQ(task_name(specs, 2), "job");
}

}  // namespace
}  // namespace zoneknot::core
