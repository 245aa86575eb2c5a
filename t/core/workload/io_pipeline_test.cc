// Slots, queue, commit and reap, and the counters that go with them.

#include "core/workload/io_pipeline.h"

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(IoUnit, States_FollowEachOtherAsTheLifeOfAnIoSays) {
  using enum UnitState;
  const std::vector<UnitState> states = {UnitState::free, taken, queued, requeued};
  const std::vector<std::pair<UnitState, UnitState>> legal = {
      {UnitState::free, taken},  {taken, queued},   {taken, requeued}, {taken, UnitState::free},
      {queued, UnitState::free}, {requeued, taken}, {queued, requeued}};
  for (const UnitState from : states) {
    for (const UnitState to : states) {
      const bool listed = std::find(legal.begin(), legal.end(), std::pair(from, to)) != legal.end();
      EXPECT_EQ(may_become(from, to), listed) << static_cast<int>(from) << " to " << static_cast<int>(to);
    }
  }
}

TEST(IoPipeline, Slots_AreGivenOutUntilNoneIsFree) {
  OneJob one(job("randwrite", 2), kSeries, {0});
  IoUnit* first = one.pipeline.take();
  IoUnit* second = one.pipeline.take();
  EXPECT_NE(first, second);
  EXPECT_EQ(one.pipeline.cur_depth(), 2U);
  EXPECT_TRUE(one.pipeline.no_slot_free());
  EXPECT_EQ(one.pipeline.take(), nullptr);
  one.pipeline.put(*first);
  EXPECT_EQ(one.pipeline.cur_depth(), 1U);
  EXPECT_EQ(one.pipeline.take(), first);
}

// What a search would take for its state, without the counts of work done.
std::vector<std::uint64_t> state_of(const IoPipeline& pipeline) {
  class Values final : public StateSink {
   public:
    void add(std::uint64_t value) override { all.push_back(value); }
    void count(std::uint64_t) override {}
    std::vector<std::uint64_t> all;
  } values;
  pipeline.describe(values);
  return values.all;
}

// A WRITE that was drawn is moved to its zone's write pointer; one that was moved stays where it is.
TEST(IoPipeline, PlaceWithinAZone_IsPartOfTheStateOnceAWriteWasAdjusted) {
  JobSpec spec = job("randwrite");
  spec.random_map = false;
  const auto state_with_write = [&spec](std::uint64_t offset, bool placed) {
    OneJob one(spec, kSeries, {0, 0});
    IoUnit* unit = one.pipeline.take();
    unit->request.direction = Direction::write;
    unit->request.offset = offset;
    unit->placed = placed;
    return state_of(one.pipeline);
  };
  EXPECT_EQ(state_with_write(at(0, 1), false), state_with_write(at(0, 2), false));
  EXPECT_NE(state_with_write(at(0, 1), false), state_with_write(at(1, 1), false));
  EXPECT_NE(state_with_write(at(0, 1), true), state_with_write(at(0, 2), true));
}

TEST(IoPipeline, SlotThatIsUsedAgain_LooksLikeANewOne) {
  OneJob one(job("randwrite"), kSeries, {0, 0});
  one.pipeline.take();
  const std::vector<std::uint64_t> fresh = state_of(one.pipeline);
  OneJob again(job("randwrite"), kSeries, {0, 0});
  again.issue(Direction::write, at(0));
  again.world.script.completions = {{.error = EIO, .transferred = kBlock}};
  again.pipeline.reap(1);
  again.issue(Direction::write, at(1));
  again.pipeline.reap(1);
  again.pipeline.take()->request.direction = Direction::read;
  EXPECT_EQ(state_of(again.pipeline), fresh);
}

TEST(IoPipeline, Commit_ComesWithEveryBatch) {
  JobSpec spec = job("randwrite");
  spec.batch = 2;
  OneJob one(spec, kSeries, {0, 0, 0});
  one.issue(Direction::write, at(0));
  EXPECT_THAT(WholeJobs::only(one.world.take_calls(), {"commit"}), IsEmpty());
  one.issue(Direction::write, at(1));
  EXPECT_THAT(WholeJobs::only(one.world.take_calls(), {"commit"}), ElementsAre("commit"));
  one.issue(Direction::write, at(2));
  EXPECT_EQ(one.pipeline.ios_under_way(), 3U);
  EXPECT_THAT(WholeJobs::only(one.world.take_calls(), {"commit"}), IsEmpty());
}

TEST(IoPipeline, Busy_CommitsWhatIsQueued) {
  JobSpec spec = job("randwrite");
  spec.batch = 4;
  OneJob one(spec, kSeries, {0, 0});
  one.issue(Direction::write, at(0));
  one.world.script.answers = {{QueueStatus::busy}};
  one.world.calls.clear();
  EXPECT_TRUE(one.issue(Direction::write, at(1)));
  EXPECT_THAT(one.world.take_calls(), ElementsAre("try 1", "queue write 1:0+1", "unlock 1", "commit"));
  EXPECT_EQ(one.pipeline.cur_depth(), 1U) << "a unit on the requeue list does not count";
  EXPECT_FALSE(one.pipeline.take_requeued() == nullptr);
}

TEST(IoPipeline, BusyWithNothingQueued_CommitsNothing) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.answers = {{QueueStatus::busy}};
  one.issue(Direction::write, at(0));
  EXPECT_THAT(WholeJobs::only(one.world.take_calls(), {"commit"}), IsEmpty());
}

// The refused unit is on the requeue list by then, and no other is taken: commit() has nothing to do, whatever queued
// is.
TEST(IoPipeline, BusyUnit_IsPutOnTheRequeueListBeforeTheCommit) {
  JobSpec spec = job("randwrite");
  spec.batch = 2;
  OneJob one(spec, kSeries, {0, 0});
  one.issue(Direction::write, at(0));
  one.pipeline.reap(1);  // submitted by the reap: one still counts as queued
  one.world.script.answers = {{QueueStatus::busy}};
  one.world.calls.clear();
  one.issue(Direction::write, at(1));
  EXPECT_THAT(WholeJobs::only(one.world.take_calls(), {"commit"}), IsEmpty());
}

TEST(IoPipeline, UnputIos_AreThoseThatOwnTheZone) {
  OneJob one(job("randwrite"), kSeries, {0, 0});
  one.issue(Direction::write, at(0));
  one.issue(Direction::write, at(0));
  EXPECT_EQ(one.pipeline.unput_ios(one.table.zone(0)), 2U);
  EXPECT_EQ(one.pipeline.unput_ios(one.table.zone(1)), 0U);
  one.pipeline.reap(1);
  EXPECT_EQ(one.pipeline.unput_ios(one.table.zone(0)), 1U);
  one.pipeline.reap(1);
}

TEST(IoPipeline, RequeueList_IsServedOldestFirst) {
  OneJob one(job("randwrite"), kSeries, {0, 0});
  one.world.script.answers = {{QueueStatus::busy}, {QueueStatus::busy}};
  one.issue(Direction::write, at(0));
  one.issue(Direction::write, at(1));
  EXPECT_EQ(one.pipeline.take_requeued()->request.offset, at(0));
  EXPECT_EQ(one.pipeline.take_requeued()->request.offset, at(1));
  EXPECT_EQ(one.pipeline.take_requeued(), nullptr);
}

TEST(IoPipeline, CommitThatFails_IsAnErrorOfTheJobAndCountsMoveAllTheSame) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.commit_errors = {EAGAIN};
  one.issue(Direction::write, at(0));
  EXPECT_EQ(one.context.error, EAGAIN);
  EXPECT_EQ(one.pipeline.ios_under_way(), 1U);
  one.world.calls.clear();
  EXPECT_EQ(one.pipeline.quiesce(), 1);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("reap 1", "unlock 0")) << "nothing is queued any more";
}

TEST(Reap, MinAndMax_FollowTheDepthAndTheOptions) {
  struct Case {
    std::uint32_t min, complete_max, depth;
    std::uint32_t taken;
  };
  for (const Case& c : {Case{1, 1, 3, 1}, Case{3, 1, 3, 3}, Case{9, 1, 2, 2}, Case{1, 3, 4, 3}, Case{1, 9, 2, 2},
                        Case{0, 1, 3, 1}, Case{0, 4, 3, 3}, Case{0, 0, 3, 0}, Case{2, 0, 3, 2}}) {
    JobSpec spec = job("randwrite");
    spec.complete_max = c.complete_max;
    OneJob one(spec, kSeries, {0, 0, 0, 0});
    one.world.script.ends_at_once = true;
    for (std::uint32_t i = 0; i < c.depth; ++i) one.issue(Direction::write, at(i));
    EXPECT_EQ(one.pipeline.reap(c.min), static_cast<int>(c.taken)) << c.min << " " << c.complete_max << " " << c.depth;
    EXPECT_EQ(one.pipeline.cur_depth(), c.depth - c.taken);
    while (one.pipeline.cur_depth() > 0) one.pipeline.reap(1);
  }
}

TEST(Reap, NothingUnderWay_DoesNotAskTheEngine) {
  OneJob one(job("randwrite"), kSeries, {0});
  EXPECT_EQ(one.pipeline.reap(1), 0);
  EXPECT_THAT(one.world.calls, IsEmpty());
}

TEST(Reap, ErrorsEndTheJobButTheWholeBatchIsPut) {
  OneJob one(job("randwrite"), kSeries, {0, 0, 0});
  for (std::uint64_t zone = 0; zone < 3; ++zone) one.issue(Direction::write, at(zone));
  one.world.script.completions = {{0}, {ENOSPC}, {0}};
  EXPECT_EQ(one.pipeline.reap(3), -1);
  EXPECT_EQ(one.world.the_runtime.owned(), 0U);
  EXPECT_EQ(one.pipeline.cur_depth(), 0U);
  EXPECT_EQ(one.context.error, ENOSPC);
  EXPECT_EQ(one.context.stats.of(Direction::write).ios, 2U);
  EXPECT_EQ(one.context.stats.of(Direction::write).errors, 1U);
}

TEST(Reap, EngineThatFails_TakesNothing) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.issue(Direction::write, at(0));
  one.world.script.reap_failures = {EINTR};
  EXPECT_LT(one.pipeline.reap(1), 0);
  EXPECT_EQ(one.context.error, EINTR);
  EXPECT_EQ(one.owned(0), 1U);
  EXPECT_EQ(one.pipeline.ios_under_way(), 1U);
  one.pipeline.reap(1);
}

TEST(Reap, OrderOfCompletion_IsTheEngines) {
  OneJob one(job("randwrite"), kSeries, {0, 0});
  one.issue(Direction::write, at(0));
  one.issue(Direction::write, at(1));
  one.world.script.last_first = true;
  one.world.calls.clear();
  one.pipeline.reap(1);
  one.pipeline.reap(1);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("reap 1", "unlock 1", "reap 1", "unlock 0"));
}

// A reap that waits submits what is queued, without moving the historic counters.
TEST(Reap, OfUncommittedIo_LeavesTheCountersWrappedUntilTheNextCommit) {
  JobSpec spec = job("randwrite");
  spec.batch = 2;
  OneJob one(spec, kSeries, {0, 0});
  one.issue(Direction::write, at(0));
  one.world.calls.clear();
  EXPECT_EQ(one.pipeline.reap(1), 1);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("reap 1", "unlock 0")) << "commit() is the engine's own affair";
  EXPECT_EQ(one.pipeline.ios_under_way(), 0U) << "1 queued, -1 in flight";
  one.issue(Direction::write, at(1));
  EXPECT_THAT(one.world.take_calls(), ElementsAre("try 1", "queue write 1:0+1", "commit"))
      << "the first one still counts as queued";
  EXPECT_EQ(one.pipeline.ios_under_way(), 1U);
  EXPECT_EQ(one.pipeline.quiesce(), 1);
}

TEST(Reap, ErrorThatIsTolerated_IsCountedAndDoesNotFail) {
  JobSpec spec = job("randrw");
  spec.continue_on_error.write = true;
  OneJob one(spec, kSeries, {0, 2});
  one.issue(Direction::write, at(0));
  one.world.script.completions = {{EIO}, {ENOSPC}, {EIO}};
  EXPECT_EQ(one.pipeline.reap(1), 1);
  EXPECT_EQ(one.context.error, 0);
  EXPECT_EQ(one.context.stats.of(Direction::write).errors, 1U);
  one.issue(Direction::write, at(0));
  EXPECT_EQ(one.pipeline.reap(1), -1) << "only EIO and EILSEQ are ever tolerated";
  one.issue(Direction::read, at(1));
  EXPECT_EQ(one.pipeline.reap(1), -1) << "a read is of another kind";
}

TEST(IoPipeline, Tolerance_IsByKind) {
  JobSpec spec = job("randrw");
  spec.continue_on_error.write = true;
  OneJob writes(spec, kSeries, {0});
  EXPECT_TRUE(writes.pipeline.tolerates(Direction::write, EIO));
  EXPECT_TRUE(writes.pipeline.tolerates(Direction::trim, EIO));
  EXPECT_TRUE(writes.pipeline.tolerates(Direction::sync, EIO));
  EXPECT_FALSE(writes.pipeline.tolerates(Direction::read, EIO));
  EXPECT_FALSE(writes.pipeline.tolerates(Direction::write, EILSEQ));
  EXPECT_FALSE(writes.pipeline.tolerates(Direction::write, ENOSPC));
  EXPECT_FALSE(writes.pipeline.tolerates(Direction::write, 0));
  spec.continue_on_error = {.read = true, .write = false, .verify = true};
  OneJob reads(spec, kSeries, {0});
  EXPECT_TRUE(reads.pipeline.tolerates(Direction::read, EIO));
  EXPECT_TRUE(reads.pipeline.tolerates(Direction::read, EILSEQ));
  EXPECT_FALSE(reads.pipeline.tolerates(Direction::write, EIO));
}

TEST(IoPipeline, SyncHoldsNoZoneAndCountsNoBytes) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.issue(Direction::sync, 0, 0);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("queue sync", "commit"));
  one.pipeline.reap(1);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("reap 1"));
  EXPECT_EQ(one.context.stats.of(Direction::sync).ios, 1U);
  EXPECT_EQ(one.pipeline.ios_completed(), 0U);
  EXPECT_EQ(one.pipeline.bytes_issued(), 0U);
}

TEST(IoPipeline, BytesIssued_CountAnIoOnceHoweverOftenItIsQueued) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.answers = {{QueueStatus::busy}, {QueueStatus::completed, 0, kBlock}};
  one.issue(Direction::write, at(0), 3);
  EXPECT_EQ(one.pipeline.bytes_issued(), 0U);
  one.pipeline.issue(*one.pipeline.take_requeued());
  EXPECT_EQ(one.pipeline.bytes_issued(), 3 * kBlock);
  EXPECT_EQ(one.pipeline.bytes_queued(), 0U);
  one.pipeline.issue(*one.pipeline.take_requeued());
  EXPECT_EQ(one.pipeline.bytes_issued(), 3 * kBlock);
  EXPECT_EQ(one.pipeline.bytes_queued(), 2 * kBlock) << "the rest was accepted";
  one.pipeline.reap(1);
}

TEST(IoPipeline, Latency_IsFromTheFirstQueueToTheReap) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.world.script.answers = {{QueueStatus::busy}};
  one.world.script.io_ns = 10;
  one.issue(Direction::write, at(0));
  one.world.the_clock.now += 100;
  one.pipeline.issue(*one.pipeline.take_requeued());
  one.world.the_clock.now += 1000;
  one.pipeline.reap(1);
  const LatencyHistogram& latency = one.context.stats.of(Direction::write).latency;
  EXPECT_EQ(latency.count(), 1U);
  EXPECT_EQ(latency.max_ns(), 1010U) << "a refused attempt does not count as issued";
}

// A read of the device may still arrive in a buffer of a job that died.
TEST(IoPipeline, EngineIsClosedBeforeUnitsAndBuffersGo) {
  OneJob one(job("randwrite"), kSeries, {0});
  auto pipeline = std::make_unique<IoPipeline>(one.context, one.world.open_engine(one.spec), one.verifier, one.depths);
  pipeline->take()->hold = one.locking.take(one.table.zone(0), Take::plain);
  one.world.calls.clear();
  pipeline.reset();
  EXPECT_THAT(one.world.calls, ElementsAre("close", "drop"));
}

}  // namespace
}  // namespace zoneknot::core
