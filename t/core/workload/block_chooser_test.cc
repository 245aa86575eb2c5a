// Which block a job asks for next: directions, draws and their map, sequential positions, zoneskip.

#include "core/workload/block_chooser.h"

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;

class Choosing {
 public:
  Choosing(const JobSpec& spec, const std::vector<int>& device, FixSet fixes = FixSet::series())
      : one(spec, fixes, device), chooser(one.context, one.resets, one.pace, one.world.open_random(1)) {}

  // "read 1:2+1", or "eof". Accepted as it was chosen.
  std::string next() {
    IoUnit unit;
    if (!chooser.choose(unit)) return "eof";
    chooser.accepted(unit);
    return text(unit.request);
  }
  // Accepted, but at another offset, and so many blocks long.
  std::string next_moved_to(std::uint64_t offset, std::uint32_t blocks = 1) {
    IoUnit unit;
    if (!chooser.choose(unit)) return "eof";
    const std::string chosen = text(unit.request);
    unit.request.offset = offset;
    unit.request.length = blocks * kBlock;
    chooser.accepted(unit);
    return chosen;
  }
  // Chosen, and then there was no place for it.
  std::string next_in_vain() {
    IoUnit unit;
    return chooser.choose(unit) ? text(unit.request) : "eof";
  }

  OneJob one;
  BlockChooser chooser;

 private:
  static std::string text(const IoRequest& io) {
    if (io.direction == Direction::sync) return "sync";
    constexpr std::array<const char*, 3> kNames = {"read ", "write ", "trim "};
    return kNames.at(static_cast<std::size_t>(io.direction)) + place(io.offset) + "+" +
           std::to_string(io.length / kBlock);
  }
};

TEST(ChooseDirection, FollowsTheJob) {
  EXPECT_EQ(Choosing(job("read"), {0}).next(), "read 0:0+1");
  EXPECT_EQ(Choosing(job("write"), {0}).next(), "write 0:0+1");
  EXPECT_EQ(Choosing(job("trim"), {0}).next(), "trim 0:0+1");
}

TEST(ChooseDirection, MixedJob_DrawsByRwmixread) {
  JobSpec spec = job("rw");
  spec.rwmixread = 30;
  Choosing mixed(spec, {0});
  mixed.one.world.draws = {29, 30};
  EXPECT_EQ(mixed.next(), "read 0:0+1");
  EXPECT_EQ(mixed.next(), "write 0:0+1");
  spec.rwmixread = 100;
  EXPECT_EQ(Choosing(spec, {0}).next(), "read 0:0+1");
  spec.rwmixread = 0;
  EXPECT_EQ(Choosing(spec, {0}).next(), "write 0:0+1");
}

TEST(ChooseDirection, Sync_FollowsEveryNthAcceptedWrite) {
  JobSpec spec = job("write");
  spec.fsync = 2;
  Choosing writer(spec, {0, 0});
  std::vector<std::string> chosen;
  for (int i = 0; i < 6; ++i) chosen.push_back(writer.next());
  EXPECT_THAT(chosen, ElementsAre("write 0:0+1", "write 0:1+1", "sync", "write 0:2+1", "write 0:3+1", "sync"));
}

TEST(ChooseDirection, ReadsOfAMixedJob_DoNotBringASyncNearer) {
  JobSpec spec = job("rw");
  spec.fsync = 2;
  Choosing mixed(spec, {0, 0});
  mixed.one.world.draws = {0, 0, 99, 0, 99};
  std::vector<std::string> chosen;
  for (int i = 0; i < 6; ++i) chosen.push_back(mixed.next().substr(0, 5));
  EXPECT_THAT(chosen, ElementsAre("read ", "read ", "write", "read ", "write", "sync"));
}

TEST(ChooseRandom, Draws_CoverTheJobsRange) {
  JobSpec spec = job("randread");
  spec.offset = at(1);
  spec.size = 2 * kZone;
  spec.random_map = false;
  Choosing reader(spec, {0, 0, 0, 0});
  reader.one.world.draws = {0, 7, 8};
  EXPECT_EQ(reader.next(), "read 1:0+1");
  EXPECT_EQ(reader.next(), "read 2:3+1");
  EXPECT_EQ(reader.next(), "read 1:0+1") << "eight blocks, and without a map they repeat";
}

TEST(ChooseRandom, MapRemembersTheDrawnBlockNotTheAdjustedOne) {
  Choosing writer(job("randwrite"), {0, 0});
  writer.one.world.draws = {5, 5, 0};
  EXPECT_EQ(writer.next_moved_to(at(0)), "write 1:1+1");
  EXPECT_EQ(writer.next(), "write 1:2+1") << "block 5 is marked, the next free one is taken";
  EXPECT_EQ(writer.next(), "write 0:0+1") << "where the first one went is not";
}

TEST(ChooseRandom, DrawWithoutAPlace_MarksNothing) {
  Choosing writer(job("randwrite"), {0});
  EXPECT_EQ(writer.next_in_vain(), "write 0:0+1");
  EXPECT_EQ(writer.next(), "write 0:0+1");
  EXPECT_EQ(writer.next(), "write 0:1+1");
}

TEST(ChooseRandom, BlockThatWasClipped_MarksNoMoreThanWasAccepted) {
  JobSpec spec = job("randwrite");
  spec.max_bs[1] = 4 * kBlock;
  Choosing writer(spec, {0, 0});
  writer.one.world.draws = {0, 3};
  EXPECT_EQ(writer.next_moved_to(at(1), 2), "write 0:0+4");
  EXPECT_EQ(writer.next(), "write 0:2+1");
}

TEST(ChooseRandom, UnequalSizes_AreCutShortBeforeAMarkedBlockAndAtTheRangesEnd) {
  JobSpec spec = job("randwrite");
  spec.max_bs[1] = 3 * kBlock;
  Choosing writer(spec, {0, 0});
  writer.one.world.draws = {4, 0, 2, 2, 7, 2};
  EXPECT_EQ(writer.next(), "write 1:0+1");
  EXPECT_EQ(writer.next(), "write 0:2+2") << "three were drawn, block 4 is marked";
  EXPECT_EQ(writer.next(), "write 1:3+1") << "three were drawn, the range ends";
}

TEST(ChooseRandom, LongBlock_MayReachIntoTheNextZone) {
  JobSpec spec = job("randtrim");
  spec.max_bs[2] = 3 * kBlock;
  spec.random_map = false;
  Choosing trimmer(spec, {0, 0});
  trimmer.one.world.draws = {3, 2};
  EXPECT_EQ(trimmer.next(), "trim 0:3+3");
}

// What a job chooses on a device of empty zones that can be written up to so many blocks.
std::vector<std::string> choices(const JobSpec& spec, std::uint32_t capacity, std::deque<std::uint64_t> draws,
                                 int count) {
  ScriptedWorld world(zones({0, 0}));
  for (ZoneReport& zone : world.the_device.zones) zone.capacity = capacity * std::uint64_t{kBlock};
  OneJob one(spec, FixSet::series(), {0, 0});
  ZoneTable table(world, world.the_device, 1, TableUse{});
  JobContext context{.world = world,
                     .spec = one.spec,
                     .fixes = one.context.fixes,
                     .files = {file_of_job(table, {0, 2 * kZone})},
                     .random_seed = 1,
                     .stats = {}};
  BlockChooser chooser(context, one.resets, one.pace, world.open_random(1));
  world.draws = std::move(draws);
  std::vector<std::string> chosen;
  for (int i = 0; i < count; ++i) {
    IoUnit unit;
    EXPECT_TRUE(chooser.choose(unit));
    chosen.push_back(place(unit.request.offset) + "+" + std::to_string(unit.request.length / kBlock));
    chooser.accepted(unit);
  }
  return chosen;
}

TEST(ChooseRandom, BlocksBehindAZonesCapacity_AreNotDrawn) {
  EXPECT_THAT(choices(job("randwrite"), 3, {2, 3, 5, 6}, 4), ElementsAre("0:2+1", "1:0+1", "1:2+1", "0:0+1"))
      << "six blocks in all";
}

TEST(ChooseRandom, LongBlock_EndsAtAZonesCapacity) {
  JobSpec spec = job("randread");
  spec.random_map = false;
  spec.max_bs[0] = 3 * kBlock;
  EXPECT_THAT(choices(spec, 3, {1, 2}, 1), ElementsAre("0:1+2")) << "three were drawn, the rest of the zone is a gap";
}

TEST(ChooseSequential, BlockAtAZonesCapacity_GoesToTheNextZone) {
  EXPECT_THAT(choices(job("write"), 3, {}, 5), ElementsAre("0:0+1", "0:1+1", "0:2+1", "1:0+1", "1:1+1"));
}

TEST(ChooseRandom, CapacityBelowOneBlock_LeavesThePlacesToTheZones) {
  ScriptedWorld world(zones({0}));
  world.the_device.zones[0].capacity = kBlock;
  JobSpec spec = job("randwrite");
  spec.min_bs = spec.max_bs = {2 * kBlock, 2 * kBlock, 2 * kBlock};
  spec.random_map = false;
  OneJob one(spec, FixSet::series(), {0});
  ZoneTable table(world, world.the_device, 1, TableUse{});
  JobContext context{.world = world,
                     .spec = one.spec,
                     .fixes = one.context.fixes,
                     .files = {file_of_job(table, {0, kZone})},
                     .random_seed = 1,
                     .stats = {}};
  BlockChooser chooser(context, one.resets, one.pace, world.open_random(1));
  IoUnit unit;
  EXPECT_TRUE(chooser.choose(unit));
}

// As a trace of fio 3.33 shows it: after every second write a sync follows each READ, too, until there is another
// write.
TEST(ChooseDirection, SyncOfAMixedJob_IsDueAgainAfterEachReadBefore338) {
  JobSpec spec = job("rw");
  spec.fsync = 2;
  spec.read_beyond_wp = true;
  const std::deque<std::uint64_t> mix = {99, 99, 0, 0, 0};
  const auto directions_with = [&](FixSet fixes) {
    Choosing mixed(spec, {2, 0, 0}, fixes);
    mixed.one.world.draws = mix;
    std::string letters;
    for (int i = 0; i < 6; ++i) letters += mixed.next().front();
    return letters;
  };
  EXPECT_EQ(directions_with(kSeries), "wwsrsr");
  EXPECT_EQ(directions_with(kSeries.with(Fix::sync_after_write)), "wwsrrr");
}

TEST(ChooseRandom, AllBlocksDrawn_IsEofUnlessTheJobIsTimeBased) {
  JobSpec spec = job("randwrite");
  Choosing writer(spec, {0});
  for (int i = 0; i < 4; ++i) writer.next();
  writer.one.world.calls.clear();
  EXPECT_EQ(writer.next(), "eof");
  EXPECT_THAT(writer.one.world.calls, ElementsAre());
  spec.time_based = true;
  Choosing endless(spec, {0});
  for (int i = 0; i < 4; ++i) endless.next();
  endless.one.world.calls.clear();
  endless.one.world.draws = {1, 2};
  EXPECT_EQ(endless.next(), "write 0:2+1") << "drawn once more, from an empty map";
  EXPECT_THAT(endless.one.world.take_calls(), ElementsAre("lock 0", "unlock 0")) << "a file_reset";
}

TEST(ChooseRandom, MapIsUsedUpWithOwnIoUnderWay_NothingIsReapedBeforeTheFileReset) {
  JobSpec spec = job("randwrite");
  spec.time_based = true;
  Choosing endless(spec, {0}, FixSet::none());
  endless.one.issue(Direction::write, at(0));
  for (int i = 0; i < 4; ++i) endless.next();
  endless.one.world.calls.clear();
  endless.next();
  EXPECT_THAT(endless.one.world.take_calls(), ElementsAre("lock 0", "unlock 0", "lock 0", "unlock 0"));
  EXPECT_EQ(endless.one.owned(0), 1U);
  endless.one.pipeline.reap(1);
}

TEST(ChooseSequential, GoesOnWhereTheLastAdjustedIoOfThatDirectionEnded) {
  JobSpec spec = job("rw");
  Choosing mixed(spec, {0, 0, 0});
  mixed.one.world.draws = {0, 99, 0, 99};
  EXPECT_EQ(mixed.next_moved_to(at(1, 2)), "read 0:0+1");
  EXPECT_EQ(mixed.next(), "write 0:0+1");
  EXPECT_EQ(mixed.next(), "read 1:3+1");
  EXPECT_EQ(mixed.next(), "write 0:1+1");
}

TEST(ChooseSequential, AtTheRangesEnd_IsEofOrStartsOverWithoutAFileReset) {
  JobSpec spec = job("write");
  spec.offset = at(1);
  spec.size = kZone;
  Choosing writer(spec, {0, 0, 0});
  for (int i = 0; i < 4; ++i) writer.next();
  EXPECT_EQ(writer.next(), "eof");
  spec.time_based = true;
  Choosing endless(spec, {0, 0, 0});
  for (int i = 0; i < 4; ++i) endless.next();
  endless.one.world.calls.clear();
  EXPECT_EQ(endless.next(), "write 1:0+1");
  EXPECT_THAT(endless.one.world.calls, ElementsAre());
}

TEST(ChooseSequential, LastBlock_IsCutAtTheRangesEnd) {
  JobSpec spec = job("write");
  spec.min_bs = {kBlock, kBlock, kBlock};
  spec.max_bs = {3 * kBlock, 3 * kBlock, 3 * kBlock};
  Choosing writer(spec, {0});
  writer.one.world.draws = {2, 2};
  EXPECT_EQ(writer.next(), "write 0:0+3");
  EXPECT_EQ(writer.next(), "write 0:3+1");
}

TEST(ChooseBlock, NewRound_StartsOverWithTheSameNumbersIfRandrepeat) {
  for (const bool randrepeat : {true, false}) {
    JobSpec spec = job("randwrite");
    spec.randrepeat = randrepeat;
    Choosing writer(spec, {0});
    for (int i = 0; i < 4; ++i) writer.next();
    writer.chooser.new_round();
    EXPECT_EQ(writer.next(), "write 0:0+1") << "the map is empty";
    EXPECT_EQ(writer.one.world.seeds.size(), randrepeat ? 1U : 0U);
  }
  Choosing sequential(job("write"), {0});
  sequential.next();
  sequential.chooser.new_round();
  EXPECT_EQ(sequential.next(), "write 0:0+1");
}

TEST(Zoneskip, ZonesWorthOfBytes_MovesTheRange) {
  JobSpec spec = job("write");
  spec.zone_skip = kZone;
  Choosing writer(spec, {0, 0, 0, 0, 0});
  for (int i = 0; i < 4; ++i) writer.next();
  EXPECT_EQ(writer.next(), "write 2:0+1") << "zonesize + zoneskip on";
  EXPECT_EQ(writer.one.context.range().base, at(2));
  for (int i = 0; i < 3; ++i) writer.next();
  EXPECT_EQ(writer.next(), "write 4:0+1");
  for (int i = 0; i < 3; ++i) writer.next();
  EXPECT_EQ(writer.next(), "write 0:0+1") << "past the device: back to offset";
}

TEST(Zoneskip, RangeBehindTheDevice_GoesBackToTheJobsOffset) {
  JobSpec spec = job("write");
  spec.offset = at(1);
  spec.zone_skip = kZone;
  Choosing writer(spec, {0, 0, 0});
  for (int i = 0; i < 4; ++i) writer.next();
  EXPECT_EQ(writer.next(), "write 1:0+1");
}

TEST(Zoneskip, BytesOfAZone_AreCountedFromEachSkipOn) {
  JobSpec spec = job("read");
  spec.zone_skip = kZone;
  Choosing reader(spec, {1, 4, 4, 4, 4});
  EXPECT_EQ(reader.next(), "read 0:0+1");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(reader.next(), "read 2:" + std::to_string(i) + "+1");
  EXPECT_EQ(reader.next(), "read 4:0+1");
}

TEST(Zoneskip, ReadAtTheWritePointer_SkipsUnlessItReadsBeyond) {
  JobSpec spec = job("read");
  spec.zone_skip = kZone;
  Choosing reader(spec, {1, 4, 4});
  EXPECT_EQ(reader.next(), "read 0:0+1");
  EXPECT_EQ(reader.next(), "read 2:0+1");
  spec.read_beyond_wp = true;
  Choosing beyond(spec, {1, 4, 4});
  EXPECT_EQ(beyond.next(), "read 0:0+1");
  EXPECT_EQ(beyond.next(), "read 0:1+1");
}

TEST(Zoneskip, RandomJob_TakesNoNotice) {
  JobSpec spec = job("randwrite");
  spec.zone_skip = kZone;
  Choosing writer(spec, {0, 0, 0});
  for (int i = 0; i < 5; ++i) writer.next();
  EXPECT_EQ(writer.one.context.range().base, 0U);
}

TEST(ChooseInMixedOrder, EveryFourthIoIsDrawn_TheOthersGoOn) {
  JobSpec spec = job("randwrite");
  spec.random_map = false;
  spec.draw_every = 4;
  Choosing job(spec, {0, 0, 0});
  job.one.world.draws = {5, 9};
  std::vector<std::string> chosen;
  for (int i = 0; i < 8; ++i) chosen.push_back(job.next());
  EXPECT_THAT(chosen, ElementsAre("write 0:0+1", "write 0:1+1", "write 0:2+1", "write 1:1+1", "write 1:2+1",
                                  "write 1:3+1", "write 2:0+1", "write 2:1+1"));
}

TEST(ChooseInMixedOrder, WithoutRandomOffsets_ARandomJobIsSequential) {
  JobSpec spec = job("randwrite");
  spec.percentage_random = {100, 0, 100};
  Choosing job(spec, {0, 0});
  EXPECT_EQ(job.next(), "write 0:0+1");
  EXPECT_EQ(job.next(), "write 0:1+1");
}

TEST(ChooseSequential, HolesAreLeftOut_AndANegativeNumberGoesBack) {
  JobSpec spec = job("write");
  spec.leave_out = kBlock;
  Choosing holes(spec, {0, 0});
  EXPECT_EQ(holes.next(), "write 0:0+1");
  EXPECT_EQ(holes.next(), "write 0:2+1");
  EXPECT_EQ(holes.next(), "write 1:0+1");
  spec.leave_out = -static_cast<std::int64_t>(kBlock);
  Choosing back(spec, {0, 0});
  EXPECT_EQ(back.next(), "write 0:0+1");
  EXPECT_EQ(back.next(), "write 0:0+1");
}

TEST(DrawLength, BlocksOfAMix_AreAsFrequentAsItSays) {
  JobSpec spec = job("write");
  spec.bssplit.at(1) = {{kBlock, 30}, {2 * kBlock, 20}};
  spec.max_bs.at(1) = 2 * kBlock;
  spec.min_bs.at(1) = kBlock;
  Choosing job(spec, {0, 0});
  job.one.world.draws = {29, 30, 49, 50};
  EXPECT_EQ(job.next(), "write 0:0+1");
  EXPECT_EQ(job.next(), "write 0:1+2");
  EXPECT_EQ(job.next(), "write 0:3+2");
  EXPECT_EQ(job.next(), "write 1:1+1") << "the rest of the shares has the smallest size";
}

}  // namespace
}  // namespace zoneknot::core
