#include "sim/world/sim_world.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <vector>

#include "sim/dpor/depth_first.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

constexpr std::uint64_t kZone = 1U << 20;
constexpr std::uint32_t kBlock = 4096;

Outcome steadily(Simulation& simulation, SimWorld& world, const std::function<void()>& main) {
  Replay steady{core::Schedule{}};
  EXPECT_TRUE(steady.begin());
  return simulation.run(
      [&] {
        world.begin_execution();
        main();
      },
      steady);
}

core::JobSpec job(const std::string& filename) {
  core::JobSpec spec;
  spec.filename = filename;
  return spec;
}

// One I/O by psync with all its bytes equal, or checked to be equal.
int transfer(core::IoEngine& engine, core::Direction direction, std::uint64_t offset, std::vector<std::byte>& buffer) {
  core::IoRequest io;
  io.direction = direction;
  io.offset = offset;
  io.length = static_cast<std::uint32_t>(buffer.size());
  io.buffer = buffer.data();
  EXPECT_EQ(engine.queue(io), core::QueueStatus::completed);
  return io.error;
}

TEST(SimWorld, LimitOfActiveZones_MakesWritesToTwoZonesDepend) {
  Simulation simulation;
  WorldConfig config;
  config.device.max_active = 1;
  SimWorld world(simulation, config);
  std::set<std::vector<int>> seen;
  DepthFirst depth_first;
  (void)explore(simulation,
                [&](Simulation& sim) {
                  world.begin_execution();
                  std::vector<int> errors(2);
                  const auto write = [&](std::size_t zone) {
                    return [&, zone] {
                      core::JobSpec spec = job("disk");
                      spec.engine = core::EngineKind::psync;
                      const auto engine = world.open_engine(spec);
                      std::vector<std::byte> buffer(kBlock);
                      const std::uint64_t zone_size = world.device("disk").geometry().zone_size;
                      errors[zone] = transfer(*engine, core::Direction::write, zone * zone_size, buffer);
                    };
                  };
                  programs::run_all(sim, {write(0), write(1)});
                  seen.insert(errors);
                },
                depth_first, {});
  EXPECT_EQ(seen, (std::set<std::vector<int>>{{0, EOVERFLOW}, {EOVERFLOW, 0}}));
}

// In which of zones 0 and 1 something is left.
std::set<std::vector<int>> ways_of(core::ZoneRange range) {
  Simulation simulation;
  WorldConfig config;
  config.device.zones = 3;
  SimWorld world(simulation, config);
  std::set<std::vector<int>> seen;
  DepthFirst depth_first;
  (void)explore(simulation,
                [&](Simulation& sim) {
                  world.begin_execution();
                  std::vector<int> errors(3);
                  const auto finish = [&] { errors[2] = world.device("disk").manage(core::ZoneAction::reset, range); };
                  const auto write = [&] {
                    core::JobSpec spec = job("disk");
                    spec.engine = core::EngineKind::psync;
                    const auto engine = world.open_engine(spec);
                    std::vector<std::byte> buffer(kBlock);
                    for (const std::uint32_t zone : {0U, 1U}) {
                      errors[zone] = transfer(*engine, core::Direction::write, zone * kZone, buffer);
                    }
                  };
                  programs::run_all(sim, {finish, write});
                  const std::vector<core::ZoneReport> zones = world.device("disk").report();
                  seen.insert({zones[0].wp == 0 ? 0 : 1, zones[1].wp == kZone ? 0 : 1});
                },
                depth_first, {});
  return seen;
}

// A reset of zones while another task writes zone 0 and then zone 1.
TEST(SimWorld, RangeOfZones_HasOtherCommandsBetweenItsOwn_AndOneOfAllZonesHasNot) {
  EXPECT_EQ(ways_of({0, 2}), (std::set<std::vector<int>>{{0, 0}, {0, 1}, {1, 0}, {1, 1}}));
  EXPECT_EQ(ways_of({0, 3}), (std::set<std::vector<int>>{{0, 0}, {0, 1}, {1, 1}})) << "one command";
}

TEST(SimWorld, DeviceOfAName_IsOneObjectAndFreshInEveryExecution) {
  Simulation simulation;
  SimWorld world(simulation, {});
  for (int i = 0; i < 3; ++i) {
    steadily(simulation, world, [&world] {
      core::ZonedDevice& device = world.device("disk");
      EXPECT_EQ(&device, &world.device("disk"));
      EXPECT_NE(&device, &world.device("other"));
      EXPECT_EQ(device.report().at(3).condition, core::ZoneCondition::empty);
      EXPECT_EQ(device.open(3), 0);
      EXPECT_EQ(device.report().at(3).condition, core::ZoneCondition::explicit_open);
    });
  }
}

TEST(SimWorld, NamedDevice_HasItsOwnConfiguration) {
  Simulation simulation;
  WorldConfig config;
  config.devices["small"].zones = 4;
  SimWorld world(simulation, config);
  steadily(simulation, world, [&world] {
    EXPECT_EQ(world.device("small").geometry().nr_zones(), 4U);
    EXPECT_EQ(world.device("disk").geometry().nr_zones(), 16U);
  });
  EXPECT_NE(world.find_device("small"), nullptr);
  EXPECT_EQ(world.find_device("never used"), nullptr);
}

TEST(SimWorld, TraceOfAnExecution_DoesNotDependOnTheOneBefore) {
  Simulation simulation;
  SimWorld world(simulation, {});
  const auto use = [&](const std::vector<std::string>& names) {
    return steadily(simulation, world,
                    [&] {
                      for (const std::string& name : names) EXPECT_EQ(world.device(name).open(0), 0);
                    })
        .trace_hash;
  };
  const std::uint64_t alone = use({"b"});
  use({"a", "b"});
  EXPECT_EQ(use({"b"}), alone);
}

TEST(SimWorld, WhatWasWritten_IsReadUntilTheZoneIsReset) {
  Simulation simulation;
  WorldConfig config;
  config.moves_data = true;
  SimWorld world(simulation, config);
  EXPECT_TRUE(world.moves_data());
  for (int i = 0; i < 2; ++i) {
    steadily(simulation, world, [&world] {
      const auto engine = world.open_engine(job("disk"));
      std::vector<std::byte> zeros(2 * kBlock, std::byte{0});
      std::vector<std::byte> data(2 * kBlock, std::byte{0x5a});
      std::vector<std::byte> buffer(2 * kBlock, std::byte{1});
      EXPECT_EQ(transfer(*engine, core::Direction::read, kZone, buffer), 0);
      EXPECT_EQ(buffer, zeros);
      EXPECT_EQ(transfer(*engine, core::Direction::write, kZone, data), 0);
      EXPECT_EQ(transfer(*engine, core::Direction::read, kZone, buffer), 0);
      EXPECT_EQ(buffer, data);
      EXPECT_EQ(transfer(*engine, core::Direction::read, kZone - kBlock, buffer), 0) << "across two zones";
      EXPECT_EQ(std::memcmp(buffer.data(), zeros.data(), kBlock), 0);
      EXPECT_EQ(std::memcmp(buffer.data() + kBlock, data.data(), kBlock), 0);
      EXPECT_EQ(world.device("disk").reset(1), 0);
      EXPECT_EQ(transfer(*engine, core::Direction::read, kZone, buffer), 0);
      EXPECT_EQ(buffer, zeros);
    });
  }
}

TEST(SimWorld, ZoneReset_TakesAMillisecondOfVirtualTime) {
  Simulation simulation;
  SimWorld world(simulation, {});
  steadily(simulation, world, [&world] {
    EXPECT_EQ(world.device("disk").reset(0), 0);
    EXPECT_EQ(world.clock().now_ns(), 1'000'000U);
    world.clock().sleep(5);
    EXPECT_EQ(world.clock().now_ns(), 1'000'005U);
  });
}

TEST(SimWorld, Draws_AreChoicesOfTheSearch) {
  Simulation simulation;
  SimWorld world(simulation, {});
  std::set<std::uint64_t> seen;
  DepthFirst strategy;
  const SearchResult result = explore(simulation,
                                      [&](Simulation&) {
                                        world.begin_execution();
                                        seen.insert(world.open_random(1)->below(5));
                                      },
                                      strategy, {});
  EXPECT_EQ(seen.size(), 5U);
  EXPECT_TRUE(result.exhaustive);
}

TEST(SimWorld, DrawsFixedBySeed_AreThoseOfTheRealWorld) {
  Simulation simulation;
  WorldConfig config;
  config.draws_are_choices = false;
  SimWorld world(simulation, config);
  const Outcome outcome = steadily(simulation, world, [&world] {
    const auto simulated = world.open_random(7);
    core::SeededRandom real(7);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(simulated->below(1000), real.below(1000));
  });
  EXPECT_EQ(outcome.decisions, 0U);
}

TEST(SimWorld, DrawBeyondThirtyTwoBits_StaysBelowItsBound) {
  Simulation simulation;
  SimWorld world(simulation, {});
  RandomWalk walk(1);
  constexpr std::uint64_t kBound = (std::uint64_t{1} << 40U) + 12345;
  std::uint64_t largest = 0;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(walk.begin());
    simulation.run([&] { largest = std::max(largest, world.open_random(1)->below(kBound)); }, walk);
  }
  EXPECT_LT(largest, kBound);
  EXPECT_GT(largest, kBound / 2);
}

}  // namespace
}  // namespace zoneknot::sim
