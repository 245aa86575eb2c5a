// DeviceInfo: the zones as the workload sees them, and the list of open ones.

#include "core/workload/zone_table.h"

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

TEST(ZoneTable, AtTheStart_IsWhatTheDeviceReports) {
  ScriptedWorld world(zones({0, 2, 4, -1, -2}));
  world.the_device.zones[2].wp = 0;  // without meaning in a full zone
  world.the_device.zones[3].wp = 0;  // nor in a conventional one
  ZoneTable table(world, world.the_device, 0, TableUse{});
  ASSERT_EQ(table.nr_zones(), 5U);
  EXPECT_EQ(table.zone(0).wp.read(), at(0));
  EXPECT_EQ(table.zone(1).wp.read(), at(1, 2));
  EXPECT_EQ(table.zone(2).wp.read(), at(3)) << "full";
  EXPECT_EQ(table.zone(3).wp.read(), at(4)) << "conventional";
  EXPECT_EQ(table.zone(4).condition, ZoneCondition::offline);
  EXPECT_EQ(table.open_list.count(), 0U);
  EXPECT_EQ(table.sectors_with_data.read(), 0U);
  EXPECT_EQ(table.write_count.read(), 0U);
  for (std::uint32_t i = 0; i < 5; ++i) {
    EXPECT_FALSE(table.zone(i).open.read());
    EXPECT_FALSE(table.zone(i).reset_zone.read());
    EXPECT_EQ(table.zone(i).verify_block.read(), 0U);
  }
}

TEST(ZoneTable, WhatTheDeviceCallsOpen_IsNotListed) {
  ScriptedWorld world(zones({1}));
  world.the_device.zones[0].condition = ZoneCondition::explicit_open;
  const ZoneTable table(world, world.the_device, 0, TableUse{});
  EXPECT_EQ(table.open_list.count(), 0U);
}

TEST(ZoneTable, Offsets_BelongToZones) {
  ScriptedWorld world(zones({0, 0}));
  ZoneTable table(world, world.the_device, 0, TableUse{});
  EXPECT_EQ(table.zone_at(0), &table.zone(0));
  EXPECT_EQ(table.zone_at(at(1) - 1), &table.zone(0));
  EXPECT_EQ(table.zone_at(at(1)), &table.zone(1));
  EXPECT_EQ(table.zone_at(at(2)), nullptr);
  EXPECT_EQ(table.device_end(), at(2));
  EXPECT_EQ(table.end_of(table.zone(1)), at(2));
}

TEST(Zone, IsFullWhenABlockDoesNotFitIntoItsCapacity) {
  ScriptedWorld world(zones({3, 0, -1}));
  world.the_device.zones[1].capacity = 3 * kBlock;
  ZoneTable table(world, world.the_device, 0, TableUse{});
  EXPECT_FALSE(table.zone(0).full(kBlock));
  EXPECT_TRUE(table.zone(0).full(2 * kBlock));
  table.zone(1).wp.write(at(1, 3));
  EXPECT_TRUE(table.zone(1).full(kBlock));
  EXPECT_FALSE(table.zone(2).full(kBlock)) << "a conventional zone is never full";
}

std::vector<std::uint32_t> entries(const OpenList& list, std::uint32_t count) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 0; i < count; ++i) all.push_back(list.peek_at(i));
  return all;
}

TEST(OpenList, DroppedEntry_LetsLaterOnesMoveDownAndLeavesTheLastBehind) {
  ScriptedWorld world(zones({0}));
  OpenList list(world.runtime(), kNoId, kMaxOpenZonesListed, 200);
  for (const std::uint32_t zone : {7U, 8U, 9U}) list.append(zone);
  EXPECT_EQ(entries(list, 4), (std::vector<std::uint32_t>{7, 8, 9, 0}));
  list.drop(0);
  EXPECT_EQ(list.count(), 2U);
  EXPECT_EQ(entries(list, 4), (std::vector<std::uint32_t>{8, 9, 9, 0})) << "position 2 keeps what it had";
  list.drop(1);
  EXPECT_EQ(list.peek_count(), 1U);
  EXPECT_EQ(entries(list, 4), (std::vector<std::uint32_t>{8, 9, 9, 0}));
  list.append(5);
  EXPECT_EQ(entries(list, 4), (std::vector<std::uint32_t>{8, 5, 9, 0}));
}

TEST(OpenList, TakesAsManyAsTheHistoricTable) {
  ScriptedWorld world(zones({0}));
  OpenList list(world.runtime(), kNoId, kMaxOpenZonesListed, 200);
  for (std::uint32_t i = 0; i < kMaxOpenZonesListed; ++i) list.append(i);
  EXPECT_EQ(list.at(127), 127U);
  list.drop(0);
  EXPECT_EQ(list.at(126), 127U);
}

TEST(ZoneHold, ThatIsGivenBack_TellsOfNothing) {
  OneJob one(job("randwrite"), FixSet::series(), {0, 0});
  {
    ZoneHold hold = one.locking.take(one.table.zone(0), Take::plain);
    ZoneHold moved = std::move(hold);
    EXPECT_FALSE(hold.held());
    EXPECT_EQ(&moved.zone(), &one.table.zone(0));
    moved.unlock();
    EXPECT_FALSE(moved.held());
  }
  EXPECT_TRUE(one.world.the_observer.broken.empty());
}

TEST(ZoneHold, ThatIsDroppedOrOverwritten_IsALeakAndLeavesTheLockOwned) {
  OneJob one(job("randwrite"), FixSet::series(), {0, 0});
  {
    ZoneHold hold = one.locking.take(one.table.zone(0), Take::plain);
    hold = one.locking.take(one.table.zone(1), Take::plain);
    EXPECT_EQ(one.world.the_observer.broken.size(), 1U);
  }
  EXPECT_EQ(one.world.the_observer.broken.size(), 2U);
  EXPECT_EQ(one.owned(0), 1U);
  EXPECT_EQ(one.owned(1), 1U);
}

}  // namespace
}  // namespace zoneknot::core
