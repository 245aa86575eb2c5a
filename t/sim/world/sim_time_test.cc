// Virtual time by a latency profile, and completions that are late, out of order or lost.

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

#include "core/lost_completion.h"
#include "sim/strategy/due_order.h"
#include "t/sim/programs.h"
#include "t/sim/world/io_bench.h"

namespace zoneknot::sim {
namespace {

using device::FaultKind;
using device::FaultTarget;

WorldConfig timed(TimeOrder order) {
  WorldConfig config;
  config.device.latency = device::latency_named("zn540");
  config.time_order = order;
  return config;
}

WorldConfig with_fault(FaultTarget target, FaultKind kind) {
  WorldConfig config;
  config.faults.faults.emplace_back();
  config.faults.faults[0].target = target;
  config.faults.faults[0].kind = kind;
  return config;
}

Outcome in_due_order(Bench& bench, const std::function<void()>& main) {
  DueOrder strategy(1, bench.world.due_times());
  EXPECT_TRUE(strategy.begin());
  return bench.simulation.run(
      [&] {
        bench.world.begin_execution();
        main();
      },
      strategy);
}

// Writes of 4 KiB, one after another, to a zone that was written before.
void write_blocks(Bench& bench, std::uint32_t zone, std::uint32_t blocks) {
  const auto engine = bench.world.open_engine(job(EngineKind::psync));
  for (std::uint32_t i = 0; i < blocks; ++i) {
    IoRequest io = request(Direction::write, zone * kZone + std::uint64_t{i} * kBlock);
    EXPECT_EQ(engine->queue(io), QueueStatus::completed);
    EXPECT_EQ(io.error, 0);
  }
}

TEST(SimTime, WriterAloneTakesAsLongAsItsProfileSays) {
  Bench bench(timed(TimeOrder::by_due));
  in_due_order(bench, [&bench] {
    write_blocks(bench, 0, 101);
    EXPECT_EQ(bench.simulation.now_ns(), 101U * 11'400 + 1'800);
  });
}

// Eight writers share 186,000 writes a second, and each has to wait for the others.
TEST(SimTime, WritersToManyZonesShareTheDevice) {
  Bench bench(timed(TimeOrder::by_due));
  in_due_order(bench, [&bench] {
    std::vector<std::function<void()>> bodies;
    for (std::uint32_t zone = 0; zone < 8; ++zone)
      bodies.emplace_back([&bench, zone] { write_blocks(bench, zone, 200); });
    programs::run_all(bench.simulation, bodies);
    EXPECT_NEAR(static_cast<double>(bench.simulation.now_ns()), 1600 * 5376.0, 20'000);
  });
}

TEST(SimTime, WriterBesideAFinishIsSlowedDown) {
  WorldConfig config = timed(TimeOrder::by_due);
  config.device.zone_size = 64 * kZone;
  Bench bench(config);
  in_due_order(bench, [&bench] {
    write_blocks(bench, 0, 1);
    core::ZonedDevice& device = bench.world.device("disk");
    const std::uint64_t begin = bench.simulation.now_ns();
    std::uint64_t finished = 0;
    std::uint64_t written = 0;
    const auto finisher = [&] {
      EXPECT_EQ(device.finish(0), 0);
      finished = bench.simulation.now_ns();
    };
    const auto writer = [&] {
      const auto engine = bench.world.open_engine(job(EngineKind::psync));
      for (std::uint32_t i = 0; i < 256; ++i) {
        IoRequest io = request(Direction::write, 64 * kZone + std::uint64_t{i} * 128 * 1024, 128 * 1024);
        EXPECT_EQ(engine->queue(io), QueueStatus::completed);
      }
      written = bench.simulation.now_ns();
    };
    programs::run_all(bench.simulation, {finisher, writer});
    const double alone = 32.0 * kZone / 1.208e9 * 1e9;
    EXPECT_NEAR(static_cast<double>(written - begin), 2 * alone, 0.02 * alone);
    EXPECT_GT(finished - begin, std::uint64_t{80} * kZone) << "64 MiB at 1.2 GB/s, and half of that for 32 MiB";
  });
}

TEST(SimTime, SearchMayTakeCompletionsInAnyOrder) {
  WorldConfig config = timed(TimeOrder::any);
  Bench bench(config);
  std::set<std::vector<std::uint64_t>> orders;
  bench.exhaust([&] {
    const auto engine = bench.world.open_engine(job(EngineKind::libaio));
    IoRequest read = request(Direction::read, 0);
    IoRequest write = request(Direction::write, kZone);
    EXPECT_EQ(engine->queue(read), QueueStatus::queued);
    EXPECT_EQ(engine->queue(write), QueueStatus::queued);
    std::vector<IoRequest*> out;
    EXPECT_EQ(reap(*engine, out, 2, 2), 2);
    std::vector<std::uint64_t> order;
    for (const IoRequest* io : out) order.push_back(io->offset);
    orders.insert(order);
  });
  EXPECT_EQ(orders.size(), 2U);
}

TEST(SimTime, RunTakesThemWhenTheyAreDue) {
  Bench bench(timed(TimeOrder::by_due));
  in_due_order(bench, [&bench] {
    const auto engine = bench.world.open_engine(job(EngineKind::libaio));
    IoRequest read = request(Direction::read, 0);
    IoRequest write = request(Direction::write, kZone);
    EXPECT_EQ(engine->queue(read), QueueStatus::queued);
    EXPECT_EQ(engine->queue(write), QueueStatus::queued);
    std::vector<IoRequest*> out;
    EXPECT_EQ(reap(*engine, out, 1, 2), 1);
    EXPECT_EQ(out.at(0), &write) << "13 us against 73";
    EXPECT_EQ(bench.simulation.now_ns(), 13'200U);
    EXPECT_EQ(reap(*engine, out, 1, 2), 1);
    EXPECT_NEAR(static_cast<double>(bench.simulation.now_ns()), 72'871, 1) << "the knee is soft";
  });
}

TEST(SimTime, LateCompletionComesThatMuchLater) {
  WorldConfig config = timed(TimeOrder::by_due);
  config.faults = with_fault(FaultTarget::write, FaultKind::late).faults;
  config.faults.faults[0].delay_ns = 5'000'000;
  config.faults.faults[0].count = 1;
  Bench bench(config);
  in_due_order(bench, [&bench] {
    write_blocks(bench, 0, 2);
    EXPECT_EQ(bench.simulation.now_ns(), 13'200U + 5'000'000U + 11'400U);
  });
}

TEST(SimFaults, ReorderedCompletionComesBehindALaterOne) {
  WorldConfig config = with_fault(FaultTarget::write, FaultKind::reordered);
  config.faults.faults[0].count = 1;
  Bench bench(config);
  std::set<std::vector<std::uint64_t>> orders;
  bench.exhaust([&] {
    const auto engine = bench.world.open_engine(job(EngineKind::libaio));
    IoRequest first = request(Direction::write, 0);
    IoRequest second = request(Direction::write, kZone);
    EXPECT_EQ(engine->queue(first), QueueStatus::queued);
    EXPECT_EQ(engine->queue(second), QueueStatus::queued);
    std::vector<IoRequest*> out;
    EXPECT_EQ(reap(*engine, out, 2, 2), 2);
    orders.insert({out.at(0)->offset, out.at(1)->offset});
  });
  EXPECT_EQ(orders, (std::set<std::vector<std::uint64_t>>{{kZone, 0}}));
}

TEST(SimFaults, ReorderedCompletionThatNothingCanOvertakeComesAllTheSame) {
  Bench bench(with_fault(FaultTarget::write, FaultKind::reordered));
  EXPECT_EQ(bench
                .steadily([&bench] {
                  const auto engine = bench.world.open_engine(job(EngineKind::libaio));
                  IoRequest io = request(Direction::write, 0);
                  EXPECT_EQ(engine->queue(io), QueueStatus::queued);
                  std::vector<IoRequest*> out;
                  EXPECT_EQ(reap(*engine, out, 1, 1), 1);
                })
                .kind,
            OutcomeKind::finished);
}

// The device has done it, and nobody breaks a rule.
void expect_lost(Bench& bench, const Outcome& outcome) {
  EXPECT_EQ(outcome.kind, OutcomeKind::hang);
  EXPECT_EQ(outcome.stuck.core, (std::vector<core::TaskId>{0}));
  const core::Wait* wait = bench.simulation.watch().wait_of(0);
  ASSERT_NE(wait, nullptr);
  EXPECT_EQ(wait->kind, core::WaitKind::completion);
  EXPECT_EQ(wait->object, core::kLostByDevice);
  EXPECT_TRUE(bench.simulation.watch().broken_rules().empty());
}

TEST(SimFaults, LostCompletion_IsAHangOfTheOneWhoWaitsForIt) {
  for (const EngineKind kind : {EngineKind::psync, EngineKind::libaio}) {
    Bench bench(with_fault(FaultTarget::write, FaultKind::lost));
    const Outcome outcome = bench.steadily([&bench, kind] {
      const auto engine = bench.world.open_engine(job(kind));
      IoRequest io = request(Direction::write, 0);
      if (engine->queue(io) == QueueStatus::completed) return;
      std::vector<IoRequest*> out;
      reap(*engine, out, 1, 1);
    });
    expect_lost(bench, outcome);
    EXPECT_EQ(bench.zone(0).wp, kBlock);
  }
}

TEST(SimFaults, LostReset_IsAHangOfTheOneWhoWaitsForIt) {
  Bench bench(with_fault(FaultTarget::reset, FaultKind::lost));
  expect_lost(bench, bench.steadily([&bench] { (void)bench.world.device("disk").reset(0); }));
}

TEST(SimFaults, CompletionsBesideALostOneStillCome) {
  WorldConfig config = with_fault(FaultTarget::write, FaultKind::lost);
  config.faults.faults[0].zones = {.kind = device::ZoneSelection::Kind::list, .list = {0}};
  Bench bench(config);
  EXPECT_EQ(bench
                .steadily([&bench] {
                  const auto engine = bench.world.open_engine(job(EngineKind::libaio));
                  IoRequest first = request(Direction::write, 0);
                  IoRequest second = request(Direction::write, kZone);
                  EXPECT_EQ(engine->queue(first), QueueStatus::queued);
                  EXPECT_EQ(engine->queue(second), QueueStatus::queued);
                  std::vector<IoRequest*> out;
                  EXPECT_EQ(reap(*engine, out, 1, 2), 1);
                  EXPECT_EQ(out.at(0), &second);
                })
                .kind,
            OutcomeKind::finished);
}

TEST(SimFaults, ZoneThatGoesOfflineInMidRun_RefusesWhatComesThen) {
  WorldConfig config = with_fault(FaultTarget::write, FaultKind::offline);
  config.faults.faults[0].after = 1;
  Bench bench(config);
  bench.steadily([&bench] {
    const auto engine = bench.world.open_engine(job(EngineKind::psync));
    for (const int error : {0, EIO, EIO}) {
      IoRequest io = request(Direction::write, bench.world.device("disk").report()[0].wp);
      EXPECT_EQ(engine->queue(io), QueueStatus::completed);
      EXPECT_EQ(io.error, error);
    }
    EXPECT_EQ(bench.zone(0).condition, core::ZoneCondition::offline);
  });
}

// Two writes to one zone, the first of which may have ended before the power fails at the third.
std::set<std::uint64_t> pointers_after_power_cut(bool write_cache, bool sync_first) {
  WorldConfig config = with_fault(FaultTarget::trim, FaultKind::power_cut);
  config.faults.faults[0].write_cache = write_cache;
  Bench bench(config);
  std::set<std::uint64_t> pointers;
  bench.exhaust([&] {
    const auto engine = bench.world.open_engine(job(EngineKind::psync));
    for (const std::uint64_t offset : {0U, kBlock}) {
      IoRequest io = request(Direction::write, offset);
      EXPECT_EQ(engine->queue(io), QueueStatus::completed);
    }
    IoRequest sync = request(Direction::sync, 0, 0);
    if (sync_first) {
      EXPECT_EQ(engine->queue(sync), QueueStatus::completed);
    }
    IoRequest trim = request(Direction::trim, kZone);
    EXPECT_EQ(engine->queue(trim), QueueStatus::completed);
    EXPECT_EQ(trim.error, EIO);
    pointers.insert(bench.zone(0).wp / kBlock);
    const bool empty = bench.zone(0).wp == 0;
    EXPECT_EQ(bench.zone(0).condition, empty ? core::ZoneCondition::empty : core::ZoneCondition::closed);
  });
  return pointers;
}

TEST(SimFaults, PowerCutTakesWhatWasCachedAndNotSynced) {
  EXPECT_EQ(pointers_after_power_cut(false, false), (std::set<std::uint64_t>{2}));
  EXPECT_EQ(pointers_after_power_cut(true, true), (std::set<std::uint64_t>{2}));
  EXPECT_EQ(pointers_after_power_cut(true, false), (std::set<std::uint64_t>{0, 1, 2}));
}

// Without a cache the one in flight may be lost or not; the one that has ended is safe. The search sees them all.
TEST(SimFaults, PowerCutFailsWhatIsInFlight) {
  WorldConfig config = with_fault(FaultTarget::trim, FaultKind::power_cut);
  Bench bench(config);
  std::set<std::pair<std::uint64_t, int>> ends;
  bench.exhaust([&] {
    IoRequest write = request(Direction::write, 0);
    const auto writer = [&] {
      const auto engine = bench.world.open_engine(job(EngineKind::libaio));
      EXPECT_EQ(engine->queue(write), QueueStatus::queued);
      std::vector<IoRequest*> out;
      EXPECT_EQ(reap(*engine, out, 1, 1), 1);
    };
    const auto cutter = [&] {
      const auto engine = bench.world.open_engine(job(EngineKind::psync));
      IoRequest trim = request(Direction::trim, kZone);
      EXPECT_EQ(engine->queue(trim), QueueStatus::completed);
    };
    programs::run_all(bench.simulation, {writer, cutter});
    ends.insert({bench.zone(0).wp / kBlock, write.error});
  });
  EXPECT_EQ(ends, (std::set<std::pair<std::uint64_t, int>>{{1, 0}, {1, EIO}, {0, EIO}}));
}

}  // namespace
}  // namespace zoneknot::sim
