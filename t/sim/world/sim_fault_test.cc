// Faults of the device in the simulated world.

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <set>

#include "device/model/fault_plan.h"
#include "t/sim/programs.h"
#include "t/sim/world/io_bench.h"

namespace zoneknot::sim {
namespace {

device::Fault fault(device::FaultTarget target, device::FaultKind kind, device::FaultMoment moment) {
  device::Fault rule;
  rule.target = target;
  rule.kind = kind;
  rule.moment = moment;
  rule.error = EIO;
  return rule;
}

TEST(SimFaults, FaultsOfThePlan_StrikeWhereTheySay) {
  WorldConfig config;
  device::Fault at_end = fault(device::FaultTarget::write, device::FaultKind::error, device::FaultMoment::complete);
  at_end.zones = {device::ZoneSelection::Kind::odd, {}};
  device::Fault cut =
      fault(device::FaultTarget::write, device::FaultKind::short_transfer, device::FaultMoment::complete);
  cut.transferred = kBlock;
  config.faults.faults = {at_end, cut,
                          fault(device::FaultTarget::read, device::FaultKind::error, device::FaultMoment::queue),
                          fault(device::FaultTarget::trim, device::FaultKind::busy, device::FaultMoment::queue),
                          fault(device::FaultTarget::reset, device::FaultKind::error, device::FaultMoment::complete)};
  Bench bench(config);
  bench.steadily([&bench] {
    const auto engine = bench.world.open_engine(job(EngineKind::libaio));
    IoRequest odd = request(Direction::write, kZone);
    IoRequest even = request(Direction::write, 0, 4 * kBlock);
    EXPECT_EQ(engine->queue(odd), QueueStatus::queued);
    EXPECT_EQ(engine->queue(even), QueueStatus::queued);
    std::vector<IoRequest*> out;
    EXPECT_EQ(reap(*engine, out, 2, 2), 2);
    EXPECT_EQ(odd.error, EIO);
    EXPECT_EQ(bench.zone(1).wp, kZone) << "a write that failed has not moved the write pointer";
    EXPECT_EQ(even.error, 0);
    EXPECT_EQ(even.transferred, kBlock);
    EXPECT_EQ(bench.zone(0).wp, kBlock);
    IoRequest read = request(Direction::read, 0);
    EXPECT_EQ(engine->queue(read), QueueStatus::completed);
    EXPECT_EQ(read.error, EIO);
    IoRequest trim = request(Direction::trim, 0);
    EXPECT_EQ(engine->queue(trim), QueueStatus::busy);
    EXPECT_EQ(bench.world.device("disk").reset(0), EIO);
    EXPECT_EQ(bench.zone(0).wp, kBlock);
  });
}

TEST(SimFaults, ChanceOfAFault_IsAChoiceOfTheSearch) {
  WorldConfig config;
  config.faults.faults = {fault(device::FaultTarget::write, device::FaultKind::error, device::FaultMoment::complete)};
  config.faults.faults[0].probability = 0.01;
  Bench bench(config);
  std::set<int> errors;
  const auto program = [&] {
    const auto engine = bench.world.open_engine(job(EngineKind::psync));
    IoRequest io = request(Direction::write, 0);
    EXPECT_EQ(engine->queue(io), QueueStatus::completed);
    errors.insert(io.error);
  };
  EXPECT_EQ(bench.exhaust(program).traces, 2U);
  EXPECT_EQ(errors, (std::set<int>{0, EIO}));
}

TEST(SimFaults, FaultThatCounts_MakesTheOrderOfWritesToAnyZonesMatter) {
  WorldConfig config;
  config.faults.faults = {fault(device::FaultTarget::write, device::FaultKind::error, device::FaultMoment::complete)};
  config.faults.faults[0].count = 1;
  Bench bench(config);
  std::set<std::pair<int, int>> errors;
  bench.exhaust([&] {
    std::array<int, 2> error = {-1, -1};
    const auto body = [&](std::size_t number) {
      return [&, number] {
        const auto engine = bench.world.open_engine(job(EngineKind::psync));
        IoRequest io = request(Direction::write, number * kZone);
        EXPECT_EQ(engine->queue(io), QueueStatus::completed);
        error.at(number) = io.error;
      };
    };
    programs::run_all(bench.simulation, {body(0), body(1)});
    errors.insert({error[0], error[1]});
  });
  EXPECT_EQ(errors, (std::set<std::pair<int, int>>{{0, EIO}, {EIO, 0}}));
}

}  // namespace
}  // namespace zoneknot::sim
