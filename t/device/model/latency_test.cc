// The latency model against the figures of a real drive (t/device/evidence/zn540_latency.txt), and what zones and
// operations take from each other.
#include "device/model/latency.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "device/model/zone_model.h"

namespace zoneknot::device {
namespace {

using core::Direction;
using core::ZoneAction;

constexpr std::uint64_t kMiB = 1U << 20U;
constexpr std::uint64_t kZn540Zone = 2048 * kMiB;
constexpr std::uint64_t kZn540Capacity = 1077 * kMiB;
constexpr std::uint64_t kZn540Zones = 904;

// A zone of that drive in which so many blocks were written.
core::ZoneReport zone_with(std::uint64_t blocks, std::uint32_t index = 0) {
  core::ZoneReport zone;
  zone.start = index * kZn540Zone;
  zone.length = kZn540Zone;
  zone.capacity = kZn540Capacity;
  zone.wp = zone.start + blocks * 4096;
  zone.condition = blocks == 0 ? core::ZoneCondition::empty : core::ZoneCondition::closed;
  if (blocks * 4096 == kZn540Capacity) zone.condition = core::ZoneCondition::full;
  return zone;
}

LatencyModel model_of(const char* name) { return {latency_named(name).value(), kZn540Zone * kZn540Zones}; }

// The mean time of an I/O, in microseconds, where `in_flight` of them are always under way.
double closed_loop_us(LatencyModel& model, std::uint32_t in_flight,
                      const std::function<std::uint64_t(LatencyModel&, std::uint32_t, std::uint64_t)>& end_of) {
  constexpr std::uint32_t kIos = 20'000;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> flights;  // end and begin
  std::uint64_t sum = 0;
  std::uint64_t now = 0;
  for (std::uint32_t i = 0; i < kIos; ++i) {
    if (flights.size() == in_flight) {
      const auto first = std::ranges::min_element(flights);
      now = first->first;
      if (i >= kIos / 2) sum += first->first - first->second;
      flights.erase(first);
    }
    flights.emplace_back(end_of(model, i, now), now);
  }
  return static_cast<double>(sum) / 1000 / (kIos / 2);
}

double io_us(const std::string& operation, std::uint32_t bytes, std::uint32_t in_flight) {
  LatencyModel model = model_of("zn540");
  return closed_loop_us(model, in_flight, [&](LatencyModel& of, std::uint32_t i, std::uint64_t now) {
    const core::ZoneReport zone = zone_with(1000, i % in_flight);
    if (operation == "append") return of.append_end(zone, bytes, now);
    return of.io_end(operation == "read" ? Direction::read : Direction::write, zone, zone.wp, bytes, now);
  });
}

double command_us(const std::string& operation, std::uint64_t blocks) {
  LatencyModel model = model_of("zn540");
  if (operation == "finish") {
    return static_cast<double>(model.manage_end(ZoneAction::finish, 0, zone_with(blocks), 0)) / 1000;
  }
  core::ZoneReport zone = zone_with(blocks);
  std::uint64_t begin = 0;
  if (operation == "reset-finished") {
    begin = model.manage_end(ZoneAction::finish, 0, zone, 0);
    EXPECT_EQ(model.finish_end(0, begin), begin);
    zone.condition = core::ZoneCondition::full;
  }
  return static_cast<double>(model.manage_end(ZoneAction::reset, 0, zone, begin) - begin) / 1000;
}

TEST(Latency, Zn540IsAsFarOffItsDriveAsItsTableSays) {
  std::ifstream evidence(std::string(ZONEKNOT_EVIDENCE) + "/zn540_latency.txt");
  ASSERT_TRUE(evidence.good());
  int rows = 0;
  double worst = 0;
  for (std::string line; std::getline(evidence, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::string operation;
    words >> operation;
    double measured = 0;
    double percent = 0;
    double modelled = 0;
    if (operation == "write" || operation == "append" || operation == "read") {
      std::uint32_t bytes = 0;
      std::uint32_t zones = 0;
      std::uint32_t depth = 0;
      words >> bytes >> zones >> depth >> measured >> percent;
      modelled = io_us(operation, bytes, zones * depth);
    } else {
      std::uint64_t blocks = 0;
      words >> blocks >> measured >> percent;
      modelled = command_us(operation, blocks);
    }
    ASSERT_FALSE(words.fail()) << line;
    const double off = 100 * (modelled - measured) / measured;
    worst = std::max(worst, std::abs(off));
    EXPECT_LE(std::abs(off), percent) << line << ": modelled as " << modelled << " us, off by " << off << " %";
    ++rows;
  }
  EXPECT_EQ(rows, 50);
  RecordProperty("worst_percent", std::to_string(worst));
}

TEST(Latency, FirstWriteToAZoneTakesLonger) {
  LatencyModel model = model_of("zn540");
  EXPECT_EQ(model.io_end(Direction::write, zone_with(0), 0, 4096, 0), 13'200U);
  EXPECT_EQ(model.io_end(Direction::write, zone_with(1, 1), 0, 4096, 1'000'000), 1'011'400U);
}

TEST(Latency, ZonesShareTheBandwidthOfTheDevice) {
  LatencyModel model = model_of("zn540");
  const std::uint32_t bytes = 128 * 1024;
  const double one = closed_loop_us(model, 1, [&](LatencyModel& of, std::uint32_t, std::uint64_t now) {
    return of.io_end(Direction::write, zone_with(1), 0, bytes, now);
  });
  model.reset();
  const double four = closed_loop_us(model, 4, [&](LatencyModel& of, std::uint32_t i, std::uint64_t now) {
    return of.io_end(Direction::write, zone_with(1, i % 4), 0, bytes, now);
  });
  EXPECT_NEAR(four, 4 * one, one / 10);
}

TEST(Latency, SmallZoneIsLimitedByItsDieAndNotByItsNeighbours) {
  LatencyModel model = model_of("small-zone");
  const std::uint32_t bytes = 192 * 1024;
  for (const std::uint32_t zones : {1U, 8U}) {
    model.reset();
    const double us = closed_loop_us(model, zones, [&](LatencyModel& of, std::uint32_t i, std::uint64_t now) {
      return of.io_end(Direction::write, zone_with(1, i % zones), 0, bytes, now);
    });
    EXPECT_NEAR(us, 1914, 1) << zones << " zones";
  }
}

// Writes take half of what there is while a zone is finished beside them, and the finish twice as long.
TEST(Latency, FinishIsTrafficThatCompetesWithWrites) {
  LatencyModel model = model_of("zn540");
  const std::uint64_t alone = model_of("zn540").manage_end(ZoneAction::finish, 0, zone_with(137'856), 0);
  std::uint64_t finish = model.manage_end(ZoneAction::finish, 0, zone_with(137'856), 0);
  EXPECT_EQ(finish, alone);
  std::uint64_t now = 0;
  std::uint64_t written = 0;
  while (now < finish) {
    now = model.io_end(Direction::write, zone_with(1, 1), 0, 128 * 1024, now);
    written += 128 * 1024;
    if (now >= finish) finish = model.finish_end(0, now);
  }
  EXPECT_NEAR(static_cast<double>(finish), 2.0 * static_cast<double>(alone), 0.01 * static_cast<double>(alone));
  const double rate = static_cast<double>(written) / static_cast<double>(finish) * 1e9;
  EXPECT_NEAR(rate, 0.604e9, 0.01e9);
  const std::uint64_t after = model.io_end(Direction::write, zone_with(1, 1), 0, 128 * 1024, now);
  EXPECT_NEAR(static_cast<double>(after - now), 108'500, 1'000);
}

TEST(Latency, TwoFinishesShareTheBandwidth) {
  LatencyModel model = model_of("zn540");
  const std::uint64_t alone = model.manage_end(ZoneAction::finish, 0, zone_with(137'856), 0);
  std::uint64_t second = model.manage_end(ZoneAction::finish, 1, zone_with(137'856, 1), 0);
  std::uint64_t first = alone;
  while (model.finish_end(0, first) > first) first = model.finish_end(0, first);
  while (model.finish_end(1, second) > second) second = model.finish_end(1, second);
  EXPECT_NEAR(static_cast<double>(std::max(first, second)), 2.0 * static_cast<double>(alone), 1e6);
}

TEST(Latency, ResetTakesTwiceAsLongBesideWritesAndLeavesThemAlone) {
  LatencyModel model = model_of("zn540");
  const std::uint64_t before = model.io_end(Direction::write, zone_with(1, 1), 0, 4096, 0);
  EXPECT_NEAR(static_cast<double>(model.manage_end(ZoneAction::reset, 0, zone_with(275'712), 5000)) / 1e6, 32.0, 0.2);
  EXPECT_EQ(model.io_end(Direction::write, zone_with(1, 1), 0, 4096, before) - before, before);
}

TEST(Latency, DiskGoesOnAtFullSpeedAndSeeksOtherwise) {
  LatencyModel model = model_of("smr");
  const std::uint64_t first = model.io_end(Direction::write, zone_with(0), 0, kMiB, 0);
  const std::uint64_t second = model.io_end(Direction::write, zone_with(256), kMiB, kMiB, first);
  EXPECT_NEAR(static_cast<double>(second - first), 4.19e6, 0.05e6);
  EXPECT_GT(model.io_end(Direction::read, zone_with(256), 0, 4096, second) - second, 12'000'000U);
}

TEST(Latency, InstantTakesNoTime) {
  LatencyModel model = model_of("instant");
  EXPECT_EQ(model.io_end(Direction::write, zone_with(0), 0, 1U << 20U, 7), 7U);
  EXPECT_EQ(model.manage_end(ZoneAction::reset, 0, zone_with(1), 7), 7U);
  EXPECT_EQ(model.manage_end(ZoneAction::finish, 0, zone_with(1), 7), 7U);
}

TEST(LatencyProfile, WhatIsNotMeasuredSaysSo) {
  for (const std::string_view word : latency_words()) {
    const LatencyProfile profile = latency_named(word).value();
    EXPECT_EQ(profile.name, word);
    EXPECT_EQ(profile.calibrated, word == "instant" || word == "zn540") << word;
    EXPECT_FALSE(profile.basis.empty());
  }
  EXPECT_FALSE(latency_named("zn541").has_value());
}

}  // namespace
}  // namespace zoneknot::device
