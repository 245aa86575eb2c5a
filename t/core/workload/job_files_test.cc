// Jobs of several files: whose turn it is, what each file's part is, and when it is done with.

#include "core/workload/job.h"
#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;

// Two files, each on a device like the other.
JobSpec on_two_files(const std::string& rw, std::uint32_t iodepth = 1) {
  JobSpec spec = job(rw, iodepth);
  if (iodepth == 1) spec.engine = EngineKind::psync;
  spec.further_files = {"disk2"};
  return spec;
}

Calls queued_by(const JobSpec& spec, const std::vector<int>& device, FixSet fixes = kSeries) {
  WholeJobs jobs({spec}, fixes, device);
  return WholeJobs::only(jobs.run(), {"queue"});
}

TEST(Files, TakeTurns) {
  JobSpec spec = on_two_files("write");
  spec.number_ios = 5;
  EXPECT_THAT(queued_by(spec, {0}), ElementsAre("queue write 0:0+1", "queue write 0:0+1 of file 2", "queue write 0:1+1",
                                                "queue write 0:1+1 of file 2", "queue write 0:2+1"));
}

TEST(Files, FileServiceIos_AreHowManyATurnHas) {
  JobSpec spec = on_two_files("write");
  spec.number_ios = 5;
  spec.file_service_ios = 3;
  EXPECT_THAT(queued_by(spec, {0}), ElementsAre("queue write 0:0+1", "queue write 0:1+1", "queue write 0:2+1",
                                                "queue write 0:0+1 of file 2", "queue write 0:1+1 of file 2"));
}

TEST(Files, InSequence_OneIsDoneBeforeTheNextBegins) {
  JobSpec spec = on_two_files("write");
  spec.file_service = FileService::sequential;
  EXPECT_THAT(queued_by(spec, {0}),
              ElementsAre("queue write 0:0+1", "queue write 0:1+1", "queue write 0:2+1", "queue write 0:3+1",
                          "queue write 0:0+1 of file 2", "queue write 0:1+1 of file 2", "queue write 0:2+1 of file 2",
                          "queue write 0:3+1 of file 2"));
}

TEST(Files, OnlyOneOpenAtATime_TheOtherWaitsUntilThatIsDone) {
  JobSpec spec = on_two_files("write");
  spec.open_files = 1;
  const Calls calls = queued_by(spec, {0});
  ASSERT_EQ(calls.size(), 8U);
  EXPECT_EQ(calls[3], "queue write 0:3+1");
  EXPECT_EQ(calls[4], "queue write 0:0+1 of file 2");
}

TEST(Files, AtRandom_AreDrawnAmongThoseThatAreLeft) {
  JobSpec spec = on_two_files("write");
  spec.file_service = FileService::random;
  WholeJobs jobs({spec}, kSeries, {0});
  jobs.world.draws = {1, 1, 0, 1, 1, 1};  // the last one finds nothing in file 2
  EXPECT_THAT(WholeJobs::only(jobs.run(), {"queue"}),
              ElementsAre("queue write 0:0+1 of file 2", "queue write 0:1+1 of file 2", "queue write 0:0+1",
                          "queue write 0:2+1 of file 2", "queue write 0:3+1 of file 2", "queue write 0:1+1",
                          "queue write 0:2+1", "queue write 0:3+1"));
}

TEST(Files, Size_IsDividedOverThem) {
  JobSpec spec = on_two_files("write");
  spec.size = 2 * kZone;
  const Calls calls = queued_by(spec, {0, 0, 0});
  EXPECT_EQ(calls.size(), 8U);
  EXPECT_EQ(calls.back(), "queue write 0:3+1 of file 2");
}

TEST(Files, WhatIsLeftBelowAZoneInEach_IsNobodys) {
  JobSpec spec = on_two_files("write");
  spec.size = 3 * kZone;
  EXPECT_EQ(queued_by(spec, {0, 0, 0}).size(), 8U);
}

TEST(Files, TheOneWithoutAPlace_IsDoneAndTheOtherGoesOn) {
  JobSpec spec = on_two_files("write");
  spec.max_open_zones = 1;
  spec.job_max_open_zones = 1;  // of all files together
  EXPECT_THAT(queued_by(spec, {0}, FixSet::standard()),
              ElementsAre("queue write 0:0+1", "queue write 0:1+1", "queue write 0:2+1", "queue write 0:3+1"));
}

TEST(Files, NextRound_BeginsInAllOfThem) {
  JobSpec spec = on_two_files("write");
  spec.loops = 2;
  EXPECT_EQ(queued_by(spec, {0}).size(), 16U);
}

TEST(Files, TimeBasedJob_DoesNotStartOneAnewBeforeTheOthersAreDone) {
  JobSpec spec = on_two_files("write");
  spec.file_service_ios = 6;
  spec.time_based = true;
  spec.runtime_ns = 20;
  WholeJobs jobs({spec}, kSeries, {0});
  jobs.world.script.io_ns = 2;
  const Calls calls = WholeJobs::only(jobs.run(), {"queue"});
  ASSERT_GE(calls.size(), 9U);
  EXPECT_EQ(calls[4], "queue write 0:0+1 of file 2");
  EXPECT_EQ(calls[8], "queue write 0:0+1");
}

TEST(Files, WritesAreReadBackFileByFile) {
  JobSpec spec = on_two_files("write");
  spec.number_ios = 4;
  spec.verify = VerifyKind::crc32c;
  EXPECT_THAT(queued_by(spec, {0}), ElementsAre("queue write 0:0+1", "queue write 0:0+1 of file 2", "queue write 0:1+1",
                                                "queue write 0:1+1 of file 2", "queue read 0:0+1", "queue read 0:1+1",
                                                "queue read 0:0+1 of file 2", "queue read 0:1+1 of file 2"));
}

TEST(Files, SyncTakesATurn_AndTheLastOneIsOfEachFile) {
  JobSpec spec = on_two_files("write");
  spec.number_ios = 3;
  spec.fsync = 2;
  spec.end_fsync = true;
  EXPECT_THAT(queued_by(spec, {0}), ElementsAre("queue write 0:0+1", "queue write 0:0+1 of file 2", "queue sync",
                                                "queue write 0:1+1 of file 2", "queue sync", "queue sync of file 2"));
}

TEST(Files, WhatIsReapedWhileAnotherFileIsAtHand_GivesBackItsOwnZone) {
  JobSpec spec = on_two_files("write", 2);
  WholeJobs jobs({spec}, kSeries, {0});
  jobs.run();
  EXPECT_EQ(jobs.world.the_runtime.owned(), 0U);
  EXPECT_THAT(jobs.world.the_observer.broken, testing::IsEmpty());
  EXPECT_EQ(jobs.job().stats.of(Direction::write).ios, 8U);
}

}  // namespace
}  // namespace zoneknot::core
