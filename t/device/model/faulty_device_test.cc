#include "device/model/faulty_device.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <vector>

#include "t/contract/zoned_device.h"

namespace zoneknot::device {
namespace {

using contract::kBlock;
using contract::kZone;
using core::Direction;
using core::ZoneAction;
using core::ZoneCondition;

core::IoRequest io(Direction direction, std::uint64_t offset, std::uint32_t length = kBlock) {
  core::IoRequest made;
  made.direction = direction;
  made.offset = offset;
  made.length = length;
  return made;
}

// A device of four zones with one fault; chances come true as told.
struct OneFault {
  explicit OneFault(const Fault& fault = {.zones = {ZoneSelection::Kind::list, {}}})
      : plan{{fault}}, device({.zone_size = kZone, .zones = 4}, plan, [this](double p) {
          asked.push_back(p);
          return comes_true;
        }) {}

  [[nodiscard]] std::uint64_t written(std::uint32_t zone) const {
    return device.model().zone(zone).wp - device.model().zone(zone).start;
  }
  int reset(std::uint32_t zone) {
    return device
        .carry_out(ZoneAction::reset, zone,
                   [this](std::uint32_t) {
                     ++wipes;
                     return wipe_error;
                   })
        .error;
  }

  FaultPlan plan;
  std::vector<double> asked;
  bool comes_true = true;
  int wipes = 0;
  int wipe_error = 0;
  FaultyDevice device;
};

Fault short_write(std::uint32_t transferred) {
  return {.zones = {}, .kind = FaultKind::short_transfer, .transferred = transferred};
}

TEST(FaultyDevice, ShortTransferIsRoundedDownToBlocks) {
  const struct {
    std::uint32_t transferred, done;
  } rows[] = {{0, 0},
              {1, 0},
              {kBlock - 1, 0},
              {kBlock, kBlock},
              {4196, kBlock},
              {2 * kBlock - 1, kBlock},
              {2 * kBlock, 2 * kBlock},
              {9 * kBlock, 3 * kBlock}};
  for (const auto& row : rows) {
    OneFault bench(short_write(row.transferred));
    const IoEffect effect = bench.device.carry_out(io(Direction::write, kZone, 3 * kBlock));
    EXPECT_EQ(effect.error, 0);
    EXPECT_EQ(effect.done, row.done) << row.transferred;
    EXPECT_EQ(effect.transferred(), row.done);
    EXPECT_EQ(bench.written(1), row.done);
    EXPECT_EQ(bench.device.model().zone(1).condition,
              row.done == 0 ? ZoneCondition::empty : ZoneCondition::implicit_open);
  }
}

TEST(FaultyDevice, FaultAtTheQueueLeavesTheZonesAlone) {
  OneFault bench({.zones = {}, .moment = FaultMoment::queue, .error = ENOSPC, .count = 1});
  const Fault* fault = bench.device.strike_queue(io(Direction::write, 0));
  ASSERT_NE(fault, nullptr);
  EXPECT_EQ(fault->error, ENOSPC);
  EXPECT_EQ(bench.device.strike_queue(io(Direction::write, 0)), nullptr);
  EXPECT_EQ(bench.written(0), 0U);
}

TEST(FaultyDevice, FaultAtCompletionIsAnErrorWithoutAnyEffect) {
  OneFault bench({.zones = {ZoneSelection::Kind::odd, {}}, .error = EILSEQ});
  const IoEffect effect = bench.device.carry_out(io(Direction::write, kZone));
  EXPECT_EQ(effect.error, EILSEQ);
  EXPECT_EQ(effect.done, 0U);
  EXPECT_EQ(bench.written(1), 0U);
  EXPECT_EQ(bench.device.carry_out(io(Direction::write, 2 * kZone)).error, 0);
}

TEST(FaultyDevice, WriteThatFailsInItsSecondZoneHasDoneTheFirst) {
  OneFault bench;
  ASSERT_EQ(bench.device.carry_out(io(Direction::write, 0, kZone - kBlock)).error, 0);
  ASSERT_EQ(bench.device.carry_out(io(Direction::write, kZone, kBlock)).error, 0);
  const IoEffect effect = bench.device.carry_out(io(Direction::write, kZone - kBlock, 2 * kBlock));
  EXPECT_EQ(effect.error, EIO);
  EXPECT_EQ(effect.done, kBlock);
  EXPECT_EQ(effect.transferred(), 0U);
  EXPECT_EQ(bench.device.model().zone(0).condition, ZoneCondition::full);
  EXPECT_EQ(bench.written(1), kBlock);
}

TEST(FaultyDevice, IoBeyondTheDeviceBelongsToNoZone) {
  OneFault bench({.zones = {ZoneSelection::Kind::list, {4}}, .error = EILSEQ});
  EXPECT_EQ(bench.device.carry_out(io(Direction::write, 4 * kZone)).error, ENOSPC);
  EXPECT_EQ(bench.device.carry_out(io(Direction::read, 4 * kZone)).error, EIO);
}

TEST(FaultyDevice, ChanceIsAskedForOnlyWhereItIsOpen) {
  for (const double p : {0.0, 0.25, 1.0}) {
    OneFault bench({.zones = {}, .error = EIO, .probability = p});
    EXPECT_EQ(bench.device.carry_out(io(Direction::write, 0)).error, p > 0 ? EIO : 0);
    EXPECT_EQ(bench.asked, p == 0.25 ? std::vector<double>{0.25} : std::vector<double>{});
    bench.comes_true = false;
    EXPECT_EQ(bench.device.carry_out(io(Direction::write, kZone)).error, p == 1 ? EIO : 0);
  }
}

TEST(FaultyDevice, ResetWipesTheZoneUnlessItIsRefused) {
  OneFault bench;
  ASSERT_EQ(bench.device.carry_out(io(Direction::write, kZone)).error, 0);
  bench.wipe_error = ENOTSUP;
  EXPECT_EQ(bench.reset(1), ENOTSUP);
  EXPECT_EQ(bench.written(1), kBlock) << "what could not be wiped is not empty";
  bench.wipe_error = 0;
  EXPECT_EQ(bench.reset(1), 0);
  EXPECT_EQ(bench.written(1), 0U);
  EXPECT_EQ(bench.wipes, 2);
  EXPECT_EQ(bench.device.carry_out(ZoneAction::finish, 1, [](std::uint32_t) { return ENOTSUP; }).error, 0)
      << "nothing to wipe";
}

TEST(FaultyDevice, ResetThatIsRefusedWipesNothing) {
  OneFault bench({.target = FaultTarget::reset, .zones = {}, .error = EIO, .count = 1});
  EXPECT_EQ(bench.reset(1), EIO);
  EXPECT_EQ(bench.wipes, 0);
  FaultPlan none;
  FaultyDevice conventional({.zone_size = kZone, .zones = 4, .conventional = 1}, none, [](double) { return false; });
  const auto wiped = [](std::uint32_t) {
    ADD_FAILURE() << "wiped";
    return 0;
  };
  EXPECT_EQ(conventional.carry_out(ZoneAction::reset, 0, wiped).error, EIO);
}

TEST(FaultyDevice, RangeIsOfBytesThatAnIoTouches) {
  const std::uint64_t from = kZone + 4 * kBlock;
  OneFault bench(Fault{.zones = {}, .error = EILSEQ, .range = {from, from + kBlock}});
  EXPECT_EQ(bench.device.carry_out(io(Direction::write, kZone, 4 * kBlock)).error, 0);
  EXPECT_EQ(bench.device.carry_out(io(Direction::write, from, 2 * kBlock)).error, EILSEQ);
  EXPECT_EQ(bench.device.carry_out(io(Direction::write, 0)).error, 0);
}

TEST(FaultyDevice, ZoneCommandsAreStruckByTheirOwnFaults) {
  const FaultTarget targets[] = {FaultTarget::open, FaultTarget::close, FaultTarget::finish};
  const ZoneAction actions[] = {ZoneAction::open, ZoneAction::close, ZoneAction::finish};
  for (std::size_t i = 0; i < 3; ++i) {
    OneFault bench(Fault{.target = targets[i], .zones = {}, .error = EILSEQ});
    EXPECT_EQ(bench.device.carry_out(io(Direction::write, 0)).error, 0);
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_EQ(bench.device.carry_out(actions[j], 0, [](std::uint32_t) { return 0; }).error, i == j ? EILSEQ : 0)
          << i << " " << j;
    }
  }
}

TEST(FaultyDevice, HostOfToday_RefusesAfterAFailedWriteUntilThereIsAReport) {
  const FaultPlan none;
  for (const HostLayer host : {HostLayer::write_lock, HostLayer::write_plug}) {
    FaultyDevice device({.zone_size = kZone, .zones = 4, .host = host}, none, [](double) { return false; });
    EXPECT_EQ(device.carry_out(io(Direction::write, 0)).error, 0);
    EXPECT_EQ(device.carry_out(io(Direction::write, 4 * kBlock)).error, EIO);
    EXPECT_EQ(device.carry_out(io(Direction::write, kBlock)).error, host == HostLayer::write_plug ? EIO : 0);
    const std::uint64_t wp = device.report()[0].wp;
    EXPECT_EQ(device.carry_out(io(Direction::write, wp)).error, 0);
  }
}

TEST(FaultyDevice, RawHost_SendsACommandThatIsTooLarge) {
  const FaultPlan none;
  DeviceConfig config{.zone_size = kZone, .zones = 4, .dialect = DialectName::null_blk, .host = HostLayer::raw};
  FaultyDevice device(config, none, [](double) { return false; });
  EXPECT_EQ(device.carry_out(io(Direction::write, 0, 256 * 1024)).error, EIO);
  const IoEffect effect = device.carry_out(io(Direction::write, 0, 64 * 1024));
  EXPECT_EQ(effect.error, 0);
  EXPECT_EQ(effect.done, 64U * 1024);
}

TEST(FaultyDevice, HostOfToday_KeepsAStalePointerOfAZoneResetBehindOneThatFailed) {
  const FaultPlan none;
  const auto wiped = [](std::uint32_t) { return 0; };
  for (const int earlier : {0, EIO}) {
    FaultyDevice device({.zone_size = kZone, .zones = 4, .host = HostLayer::write_plug}, none,
                        [](double) { return false; });
    EXPECT_EQ(device.carry_out(io(Direction::write, kZone)).error, 0);
    EXPECT_EQ(device.carry_out(ZoneAction::reset, 1, wiped, earlier).error, 0);
    EXPECT_EQ(device.carry_out(io(Direction::write, kZone)).error, earlier);
  }
}

TEST(FaultyDevice, ResetOfAllZonesIsStruckZoneByZone) {
  OneFault bench({.target = FaultTarget::reset, .zones = {ZoneSelection::Kind::list, {1}}, .error = EILSEQ});
  for (std::uint32_t zone = 0; zone < 3; ++zone) {
    ASSERT_EQ(bench.device.carry_out(io(Direction::write, zone * kZone)).error, 0);
  }
  std::vector<std::uint32_t> wiped;
  const auto wipe = [&](std::uint32_t zone) {
    wiped.push_back(zone);
    return 0;
  };
  EXPECT_EQ(bench.device.reset_all(wipe).error, EILSEQ);
  EXPECT_EQ(wiped, (std::vector<std::uint32_t>{0, 2, 3}));
  EXPECT_EQ(bench.written(1), kBlock);
  EXPECT_EQ(bench.written(2), 0U);
}

TEST(FaultyDevice, ResetOfAllZonesPassesOverOneThatAFaultTakesOutOfService) {
  OneFault bench({.target = FaultTarget::reset, .zones = {ZoneSelection::Kind::list, {1}}, .kind = FaultKind::offline});
  EXPECT_EQ(bench.device.reset_all([](std::uint32_t) { return 0; }).error, 0);
  EXPECT_EQ(bench.device.model().zone(1).condition, ZoneCondition::offline);
}

TEST(FaultyDevice, PowerCutEndsARange) {
  OneFault bench({.target = FaultTarget::finish,
                  .zones = {ZoneSelection::Kind::list, {1}},
                  .kind = FaultKind::power_cut,
                  .count = 1});
  const auto wipe = [](std::uint32_t) { return 0; };
  const auto finish = [&](std::uint32_t zone, int earlier) {
    return bench.device.carry_out(ZoneAction::finish, zone, wipe, earlier).error;
  };
  EXPECT_EQ(bench.device.for_each_zone({0, 4}, finish), EIO);
  EXPECT_EQ(bench.device.model().zone(0).condition, ZoneCondition::full);
  EXPECT_EQ(bench.device.model().zone(2).condition, ZoneCondition::empty);
  EXPECT_EQ(bench.device.for_each_zone({0, 4}, finish), 0);
}

TEST(FaultyDevice, AppendIsKeptThroughAPowerCutOnceItIsTold) {
  for (const bool told : {false, true}) {
    OneFault bench({.target = FaultTarget::sync, .zones = {}, .kind = FaultKind::power_cut});
    core::IoRequest append = io(Direction::write, kZone);
    append.append = true;
    const IoEffect effect = bench.device.carry_out(append);
    append.transferred = effect.transferred();
    append.written_at = effect.at;
    if (told) bench.device.told(append);
    bench.comes_true = false;
    bench.device.power_cut();
    EXPECT_EQ(bench.written(1), told ? kBlock : 0U);
  }
}

TEST(FaultyDevice, PowerCutClosesOpenZonesAndEmptiesThoseWithoutAWrite) {
  OneFault bench({.target = FaultTarget::sync, .zones = {}, .kind = FaultKind::power_cut});
  const auto wipe = [](std::uint32_t) { return 0; };
  for (const std::uint32_t zone : {0U, 2U}) EXPECT_EQ(bench.device.carry_out(ZoneAction::open, zone, wipe).error, 0);
  for (const std::uint32_t zone : {1U, 2U}) {
    EXPECT_EQ(bench.device.carry_out(io(Direction::write, zone * kZone)).error, 0);
  }
  EXPECT_EQ(bench.device.carry_out(ZoneAction::finish, 3, wipe).error, 0);
  bench.device.power_cut();
  const ZoneCondition expected[] = {ZoneCondition::empty, ZoneCondition::closed, ZoneCondition::closed,
                                    ZoneCondition::full};
  for (std::uint32_t zone = 0; zone < 4; ++zone) EXPECT_EQ(bench.device.model().zone(zone).condition, expected[zone]);
}

TEST(FaultyDevice, WithAWriteCacheASyncKeepsWhatWasWrittenAndBeingToldDoesNot) {
  for (const bool cache : {false, true}) {
    OneFault bench({.target = FaultTarget::trim, .zones = {}, .kind = FaultKind::power_cut, .write_cache = cache});
    for (const std::uint64_t place : {kZone, 2 * kZone}) {
      core::IoRequest write = io(Direction::write, place);
      write.transferred = bench.device.carry_out(write).transferred();
      bench.device.told(write);
      EXPECT_EQ(place == kZone ? bench.device.carry_out(io(Direction::sync, 0, 0)).error : 0, 0);
    }
    bench.comes_true = false;
    bench.device.power_cut();
    EXPECT_EQ(bench.written(1), kBlock);
    EXPECT_EQ(bench.written(2), cache ? 0U : kBlock);
  }
}

// Found by the naive device of proptests.
TEST(FaultyDevice, WriteThatIsToldAfterItsZoneWasResetKeepsNothingOfTheNextOne) {
  OneFault bench({.target = FaultTarget::sync, .zones = {}, .kind = FaultKind::power_cut});
  core::IoRequest before = io(Direction::write, kZone);
  before.transferred = bench.device.carry_out(before).transferred();
  EXPECT_EQ(bench.reset(1), 0);
  EXPECT_EQ(bench.device.carry_out(io(Direction::write, kZone, 2 * kBlock)).error, 0);
  bench.device.told(before);
  bench.comes_true = false;
  bench.device.power_cut();
  EXPECT_EQ(bench.written(1), 0U);
}

TEST(FaultyDevice, WriteOverTwoZonesThatIsToldIsKeptInBoth) {
  OneFault bench({.target = FaultTarget::sync, .zones = {}, .kind = FaultKind::power_cut});
  EXPECT_EQ(bench.device.carry_out(io(Direction::write, 0, kZone - kBlock)).error, 0);
  core::IoRequest over = io(Direction::write, kZone - kBlock, 2 * kBlock);
  over.transferred = bench.device.carry_out(over).transferred();
  bench.device.told(over);
  bench.comes_true = false;
  bench.device.power_cut();
  EXPECT_EQ(bench.device.model().zone(0).condition, ZoneCondition::full);
  EXPECT_EQ(bench.written(1), kBlock);
}

TEST(FaultyDevice, DeviceThatIsResetCountsItsFaultsAnew) {
  OneFault bench({.zones = {}, .error = EIO, .count = 1});
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(bench.device.carry_out(io(Direction::write, 0)).error, EIO);
    EXPECT_EQ(bench.device.carry_out(io(Direction::write, 0)).error, 0);
    bench.device.reset_device();
    EXPECT_EQ(bench.written(0), 0U);
  }
}

}  // namespace
}  // namespace zoneknot::device
