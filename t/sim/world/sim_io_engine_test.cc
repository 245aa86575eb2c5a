#include "sim/world/sim_io_engine.h"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <set>

#include "sim/dpor/optimal_dpor.h"
#include "sim/dpor/source_dpor.h"
#include "sim/strategy/random_walk.h"
#include "t/sim/programs.h"
#include "t/sim/world/io_bench.h"

namespace zoneknot::sim {
namespace {

TEST(SimIoEngine, QueuedWrite_ReachesTheDeviceAtCommitAndEndsInAReap) {
  Bench bench;
  bench.steadily([&bench] {
    const auto engine = bench.world.open_engine(job(EngineKind::libaio));
    IoRequest first = request(Direction::write, 0);
    IoRequest second = request(Direction::write, kBlock);
    EXPECT_EQ(engine->queue(first), QueueStatus::queued);
    EXPECT_EQ(engine->queue(second), QueueStatus::queued);
    EXPECT_EQ(bench.zone(0).wp, 0U);
    EXPECT_EQ(engine->commit(), 0);
    EXPECT_EQ(bench.zone(0).wp, 2 * kBlock);
    const std::uint64_t before = bench.world.clock().now_ns();
    std::vector<IoRequest*> out;
    EXPECT_EQ(reap(*engine, out, 2, 2), 2);
    EXPECT_EQ(std::set<IoRequest*>(out.begin(), out.end()), (std::set<IoRequest*>{&first, &second}));
    EXPECT_EQ(first.transferred, kBlock);
    EXPECT_EQ(bench.world.clock().now_ns() - before, 2 * service_ns(kBlock));
  });
}

TEST(SimIoEngine, ReapOfMoreThanIsUnderWay_IsAHangOfOne) {
  Bench bench;
  const Outcome outcome = bench.steadily([&bench] {
    const auto engine = bench.world.open_engine(job(EngineKind::libaio));
    IoRequest io = request(Direction::write, 0);
    EXPECT_EQ(engine->queue(io), QueueStatus::queued);
    std::vector<IoRequest*> out;
    reap(*engine, out, 2, 2);
    ADD_FAILURE() << "came back";
  });
  EXPECT_EQ(outcome.kind, OutcomeKind::hang);
  EXPECT_EQ(outcome.stuck.core, std::vector<core::TaskId>{0});
}

// Whoever has given a lock back learns of the end only at what he does next.
TEST(SimIoEngine, TaskThatReapsUntilSomethingEnds_IsUnwoundWhereverTheExecutionIsGivenUp) {
  for (std::uint64_t steps = 1; steps < 12; ++steps) {
    Bench bench;
    const Outcome outcome = bench.steadily(
        [&bench] {
          const core::LockId lock = bench.simulation.create_lock({});
          const auto engine = bench.world.open_engine(job(EngineKind::libaio));
          IoRequest io = request(Direction::write, 0);
          std::vector<IoRequest*> out;
          for (;;) {
            bench.simulation.lock(lock);
            EXPECT_EQ(engine->queue(io), QueueStatus::queued);
            bench.simulation.unlock(lock);
            while (reap(*engine, out, 1, 1) == 0) continue;
          }
        },
        {.max_steps = steps});
    EXPECT_EQ(outcome.kind, OutcomeKind::cut);
  }
}

TEST(SimIoEngine, TwoIosOfOneJob_EndInEitherOrder) {
  Bench bench;
  std::set<std::vector<std::uint64_t>> orders;
  const SearchResult result = bench.exhaust([&] {
    const auto engine = bench.world.open_engine(job(EngineKind::libaio));
    std::array<IoRequest, 2> ios = {request(Direction::write, 0), request(Direction::write, kZone)};
    for (IoRequest& io : ios) EXPECT_EQ(engine->queue(io), QueueStatus::queued);
    std::vector<IoRequest*> out;
    EXPECT_EQ(reap(*engine, out, 2, 2), 2);
    orders.insert({out[0]->offset, out[1]->offset});
  });
  EXPECT_EQ(orders, (std::set<std::vector<std::uint64_t>>{{0, kZone}, {kZone, 0}}));
  EXPECT_TRUE(result.exhaustive);
}

TEST(SimIoEngine, ReapThatDoesNotWait_SeesAnyNumberOfEndedIos) {
  Bench bench;
  std::set<int> counts;
  bench.exhaust([&] {
    const auto engine = bench.world.open_engine(job(EngineKind::libaio));
    std::array<IoRequest, 2> ios = {request(Direction::write, 0), request(Direction::write, kZone)};
    for (IoRequest& io : ios) EXPECT_EQ(engine->queue(io), QueueStatus::queued);
    EXPECT_EQ(engine->commit(), 0);
    std::vector<IoRequest*> out;
    counts.insert(reap(*engine, out, 0, 2));
  });
  EXPECT_EQ(counts, (std::set<int>{0, 1, 2}));
}

// Both I/Os may have ended while the job waits for the lock, and then it need not have waited for the second.
template <class Search>
std::set<int> reaped_after_a_lock() {
  Bench bench;
  std::set<int> counts;
  Search strategy;
  explore(bench.simulation,
          [&](Simulation& sim) {
            bench.world.begin_execution();
            core::Mutex mutex(sim, programs::plain());
            const auto job_of_two = [&] {
              const auto engine = bench.world.open_engine(job(EngineKind::libaio));
              std::array<IoRequest, 2> ios = {request(Direction::write, 0), request(Direction::write, kZone)};
              for (IoRequest& io : ios) EXPECT_EQ(engine->queue(io), QueueStatus::queued);
              EXPECT_EQ(engine->commit(), 0);
              const core::ScopedLock lock(mutex);
              std::vector<IoRequest*> out;
              counts.insert(reap(*engine, out, 1, 2));
            };
            programs::run_all(sim, {job_of_two, [&] { const core::ScopedLock lock(mutex); }});
          },
          strategy, {.first_hang_ends = false});
  return counts;
}

TEST(SimIoEngine, ReapOfOne_TakesOneOrBothThatHaveEnded) {
  EXPECT_EQ(reaped_after_a_lock<DepthFirst>(), (std::set<int>{1, 2}));
  EXPECT_EQ(reaped_after_a_lock<SourceDpor>(), (std::set<int>{1, 2}));
  EXPECT_EQ(reaped_after_a_lock<OptimalDpor>(), (std::set<int>{1, 2}));
}

TEST(SimIoEngine, TwoJobsThatWriteToOneZone_MeetAtItsWritePointer) {
  Bench bench;
  std::set<std::pair<int, int>> errors;
  const SearchResult result = bench.exhaust([&] {
    std::array<int, 2> error = {-1, -1};
    const auto body = [&](std::size_t number) {
      return [&, number] {
        const auto engine = bench.world.open_engine(job(EngineKind::psync));
        IoRequest io = request(Direction::write, 0);
        EXPECT_EQ(engine->queue(io), QueueStatus::completed);
        error.at(number) = io.error;
      };
    };
    programs::run_all(bench.simulation, {body(0), body(1)});
    errors.insert({error[0], error[1]});
  });
  EXPECT_EQ(errors, (std::set<std::pair<int, int>>{{0, EIO}, {EIO, 0}}));
  EXPECT_EQ(result.traces, 2U);
}

TEST(SimIoEngine, WritesToDifferentZones_AreOneTraceUnlessTheDeviceHasLimits) {
  for (const std::uint32_t max_open : {0U, 2U}) {
    WorldConfig config;
    config.device.max_open = max_open;
    Bench bench(config);
    const SearchResult result = bench.exhaust([&bench] {
      const auto body = [&bench](std::uint64_t offset) {
        return [&bench, offset] {
          const auto engine = bench.world.open_engine(job(EngineKind::psync));
          IoRequest io = request(Direction::write, offset);
          EXPECT_EQ(engine->queue(io), QueueStatus::completed);
        };
      };
      programs::run_all(bench.simulation, {body(0), body(kZone)});
    });
    EXPECT_EQ(result.traces, max_open == 0 ? 1U : 2U);
  }
}

TEST(SimIoEngine, Cancel_SucceedsOrNotAndACancelledIoIsNeverReaped) {
  Bench bench;
  std::set<std::pair<bool, int>> seen;
  const SearchResult result = bench.exhaust([&] {
    const auto engine = bench.world.open_engine(job(EngineKind::libaio));
    IoRequest io = request(Direction::write, 0);
    EXPECT_EQ(engine->queue(io), QueueStatus::queued);
    EXPECT_EQ(engine->commit(), 0);
    const bool cancelled = engine->cancel(io);
    std::vector<IoRequest*> out;
    seen.insert({cancelled, cancelled ? reap(*engine, out, 0, 1) : reap(*engine, out, 1, 1)});
  });
  EXPECT_EQ(seen, (std::set<std::pair<bool, int>>{{true, 0}, {false, 1}}));
  EXPECT_EQ(result.hangs, 0U);
}

TEST(SimIoEngine, CancelOfAQueuedIo_KeepsItFromTheDevice) {
  Bench bench;
  std::set<std::uint64_t> write_pointers;
  bench.exhaust([&] {
    const auto engine = bench.world.open_engine(job(EngineKind::libaio));
    std::array<IoRequest, 3> ios = {request(Direction::write, 0), request(Direction::write, kBlock),
                                    request(Direction::write, 2 * kBlock)};
    for (IoRequest& io : ios) EXPECT_EQ(engine->queue(io), QueueStatus::queued);
    const bool cancelled = engine->cancel(ios[2]);
    EXPECT_EQ(engine->commit(), 0);
    EXPECT_EQ(bench.zone(0).wp, cancelled ? 2 * kBlock : 3 * kBlock);
    write_pointers.insert(bench.zone(0).wp);
  });
  EXPECT_EQ(write_pointers.size(), 2U);
}

TEST(SimIoEngine, EngineThatIsDestroyedWithIoUnderWay_HearsOfItNoMore) {
  Bench bench;
  const Outcome outcome = bench.steadily([&bench] {
    IoRequest io = request(Direction::write, 0);
    {
      const auto engine = bench.world.open_engine(job(EngineKind::libaio));
      EXPECT_EQ(engine->queue(io), QueueStatus::queued);
      EXPECT_EQ(engine->commit(), 0);
    }
    const auto engine = bench.world.open_engine(job(EngineKind::libaio));
    IoRequest other = request(Direction::write, kBlock);
    EXPECT_EQ(engine->queue(other), QueueStatus::queued);
    std::vector<IoRequest*> out;
    EXPECT_EQ(reap(*engine, out, 1, 2), 1);
    EXPECT_EQ(out.at(0), &other);
  });
  EXPECT_EQ(outcome.kind, OutcomeKind::finished);
}

TEST(SimIoEngine, DeepQueue_IsReapedInTheOrderOfItsCompletions) {
  static constexpr std::size_t kManyZones = 4096;
  WorldConfig config;
  config.device.zones = kManyZones;
  Bench bench(config);
  RandomWalk walk(1);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(walk.begin());
    const Outcome outcome = bench.simulation.run(
        [&bench] {
          bench.world.begin_execution();
          const auto engine = bench.world.open_engine(job(EngineKind::libaio));
          std::vector<IoRequest> ios;
          for (std::size_t slot = 0; slot < kManyZones; ++slot) ios.push_back(request(Direction::write, slot * kZone));
          for (IoRequest& io : ios) EXPECT_EQ(engine->queue(io), QueueStatus::queued);
          std::vector<IoRequest*> out;
          std::set<IoRequest*> reaped;
          for (std::size_t left = kManyZones; left > 0; left -= out.size()) {
            EXPECT_GE(reap(*engine, out, 1, 7), 1);
            reaped.insert(out.begin(), out.end());
          }
          EXPECT_EQ(reaped.size(), kManyZones);
        },
        walk);
    EXPECT_EQ(outcome.kind, OutcomeKind::finished);
  }
}

}  // namespace
}  // namespace zoneknot::sim
