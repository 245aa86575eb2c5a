// adjust_block: where READs, WRITEs and TRIMs are moved to, what is locked then, and when a zone is reset in place.

#include "core/workload/block_adjuster.h"

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "1:2+3 locked" for an accepted I/O, "eof" else; a unit that was accepted is put.
std::string adjust(OneJob& one, Direction direction, std::uint64_t offset, std::uint32_t blocks = 1) {
  one.world.calls.clear();
  IoUnit* unit = one.prepare(direction, offset, blocks);
  if (unit == nullptr) return one.world.the_runtime.owned() == 0 ? "eof" : "eof with a lock";
  const IoRequest& io = unit->request;
  std::string text = place(io.offset) + "+" + std::to_string(io.length / kBlock);
  if (one.owned(static_cast<std::uint32_t>(io.offset / kZone)) == 1) text += " locked";
  if (!unit->has_queue_done && !unit->has_put) text += " without callbacks";
  const Calls calls = one.world.calls;
  one.pipeline.put(*unit);
  one.world.calls = calls;
  return text;
}

TEST(AdjustBlock, FirstLock_IsCarefulWithTheSwitchAndPlainWithout) {
  for (const Direction direction : {Direction::read, Direction::write}) {
    OneJob careful(job("randrw"), FixSet::none().with(Fix::adjust_trylock), {2});
    adjust(careful, direction, 0);
    EXPECT_EQ(careful.world.calls.at(0), "try 0");
    OneJob plain(job("randrw"), kSeries.without(Fix::adjust_trylock), {2});
    adjust(plain, direction, 0);
    EXPECT_EQ(plain.world.calls.at(0), "lock 0");
  }
  OneJob trim(job("randtrim"), kSeries.without(Fix::adjust_trylock), {0});
  adjust(trim, Direction::trim, 0);
  EXPECT_EQ(trim.world.calls.at(0), "lock 0");
}

TEST(AdjustBlock, FirstLock_ReapsOwnIoBeforeItWaits) {
  OneJob one(job("randwrite"), kSeries, {0, 0});
  one.issue(Direction::write, at(1));
  one.world.the_runtime.owned_by_others = {0};
  EXPECT_EQ(adjust(one, Direction::write, at(0)), "0:0+1 locked");
  EXPECT_THAT(one.world.calls, ElementsAre("try 0 fails", "reap 1", "unlock 1", "lock 0"));
}

TEST(AdjustBlock, ConventionalZone_IsLeftAloneWithoutALock) {
  OneJob one(job("randrw"), kSeries, {-1, 0});
  for (const Direction direction : {Direction::read, Direction::write, Direction::trim}) {
    EXPECT_EQ(adjust(one, direction, at(0, 1), 2), "0:1+2 without callbacks");
    EXPECT_THAT(one.world.calls, IsEmpty());
  }
}

TEST(AdjustBlock, ReadBeyondWp_IsLeftAloneUnlessTheZoneIsOffline) {
  JobSpec spec = job("randread");
  spec.read_beyond_wp = true;
  OneJob one(spec, kSeries, {0, -2, 1});
  EXPECT_EQ(adjust(one, Direction::read, at(0, 3)), "0:3+1 without callbacks");
  EXPECT_EQ(adjust(one, Direction::read, at(1, 3)), "2:0+1 locked");
}

TEST(AdjustBlock, Trim_IsAcceptedAsItIsWithTheLock) {
  OneJob one(job("randtrim"), kSeries, {2});
  EXPECT_EQ(adjust(one, Direction::trim, at(0, 3), 4), "0:3+4 locked");
}

TEST(AdjustRead, RandomRead_IsWrappedIntoWhatIsWritten) {
  OneJob one(job("randread"), kSeries, {3});
  EXPECT_EQ(adjust(one, Direction::read, at(0, 0)), "0:0+1 locked");
  EXPECT_EQ(adjust(one, Direction::read, at(0, 1)), "0:1+1 locked");
  EXPECT_EQ(adjust(one, Direction::read, at(0, 2)), "0:0+1 locked") << "2 mod (3 - 1)";
  EXPECT_EQ(adjust(one, Direction::read, at(0, 3)), "0:1+1 locked");
}

TEST(AdjustRead, ReadAsLongAsWhatIsWritten_StartsWithTheZone) {
  OneJob one(job("randread"), kSeries, {2});
  EXPECT_EQ(adjust(one, Direction::read, at(0, 1), 2), "0:0+2 locked");
  EXPECT_EQ(adjust(one, Direction::read, at(0, 1), 3), "0:0+2 locked") << "clipped to the write pointer";
}

TEST(AdjustRead, LengthIsRoundedDownToTheSmallestBlock) {
  JobSpec spec = job("randread");
  spec.min_bs = {2 * kBlock, 2 * kBlock, 2 * kBlock};
  OneJob one(spec, kSeries, {3});
  EXPECT_EQ(adjust(one, Direction::read, at(0), 4), "0:0+2 locked");
}

TEST(AdjustRead, RandomReadOfAnEmptyZone_KeepsItsPlaceWithinTheNewZone) {
  OneJob one(job("randread"), kSeries, {4, 0});
  EXPECT_EQ(adjust(one, Direction::read, at(1, 2)), "0:2+1 locked");
  EXPECT_THAT(one.world.calls, ElementsAre("try 1", "unlock 1", "lock 0"));
}

TEST(AdjustRead, SequentialReadBelowWp_StaysWhereItIs) {
  OneJob one(job("read"), kSeries, {3, 4});
  EXPECT_EQ(adjust(one, Direction::read, at(0, 1), 1), "0:1+1 locked");
  EXPECT_EQ(adjust(one, Direction::read, at(0, 1), 2), "0:1+2 locked");
  EXPECT_EQ(adjust(one, Direction::read, at(0, 2), 2), "0:2+1 locked") << "clipped to the write pointer";
}

TEST(AdjustRead, SequentialReadAtWp_GoesToTheStartOfTheNextZoneWithData) {
  OneJob one(job("read"), kSeries, {3, 0, 4});
  EXPECT_EQ(adjust(one, Direction::read, at(0, 3)), "2:0+1 locked");
  EXPECT_THAT(one.world.calls, ElementsAre("try 0", "unlock 0", "lock 1", "unlock 1", "lock 2"));
}

TEST(AdjustRead, NothingToRead_IsEof) {
  OneJob one(job("randread"), kSeries, {0, 0});
  EXPECT_EQ(adjust(one, Direction::read, at(0)), "eof");
  OneJob offline(job("randread"), kSeries, {-2});
  EXPECT_EQ(adjust(offline, Direction::read, at(0)), "eof");
}

TEST(AdjustRead, OfflineZone_HasNothingWhateverItsPointerSays) {
  OneJob one(job("randread"), kSeries, {-2, 1});
  one.table.zone(0).wp.write(at(0, 3));
  EXPECT_EQ(adjust(one, Direction::read, at(0)), "1:0+1 locked");
}

TEST(AdjustRead, VerifyingReader_ReplaysTheOrderOfWritesAtFullLength) {
  JobSpec spec = job("randread");
  spec.verify = VerifyKind::crc32c;
  OneJob one(spec, kSeries, {1});
  one.context.verifying = true;
  EXPECT_EQ(adjust(one, Direction::read, at(0, 3), 2), "0:0+2 locked") << "not clipped to the write pointer";
  EXPECT_EQ(adjust(one, Direction::read, at(0, 3), 1), "0:1+1 locked");
}

TEST(AdjustWrite, Write_GoesToTheWritePointer) {
  OneJob one(job("randwrite"), kSeries, {2, 0});
  EXPECT_EQ(adjust(one, Direction::write, at(0, 0)), "0:2+1 locked");
  EXPECT_EQ(adjust(one, Direction::write, at(1, 3)), "1:0+1 locked");
  EXPECT_EQ(adjust(one, Direction::write, at(0, 0), 4), "0:2+2 locked") << "clipped to the zone's end";
}

TEST(AdjustWrite, Write_EndsAtTheZonesCapacity) {
  OneJob one(job("randwrite"), kSeries, {2, 0}, 3);
  EXPECT_EQ(adjust(one, Direction::write, at(0), 2), "0:2+1 locked");
  EXPECT_EQ(adjust(one, Direction::write, at(1), 4), "1:0+3 locked");
}

TEST(AdjustWrite, WriteLongerThanAZone_IsEof) {
  OneJob one(job("randwrite"), kSeries, {0, 0});
  EXPECT_EQ(adjust(one, Direction::write, at(0), 4), "0:0+4 locked");
  EXPECT_EQ(adjust(one, Direction::write, at(0), 5), "eof");
}

TEST(AdjustWrite, OfflineZone_AbortsTheProgram) {
  OneJob one(job("randwrite"), kSeries, {-2});
  EXPECT_EQ(adjust(one, Direction::write, at(0)), "eof");
  EXPECT_TRUE(one.context.aborted);
  EXPECT_EQ(one.world.the_observer.broken.size(), 1U);
}

TEST(AdjustWrite, ZoneThatCannotBeOpened_IsConverted) {
  JobSpec spec = job("randwrite");
  spec.max_open_zones = 1;
  OneJob one(spec, kSeries, {0, 1, 0});
  one.list_open({1});
  EXPECT_EQ(adjust(one, Direction::write, at(2)), "1:1+1 locked");
  EXPECT_THAT(one.world.take_calls(), ElementsAre("try 2", "unlock 2", "try 1"));
}

TEST(AdjustWrite, MoreZonesOpenThanTheLimit_AbortsWithoutConverting) {
  JobSpec spec = job("randwrite");
  spec.max_open_zones = 1;
  OneJob one(spec, kSeries, {0, 0, 0});
  one.list_open({0, 1});
  EXPECT_EQ(adjust(one, Direction::write, at(2)), "eof");
  EXPECT_TRUE(one.context.aborted);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("try 2", "unlock 2"));
}

TEST(AdjustWrite, OpenZoneOutsideTheRange_IsEof) {
  JobSpec spec = job("randwrite");
  spec.max_open_zones = 1;
  spec.offset = at(1);
  OneJob one(spec, kSeries, {1, 0});
  one.list_open({0});
  EXPECT_EQ(adjust(one, Direction::write, at(1)), "eof");
  EXPECT_FALSE(one.context.aborted);
}

TEST(AdjustWrite, ConventionalZoneFromConvert_IsEof) {
  JobSpec spec = job("randwrite");
  spec.max_open_zones = 1;
  spec.verify = VerifyKind::crc32c;
  OneJob one(spec, kSeries, {-1, 4});
  one.list_open({1});
  EXPECT_EQ(adjust(one, Direction::write, at(1)), "eof");
  EXPECT_EQ(one.world.calls.back(), "unlock 0");
}

TEST(AdjustWrite, FullZone_IsResetInPlaceAfterQuiescingWithItsLockHeld) {
  JobSpec spec = job("randwrite");
  spec.max_open_zones = 1;
  OneJob one(spec, kSeries, {3, 0});
  one.issue(Direction::write, at(0));
  EXPECT_EQ(one.wp(0), at(1));
  EXPECT_EQ(adjust(one, Direction::write, at(0)), "0:0+1 locked");
  EXPECT_THAT(one.world.take_calls(), ElementsAre("try 0", "reap 1", "unlock 0", "reset 0", "lock 0", "unlock 0"));
  EXPECT_THAT(one.open_list(), ElementsAre(0)) << "it stays listed";
}

TEST(AdjustWrite, ResetGoesOnWhateverQuiesceSays) {
  OneJob one(job("randwrite"), kSeries, {3, 0});
  one.issue(Direction::write, at(0));
  one.world.script.completions = {{EIO}};
  EXPECT_EQ(adjust(one, Direction::write, at(0)), "0:0+1 locked");
  EXPECT_EQ(one.context.error, EIO);
}

TEST(AdjustWrite, ResetThatFails_IsEofAndAnErrorOfTheJob) {
  OneJob one(job("randwrite"), kSeries, {4});
  one.world.the_device.resets_that_fail = {0};
  EXPECT_EQ(adjust(one, Direction::write, at(0)), "eof");
  EXPECT_EQ(one.context.error, EIO);
  EXPECT_EQ(one.wp(0), at(1));
}

TEST(AdjustWrite, ZoneMarkedForReset_IsResetAndTheMarkCleared) {
  OneJob one(job("randwrite"), kSeries, {2});
  one.table.zone(0).reset_zone.write(true);
  EXPECT_EQ(adjust(one, Direction::write, at(0)), "0:0+1 locked");
  EXPECT_FALSE(one.table.zone(0).reset_zone.read());
}

TEST(AdjustWrite, ResetOfAZoneThatIsToBeVerified_AbortsTheProgram) {
  JobSpec spec = job("randwrite");
  spec.verify = VerifyKind::crc32c;
  OneJob one(spec, kSeries, {2});
  one.table.zone(0).reset_zone.write(true);
  EXPECT_EQ(adjust(one, Direction::write, at(0)), "eof");
  EXPECT_TRUE(one.context.aborted);
}

// What the threshold and frequency let through: "r" for a write that resets its zone, "." for one that does not.
std::string resets(double threshold, double frequency, std::uint64_t sectors_with_data, int writes) {
  JobSpec spec = job("randwrite");
  spec.zone_reset_threshold = threshold;
  spec.zone_reset_frequency = frequency;
  OneJob one(spec, kSeries, {0, 0});
  one.resets.file_reset();
  std::string text;
  for (int i = 0; i < writes; ++i) {
    one.table.sectors_with_data.write(sectors_with_data);
    adjust(one, Direction::write, at(0));
    text += std::count(one.world.calls.begin(), one.world.calls.end(), "reset 0") > 0 ? 'r' : '.';
  }
  return text;
}

TEST(AdjustWrite, ResetFrequency_CountsDownAndStartsAgain) {
  EXPECT_EQ(resets(0, 0.25, 0, 9), "...r...r.");
  EXPECT_EQ(resets(0, 1, 0, 3), "rrr");
  EXPECT_EQ(resets(0, 0.4, 0, 5), ".r.r.") << "1 / 0.4 is rounded down";
  EXPECT_EQ(resets(0, 0, 0, 4), "....");
}

TEST(AdjustWrite, ResetThreshold_CountsOnlyWritesWhileItHolds) {
  EXPECT_EQ(resets(0.5, 1, kZone, 2), "rr") << "exactly half of the range has data";
  EXPECT_EQ(resets(0.5, 1, kZone - 1, 2), "..");
  EXPECT_EQ(resets(1, 1, std::uint64_t{0} - kBlock, 1), "r") << "below 0 compares as huge";
}

TEST(AdjustWrite, WritesBelowTheThreshold_DoNotCountDown) {
  JobSpec spec = job("randwrite");
  spec.zone_reset_threshold = 0.5;
  spec.zone_reset_frequency = 0.5;
  OneJob one(spec, kSeries, {0, 0});
  one.resets.file_reset();
  std::string text;
  for (const std::uint64_t sectors_with_data : {std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0}, kZone, kZone}) {
    one.table.sectors_with_data.write(sectors_with_data);
    adjust(one, Direction::write, at(0));
    text += std::count(one.world.calls.begin(), one.world.calls.end(), "reset 0") > 0 ? 'r' : '.';
  }
  EXPECT_EQ(text, "....r");
}

}  // namespace
}  // namespace zoneknot::core
