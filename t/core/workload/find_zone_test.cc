// find_zone and replay_order: where reads go that their own zone has nothing for.

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

int find(OneJob& one, std::uint32_t from, std::uint32_t min_bs = kBlock) {
  one.world.calls.clear();
  ZoneHold hold = one.locking.find_zone(one.table.zone(from), min_bs).hold;
  if (!hold.held()) return -1;
  const auto index = static_cast<int>(hold.zone().index);
  const Calls calls = one.world.calls;
  hold.unlock();
  one.world.calls = calls;
  return index;
}

TEST(FindZone, RandomJob_LooksUpAndDownByTurns) {
  OneJob one(job("randread"), FixSet::series(), {0, 0, 0, 0, 2, 0});
  EXPECT_EQ(find(one, 2), 4);
  EXPECT_THAT(one.world.calls, ElementsAre("lock 3", "unlock 3", "lock 1", "unlock 1", "lock 4"))
      << "every lock is taken plainly";
  one.table.zone(4).wp.write(at(4));
  EXPECT_EQ(find(one, 2), -1);
  EXPECT_THAT(one.world.calls, ElementsAre("lock 3", "unlock 3", "lock 1", "unlock 1", "lock 4", "unlock 4", "lock 0",
                                           "unlock 0", "lock 5", "unlock 5"));
}

TEST(FindZone, SequentialJob_LooksUpwardOnly) {
  OneJob one(job("read"), FixSet::series(), {2, 0, 0, 1});
  EXPECT_EQ(find(one, 1), 3);
  EXPECT_THAT(one.world.calls, ElementsAre("lock 2", "unlock 2", "lock 3"));
  EXPECT_EQ(find(one, 3), -1);
  EXPECT_THAT(one.world.calls, IsEmpty());
}

TEST(FindZone, ZoneItStartsFrom_IsNotTriedAgain) {
  OneJob one(job("randread"), FixSet::series(), {0, 4, 0});
  EXPECT_EQ(find(one, 1), -1);
}

TEST(FindZone, StaysInTheJobsRange) {
  JobSpec spec = job("randread");
  spec.offset = at(1);
  spec.size = 2 * kZone;
  OneJob one(spec, FixSet::series(), {4, 0, 0, 4});
  EXPECT_EQ(find(one, 1), -1);
  EXPECT_THAT(one.world.calls, ElementsAre("lock 2", "unlock 2"));
  EXPECT_EQ(find(one, 2), -1);
  EXPECT_THAT(one.world.calls, ElementsAre("lock 1", "unlock 1"));
}

TEST(FindZone, LessThanABlock_IsNotEnough) {
  OneJob one(job("randread"), FixSet::series(), {0, 1, 0, 2});
  EXPECT_EQ(find(one, 2, 2 * kBlock), 3);
  EXPECT_EQ(find(one, 0, 2 * kBlock), 3);
}

TEST(FindZone, OfflineZone_IsPassedOverByARandomJobAndEndsASequentialOnesSearch) {
  OneJob random(job("randread"), FixSet::series(), {0, -2, 2});
  EXPECT_EQ(find(random, 0), 2);
  EXPECT_THAT(random.world.calls, ElementsAre("lock 2")) << "the lock of an offline zone is not taken";
  OneJob sequential(job("read"), FixSet::series(), {0, -2, 2});
  EXPECT_EQ(find(sequential, 0), -1);
  EXPECT_THAT(sequential.world.calls, IsEmpty());
}

TEST(FindZone, RangeThatZoneskipMovedPastTheDevice_EndsWithTheDevice) {
  JobSpec spec = job("read");
  spec.zone_skip = kZone;
  OneJob one(spec, FixSet::series(), {0, 0, 0});
  one.context.range().base += 2 * kZone;
  EXPECT_EQ(find(one, 2), -1);
  EXPECT_THAT(one.world.calls, IsEmpty());
}

TEST(FindZone, PartOfAZoneAtTheEndOfTheRange_IsLookedAt) {
  OneJob one(job("read"), FixSet::series(), {0, 2});
  one.context.range() = {0, kZone + 2 * kBlock};
  EXPECT_EQ(find(one, 0), 1);
}

TEST(FindZone, ZoneThatTheEndOfAReadersRangeCuts_IsNotLookedAtSince3_20) {
  JobSpec spec = job("read");
  spec.size = 2 * kZone + kBlock;
  OneJob one(spec, *FixSet::parse("fio-3.33"), {0, 0, 4, 4});
  one.context.range().length = spec.size;  // as range_of_job() has it
  EXPECT_EQ(find(one, 0), -1);
  EXPECT_THAT(one.world.calls, ElementsAre("try 1", "unlock 1"));
  EXPECT_FALSE(one.context.aborted);
}

TEST(FindZone, ConventionalZone_IsReturnedLockedAndItsLockIsNeverGivenBack) {
  OneJob one(job("randread"), FixSet::series(), {-1, 0});
  IoUnit* unit = one.prepare(Direction::read, at(1));
  ASSERT_NE(unit, nullptr);
  EXPECT_EQ(unit->request.offset, at(0));
  EXPECT_EQ(one.owned(0), 1U);
  one.pipeline.issue(*unit);
  one.pipeline.reap(1);
  EXPECT_EQ(one.owned(0), 1U) << "put looks at the type and returns";
  EXPECT_THAT(one.world.the_observer.broken, ElementsAre("dropped"));
}

class Replayed : public testing::Test {
 protected:
  static JobSpec reader(std::uint32_t max_open_zones = 0) {
    JobSpec spec = job("randread");
    spec.verify = VerifyKind::crc32c;
    spec.max_open_zones = max_open_zones;
    return spec;
  }
  static int replay(OneJob& one, std::uint32_t zone, std::uint64_t& offset) {
    ZoneHold hold = one.locking.take(one.table.zone(zone), Take::careful);
    one.world.calls.clear();
    IoRequest io{.offset = offset, .length = static_cast<std::uint32_t>(kBlock)};
    hold = one.locking.replay_order(std::move(hold), io, kBlock);
    offset = io.offset;
    if (!hold.held()) return -1;
    const auto index = static_cast<int>(hold.zone().index);
    const Calls calls = one.world.calls;
    hold.unlock();
    one.world.calls = calls;
    return index;
  }
};

TEST_F(Replayed, ReadsGoThroughAZoneBlockByBlockWhateverWasDrawn) {
  OneJob one(reader(), FixSet::series(), {0, 3});
  for (std::uint64_t block = 0; block < 4; ++block) {
    std::uint64_t offset = at(1, 3);
    EXPECT_EQ(replay(one, 1, offset), 1);
    EXPECT_EQ(offset, at(1, block));
  }
  EXPECT_EQ(one.table.zone(1).verify_block.read(), 4U);
}

TEST_F(Replayed, WithTheSwitch_StartsAgainWhereAZoneHasNoFurtherBlock) {
  OneJob one(reader(), FixSet::series().with(Fix::replay_order_wrap), {0, 3});
  std::uint64_t offset = 0;
  for (int block = 0; block < 4; ++block) replay(one, 1, offset);
  EXPECT_EQ(offset, at(1, 3));
  EXPECT_EQ(replay(one, 1, offset), 1);
  EXPECT_EQ(offset, at(1, 0));
  EXPECT_EQ(replay(one, 1, offset), 1);
  EXPECT_EQ(offset, at(1, 1));
}

TEST_F(Replayed, BlocksAreThoseOfWrites) {
  JobSpec spec = reader();
  spec.min_bs = {kBlock, 2 * kBlock, kBlock};
  OneJob one(spec, FixSet::series(), {2});
  std::uint64_t offset = 0;
  replay(one, 0, offset);
  replay(one, 0, offset);
  EXPECT_EQ(offset, at(0, 2));
}

TEST_F(Replayed, ReaderOpensZones) {
  OneJob one(reader(1), FixSet::series(), {2, 2});
  std::uint64_t offset = at(1);
  EXPECT_EQ(replay(one, 1, offset), 1);
  EXPECT_THAT(one.open_list(), ElementsAre(1));
  offset = at(0);
  EXPECT_EQ(replay(one, 0, offset), 1) << "the limit is reached: converted";
  EXPECT_EQ(offset, at(1, 1));
  EXPECT_THAT(one.world.take_calls(), ElementsAre("unlock 0", "try 1"));
}

TEST_F(Replayed, NoZoneToReplayIn_AbortsTheProgram) {
  OneJob one(reader(1), FixSet::series(), {4, 4});
  std::uint64_t offset = at(1);
  EXPECT_EQ(replay(one, 1, offset), -1);
  EXPECT_TRUE(one.context.aborted);
  EXPECT_EQ(one.world.the_observer.broken.size(), 1U);
  EXPECT_EQ(one.world.the_runtime.owned(), 0U);
}

TEST_F(Replayed, MoreZonesOpenThanTheLimit_AbortsWithoutConverting) {
  OneJob one(reader(1), FixSet::series(), {2, 2, 2});
  one.list_open({0, 1});
  std::uint64_t offset = at(2);
  EXPECT_EQ(replay(one, 2, offset), -1);
  EXPECT_TRUE(one.context.aborted);
  EXPECT_EQ(one.world.the_observer.broken.size(), 1U) << "only the assertion that comes first";
  EXPECT_THAT(one.world.take_calls(), ElementsAre("unlock 2"));
}

// The put unlocks the zone of the offset, which is the neighbour's by then.
TEST_F(Replayed, ReadPastAZonesEnd_UnlocksTheNeighboursLockAndKeepsItsOwn) {
  OneJob one(reader(), FixSet::series(), {2, 2});
  one.context.verifying = true;
  for (int block = 0; block < 4; ++block) {
    one.issue(Direction::read, at(0));
    one.pipeline.reap(1);
  }
  EXPECT_EQ(one.owned(0), 0U);
  one.issue(Direction::read, at(0));
  one.world.calls.clear();
  one.pipeline.reap(1);
  EXPECT_THAT(one.world.calls, ElementsAre("reap 1", "unlock 1 of another", "drop"));
  EXPECT_EQ(one.owned(0), 1U);
  EXPECT_THAT(one.world.the_observer.broken, ElementsAre("dropped"));
}

}  // namespace
}  // namespace zoneknot::core
