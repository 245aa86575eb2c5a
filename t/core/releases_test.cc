// What the zone routines of later releases do differently, one test for each of the larger steps.

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FixSet program(const std::string& text) { return FixSet::parse(text).value(); }

// A writer of a device on which so many zones may be open, whose first zones have been written so far.
OneJob writer(const std::string& fixes, const std::vector<int>& blocks_written, std::uint32_t limit = 2) {
  JobSpec spec = job("randwrite");
  spec.max_open_zones = limit;
  return {spec, program(fixes), blocks_written};
}

void write_last_block(OneJob& one) {
  one.table.limit = 2;
  EXPECT_FALSE(one.issue(Direction::write, at(0)));
  EXPECT_THAT(one.open_list(), ElementsAre(0U)) << "listed until the write is put";
  one.pipeline.reap(1);
}

TEST(Releases, ZoneThatAWriteHasFilled_LeavesTheListAtItsPutSince3_23) {
  OneJob before = writer("fio-3.22", {kZoneBlocks - 1, 0});
  write_last_block(before);
  EXPECT_THAT(before.open_list(), ElementsAre(0U));
  OneJob since = writer("fio-3.23", {kZoneBlocks - 1, 0});
  write_last_block(since);
  EXPECT_THAT(since.open_list(), IsEmpty());
  EXPECT_EQ(since.context.opened, 0U);
}

TEST(Releases, ListedZoneOfAnotherRange_IsNoCandidateSince3_20) {
  for (const auto& [fixes, index] : {std::pair{"series", 2}, std::pair{"fio-3.33", 0}}) {
    JobSpec spec = job("randwrite");
    spec.size = 2 * kZone;
    spec.max_open_zones = 2;
    OneJob one(spec, program(fixes), {0, 0, 0, 0});
    one.table.limit = 2;
    one.list_open({2, 0});
    const ZoneHold hold = one.locking.convert_to_open_zone(at(0), kBlock);
    ASSERT_TRUE(hold.held()) << fixes;
    EXPECT_EQ(hold.zone().index, static_cast<std::uint32_t>(index)) << fixes;
  }
}

TEST(Releases, NoListedZoneOfItsOwn_IsTheEndOfItsRoundSince3_20) {
  JobSpec spec = job("randwrite");
  spec.size = 2 * kZone;
  spec.max_open_zones = 2;
  OneJob one(spec, program("fio-3.33"), {0, 0, 0, 0});
  one.table.limit = 2;
  one.list_open({2, 3});
  EXPECT_EQ(one.prepare(Direction::write, at(0)), nullptr);
  EXPECT_EQ(one.owned(0), 0U);
}

TEST(Releases, ZoneWithLessRoomThanABlock_IsFinishedAndLeftSince3_34) {
  for (const auto& [fixes, zone] : {std::pair{"fio-3.33", 0}, std::pair{"fio-newest", 1}}) {
    JobSpec spec = job("randwrite");
    spec.max_open_zones = 2;
    spec.min_bs = spec.max_bs = {2 * kBlock, 2 * kBlock, 2 * kBlock};
    OneJob one(spec, program(fixes), {kZoneBlocks - 1, 0, 0});
    one.table.limit = 2;
    const IoUnit* unit = one.prepare(Direction::write, at(0), 2);
    ASSERT_NE(unit, nullptr) << fixes;
    EXPECT_EQ(unit->request.offset, at(static_cast<std::uint64_t>(zone))) << fixes;
  }
}

TEST(Releases, Trim_ResetsItsZoneSince3_28) {
  JobSpec spec = job("randtrim");
  spec.min_bs = spec.max_bs = {kBlock, kBlock, static_cast<std::uint32_t>(kZone)};
  OneJob one(spec, program("fio-3.33"), {2, 0});
  one.world.script.answers = {{QueueStatus::completed}};
  one.issue(Direction::trim, at(0), kZoneBlocks);
  EXPECT_EQ(one.wp(0), at(0));
  EXPECT_FALSE(one.context.aborted);
}

TEST(Releases, LockOfAZoneOutsideOfTheRange_AbortsSince3_20) {
  JobSpec spec = job("randwrite");
  spec.size = kZone;
  OneJob one(spec, program("fio-3.33"), {0, 0});
  EXPECT_FALSE(one.locking.take(one.table.zone(1), Take::careful).held());
  EXPECT_TRUE(one.context.aborted);
  OneJob without_assertions(spec, program("fio-3.33,+ndebug"), {0, 0});
  ZoneHold hold = without_assertions.locking.take(without_assertions.table.zone(1), Take::careful);
  EXPECT_TRUE(hold.held());
  hold.unlock();
  EXPECT_FALSE(without_assertions.context.aborted);
}

TEST(Releases, EmptyZone_IsNotResetSince3_24) {
  OneJob before(job("randwrite"), program("fio-3.23"), {0});
  EXPECT_TRUE(reset_in_place(before.context, before.table.zone(0)));
  EXPECT_EQ(before.context.stats.zone_resets, 1U);
  OneJob since(job("randwrite"), program("fio-3.24"), {0});
  EXPECT_TRUE(reset_in_place(since.context, since.table.zone(0)));
  EXPECT_EQ(since.context.stats.zone_resets, 0U);
}

TEST(Releases, RoundWithVerify_DelistsItsZonesBetween3_20And3_35AndThenOnlyThoseWithData) {
  for (const auto& [fixes, listed] :
       {std::pair{"series", std::vector<std::uint32_t>{0, 1}}, std::pair{"fio-3.33", std::vector<std::uint32_t>{}},
        std::pair{"fio-3.36", std::vector<std::uint32_t>{1}}}) {
    JobSpec spec = job("randwrite");
    spec.verify = VerifyKind::crc32c;
    OneJob one(spec, program(fixes), {2, 0});
    one.table.limit = 2;
    one.list_open({0, 1});
    one.resets.file_reset();
    EXPECT_EQ(one.open_list(), listed) << fixes;
  }
}

// A search for any number of jobs asks about lists that are longer than the zones of its instance.
TEST(Releases, ListThatHasEveryZone_TakesNoOther) {
  OneJob one = writer("fio-3.33", {0, 0}, 4);
  one.table.limit = kMaxOpenZonesListed + 1;
  for (std::uint32_t i = 0; i < kMaxOpenZonesListed; ++i) one.table.open_list.append(0);
  EXPECT_FALSE(one.locking.open_zone(one.table.zone(1)));
}

}  // namespace
}  // namespace zoneknot::core
