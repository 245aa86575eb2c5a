// quiesce with F5 on and off, cleanup_pending_aio with F4 on and off, and what is done after an assertion.

#include "core/workload/io_pipeline.h"
#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr FixSet kWithoutF5 = FixSet::series().without(Fix::quiesce_all);
constexpr FixSet kWithoutF4 = FixSet::series().without(Fix::cleanup_aio);

// Three writes to three zones are under way.
void issue_three(OneJob& one) {
  for (std::uint64_t zone = 0; zone < 3; ++zone) one.issue(Direction::write, at(zone));
  one.world.calls.clear();
}

TEST(Quiesce, ReapsOneByOneUntilNothingIsInFlight) {
  OneJob one(job("randwrite"), kSeries, {0, 0, 0});
  issue_three(one);
  EXPECT_EQ(one.pipeline.quiesce(), 3);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("reap 1", "unlock 0", "reap 1", "unlock 1", "reap 1", "unlock 2"));
  EXPECT_EQ(one.pipeline.quiesce(), 0);
}

TEST(Quiesce, CommitsWhatIsQueuedFirst) {
  JobSpec spec = job("randwrite");
  spec.batch = 4;
  OneJob one(spec, kSeries, {0, 0, 0});
  issue_three(one);
  EXPECT_EQ(one.pipeline.quiesce(), 3);
  EXPECT_EQ(one.world.calls.front(), "commit");
}

TEST(Quiesce, WithTheSwitch_GoesOnAfterAnError) {
  OneJob one(job("randwrite"), kSeries, {0, 0, 0});
  issue_three(one);
  one.world.script.completions = {{EIO}};
  EXPECT_EQ(one.pipeline.quiesce(), 2) << "those that ended well";
  EXPECT_EQ(one.world.the_runtime.owned(), 0U);
  EXPECT_EQ(one.context.error, EIO);
}

TEST(Quiesce, WithoutTheSwitch_StopsAtTheFirstError) {
  OneJob one(job("randwrite"), kWithoutF5, {0, 0, 0});
  issue_three(one);
  one.world.script.completions = {{EIO}};
  EXPECT_LT(one.pipeline.quiesce(), 0);
  EXPECT_EQ(one.world.the_runtime.owned(), 2U) << "its own zones stay locked";
  EXPECT_EQ(one.pipeline.cur_depth(), 2U);
  while (one.pipeline.cur_depth() > 0) one.pipeline.reap(1);
}

TEST(Quiesce, SaysHowManyWereReapedWhenAnyWas_ElseTheError) {
  for (const FixSet fixes : {kSeries, kWithoutF5}) {
    OneJob one(job("randwrite"), fixes, {0, 0, 0});
    issue_three(one);
    one.world.script.completions = {{0}, {EIO}, {EIO}};
    EXPECT_EQ(one.pipeline.quiesce(), 1);
    while (one.pipeline.cur_depth() > 0) one.pipeline.reap(1);
    one.issue(Direction::write, at(0));
    one.world.script.completions = {{EIO}};
    EXPECT_LT(one.pipeline.quiesce(), 0);
  }
}

TEST(Quiesce, EngineThatKeepsFailing_IsAskedForEver) {
  OneJob one(job("randwrite"), kSeries, {0});
  one.issue(Direction::write, at(0));
  one.world.script.reap_failures = {EIO, EIO, EIO};
  one.world.calls.clear();
  EXPECT_EQ(one.pipeline.quiesce(), 1);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("reap 1", "reap 1", "reap 1", "reap 1", "unlock 0"));
}

// in_flight has wrapped below 0 and no slot is taken: commit() does nothing then, and reap() does not wait.
TEST(Quiesce, AfterAReapThatSubmittedWithNoSlotTaken_NeverEnds) {
  JobSpec spec = job("randwrite");
  spec.batch = 2;
  OneJob one(spec, kSeries, {0});
  one.issue(Direction::write, at(0));
  one.pipeline.reap(1);
  EXPECT_THROW(one.pipeline.quiesce(), std::runtime_error);
}

TEST(CleanupPendingAio, WithTheSwitch_ReapsCancelsAndReaps) {
  OneJob one(job("randwrite"), kSeries, {0, 0, 0});
  issue_three(one);
  one.context.fail(EIO);
  one.world.script.cancels = {true, false, true};
  one.pipeline.cleanup_pending_aio();
  EXPECT_THAT(one.world.take_calls(), ElementsAre("reap 0", "cancel 0:0", "unlock 0", "cancel 1:0", "cancel 2:0",
                                                  "unlock 2", "reap 1", "unlock 1"));
  EXPECT_EQ(one.pipeline.cur_depth(), 0U);
}

TEST(CleanupPendingAio, WithTheSwitch_GoesOnThoughEveryReapFails) {
  OneJob one(job("randwrite"), kSeries, {0, 0, 0});
  issue_three(one);
  one.context.fail(EIO);
  one.world.script.reap_failures = {EINTR};
  one.world.script.completions = {{EIO}, {EIO}, {EIO}};
  one.pipeline.cleanup_pending_aio();
  EXPECT_EQ(one.world.the_runtime.owned(), 0U);
  EXPECT_EQ(one.world.calls.back(), "unlock 2");
}

TEST(CleanupPendingAio, WithTheSwitch_DoesNotReapAgainWhenEverythingWasCancelled) {
  OneJob one(job("randwrite"), kSeries, {0, 0, 0});
  issue_three(one);
  one.context.fail(EIO);
  one.world.script.cancels = {true, true, true};
  one.pipeline.cleanup_pending_aio();
  EXPECT_EQ(one.world.calls.back(), "unlock 2");
  EXPECT_EQ(one.pipeline.cur_depth(), 0U);
}

TEST(CleanupPendingAio, WithoutTheSwitch_DoesNothingForAJobWithAnError) {
  OneJob one(job("randwrite"), kWithoutF4, {0, 0, 0});
  issue_three(one);
  one.context.fail(EIO);
  one.pipeline.cleanup_pending_aio();
  EXPECT_THAT(one.world.calls, IsEmpty());
  EXPECT_EQ(one.world.the_runtime.owned(), 3U);
  while (one.pipeline.cur_depth() > 0) one.pipeline.reap(1);
}

TEST(CleanupPendingAio, WithoutTheSwitch_GivesUpIfTheFirstReapFails) {
  OneJob one(job("randwrite"), kWithoutF4, {0, 0, 0});
  issue_three(one);
  one.world.script.reap_failures = {EINTR};
  one.pipeline.cleanup_pending_aio();
  EXPECT_THAT(one.world.take_calls(), ElementsAre("reap 0"));
  one.context.error = 0;
  one.pipeline.cleanup_pending_aio();
  EXPECT_EQ(one.world.the_runtime.owned(), 0U) << "else it does the same as with it";
}

TEST(CleanupPendingAio, IoThatWasCancelledBeforeItsCommit_IsNeverSaidToBeInFlight) {
  JobSpec spec = job("randwrite");
  spec.batch = 4;
  OneJob one(spec, kSeries, {0, 0, 0});
  issue_three(one);
  one.context.fail(EIO);
  one.world.script.cancels = {true, false, false};
  one.pipeline.cleanup_pending_aio();
  for (const IoEvent& event : one.world.the_observer.ios) {
    EXPECT_FALSE(event.step == IoStep::commit && event.offset == at(0));
  }
}

TEST(ReleaseEverything, GivesEveryZoneBackWithoutTellingOfLeaks) {
  JobSpec spec = job("randwrite");
  spec.batch = 2;
  OneJob one(spec, kSeries, {0, 0, 0, 0});
  issue_three(one);
  one.prepare(Direction::write, at(3));
  one.pipeline.release_everything();
  EXPECT_EQ(one.world.the_runtime.owned(), 0U);
  EXPECT_THAT(one.world.the_observer.broken, IsEmpty());
}

}  // namespace
}  // namespace zoneknot::core
