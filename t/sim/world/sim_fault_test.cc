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

// Reads of two zones that a plan does not count are one trace. Here the second task hangs if it comes first.
TEST(SimFaults, FaultThatCountsReads_MakesTheirOrderMatterToo) {
  WorldConfig config;
  config.faults.faults = {fault(device::FaultTarget::read, device::FaultKind::error, device::FaultMoment::complete)};
  config.faults.faults[0].count = 1;
  Bench bench(config);
  const SearchResult result = bench.exhaust([&] {
    const core::SemaphoreId never = bench.simulation.create_semaphore("never released", 0);
    const auto body = [&](std::size_t number, bool can_do_without) {
      return [&, number, can_do_without] {
        const auto engine = bench.world.open_engine(job(EngineKind::psync));
        IoRequest io = request(Direction::read, number * kZone);
        EXPECT_EQ(engine->queue(io), QueueStatus::completed);
        if (io.error != 0 && !can_do_without) bench.simulation.acquire(never);
      };
    };
    programs::run_all(bench.simulation, {body(0, true), body(1, false)});
  });
  EXPECT_TRUE(result.exhaustive);
  EXPECT_EQ(result.traces, 2U);
  EXPECT_EQ(result.hangs, 1U);
}

}  // namespace
}  // namespace zoneknot::sim
