#include "device/model/dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

#include "device/model/host.h"

namespace zoneknot::device::dialect_rules {
namespace {

using core::ZoneAction;
using core::ZoneCondition;

constexpr std::uint64_t kBlock = 4096;
constexpr std::uint64_t kZone = 1U << 20U;

DeviceConfig device_of(DialectName dialect, std::uint32_t max_open = 0, std::uint32_t max_active = 0) {
  return {.zone_size = kZone,
          .zone_capacity = kZone / 4 * 3,
          .zones = 16,
          .max_open = max_open,
          .max_active = max_active,
          .dialect = dialect};
}

ZoneStatus write(ZoneModel& model, std::uint32_t zone) { return model.write_command(model.zone(zone).wp, kBlock); }

// Which zone is closed for one more, where 7, 5 and 9 were opened in this order and 7 was written again.
std::uint32_t victim(ClosePolicy policy) {
  DeviceConfig config = device_of(DialectName::zns, 3);
  config.close_policy = policy;
  ZoneModel model(config);
  for (const std::uint32_t zone : {7, 5, 9, 7}) EXPECT_EQ(write(model, zone), ZoneStatus::ok);
  EXPECT_EQ(write(model, 6), ZoneStatus::ok);
  for (const std::uint32_t zone : {5U, 7U, 9U}) {
    if (model.zone(zone).condition == ZoneCondition::closed) return zone;
  }
  return 0;
}

TEST(Dialect, DocumentationIsMadeOfTheTable) {
  std::ifstream file(std::string(ZONEKNOT_DOCS) + "/dialects.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(page, testing::HasSubstr(dialect_table())) << "zoneknot device --dialects prints the table as it is now";
}

TEST(Dialect, WordsAreThoseOfTheTable) {
  for (const std::string_view word : dialect_words()) EXPECT_EQ(dialect(*dialect_named(word)).word, word);
  EXPECT_EQ(dialect_named("nothing"), std::nullopt);
}

TEST(Dialect, EveryPolicyClosesItsOwnZone) {
  EXPECT_EQ(victim(ClosePolicy::lowest), 5U);
  EXPECT_EQ(victim(ClosePolicy::cursor), 5U);
  EXPECT_EQ(victim(ClosePolicy::fifo_open), 7U);
  EXPECT_EQ(victim(ClosePolicy::lru_write), 5U);
  EXPECT_NE(victim(ClosePolicy::random), 0U);
}

TEST(Dialect, LeastRecentlyWrittenZoneIsClosedFirst) {
  DeviceConfig config = device_of(DialectName::zns, 3);
  config.close_policy = ClosePolicy::lru_write;
  ZoneModel model(config);
  for (const std::uint32_t zone : {5, 7, 9, 5}) EXPECT_EQ(write(model, zone), ZoneStatus::ok);
  EXPECT_EQ(write(model, 6), ZoneStatus::ok);
  EXPECT_EQ(model.zone(7).condition, ZoneCondition::closed);
}

TEST(Dialect, RandomPolicyClosesOneOrAnotherAndTheSameInEveryRun) {
  std::vector<std::uint32_t> closed;
  for (int run = 0; run < 2; ++run) {
    DeviceConfig config = device_of(DialectName::zns, 3);
    config.close_policy = ClosePolicy::random;
    ZoneModel model(config);
    for (std::uint32_t zone = 3; zone > 0; --zone) EXPECT_EQ(write(model, zone), ZoneStatus::ok);
    std::vector<std::uint32_t> ranks;
    for (std::uint32_t zone = 4; zone < 12; ++zone) {
      std::vector<std::uint32_t> open;
      for (std::uint32_t other = 0; other < zone; ++other) {
        if (model.zone(other).condition == ZoneCondition::implicit_open) open.push_back(other);
      }
      EXPECT_EQ(write(model, zone), ZoneStatus::ok);
      for (std::uint32_t rank = 0; rank < open.size(); ++rank) {
        if (model.zone(open[rank]).condition == ZoneCondition::closed) ranks.push_back(rank);
      }
    }
    EXPECT_EQ(std::set<std::uint32_t>(ranks.begin(), ranks.end()).size(), 3U);
    EXPECT_TRUE(run == 0 || ranks == closed);
    closed = ranks;
  }
}

TEST(Dialect, CursorGoesOnBehindTheLastZoneItClosed) {
  ZoneModel model(device_of(DialectName::null_blk, 2));
  for (const std::uint32_t zone : {5, 7, 9, 4, 3}) EXPECT_EQ(write(model, zone), ZoneStatus::ok);
  // 5 for 9, then 7 for 4, then 9 for 3.
  EXPECT_EQ(model.zone(9).condition, ZoneCondition::closed);
  EXPECT_EQ(model.zone(4).condition, ZoneCondition::implicit_open);
}

TEST(Dialect, WithoutImplicitCloseAFullListRefuses) {
  DeviceConfig config = device_of(DialectName::zns, 2);
  config.close_policy = ClosePolicy::none;
  ZoneModel model(config);
  EXPECT_EQ(write(model, 1), ZoneStatus::ok);
  EXPECT_EQ(write(model, 2), ZoneStatus::ok);
  EXPECT_EQ(write(model, 3), ZoneStatus::too_many_open);
}

// ZBC-2 and ZNS part over a zone that was opened and never written.
TEST(Dialect, CloseOfAnUnwrittenZoneIsTheStandards) {
  for (const auto& [name, condition] :
       {std::pair{DialectName::zns, ZoneCondition::closed}, std::pair{DialectName::zbc, ZoneCondition::empty}}) {
    ZoneModel model(device_of(name));
    EXPECT_EQ(model.manage_command(ZoneAction::open, 3), ZoneStatus::ok);
    EXPECT_EQ(model.manage_command(ZoneAction::close, 3), ZoneStatus::ok);
    EXPECT_EQ(model.zone(3).condition, condition);
  }
}

// ZBC: what would pass the zone's end is no command for the zone, in whatever condition that is.
TEST(Dialect, ZbcLooksAtTheCapacityBeforeTheCondition) {
  for (const auto& [name, status] :
       {std::pair{DialectName::zbc, ZoneStatus::boundary}, std::pair{DialectName::zns, ZoneStatus::full}}) {
    ZoneModel model(device_of(name));
    EXPECT_EQ(model.manage_command(ZoneAction::finish, 3), ZoneStatus::ok);
    EXPECT_EQ(model.write_command(3 * kZone, kZone), status);
  }
}

TEST(Dialect, UnwrittenBlocksOfNullBlkAreOnesAndOthersZeros) {
  for (const DialectName name : {DialectName::null_blk, DialectName::zns, DialectName::scsi_debug}) {
    ZoneModel model(device_of(name));
    EXPECT_EQ(write(model, 2), ZoneStatus::ok);
    EXPECT_EQ(model.unwritten_from(2), 2 * kZone + (name == DialectName::null_blk ? kBlock : kZone));
  }
}

TEST(Dialect, AppendIsWhereAndAsLargeAsDeviceAndHostHaveIt) {
  ZoneModel model(device_of(DialectName::qemu));
  EXPECT_EQ(model.append(0, 128 * 1024).error, 0);
  const ZoneModel::Appended device = model.append(0, 132 * 1024);
  EXPECT_EQ(device.error, EOPNOTSUPP);
  EXPECT_EQ(device.status, 0x002);
  const ZoneModel::Appended host = model.append(0, 516 * 1024);
  EXPECT_EQ(host.error, EINVAL);
  EXPECT_EQ(host.status, 0);
  EXPECT_EQ(model.append(0, 100).error, EINVAL) << "no whole block";
  EXPECT_EQ(model.append(kBlock, kBlock).error, EOPNOTSUPP) << "at no zone's start";
  EXPECT_EQ(model.append(16 * kZone, kBlock).error, EREMOTEIO) << "beyond the device";
  EXPECT_EQ(ZoneModel(device_of(DialectName::null_blk)).append(0, kBlock).error, EOPNOTSUPP);
}

TEST(Dialect, NullBlkFinishesAZoneThatItMakesReadOnlyAndRestoresItTheSecondTime) {
  for (const DialectName name : {DialectName::null_blk, DialectName::zns}) {
    ZoneModel model(device_of(name));
    EXPECT_EQ(write(model, 2), ZoneStatus::ok);
    model.degrade(2, ZoneCondition::read_only);
    EXPECT_EQ(model.zone(2).condition, ZoneCondition::read_only);
    EXPECT_EQ(model.active_zones(), 0U);
    model.degrade(2, ZoneCondition::read_only);
    EXPECT_EQ(model.zone(2).condition, name == DialectName::null_blk ? ZoneCondition::empty : ZoneCondition::read_only);
  }
}

TEST(Dialect, StatusesOfNvmeAreErrnoValuesOfLinux) {
  EXPECT_EQ(nvme_code(ZoneStatus::too_many_active), 0x1bd);
  EXPECT_EQ(errno_of(ZoneStatus::too_many_active, ErrnoRules::nvme), EOVERFLOW);
  EXPECT_EQ(errno_of(ZoneStatus::too_many_open, ErrnoRules::scsi), ETOOMANYREFS);
  EXPECT_EQ(errno_of(ZoneStatus::invalid_write, ErrnoRules::nvme), EIO);
  EXPECT_EQ(errno_of(ZoneStatus::invalid_write, ErrnoRules::scsi), EREMOTEIO);
  EXPECT_EQ(errno_of_nvme(0x002), EOPNOTSUPP);
  EXPECT_EQ(errno_of_nvme(0x123), EIO);
}

TEST(Dialect, LimitsOfNullBlkThatCannotBeReachedAreNone) {
  DeviceConfig config = device_of(DialectName::null_blk, 3, 16);
  EXPECT_EQ(ZoneModel(config).geometry().max_active, 0U);
  config.max_active = 5;
  config.max_open = 9;
  EXPECT_EQ(ZoneModel(config).geometry().max_open, 5U);
}

TEST(Dialect, ZbcHasNoLimitOfActiveZones) {
  ZoneModel model(device_of(DialectName::zbc, 2, 2));
  for (std::uint32_t zone = 0; zone < 6; ++zone) EXPECT_EQ(write(model, zone), ZoneStatus::ok);
}

TEST(Host, RawPassesOneCommandOn) {
  DeviceConfig config = device_of(DialectName::qemu);
  config.host = HostLayer::raw;
  ZoneModel model(config);
  Host host(model);
  const auto nothing = [](std::uint64_t, std::uint64_t) {};
  EXPECT_EQ(host.read(kZone - kBlock, 2 * kBlock, nothing), EIO) << "one command may not cross a zone's end";
  EXPECT_EQ(host.write(0, kZone / 4 * 3, nothing), EOPNOTSUPP) << "larger than the largest command";
  EXPECT_EQ(host.write(0, 512 * 1024, nothing), 0);
}

// Found by random scripts on 6.12: a write that the host refuses at the capacity leaves its own idea of the pointer in
// place, and the report after it takes the pointer of that moment.
TEST(Host, WriteAtTheCapacityLeavesAPointerThatGoesStale) {
  DeviceConfig config = device_of(DialectName::qemu);
  config.host = HostLayer::write_plug;
  ZoneModel model(config);
  Host host(model);
  const auto write_at = [&](std::uint64_t offset) {
    return host.write(offset, kBlock, [](std::uint64_t, std::uint64_t) {});
  };
  std::uint64_t at = 0;
  ASSERT_EQ(model.append_command(0, 5 * kBlock, at), ZoneStatus::ok);
  EXPECT_EQ(write_at(kZone / 4 * 3), EIO);
  host.report();
  ASSERT_EQ(model.append_command(0, 7 * kBlock, at), ZoneStatus::ok);
  EXPECT_EQ(write_at(12 * kBlock), EIO);
  host.report();
  EXPECT_EQ(write_at(12 * kBlock), 0);
}

// The last pieces of a write across the capacity are thrown away with the one that the device refuses: they leave
// nothing behind that could go stale.
TEST(Host, WriteAcrossTheCapacityLeavesNoPointer) {
  DeviceConfig config = device_of(DialectName::qemu);
  config.zone_size = 4 * kZone;
  config.zone_capacity = 3 * kZone;
  config.host = HostLayer::write_plug;
  ZoneModel model(config);
  Host host(model);
  const auto nothing = [](std::uint64_t, std::uint64_t) {};
  ASSERT_EQ(host.write(0, 276 * kBlock, nothing), 0);
  EXPECT_EQ(host.write(276 * kBlock, 617 * kBlock, nothing), EIO);
  host.report();
  std::uint64_t at = 0;
  ASSERT_EQ(model.append_command(0, 4 * kBlock, at), ZoneStatus::ok);
  EXPECT_EQ(host.write(664 * kBlock, kBlock, nothing), 0);
}

// Found by random scripts on 6.12: null_blk has refused the first piece before the second comes, and that one makes a
// pointer of its own.
TEST(Host, PiecesBehindOneThatNullBlkHasRefusedLeaveAPointerThatGoesStale) {
  for (const std::uint64_t blocks : {31U, 32U}) {
    DeviceConfig config = device_of(DialectName::null_blk);
    config.host = HostLayer::write_plug;
    ZoneModel model(config);
    Host host(model);
    const auto nothing = [](std::uint64_t, std::uint64_t) {};
    const std::uint64_t before = config.zone_capacity - kBlock;
    ASSERT_EQ(host.write(0, before, nothing), 0);
    EXPECT_EQ(host.write(before, blocks * kBlock, nothing), EIO);
    host.report();
    for (int twice = 0; twice < 2; ++twice) model.degrade(0, ZoneCondition::offline);
    host.report();
    EXPECT_EQ(host.write(0, kBlock, nothing), blocks > 31 ? EIO : 0) << "there was a second piece";
  }
}

TEST(Host, PiecesBehindTheFirstThatQemuHasRefusedLeaveAPointerThatAnAppendMakesStale) {
  for (const std::uint64_t blocks : {128U, 133U}) {
    DeviceConfig config = device_of(DialectName::qemu);
    config.zone_size = 4 * kZone;
    config.zone_capacity = 3 * kZone;
    config.host = HostLayer::write_plug;
    ZoneModel model(config);
    Host host(model);
    const auto nothing = [](std::uint64_t, std::uint64_t) {};
    const std::uint64_t before = 653 * kBlock;
    ASSERT_EQ(host.write(0, before, nothing), 0);
    EXPECT_EQ(host.write(before, blocks * kBlock, nothing), EIO);
    host.report();
    ASSERT_EQ(model.append(0, kBlock).error, 0);
    host.report();
    EXPECT_EQ(host.write(before + kBlock, kBlock, nothing), blocks > 128 ? EIO : 0) << "there was a second piece";
  }
}

TEST(Host, PiecesBehindOneThatFailedAreSent) {
  DeviceConfig config = device_of(DialectName::zns);
  ZoneModel model(config);
  Host host(model);
  std::uint64_t moved = 0;
  EXPECT_EQ(host.write(kZone - kBlock, 3 * kBlock, [&](std::uint64_t, std::uint64_t length) { moved += length; }), EIO);
  EXPECT_EQ(moved, 2 * kBlock);
  EXPECT_EQ(model.zone(1).wp, kZone + 2 * kBlock);
}

}  // namespace
}  // namespace zoneknot::device::dialect_rules
