#include "device/model/zone_model.h"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "device/model/zone_state.h"

namespace zoneknot::device {
namespace {

using core::Direction;
using core::ZoneAction;
using core::ZoneCondition;

constexpr std::uint64_t kSize = 1U << 20U;
constexpr std::uint64_t kCapacity = 3U << 18U;
constexpr std::uint32_t kBlockBytes = 4096;

constexpr std::array kSequentialConditions = {
    ZoneCondition::empty, ZoneCondition::implicit_open, ZoneCondition::explicit_open, ZoneCondition::closed,
    ZoneCondition::full,  ZoneCondition::read_only,     ZoneCondition::offline};
constexpr std::array kCommands = {ZoneAction::open, ZoneAction::close, ZoneAction::finish, ZoneAction::reset};

DeviceConfig small_device() {
  return {.zone_size = kSize, .zone_capacity = kCapacity, .zones = 16, .conventional = 2, .block_size = kBlockBytes};
}

int write(ZoneModel& model, std::uint64_t offset, std::uint32_t length = kBlockBytes) {
  return model.apply(Direction::write, offset, length).error;
}
int read(ZoneModel& model, std::uint64_t offset, std::uint32_t length = kBlockBytes) {
  return model.apply(Direction::read, offset, length).error;
}

// Brings a fresh zone into a condition, by legal means, with a block written where the condition allows it.
void bring(ZoneModel& model, std::uint32_t zone, ZoneCondition condition) {
  const std::uint64_t start = model.zone(zone).start;
  switch (condition) {
    case ZoneCondition::not_wp:
    case ZoneCondition::empty:
      break;
    case ZoneCondition::implicit_open:
      ASSERT_EQ(write(model, start), 0);
      break;
    case ZoneCondition::explicit_open:
      ASSERT_EQ(model.manage(ZoneAction::open, zone), 0);
      ASSERT_EQ(write(model, start), 0);
      break;
    case ZoneCondition::closed:
      ASSERT_EQ(write(model, start), 0);
      ASSERT_EQ(model.manage(ZoneAction::close, zone), 0);
      break;
    case ZoneCondition::full:
      ASSERT_EQ(model.manage(ZoneAction::finish, zone), 0);
      break;
    case ZoneCondition::read_only:
    case ZoneCondition::offline:
      model.degrade(zone, condition);
      break;
  }
  ASSERT_EQ(model.zone(zone).condition, condition);
}

// Counts as the model must: from the reported conditions alone.
void expect_counts(const ZoneModel& model) {
  std::uint32_t open = 0;
  std::uint32_t active = 0;
  for (const core::ZoneReport& zone : model.report()) {
    const bool is_open =
        zone.condition == ZoneCondition::implicit_open || zone.condition == ZoneCondition::explicit_open;
    open += is_open ? 1 : 0;
    active += is_open || zone.condition == ZoneCondition::closed ? 1 : 0;
  }
  EXPECT_EQ(model.open_zones(), open);
  EXPECT_EQ(model.active_zones(), active);
}

// One letter for each condition of kSequentialConditions: the condition after the command, '!' for EIO.
const std::map<ZoneAction, std::string> kExpected = {
    // before:             e i x c f r o
    {ZoneAction::open, "xxxx!!!"},
    {ZoneAction::close, "!ccc!!!"},
    {ZoneAction::finish, "fffff!!"},
    {ZoneAction::reset, "eeeee!!"},
};

char letter(ZoneCondition condition) { return "neixcfro"[static_cast<std::size_t>(condition)]; }

TEST(ZoneModel, EveryCommandInEveryConditionDoesWhatTheStandardSays) {
  for (const ZoneAction command : kCommands) {
    for (std::size_t i = 0; i < kSequentialConditions.size(); ++i) {
      SCOPED_TRACE(testing::Message() << "command " << static_cast<int>(command) << " in "
                                      << letter(kSequentialConditions[i]));
      ZoneModel model(small_device());
      bring(model, 5, kSequentialConditions[i]);
      const std::uint64_t wp = model.zone(5).wp;
      const char expected = kExpected.at(command)[i];
      EXPECT_EQ(model.manage(command, 5), expected == '!' ? EIO : 0);
      EXPECT_EQ(letter(model.zone(5).condition), expected == '!' ? letter(kSequentialConditions[i]) : expected);
      if (expected == '!') {
        EXPECT_EQ(model.zone(5).wp, wp);
      }
      if (expected == 'e') {
        EXPECT_EQ(model.zone(5).wp, model.zone(5).start);
      }
      expect_counts(model);
    }
  }
}

TEST(ZoneModel, ExplicitlyOpenedZoneWithoutDataClosesToClosed) {
  ZoneModel model(small_device());
  ASSERT_EQ(model.manage(ZoneAction::open, 5), 0);
  ASSERT_EQ(model.manage(ZoneAction::close, 5), 0);
  EXPECT_EQ(model.zone(5).condition, ZoneCondition::closed);
  EXPECT_EQ(model.active_zones(), 1U);
  EXPECT_EQ(model.open_zones(), 0U);
}

TEST(ZoneModel, WriteInEveryConditionDoesWhatTheStandardSays) {
  const std::string expected = "iixi!!!";
  for (std::size_t i = 0; i < kSequentialConditions.size(); ++i) {
    SCOPED_TRACE(letter(kSequentialConditions[i]));
    ZoneModel model(small_device());
    bring(model, 5, kSequentialConditions[i]);
    const std::uint64_t wp = model.zone(5).wp;
    const bool refused = expected[i] == '!';
    EXPECT_EQ(write(model, refused ? model.zone(5).start : wp), refused ? EIO : 0);
    EXPECT_EQ(letter(model.zone(5).condition), refused ? letter(kSequentialConditions[i]) : expected[i]);
    EXPECT_EQ(model.zone(5).wp, refused ? wp : wp + kBlockBytes);
    expect_counts(model);
  }
}

TEST(ZoneModel, ReadsAnswerInEveryConditionButOffline) {
  for (const ZoneCondition condition : kSequentialConditions) {
    ZoneModel model(small_device());
    bring(model, 5, condition);
    const std::uint64_t start = model.zone(5).start;
    const int expected = condition == ZoneCondition::offline ? EIO : 0;
    EXPECT_EQ(read(model, start), expected) << letter(condition);
    EXPECT_EQ(read(model, start + kCapacity), expected) << "above capacity, " << letter(condition);
    EXPECT_EQ(letter(model.zone(5).condition), letter(condition));
  }
}

TEST(ZoneModel, WriteElsewhereThanAtTheWritePointerIsRefusedAndChangesNothing) {
  for (const ZoneCondition condition :
       {ZoneCondition::empty, ZoneCondition::implicit_open, ZoneCondition::explicit_open, ZoneCondition::closed}) {
    ZoneModel model(small_device());
    bring(model, 5, condition);
    const std::uint64_t wp = model.zone(5).wp;
    EXPECT_EQ(write(model, wp + kBlockBytes), EIO);
    if (wp > model.zone(5).start) {
      EXPECT_EQ(write(model, wp - kBlockBytes), EIO);
    }
    EXPECT_EQ(model.zone(5).wp, wp);
    EXPECT_EQ(model.zone(5).condition, condition);
  }
}

TEST(ZoneModel, WriteThatReachesCapacityFillsTheZoneAndOneAcrossItIsRefused) {
  ZoneModel model(small_device());
  const std::uint64_t start = model.zone(5).start;
  EXPECT_EQ(write(model, start, kCapacity + kBlockBytes), EIO);
  EXPECT_EQ(model.zone(5).condition, ZoneCondition::empty);
  EXPECT_EQ(write(model, start, kCapacity - kBlockBytes), 0);
  EXPECT_EQ(model.zone(5).condition, ZoneCondition::implicit_open);
  EXPECT_EQ(write(model, start + kCapacity - kBlockBytes, 2 * kBlockBytes), EIO);
  EXPECT_EQ(write(model, start + kCapacity - kBlockBytes), 0);
  EXPECT_EQ(model.zone(5).condition, ZoneCondition::full);
  EXPECT_EQ(model.active_zones(), 0U);
  EXPECT_EQ(write(model, start + kCapacity), EIO);
}

TEST(ZoneModel, ConventionalZonesTakeWritesAnywhereAndNoCommands) {
  ZoneModel model(small_device());
  EXPECT_EQ(write(model, 7 * kBlockBytes), 0);
  EXPECT_EQ(write(model, 0), 0);
  EXPECT_EQ(read(model, kSize - kBlockBytes), 0);
  for (const ZoneAction command : kCommands) EXPECT_EQ(model.manage(command, 1), EIO);
  EXPECT_EQ(model.zone(0).condition, ZoneCondition::not_wp);
  EXPECT_EQ(model.zone(0).type, core::ZoneType::conventional);
  EXPECT_EQ(model.zone(2).type, core::ZoneType::sequential_write_required);
  EXPECT_EQ(model.active_zones(), 0U);
}

TEST(ZoneModel, IoAcrossZoneBoundsIsSplitAndEarlierPartsStay) {
  ZoneModel model(small_device());
  // Conventional zone 1 into sequential zone 2: two legal writes.
  EXPECT_EQ(write(model, 2 * kSize - kBlockBytes, 2 * kBlockBytes), 0);
  EXPECT_EQ(model.zone(2).wp, 2 * kSize + kBlockBytes);
  // Again: the second half is not at zone 2's write pointer now.
  EXPECT_EQ(write(model, 2 * kSize - kBlockBytes, 2 * kBlockBytes), EIO);
  EXPECT_EQ(read(model, 2 * kSize - kBlockBytes, 2 * kSize), 0);
  model.degrade(3, ZoneCondition::offline);
  EXPECT_EQ(read(model, 2 * kSize, 2 * kSize), EIO);

  DeviceConfig whole = small_device();
  whole.zone_capacity = 0;
  ZoneModel plain(whole);
  ASSERT_EQ(write(plain, 3 * kSize), 0);
  EXPECT_EQ(write(plain, 2 * kSize, kSize + kBlockBytes), EIO);
  EXPECT_EQ(plain.zone(2).condition, ZoneCondition::full) << "the part before the one that failed stays";
  EXPECT_EQ(plain.zone(3).wp, 3 * kSize + kBlockBytes);
}

TEST(ZoneModel, IoBeyondTheDeviceOrOffTheBlocksIsRefused) {
  ZoneModel model(small_device());
  const std::uint64_t end = 16 * kSize;
  EXPECT_EQ(write(model, end), ENOSPC);
  EXPECT_EQ(write(model, end - kBlockBytes, 2 * kBlockBytes), ENOSPC);
  EXPECT_EQ(write(model, ~std::uint64_t{0} - kBlockBytes + 1), ENOSPC);
  EXPECT_EQ(read(model, end), EIO);
  EXPECT_EQ(model.apply(Direction::trim, end, kBlockBytes).error, EIO);
  EXPECT_EQ(write(model, 1), EINVAL);
  EXPECT_EQ(write(model, 0, 512), EINVAL);
  EXPECT_EQ(write(model, 0, 0), EINVAL);
  EXPECT_EQ(read(model, 512), EINVAL);
}

TEST(ZoneModel, TrimAndSyncChangeNothing) {
  ZoneModel model(small_device());
  bring(model, 5, ZoneCondition::implicit_open);
  EXPECT_EQ(model.apply(Direction::trim, model.zone(5).start, kBlockBytes).error, 0);
  EXPECT_EQ(model.apply(Direction::sync, 0, 0).error, 0);
  EXPECT_EQ(model.zone(5).wp, model.zone(5).start + kBlockBytes);
  EXPECT_EQ(model.zone(5).condition, ZoneCondition::implicit_open);
}

DeviceConfig limited(std::uint32_t max_open, std::uint32_t max_active) {
  DeviceConfig config = small_device();
  config.max_open = max_open;
  config.max_active = max_active;
  return config;
}

TEST(ZoneModel, LowestImplicitlyOpenZoneIsClosedWhenTheOpenLimitIsHit) {
  ZoneModel model(limited(3, 0));
  for (const std::uint32_t zone : {7U, 5U, 9U}) bring(model, zone, ZoneCondition::implicit_open);
  EXPECT_EQ(write(model, 6 * kSize), 0);
  EXPECT_EQ(model.zone(5).condition, ZoneCondition::closed);
  EXPECT_EQ(write(model, 11 * kSize), 0);
  EXPECT_EQ(model.zone(6).condition, ZoneCondition::closed);
  EXPECT_EQ(model.open_zones(), 3U);
  EXPECT_EQ(write(model, model.zone(5).wp), 0) << "a closed zone opens again";
  EXPECT_EQ(model.zone(7).condition, ZoneCondition::closed);
}

TEST(ZoneModel, ExplicitlyOpenZonesAreNeverClosedForAnother) {
  ZoneModel model(limited(3, 0));
  for (const std::uint32_t zone : {7U, 5U}) bring(model, zone, ZoneCondition::explicit_open);
  bring(model, 9, ZoneCondition::implicit_open);
  EXPECT_EQ(model.manage(ZoneAction::open, 6), 0);
  EXPECT_EQ(model.zone(9).condition, ZoneCondition::closed);
  EXPECT_EQ(model.manage(ZoneAction::open, 10), ETOOMANYREFS);
  EXPECT_EQ(write(model, 10 * kSize), ETOOMANYREFS);
  EXPECT_EQ(write(model, model.zone(9).wp), ETOOMANYREFS);
  EXPECT_EQ(model.zone(10).condition, ZoneCondition::empty);
  EXPECT_EQ(model.zone(10).wp, 10 * kSize);
  EXPECT_EQ(model.manage(ZoneAction::finish, 10), 0) << "finish needs no resource";
  EXPECT_EQ(model.manage(ZoneAction::finish, 9), 0);
  expect_counts(model);
}

TEST(ZoneModel, ActiveLimitIsLookedAtBeforeTheOpenLimitAndHasNoSideEffect) {
  ZoneModel model(limited(3, 5));
  for (const std::uint32_t zone : {3U, 4U}) bring(model, zone, ZoneCondition::closed);
  for (const std::uint32_t zone : {7U, 5U, 9U}) bring(model, zone, ZoneCondition::implicit_open);
  EXPECT_EQ(write(model, 6 * kSize), EOVERFLOW);
  EXPECT_EQ(model.manage(ZoneAction::open, 6), EOVERFLOW);
  EXPECT_EQ(model.open_zones(), 3U) << "nothing was closed for a command that is refused";
  EXPECT_EQ(model.zone(5).condition, ZoneCondition::implicit_open);
  EXPECT_EQ(write(model, model.zone(3).wp), 0) << "an active zone may be opened at the active limit";
  EXPECT_EQ(model.zone(5).condition, ZoneCondition::closed);
  EXPECT_EQ(model.manage(ZoneAction::finish, 4), 0);
  EXPECT_EQ(write(model, 6 * kSize), 0);
  expect_counts(model);
}

TEST(ZoneModel, ResetAndDegradingGiveResourcesBack) {
  ZoneModel model(limited(2, 2));
  bring(model, 5, ZoneCondition::implicit_open);
  bring(model, 6, ZoneCondition::explicit_open);
  EXPECT_EQ(write(model, 7 * kSize), EOVERFLOW);
  ASSERT_EQ(model.manage(ZoneAction::reset, 6), 0);
  EXPECT_EQ(write(model, 7 * kSize), 0);
  model.degrade(5, ZoneCondition::read_only);
  EXPECT_EQ(write(model, 8 * kSize), 0);
  expect_counts(model);
}

TEST(ZoneModel, ResetDeviceGivesBackTheStateAfterConstruction) {
  for (const bool prefilled : {false, true}) {
    DeviceConfig config = limited(3, 0);
    config.prefilled = prefilled;
    ZoneModel model(config);
    const ZoneModel fresh(config);
    for (int round = 0; round < 3; ++round) {
      for (const std::uint32_t zone : {3U, 4U, 5U, 6U, 7U}) {
        ASSERT_EQ(model.manage(ZoneAction::reset, zone), 0);
        ASSERT_EQ(write(model, zone * kSize), 0);
      }
      model.degrade(8, ZoneCondition::offline);
      model.reset_device();
      for (std::uint32_t zone = 0; zone < 16; ++zone) {
        EXPECT_EQ(model.zone(zone).condition, fresh.zone(zone).condition) << zone;
        EXPECT_EQ(model.zone(zone).wp, fresh.zone(zone).wp) << zone;
      }
      expect_counts(model);
    }
  }
}

TEST(ZoneModel, WritePointerOfAFullZoneIsAtTheZonesEnd) {
  ZoneModel model(small_device());
  ASSERT_EQ(model.manage(ZoneAction::finish, 5), 0);
  EXPECT_EQ(model.zone(5).wp, 6 * kSize);
}

TEST(ZoneModel, ZonesThatWereOpenBeforeADeviceResetAreNotClosedForOthers) {
  ZoneModel model(limited(1, 0));
  ASSERT_EQ(write(model, 3 * kSize), 0);
  model.reset_device();
  ASSERT_EQ(write(model, 4 * kSize), 0);
  ASSERT_EQ(write(model, 5 * kSize), 0);
  EXPECT_EQ(model.zone(3).condition, ZoneCondition::empty);
  EXPECT_EQ(model.zone(4).condition, ZoneCondition::closed);
  expect_counts(model);
}

TEST(ZoneModel, PrefilledDeviceStartsWithFullSequentialZones) {
  DeviceConfig config = small_device();
  config.prefilled = true;
  ZoneModel model(config);
  EXPECT_EQ(model.zone(0).condition, ZoneCondition::not_wp);
  EXPECT_EQ(model.zone(2).condition, ZoneCondition::full);
  EXPECT_EQ(model.active_zones(), 0U);
  EXPECT_EQ(write(model, 2 * kSize), EIO);
  EXPECT_EQ(model.manage(ZoneAction::reset, 2), 0);
  EXPECT_EQ(write(model, 2 * kSize), 0);
}

TEST(ZoneModel, ZonesStartFullOrHalfFullAsTheUserSays) {
  DeviceConfig config = limited(3, 0);
  config.filled = {{4, 8, 2}};
  config.half = {{5, 5}};
  ZoneModel model(config);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(model.zone(3).condition, ZoneCondition::empty);
    for (const std::uint32_t zone : {4U, 6U, 8U}) EXPECT_EQ(model.zone(zone).condition, ZoneCondition::full);
    EXPECT_EQ(model.zone(5).condition, ZoneCondition::closed);
    EXPECT_EQ(model.zone(5).wp, 5 * kSize + model.zone(5).capacity / 2);
    expect_counts(model);
    EXPECT_EQ(write(model, model.zone(5).wp), 0) << "it goes on where it stands";
    EXPECT_EQ(model.manage(ZoneAction::reset, 4), 0);
    EXPECT_EQ(model.manage(ZoneAction::reset, 5), 0);
    model.reset_device();
  }
  config.prefilled = true;
  EXPECT_EQ(ZoneModel(config).zone(5).condition, ZoneCondition::closed);
  EXPECT_EQ(ZoneModel(config).zone(7).condition, ZoneCondition::full);
  config.zone_capacity = config.block_size;
  EXPECT_EQ(ZoneModel(config).zone(5).condition, ZoneCondition::empty) << "half of one block is nothing";
}

std::vector<std::uint64_t> state_of(const ZoneModel& model) {
  struct Values final : core::StateSink {
    std::vector<std::uint64_t> all;
    void add(std::uint64_t value) override { all.push_back(value); }
  } values;
  model.describe(values);
  return values.all;
}

// A closed zone that leaks its slot makes another device of one that has the same zones.
TEST(ZoneModel, StateTellsASlotThatHasLeakedWhateverIsClosedToMakeRoom) {
  for (const ClosePolicy policy : {ClosePolicy::lowest, ClosePolicy::cursor}) {
    DeviceConfig config = limited(1, 2);
    config.dialect = DialectName::null_blk;
    config.close_policy = policy;
    ZoneModel leaky(config);
    ZoneModel other(config);
    for (ZoneModel* const model : {&leaky, &other}) {
      EXPECT_EQ(write(*model, 2 * kSize), 0);
      EXPECT_EQ(model->manage(ZoneAction::close, 2), 0);
    }
    EXPECT_EQ(leaky.manage(ZoneAction::open, 3), 0);
    leaky.degrade(2, ZoneCondition::read_only);
    EXPECT_EQ(leaky.manage(ZoneAction::reset, 3), 0);
    EXPECT_EQ(other.manage(ZoneAction::open, 3), 0);
    EXPECT_EQ(other.manage(ZoneAction::reset, 3), 0);
    other.degrade(2, ZoneCondition::read_only);
    EXPECT_EQ(leaky.zone(2).condition, other.zone(2).condition);
    EXPECT_EQ(leaky.zone(2).wp, other.zone(2).wp);
    EXPECT_NE(state_of(leaky), state_of(other));
  }
}

TEST(ZoneModel, GeometryTellsTheConfiguration) {
  const ZoneModel model(limited(3, 5));
  EXPECT_EQ(model.geometry().size, 16 * kSize);
  EXPECT_EQ(model.geometry().nr_zones(), 16U);
  EXPECT_EQ(model.geometry().max_open, 3U);
  EXPECT_EQ(model.geometry().max_active, 5U);
  EXPECT_EQ(model.zone_of(5 * kSize - 1), 4U);
  EXPECT_EQ(model.config().to_string(),
            "zones=16,size=1048576,capacity=786432,conventional=2,block=4096,max-open=3,max-active=5,prefilled=0");
}

TEST(DeviceConfig, EveryContradictionIsNamed) {
  EXPECT_FALSE(check_config(DeviceConfig{}));
  const auto complaint = [](auto change) {
    DeviceConfig config = small_device();
    change(config);
    return check_config(config).value_or("nothing");
  };
  EXPECT_EQ(complaint([](DeviceConfig&) {}), "nothing");
  EXPECT_NE(complaint([](DeviceConfig& c) { c.block_size = 1000; }).find("block size 1000"), std::string::npos);
  EXPECT_NE(complaint([](DeviceConfig& c) { c.zones = 0; }).find("number of zones 0"), std::string::npos);
  EXPECT_NE(complaint([](DeviceConfig& c) { c.zones = kMaxZones + 1; }).find("number of zones"), std::string::npos);
  EXPECT_NE(complaint([](DeviceConfig& c) { c.zone_size += 512; }).find("zone size"), std::string::npos);
  EXPECT_NE(complaint([](DeviceConfig& c) { c.zone_size = 0; }).find("zone size 0"), std::string::npos);
  EXPECT_NE(complaint([](DeviceConfig& c) { c.zone_size = 1ULL << 60U; }).find("larger than"), std::string::npos);
  EXPECT_NE(complaint([](DeviceConfig& c) { c.zone_capacity = 2 * kSize; }).find("capacity"), std::string::npos);
  EXPECT_NE(complaint([](DeviceConfig& c) { c.zone_capacity -= 512; }).find("capacity"), std::string::npos);
  EXPECT_NE(complaint([](DeviceConfig& c) { c.conventional = 17; }).find("17 conventional"), std::string::npos);
  EXPECT_NE(complaint([](DeviceConfig& c) {
              c.max_open = 3;
              c.max_active = 2;
            }).find("max-open 3"),
            std::string::npos);
}

TEST(ZoneModel, ZonesThatStartAsReported_AreSoAgainWhenTheDeviceStartsAnew) {
  DeviceConfig config = small_device();
  config.starts = {{.first = 3, .last = 3, .condition = core::ZoneCondition::implicit_open, .written = 5},
                   {.first = 4, .last = 5, .condition = core::ZoneCondition::closed, .written = 2},
                   {.first = 6, .last = 7, .condition = core::ZoneCondition::full},
                   {.first = 8, .last = 8, .condition = core::ZoneCondition::read_only}};
  ASSERT_FALSE(check_config(config)) << *check_config(config);
  EXPECT_NE(config.to_string().find(",start=3:oi:5+4-5:cl:2+6-7:fu+8:ro"), std::string::npos) << config.to_string();
  ZoneModel model(config);
  EXPECT_EQ(model.open_zones(), 1U);
  EXPECT_EQ(model.active_zones(), 3U);
  const std::uint64_t wp = model.zone(3).wp;
  EXPECT_EQ(wp, model.zone(3).start + 5 * std::uint64_t{config.block_size});
  EXPECT_EQ(model.apply(core::Direction::write, wp, config.block_size).error, 0) << "it is open: no condition changes";
  EXPECT_EQ(model.apply(core::Direction::write, model.zone(8).start, config.block_size).error, EIO);
  model.reset_device();
  EXPECT_EQ(model.zone(3).wp, wp);
  EXPECT_EQ(model.open_zones(), 1U);
  EXPECT_EQ(starts_of(model.report(), config.block_size), config.starts);
}

TEST(DeviceConfig, ZonesThatStartAsNoneCan_AreRefused) {
  const auto complaint = [](ZoneStart start) {
    DeviceConfig config = small_device();
    config.max_open = 3;
    config.starts = {start};
    return check_config(config).value_or("nothing");
  };
  using core::ZoneCondition;
  EXPECT_EQ(complaint({.first = 3, .last = 4, .condition = ZoneCondition::closed, .written = 1}), "nothing");
  EXPECT_NE(complaint({.first = 0, .last = 0, .condition = ZoneCondition::full}).find("is conventional"),
            std::string::npos);
  EXPECT_NE(complaint({.first = 3, .last = 3, .condition = ZoneCondition::full, .written = 1}).find("no write pointer"),
            std::string::npos);
  EXPECT_NE(complaint({.first = 3, .last = 3, .condition = ZoneCondition::closed, .written = 9999}).find("9999 blocks"),
            std::string::npos);
  EXPECT_NE(complaint({.first = 3, .last = 6, .condition = ZoneCondition::implicit_open}).find("are above max-"),
            std::string::npos);
}

}  // namespace
}  // namespace zoneknot::device
