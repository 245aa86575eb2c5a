// Saved reports of zones, in the forms in which they are printed.
#include "tools/option/device_like.h"

#include <gtest/gtest.h>

#include "tools/device/zone_report.h"

namespace zoneknot::tools {
namespace {

const core::DeviceGeometry kGeometry = {
    .size = 4 << 20, .zone_size = 1 << 20, .block_size = 4096, .max_open = 2, .max_active = 3};

// A conventional zone, one that is closed, one that is full, and an empty one.
std::vector<core::ZoneReport> four_zones() {
  using core::ZoneCondition;
  using core::ZoneType;
  const std::uint64_t zone = 1 << 20;
  const std::uint64_t capacity = 768 << 10;
  return {{0, zone, zone, 0, ZoneType::conventional, ZoneCondition::not_wp},
          {zone, zone, capacity, zone + 8192, ZoneType::sequential_write_required, ZoneCondition::closed},
          {2 * zone, zone, capacity, 3 * zone, ZoneType::sequential_write_required, ZoneCondition::full},
          {3 * zone, zone, capacity, 3 * zone, ZoneType::sequential_write_required, ZoneCondition::empty}};
}

std::string device_of_report(const std::string& text) {
  DeviceOption option;
  const auto made = make_like_report(text, "report", option);
  if (!made) return made.error().message;
  const auto config = device_config(option, {});
  return config ? config->short_text() : config.error().message;
}

TEST(DeviceLike, EveryFormOfAReport_MakesTheSameZones) {
  const std::string zones = "zones=4,size=1M,capacity=768k,conventional=1";
  EXPECT_EQ(device_of_report(report_text(four_zones(), {})), zones + ",start=1:cl:2+2:fu");
  EXPECT_EQ(device_of_report(report_csv(four_zones(), {})), zones + ",start=1:cl:2+2:fu");
  EXPECT_EQ(device_of_report(report_json(kGeometry, four_zones(), {})),
            zones + ",max-open=2,max-active=3,start=1:cl:2+2:fu")
      << "JSON alone knows the limits";
}

TEST(DeviceLike, WhatIsNoReportOfAWholeDevice_IsRefused) {
  EXPECT_NE(device_of_report("precious\n").find("is no report of zones"), std::string::npos);
  EXPECT_NE(device_of_report("{\"schema\": \"zoneknot.zones-2\"}").find("is no report of zones"), std::string::npos);
  EXPECT_NE(device_of_report(report_text(four_zones(), core::ZoneCondition::full)).find("not a report of all zones"),
            std::string::npos);
}

TEST(DeviceLike, KeysSayOtherwise) {
  DeviceOption option;
  option.max_open = 7;
  option.filled = device::ZonePick{};
  ASSERT_TRUE(make_like_report(report_text(four_zones(), {}), "report", option));
  EXPECT_EQ(device_config(option, {})->short_text(), "zones=4,size=1M,capacity=768k,conventional=1,max-open=7");
}

}  // namespace
}  // namespace zoneknot::tools
