// convert_to_open_zone: the walk over the open zones, its three lock places, and what it leaves in the list.

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

JobSpec limited(std::uint32_t max_open_zones) {
  JobSpec spec = job("randwrite");
  spec.max_open_zones = max_open_zones;
  return spec;
}

JobSpec verified(std::uint32_t max_open_zones) {
  JobSpec spec = limited(max_open_zones);
  spec.verify = VerifyKind::crc32c;
  return spec;
}

// The zone that is returned, which is then given back; -1: none.
int convert(OneJob& one, std::uint64_t offset) {
  one.world.calls.clear();
  ZoneHold hold = one.locking.convert_to_open_zone(offset, kBlock);
  if (!hold.held()) {
    EXPECT_EQ(one.world.the_runtime.owned(), 0U);
    return -1;
  }
  const auto index = static_cast<int>(hold.zone().index);
  EXPECT_EQ(one.owned(hold.zone().index), one.world.the_runtime.owned()) << "it alone is locked";
  const Calls calls = one.world.calls;
  hold.unlock();
  one.world.calls = calls;
  return index;
}

TEST(Convert, JobWithoutALimit_TakesTheZoneOfTheOffsetIfItHasRoom) {
  OneJob one(limited(0), kSeries, {0, 3});
  EXPECT_EQ(convert(one, at(1)), 1);
  EXPECT_THAT(one.world.calls, ElementsAre("try 1", "lock M", "unlock M"));
}

TEST(Convert, JobWithoutALimit_GoesOnToTheNextZoneEvenIfThatIsFull) {
  OneJob one(limited(0), kSeries, {4, 4, 0});
  EXPECT_EQ(convert(one, at(0)), 1);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("try 0", "unlock 0", "try 1"));
  EXPECT_THAT(one.open_list(), IsEmpty());
}

TEST(Convert, NothingListed_LocksZone0WhateverTheRangeAndGivesUp) {
  JobSpec spec = limited(2);
  spec.offset = at(2);
  OneJob one(spec, kSeries, {0, 0, 0, 0});
  EXPECT_EQ(convert(one, at(3)), -1);
  EXPECT_THAT(one.world.calls, ElementsAre("try 0", "lock M", "unlock M", "unlock 0"));
}

TEST(Convert, NothingListed_LocksWhatTheLastCloseHasLeftInTheList) {
  OneJob one(limited(2), kSeries, {0, 0, 0, 0});
  one.list_open({3});
  one.table.open_list.drop(0);
  EXPECT_EQ(convert(one, at(1)), -1);
  EXPECT_THAT(one.world.calls, ElementsAre("try 3", "lock M", "unlock M", "unlock 3"));
}

TEST(Convert, OffsetsAreDealtOutEvenlyOverTheOpenZones) {
  OneJob one(limited(3), kSeries, {0, 0, 0, 0, 0, 0});
  one.list_open({5, 1, 3});
  EXPECT_EQ(convert(one, at(0)), 5);
  EXPECT_EQ(convert(one, at(1, 3)), 5);
  EXPECT_EQ(convert(one, at(2)), 1);
  EXPECT_EQ(convert(one, at(4)), 3);
  EXPECT_EQ(convert(one, at(5, 3)), 3);
}

TEST(Convert, PositionInTheList_CountsFromTheJobsRange) {
  JobSpec spec = limited(2);
  spec.offset = at(2);
  OneJob one(spec, kSeries, {0, 0, 0, 0});
  one.list_open({2, 1});
  EXPECT_EQ(convert(one, at(2)), 2);
  EXPECT_EQ(convert(one, at(3)), 1) << "a zone that another job has opened, outside of the range";
}

TEST(Convert, ListThatChangedBeforeTheLockWasTaken_IsLookedAtAgain) {
  OneJob one(limited(1), kSeries, {0, 0, 0});
  one.list_open({1});
  one.world.the_runtime.meanwhile = [&](const std::string& lock) {
    if (lock == "1" && one.table.open_list.at(0) == 1) {
      one.table.open_list.drop(0);
      one.table.open_list.append(2);
    }
  };
  EXPECT_EQ(convert(one, at(0)), 2);
  EXPECT_THAT(one.world.calls, ElementsAre("try 1", "lock M", "unlock M", "unlock 1", "try 2", "lock M", "unlock M"));
}

TEST(Convert, FullListedZone_IsClosedAndTheNextOneOpened) {
  OneJob one(limited(1), kSeries, {0, 4, 0});
  one.list_open({1});
  EXPECT_EQ(convert(one, at(0)), 2);
  EXPECT_THAT(one.world.calls, ElementsAre("try 1", "lock M", "unlock M", "unlock 1", "try 2", "lock M", "unlock M"));
  EXPECT_THAT(one.open_list(), ElementsAre(2));
  EXPECT_FALSE(one.table.zone(1).open.read());
  EXPECT_TRUE(one.table.zone(2).open.read());
}

TEST(Convert, RoomForTheSmallestBlockIsEnough) {
  OneJob one(limited(1), kSeries, {3, 0});
  one.list_open({0});
  EXPECT_EQ(convert(one, at(0)), 0);
}

TEST(Convert, BehindTheRangesLastZone_ComesItsFirst) {
  JobSpec spec = limited(1);
  spec.offset = at(1);
  spec.size = 2 * kZone;
  OneJob one(spec, kSeries, {0, 0, 4, 0});
  one.list_open({2});
  EXPECT_EQ(convert(one, at(1)), 1);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("try 2", "unlock 2", "try 1"));
}

TEST(Convert, ZonesThatAreListedAlready_ArePassedOver) {
  OneJob one(limited(3), kSeries, {0, 4, 0, 0});
  one.list_open({1, 2});
  EXPECT_EQ(convert(one, at(0)), 3);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("try 1", "unlock 1", "try 2", "unlock 2", "try 3"));
  EXPECT_THAT(one.open_list(), ElementsAre(2, 3));
}

TEST(Convert, ZoneJustClosed_MayComeBack) {
  OneJob one(limited(1), kSeries, {4});
  one.list_open({0});
  EXPECT_EQ(convert(one, at(0)), 0);
  EXPECT_THAT(one.open_list(), ElementsAre(0));
}

TEST(Convert, ConventionalZone_IsOpenedAndReturned) {
  OneJob one(limited(1), kSeries, {-1, 4});
  one.list_open({1});
  EXPECT_EQ(convert(one, at(1)), 0);
  EXPECT_THAT(one.open_list(), ElementsAre(0));
}

TEST(Convert, NoZoneCanBeOpened_TakesAnyOpenOneWithRoom) {
  OneJob one(verified(2), kSeries, {4, 2, 4});
  one.list_open({0, 1});
  EXPECT_EQ(convert(one, at(0)), 1);
  EXPECT_THAT(one.world.take_calls(),
              ElementsAre("try 0", "unlock 0", "try 1", "unlock 1", "try 2", "unlock 2", "try 0", "unlock 0", "try 1"));
  EXPECT_THAT(one.open_list(), ElementsAre(1));
}

TEST(Convert, OpenZonesAreTriedOldestFirst) {
  OneJob one(verified(3), kSeries, {4, 0, 0, 4});
  one.list_open({0, 2, 1});
  EXPECT_EQ(convert(one, at(0)), 2);
}

TEST(Convert, NoOpenZoneHasRoom_GivesUpHoldingNothing) {
  OneJob one(verified(2), kSeries, {4, 4});
  one.list_open({0, 1});
  EXPECT_EQ(convert(one, at(0)), -1);
  EXPECT_THAT(one.world.take_calls(),
              ElementsAre("try 0", "unlock 0", "try 1", "unlock 1", "try 0", "unlock 0", "try 1", "unlock 1"));
  EXPECT_THAT(one.open_list(), ElementsAre(1)) << "only the one that was chosen is closed";
}

TEST(Convert, ZoneWhoseCapacityIsUsedUp_HasNoRoom) {
  OneJob one(limited(1), kSeries, {0, 0});
  auto reports = zones({0, 0});
  reports[0].capacity = 3 * kBlock;
  reports[0].wp = at(0, 3);
  one.world.the_device.zones = reports;
  ZoneTable table(one.world, one.world.the_device, 1, TableUse{});
  EXPECT_TRUE(table.zone(0).full(kBlock));
  EXPECT_FALSE(table.zone(1).full(kBlock));
}

TEST(Convert, ProgramThatAborts_TakesNoFurtherLock) {
  OneJob one(limited(1), kSeries, {4, 0, 0, 0, 0});
  one.list_open({0, 1, 2});
  EXPECT_EQ(convert(one, at(0)), -1);
  EXPECT_TRUE(one.context.aborted) << "two zones are open, the job's limit is one";
  EXPECT_THAT(one.world.take_calls(),
              ElementsAre("try 0", "unlock 0", "try 1", "unlock 1", "try 2", "unlock 2", "try 3", "unlock 3"));
}

// The three lock places, in the order in which the walk of NoZoneCanBeOpened comes to them.
TEST(Convert, ZoneLockSwitchOff_EveryPlaceIsPlain) {
  OneJob one(verified(2), kSeries.without(Fix::zone_lock), {4, 2, 4});
  one.list_open({0, 1});
  EXPECT_EQ(convert(one, at(0)), 1);
  EXPECT_THAT(one.world.take_calls(), ElementsAre("lock 0", "unlock 0", "lock 1", "unlock 1", "lock 2", "unlock 2",
                                                  "lock 0", "unlock 0", "lock 1"));
}

class CarefulPlace : public testing::TestWithParam<std::size_t> {};

// At one of the walk's five locks the zone is another's; this job has I/O in flight.
TEST_P(CarefulPlace, ZoneLockSwitchOn_OwnIoIsReapedBeforeTheWait) {
  JobSpec spec = verified(2);
  OneJob one(spec, kSeries, {4, 2, 4, 0});
  one.context.range().length = 3 * kZone;
  one.pipeline.issue(*one.pipeline.take());
  one.list_open({0, 1});
  std::size_t zone_locks = 0;
  one.world.the_runtime.meanwhile = [&](const std::string& lock) {
    if (lock != "M" && zone_locks++ == GetParam()) {
      one.world.the_runtime.owned_by_others = {static_cast<std::uint32_t>(std::stoul(lock))};
    }
  };
  EXPECT_EQ(convert(one, at(0)), 1);
  const Calls walk = {"try 0", "unlock 0", "try 1", "unlock 1", "try 2", "unlock 2", "try 0", "unlock 0", "try 1"};
  Calls expected = walk;
  std::string& place = expected[2 * GetParam()];
  const std::string wait = "lock " + place.substr(4);
  place += " fails";
  expected.insert(expected.begin() + static_cast<std::ptrdiff_t>(2 * GetParam()) + 1, {"reap 1", wait});
  EXPECT_EQ(one.world.take_calls(), expected);
}

INSTANTIATE_TEST_SUITE_P(Locks, CarefulPlace, testing::Values(0, 1, 2, 3, 4));

}  // namespace
}  // namespace zoneknot::core
