// queue_done and put: when a zone's lock is given back, and what moves the write pointer.

#include "core/workload/zone_callbacks.h"

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(QueueDone, QueuedWrite_MovesThePointerAndKeepsItsLockUntilItIsPut) {
  OneJob one(job("randwrite"), kSeries, {1});
  one.issue(Direction::write, at(0), 2);
  EXPECT_EQ(one.wp(0), at(0, 3)) << "before it is committed or completed";
  EXPECT_EQ(one.table.sectors_with_data.read(), 2 * kBlock);
  EXPECT_THAT(one.world.calls, ElementsAre("try 0", "queue write 0:1+2", "lock M", "unlock M", "commit"));
  EXPECT_EQ(one.owned(0), 1U);
  one.pipeline.reap(1);
  EXPECT_EQ(one.owned(0), 0U);
}

TEST(QueueDone, WriteThatReachesPastTheZone_MovesThePointerToItsEnd) {
  OneJob one(job("randwrite"), kSeries, {2});
  IoUnit* unit = one.prepare(Direction::write, at(0, 2));
  unit->request.length = 3 * kBlock;
  queue_done(one.context, *unit, QueueStatus::queued);
  EXPECT_EQ(one.wp(0), at(0, 4));
  EXPECT_EQ(one.table.sectors_with_data.read(), 2 * kBlock);
  one.pipeline.put(*unit);
}

TEST(QueueDone, CompletionByTheDevice_ReleasesNothing) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.ends_at_once = true;
  one.issue(Direction::write, at(0));
  one.issue(Direction::write, at(0));
  EXPECT_EQ(one.owned(0), 2U) << "one acquisition for each I/O that was not put";
  one.pipeline.reap(2);
  EXPECT_EQ(one.owned(0), 0U);
}

TEST(QueueDone, WriteCompletedInsideQueue_GivesItsLockBackAtOnce) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.answers = {{QueueStatus::completed}};
  one.issue(Direction::write, at(0));
  EXPECT_THAT(one.world.take_calls(), ElementsAre("try 0", "queue write 0:0+1", "unlock 0"));
  EXPECT_EQ(one.wp(0), at(0, 1));
  EXPECT_EQ(one.context.stats.of(Direction::write).ios, 1U);
}

TEST(QueueDone, BusyWrite_HasMovedThePointerAndHoldsNothing) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.answers = {{QueueStatus::busy}};
  EXPECT_TRUE(one.issue(Direction::write, at(0)));
  EXPECT_THAT(one.world.take_calls(), ElementsAre("try 0", "queue write 0:0+1", "unlock 0"));
  EXPECT_EQ(one.wp(0), at(0, 1));
  IoUnit* again = one.pipeline.take_requeued();
  ASSERT_NE(again, nullptr);
  one.pipeline.issue(*again);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("queue write 0:0+1", "commit")) << "neither locked nor adjusted";
  EXPECT_EQ(one.wp(0), at(0, 1)) << "queue_done is run once";
  one.pipeline.reap(1);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("reap 1")) << "nothing to unlock";
}

TEST(QueueDone, WriteThatFailsInsideQueue_GivesItsLockBackAndMovesNothing) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.answers = {{QueueStatus::completed, EIO}};
  one.issue(Direction::write, at(0));
  EXPECT_EQ(one.wp(0), at(0));
  EXPECT_EQ(one.table.sectors_with_data.read(), 0U);
  EXPECT_EQ(one.owned(0), 0U);
  EXPECT_EQ(one.context.error, EIO);
}

TEST(QueueDone, WriteThatFailsAtTheDevice_HasMovedThePointerAllTheSame) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.completions = {{EIO}};
  one.issue(Direction::write, at(0));
  EXPECT_EQ(one.pipeline.reap(1), -1);
  EXPECT_EQ(one.wp(0), at(0, 1));
  EXPECT_EQ(one.owned(0), 0U);
}

TEST(QueueDone, ShortWriteInsideQueue_IsIssuedAgainForTheRestWithoutALock) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.answers = {{QueueStatus::completed, 0, kBlock}, {QueueStatus::completed}};
  one.issue(Direction::write, at(0), 3);
  EXPECT_EQ(one.wp(0), at(0, 3)) << "moved by the full length";
  EXPECT_EQ(one.owned(0), 0U);
  EXPECT_EQ(one.world.the_observer.ios.back().step, IoStep::requeue);
  EXPECT_FALSE(one.world.the_observer.ios.back().holds_zone);
  one.world.calls.clear();
  one.pipeline.issue(*one.pipeline.take_requeued());
  EXPECT_THAT(one.world.calls, ElementsAre("queue write 0:1+2"));
  EXPECT_EQ(one.context.stats.of(Direction::write).ios, 1U);
  EXPECT_EQ(one.context.stats.of(Direction::write).bytes, 3 * kBlock);
}

TEST(QueueDone, RestOfAShortWriteThatIsQueued_CountsWithItsBeginning) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.answers = {{QueueStatus::completed, 0, kBlock}};
  one.issue(Direction::write, at(0), 3);
  one.pipeline.issue(*one.pipeline.take_requeued());
  one.pipeline.reap(1);
  EXPECT_EQ(one.context.stats.of(Direction::write).bytes, 3 * kBlock);
  EXPECT_EQ(one.pipeline.bytes_completed(), 3 * kBlock);
}

TEST(QueueDone, NothingTransferredWithoutAnError_IsEio) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.answers = {{QueueStatus::completed, 0, 0}};
  one.issue(Direction::write, at(0));
  EXPECT_EQ(one.context.error, EIO);
  EXPECT_EQ(one.pipeline.cur_depth(), 0U);
  EXPECT_EQ(one.pipeline.take_requeued(), nullptr);
}

TEST(QueueDone, ShortAsynchronousWrite_CountsFewerBytesAndNothingIsIssuedAgain) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.completions = {{0, kBlock}};
  one.issue(Direction::write, at(0), 3);
  EXPECT_EQ(one.pipeline.reap(1), 1);
  EXPECT_EQ(one.context.stats.of(Direction::write).bytes, kBlock);
  EXPECT_EQ(one.pipeline.take_requeued(), nullptr);
  EXPECT_EQ(one.owned(0), 0U);
}

TEST(QueueDone, PointerBeyondTheWriteAlready_AddsNothingToTheCount) {
  OneJob one(job("randwrite"), kSeries, {0});
  IoUnit* unit = one.prepare(Direction::write, at(0));
  one.table.zone(0).wp.write(at(0, 3));
  one.pipeline.issue(*unit);
  EXPECT_EQ(one.table.sectors_with_data.read(), 0U);
  EXPECT_EQ(one.wp(0), at(0, 1));
  one.pipeline.reap(1);
}

TEST(QueueDone, WriteToAConventionalZone_MovesNothing) {
  OneJob one(job("randwrite"), kSeries, {-1, 0});
  one.issue(Direction::write, at(0));
  EXPECT_THAT(one.world.calls, ElementsAre("queue write 0:0+1", "commit"));
  EXPECT_EQ(one.wp(0), at(1));
  one.pipeline.reap(1);
  EXPECT_THAT(one.world.the_observer.broken, IsEmpty());
}

TEST(QueueDone, Read_MovesNothing) {
  OneJob one(job("randread"), kSeries, {2});
  one.issue(Direction::read, at(0));
  EXPECT_EQ(one.wp(0), at(0, 2));
  EXPECT_EQ(one.table.sectors_with_data.read(), 0U);
  one.pipeline.reap(1);
}

class Trim : public testing::TestWithParam<QueueStatus> {};

TEST_P(Trim, OfAZoneWithData_AbortsTheProgram) {
  OneJob one(job("randtrim"), kSeries, {2});
  one.world.script.answers = {{GetParam()}};
  one.issue(Direction::trim, at(0));
  EXPECT_TRUE(one.context.aborted);
  EXPECT_EQ(one.world.the_observer.broken.size(), 1U);
  EXPECT_EQ(one.wp(0), at(0, 2));
}

TEST_P(Trim, OfAnEmptyZone_ChangesNothing) {
  OneJob one(job("randtrim"), kSeries, {0});
  one.world.script.answers = {{GetParam()}};
  one.issue(Direction::trim, at(0));
  EXPECT_THAT(one.world.the_observer.broken, IsEmpty());
  EXPECT_EQ(one.wp(0), at(0));
  EXPECT_THAT(one.open_list(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(InsideQueue, Trim, testing::Values(QueueStatus::completed, QueueStatus::busy));

TEST(QueueDone, TrimThatFails_DoesNotAbort) {
  OneJob one(job("randtrim"), kSeries, {2});
  one.world.script.answers = {{QueueStatus::completed, EIO}};
  one.issue(Direction::trim, at(0));
  EXPECT_FALSE(one.context.aborted);
  EXPECT_EQ(one.owned(0), 0U);
}

TEST(PutZone, AcceptedIoThatIsNeverQueued_GivesItsLockBack) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.pipeline.put(*one.prepare(Direction::write, at(0)));
  EXPECT_THAT(one.world.calls, ElementsAre("try 0", "unlock 0"));
  EXPECT_THAT(one.world.the_observer.broken, IsEmpty());
}

}  // namespace
}  // namespace zoneknot::core
