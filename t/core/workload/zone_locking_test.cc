// Plain and careful locks, and the list of open zones.

#include "core/workload/zone_locking.h"

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Take, PlainLock_WaitsWithoutTryingOrReaping) {
  OneJob job(core::job("randwrite"), kSeries, {0, 0});
  job.issue(Direction::write, at(1));
  job.world.the_runtime.owned_by_others = {0};
  job.world.calls.clear();
  job.locking.take(job.table.zone(0), Take::plain).unlock();
  EXPECT_THAT(job.world.calls, ElementsAre("lock 0", "unlock 0"));
}

TEST(Take, CarefulLockThatIsFree_IsTakenByTrying) {
  OneJob job(core::job("randwrite"), kSeries, {0, 0});
  job.issue(Direction::write, at(1));
  job.world.calls.clear();
  job.locking.take(job.table.zone(0), Take::careful).unlock();
  EXPECT_THAT(job.world.calls, ElementsAre("try 0", "unlock 0")) << "nothing is reaped when the lock is free";
}

TEST(Take, CarefulLockThatIsTaken_ReapsAllOwnIoBeforeItWaits) {
  OneJob job(core::job("randwrite"), kSeries, {0, 0, 0});
  job.issue(Direction::write, at(1));
  job.issue(Direction::write, at(2));
  job.world.the_runtime.owned_by_others = {0};
  job.world.calls.clear();
  job.locking.take(job.table.zone(0), Take::careful).unlock();
  EXPECT_THAT(job.world.calls,
              ElementsAre("try 0 fails", "reap 1", "unlock 1", "reap 1", "unlock 2", "lock 0", "unlock 0"));
}

TEST(Take, CarefulLock_WaitsForItsLockEvenIfQuiesceFailed) {
  OneJob job(core::job("randwrite"), kSeries.without(Fix::quiesce_all), {0, 0, 0});
  job.issue(Direction::write, at(1));
  job.issue(Direction::write, at(2));
  job.world.script.completions = {{EIO}};
  job.world.the_runtime.owned_by_others = {0};
  job.world.calls.clear();
  job.locking.take(job.table.zone(0), Take::careful).unlock();
  EXPECT_THAT(job.world.calls, ElementsAre("try 0 fails", "reap 1", "unlock 1", "lock 0", "unlock 0"));
  EXPECT_EQ(job.context.error, EIO);
  job.pipeline.reap(1);
}

TEST(Take, CarefulLockOfASynchronousEngine_DoesNotQuiesce) {
  JobSpec spec = core::job("randwrite");
  spec.engine = EngineKind::psync;
  OneJob job(spec, kSeries, {0, 0});
  job.world.script.answers = {{QueueStatus::queued}};  // asynchronous is a property of the engine, not of the I/O
  job.issue(Direction::write, at(1));
  job.world.the_runtime.owned_by_others = {0};
  job.world.calls.clear();
  job.locking.take(job.table.zone(0), Take::careful).unlock();
  EXPECT_THAT(job.world.calls, ElementsAre("try 0 fails", "lock 0", "unlock 0"));
  job.pipeline.reap(1);
}

TEST(Take, LockOfAnOwnZone_CountsUpWithoutWaiting) {
  OneJob job(core::job("randwrite"), kSeries, {0, 0});
  job.issue(Direction::write, at(0));
  ZoneHold again = job.locking.take(job.table.zone(0), Take::careful);
  EXPECT_EQ(job.owned(0), 2U);
  again.unlock();
  EXPECT_EQ(job.owned(0), 1U);
  job.pipeline.reap(1);
  EXPECT_EQ(job.owned(0), 0U);
}

TEST(OpenZone, JobWithoutALimit_NeitherListsNorLooks) {
  OneJob job(core::job("randwrite"), kSeries, {0, 0});
  job.list_open({1});
  job.world.calls.clear();
  EXPECT_TRUE(job.locking.open_zone(job.table.zone(0)));
  EXPECT_THAT(job.open_list(), ElementsAre(1));
  EXPECT_FALSE(job.table.zone(0).open.read());
  EXPECT_THAT(job.world.calls, IsEmpty()) << "M is not taken";
}

TEST(OpenZone, JobWithALimit_ListsZonesInOrderUpToIt) {
  JobSpec spec = core::job("randwrite");
  spec.max_open_zones = 2;
  OneJob job(spec, kSeries, {0, 0, 0});
  job.world.calls.clear();
  EXPECT_TRUE(job.locking.open_zone(job.table.zone(2)));
  EXPECT_THAT(job.world.calls, ElementsAre("lock M", "unlock M"));
  EXPECT_TRUE(job.locking.open_zone(job.table.zone(0)));
  EXPECT_TRUE(job.locking.open_zone(job.table.zone(2))) << "listed already";
  EXPECT_FALSE(job.locking.open_zone(job.table.zone(1))) << "the limit is reached";
  EXPECT_THAT(job.open_list(), ElementsAre(2, 0));
  EXPECT_TRUE(job.table.zone(2).open.read());
  EXPECT_FALSE(job.table.zone(1).open.read());
  EXPECT_THAT(job.world.the_observer.broken, IsEmpty());
}

TEST(OpenZone, LimitIsTheSmallerOfTheTwoThatAreGiven) {
  JobSpec spec = core::job("randwrite");
  spec.max_open_zones = 3;
  spec.job_max_open_zones = 1;
  OneJob job(spec, kSeries, {0, 0, 0});
  EXPECT_TRUE(job.locking.open_zone(job.table.zone(0)));
  EXPECT_FALSE(job.locking.open_zone(job.table.zone(1)));
}

TEST(OpenZone, MoreZonesOpenThanTheJobsOwnLimit_AbortsTheProgram) {
  JobSpec spec = core::job("randwrite");
  spec.max_open_zones = 1;
  OneJob job(spec, kSeries, {0, 0, 0});
  job.list_open({1, 2});
  EXPECT_FALSE(job.locking.open_zone(job.table.zone(1)));
  EXPECT_TRUE(job.context.aborted);
  EXPECT_EQ(job.world.the_observer.broken.size(), 1U);
  EXPECT_EQ(job.world.the_runtime.owned(), 0U) << "M was given back";
}

TEST(OpenZone, OfflineZone_IsNeverOpened) {
  OneJob job(core::job("randwrite"), kSeries, {-2, 0});
  EXPECT_FALSE(job.locking.open_zone(job.table.zone(0)));
}

TEST(OpenZone, FullZone_IsOpenedUnlessTheJobVerifies) {
  JobSpec spec = core::job("randwrite");
  OneJob plain_job(spec, kSeries, {4});
  EXPECT_TRUE(plain_job.locking.open_zone(plain_job.table.zone(0)));
  spec.verify = VerifyKind::crc32c;
  OneJob verifying_job(spec, kSeries, {4, 3});
  EXPECT_FALSE(verifying_job.locking.open_zone(verifying_job.table.zone(0)));
  EXPECT_TRUE(verifying_job.locking.open_zone(verifying_job.table.zone(1)));
}

TEST(OpenZone, RoomIsJudgedByTheBlockOfWrites) {
  JobSpec spec = core::job("randread");
  spec.verify = VerifyKind::crc32c;
  spec.min_bs = {kBlock, 2 * kBlock, kBlock};
  OneJob job(spec, kSeries, {3});
  EXPECT_FALSE(job.locking.open_zone(job.table.zone(0))) << "one block is left, a write needs two";
}

TEST(OpenZone, DoesNotLookAtTheType) {
  JobSpec spec = core::job("randwrite");
  spec.max_open_zones = 1;
  OneJob job(spec, kSeries, {-1, 0});
  EXPECT_TRUE(job.locking.open_zone(job.table.zone(0)));
  EXPECT_THAT(job.open_list(), ElementsAre(0));
}

}  // namespace
}  // namespace zoneknot::core
