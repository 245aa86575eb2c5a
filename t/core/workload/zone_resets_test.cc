// file_reset and its parts, with the switches F1 and F2 on and off; reset_zone; the countdown.

#include "core/workload/zone_resets.h"

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr FixSet kNoneButF2 = FixSet::none().with(Fix::reset_one_zone);
constexpr FixSet kNoneButF1 = FixSet::none().with(Fix::swd_skip);

JobSpec verified_writer() {
  JobSpec spec = job("randwrite");
  spec.verify = VerifyKind::crc32c;
  return spec;
}

Calls file_reset(OneJob& one) {
  one.world.calls.clear();
  one.resets.file_reset();
  EXPECT_EQ(one.world.the_runtime.owned(), 0U);
  return one.world.take_calls();
}

TEST(ProcessSwd, TakesAllLocksOfTheRangeAscendingAndKeepsThemAll) {
  JobSpec spec = job("randread");
  spec.offset = at(1);
  OneJob one(spec, kNoneButF2, {4, -1, 2, 1});
  EXPECT_THAT(file_reset(one), ElementsAre("lock 1", "lock 2", "lock 3", "unlock 1", "unlock 2", "unlock 3",  // swd
                                           "lock 1", "unlock 1", "lock 2", "unlock 2", "lock 3", "unlock 3"));
  EXPECT_EQ(one.table.sectors_with_data.read(), kZone + 3 * kBlock) << "a conventional zone counts as written";
}

TEST(ProcessSwd, TakesMWhileItOwnsAllZones) {
  OneJob one(job("randread"), kNoneButF2, {0, 0});
  one.world.calls.clear();
  one.resets.file_reset();
  const Calls begin(one.world.calls.begin(), one.world.calls.begin() + 6);
  EXPECT_THAT(begin, ElementsAre("lock 0", "lock 1", "lock M", "unlock M", "unlock 0", "unlock 1"));
}

TEST(ProcessSwd, OverwritesTheCountWithThatOfTheJobsOwnRange) {
  JobSpec spec = job("randread");
  spec.size = kZone;
  OneJob one(spec, kNoneButF2, {1, 4});
  one.table.sectors_with_data.write(12345);
  file_reset(one);
  EXPECT_EQ(one.table.sectors_with_data.read(), kBlock);
}

TEST(FileReset, ZoneThatLiesPartlyInTheRange_BelongsToIt) {
  OneJob one(job("randread"), kSeries, {1, 2, 3});
  one.context.range() = {0, kZone + 2 * kBlock};
  EXPECT_THAT(file_reset(one), ElementsAre("lock 0", "unlock 0", "lock 1", "unlock 1"));
}

TEST(ProcessSwd, WithTheSwitch_IsNotRun) {
  OneJob one(job("randread"), kSeries, {1, 2});
  one.table.sectors_with_data.write(12345);
  EXPECT_THAT(file_reset(one), ElementsAre("lock 0", "unlock 0", "lock 1", "unlock 1"));
  EXPECT_EQ(one.table.sectors_with_data.read(), 12345U);
}

TEST(ResetZones, WithTheSwitch_OneZoneIsLockedAtATime) {
  OneJob one(verified_writer(), kSeries, {2, 0, -1, 4});
  EXPECT_THAT(file_reset(one), ElementsAre("lock 0", "reset 0", "lock 0", "unlock 0", "unlock 0", "lock 1", "unlock 1",
                                           "lock 2", "unlock 2", "lock 3", "reset 3", "lock 3", "unlock 3", "unlock 3"))
      << "conventional zones are locked, too, and never reset";
  EXPECT_EQ(one.wp(0), at(0));
  EXPECT_EQ(one.wp(3), at(3));
  EXPECT_EQ(one.context.stats.zone_resets, 2U);
}

TEST(ResetZones, WithoutTheSwitch_RunsAreResetOnceTheZoneBehindThemIsLocked) {
  OneJob one(verified_writer(), kNoneButF1, {1, 2, 0, 3, -1, 4});
  EXPECT_THAT(file_reset(one), ElementsAre("lock 0", "lock 1", "lock 2",  // ends the run
                                           "reset 0", "lock 0", "unlock 0", "reset 1", "lock 1", "unlock 1",  //
                                           "lock 3", "lock 4", "reset 3", "lock 3", "unlock 3",               //
                                           "lock 5", "reset 5", "lock 5", "unlock 5",  // before the releases
                                           "unlock 0", "unlock 1", "unlock 2", "unlock 3", "unlock 4", "unlock 5"));
}

TEST(ResetZones, EveryLockIsPlain) {
  for (const FixSet fixes : {FixSet::none(), kSeries}) {
    OneJob one(verified_writer(), fixes, {1, 1, 0});
    one.issue(Direction::write, at(2));
    one.world.the_runtime.owned_by_others = {0, 1};
    one.world.calls.clear();
    one.resets.file_reset();
    for (const std::string& call : one.world.calls) {
      EXPECT_FALSE(call.starts_with("try") || call.starts_with("reap")) << call;
    }
    EXPECT_TRUE(one.world.the_runtime.owned_by_others.empty()) << "they were waited for";
    one.pipeline.reap(1);
  }
}

TEST(ResetZones, JobThatVerifies_ResetsEverythingThatIsWritten) {
  OneJob one(verified_writer(), kSeries, {1, 0, 4});
  file_reset(one);
  EXPECT_EQ(one.context.stats.zone_resets, 2U);
}

TEST(ResetZones, InTheVerifyPhase_NothingThatIsWrittenInWholeBlocksIsReset) {
  OneJob one(verified_writer(), kSeries, {1, 0, 4});
  one.context.verifying = true;
  EXPECT_THAT(file_reset(one), ElementsAre("lock 0", "unlock 0", "lock 1", "unlock 1", "lock 2", "unlock 2"));
}

TEST(ResetZones, VerifyingReader_ResetsNothing) {
  JobSpec spec = job("randread");
  spec.verify = VerifyKind::crc32c;
  OneJob one(spec, kSeries, {1, 3});
  file_reset(one);
  EXPECT_EQ(one.context.stats.zone_resets, 0U);
}

TEST(ResetZones, Writer_ResetsZonesWhosePointerIsNoMultipleOfItsBlock) {
  JobSpec spec = job("randwrite");
  spec.min_bs = {kBlock, 2 * kBlock, kBlock};
  OneJob one(spec, kSeries, {1, 2, 3, 4});
  file_reset(one);
  EXPECT_EQ(one.wp(0), at(0));
  EXPECT_EQ(one.wp(1), at(1, 2));
  EXPECT_EQ(one.wp(2), at(2));
  EXPECT_EQ(one.context.stats.zone_resets, 2U);
  JobSpec reader = job("randread");
  reader.min_bs = {2 * kBlock, 2 * kBlock, kBlock};
  OneJob other(reader, kSeries, {1, 3});
  file_reset(other);
  EXPECT_EQ(other.context.stats.zone_resets, 0U);
}

TEST(ResetZones, ResetThatFails_IsAnErrorOfTheJobButTheOthersGoOn) {
  for (const FixSet fixes : {kNoneButF1, kSeries}) {
    OneJob one(verified_writer(), fixes, {1, 0, 1});
    one.world.the_device.resets_that_fail = {0};
    file_reset(one);
    EXPECT_EQ(one.context.error, EIO);
    EXPECT_EQ(one.wp(0), at(0, 1));
    EXPECT_EQ(one.wp(2), at(2));
  }
}

TEST(ResetZones, OwnOutstandingIo_DoesNotKeepAZoneFromBeingReset) {
  OneJob one(verified_writer(), kSeries, {0});
  one.issue(Direction::write, at(0));
  one.resets.file_reset();
  EXPECT_EQ(one.wp(0), at(0));
  EXPECT_EQ(one.owned(0), 1U) << "the hold of the write under way";
  one.pipeline.reap(1);
}

TEST(ResetZone, TakesItsZoneAgainAndMInside) {
  OneJob one(job("randwrite"), kSeries, {3});
  ZoneHold hold = one.locking.take(one.table.zone(0), Take::plain);
  one.table.zone(0).verify_block.write(2);
  one.table.zone(0).open.write(true);
  one.table.sectors_with_data.write(5 * kBlock);
  one.world.calls.clear();
  EXPECT_TRUE(reset_in_place(one.context, one.table.zone(0)));
  EXPECT_THAT(one.world.calls, ElementsAre("reset 0", "lock 0", "lock M", "unlock M", "unlock 0"));
  EXPECT_EQ(one.table.sectors_with_data.read(), 2 * kBlock);
  EXPECT_EQ(one.table.zone(0).verify_block.read(), 0U);
  EXPECT_TRUE(one.table.zone(0).open.read()) << "a reset never touches the list of open zones";
  hold.unlock();
}

TEST(ResetZone, CountNeverSet_WrapsBelowZero) {
  OneJob one(verified_writer(), kSeries, {3});
  file_reset(one);
  EXPECT_EQ(one.table.sectors_with_data.read(), std::uint64_t{0} - 3 * kBlock);
}

TEST(WriteCount, IsReloadedByEveryFileResetWithTheJobsOwnFrequency) {
  struct Case {
    double frequency;
    std::uint32_t writes;
  };
  for (const Case& c : {Case{0, UINT32_MAX}, Case{0.5, 2}, Case{0.3, 3}, Case{1, 1}, Case{1e-12, UINT32_MAX}}) {
    JobSpec spec = job("randwrite");
    spec.zone_reset_frequency = c.frequency;
    OneJob one(spec, kSeries, {0});
    EXPECT_EQ(one.table.write_count.read(), 0U) << "before the first";
    file_reset(one);
    EXPECT_EQ(one.table.write_count.read(), c.writes) << c.frequency;
  }
}

TEST(WriteCount, IsCountedUnderMWhichIsTakenAgainToReload) {
  JobSpec spec = job("randwrite");
  spec.zone_reset_frequency = 0.5;
  OneJob one(spec, kSeries, {0});
  file_reset(one);
  one.world.calls.clear();
  EXPECT_FALSE(one.resets.dec_write_cnt());
  EXPECT_THAT(one.world.calls, ElementsAre("lock M", "unlock M"));
  EXPECT_EQ(one.table.write_count.read(), 1U);
  one.world.calls.clear();
  EXPECT_TRUE(one.resets.dec_write_cnt());
  EXPECT_THAT(one.world.calls, ElementsAre("lock M", "lock M", "unlock M", "unlock M"));
  EXPECT_EQ(one.table.write_count.read(), 2U);
}

TEST(WriteCount, OneCountdownServesAllJobsAndTheLastReloadCounts) {
  JobSpec spec = job("randwrite");
  spec.zone_reset_frequency = 0.25;
  OneJob one(spec, kSeries, {0});
  file_reset(one);
  one.table.write_count.write(1);  // another job's
  EXPECT_TRUE(one.resets.dec_write_cnt());
  EXPECT_EQ(one.table.write_count.read(), 4U);
}

}  // namespace
}  // namespace zoneknot::core
