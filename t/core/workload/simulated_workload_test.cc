// Whole workloads on the simulator: what the program believes agrees with the device, and what jobs have done is known
// however a run ends.

#include <cerrno>

#include "t/core/one_job.h"
#include "t/core/simulated_run.h"

namespace zoneknot::core {
namespace {

using testing::IsEmpty;

sim::WorldConfig device_of(std::uint32_t zone_count) {
  sim::WorldConfig world;
  world.device = {.zone_size = kZone, .zones = zone_count};
  world.draws_are_choices = false;
  return world;
}

TEST(SimulatedWorkload, WritePointers_AgreeWithTheDeviceForEveryEngine) {
  for (const EngineKind engine : {EngineKind::psync, EngineKind::libaio, EngineKind::io_uring}) {
    JobSpec spec = job("randwrite", engine == EngineKind::psync ? 1 : 4);
    spec.engine = engine;
    spec.max_open_zones = 2;
    spec.zone_reset_frequency = 0.2;
    SimulatedRun run({spec, spec}, kSeries, device_of(6));
    EXPECT_THAT(run.search(20), IsEmpty());
    EXPECT_EQ(run.finished, 20U);
    for (std::uint32_t zone = 0; zone < 6; ++zone) {
      const ZoneReport& report = run.world.find_device("disk")->model().zone(zone);
      const std::uint64_t wp = report.condition == ZoneCondition::full ? report.start + report.length : report.wp;
      EXPECT_EQ(run.wps[zone], wp);
    }
  }
}

// A job with zoneskip goes to the next zone when it sees nothing to read, without the zone's lock. That is told of the
// write pointer; what a lock protects may not be looked at without it.
TEST(SimulatedWorkload, LookOfASkippingJobAtAWritePointer_NeedsNoLock) {
  JobSpec reader = job("read", 1);
  reader.zone_skip = kZone;
  JobSpec writer = job("write", 1);
  writer.number_ios = 4;
  SimulatedRun run({reader, writer}, kSeries, device_of(4));
  EXPECT_THAT(run.search(20), IsEmpty());
}

TEST(SimulatedWorkload, Statistics_CountWhatWasDone) {
  JobSpec spec = job("write", 4);
  SimulatedRun run({spec}, kSeries, device_of(2));
  EXPECT_EQ(run.steadily().kind, sim::OutcomeKind::finished);
  const DirectionStats& writes = run.stats[0].of(Direction::write);
  EXPECT_EQ(writes.ios, 8U);
  EXPECT_EQ(writes.bytes, 2 * kZone);
  EXPECT_EQ(writes.latency.count(), 8U);
  EXPECT_GE(writes.latency.min_ns(), sim::kIoNs);
  EXPECT_LT(run.stats[0].begin_ns, run.stats[0].end_ns);
}

TEST(SimulatedWorkload, RunThatHangs_LeavesItsStatistics) {
  JobSpec spec = job("randwrite", 4);
  spec.random_map = false;
  SimulatedRun run({spec, spec}, FixSet::none(), device_of(3));
  for (std::uint64_t seed = 1; run.hangs == 0 && seed < 1000; ++seed) run.search(1, seed);
  ASSERT_EQ(run.stats.size(), 2U);
  EXPECT_NE(run.stats[0].begin_ns, UINT64_MAX);
  EXPECT_EQ(run.stats[0].end_ns * run.stats[1].end_ns, 0U) << "a job that hangs has not ended";
}

TEST(SimulatedWorkload, VerifiedData_IsFoundAgainWithEveryEngine) {
  for (const EngineKind engine : {EngineKind::psync, EngineKind::libaio, EngineKind::io_uring}) {
    for (const char* rw : {"write", "randwrite"}) {
      JobSpec spec = job(rw, engine == EngineKind::psync ? 1 : 4);
      spec.engine = engine;
      spec.verify = VerifyKind::crc32c;
      spec.loops = 2;
      sim::WorldConfig world = device_of(3);
      world.moves_data = true;
      SimulatedRun run({spec}, kSeries, world);
      EXPECT_THAT(run.search(10), IsEmpty());
      EXPECT_EQ(run.stats[0].blocks_verified, 24U) << rw;
      EXPECT_EQ(run.errors[0], 0);
    }
  }
}

TEST(SimulatedWorkload, Stonewall_WaitsForEveryEarlierJob) {
  JobSpec first = job("write", 2);
  first.size = kZone;
  JobSpec second = first;
  second.offset = at(1);
  JobSpec third = first;
  third.offset = at(2);
  third.stonewall = true;
  SimulatedRun run({first, second, third}, kSeries, device_of(3));
  run.search(10);
  EXPECT_GE(run.stats[2].begin_ns, std::max(run.stats[0].end_ns, run.stats[1].end_ns));
  EXPECT_LT(run.stats[1].begin_ns, run.stats[0].end_ns);
}

TEST(SimulatedWorkload, Exitall_EndsJobsThatWouldGoOnForEver) {
  JobSpec endless = job("randwrite", 2);
  endless.time_based = true;
  endless.size = kZone;
  JobSpec brief = job("write", 2);
  brief.size = kZone;
  brief.offset = at(1);
  brief.exitall = true;
  SimulatedRun run({endless, brief}, kSeries, device_of(2));
  run.search(10);
  EXPECT_EQ(run.finished, 10U);
}

TEST(SimulatedWorkload, Zoneskip_PastTheDevicesEndComesBack) {
  for (const char* rw : {"read", "write"}) {
    JobSpec spec = job(rw, 2);
    spec.zone_skip = kZone;
    spec.max_open_zones = 1;
    spec.time_based = true;
    spec.max_ios = 40;
    sim::WorldConfig world = device_of(5);
    world.device.prefilled = spec.reads;
    SimulatedRun run({spec}, kSeries, world);
    EXPECT_EQ(run.steadily().kind, sim::OutcomeKind::finished);
    EXPECT_EQ(run.errors[0], 0);
    const Direction direction = spec.reads ? Direction::read : Direction::write;
    EXPECT_EQ(run.stats[0].of(direction).ios, 40U);
  }
}

TEST(SimulatedWorkload, SameSeed_IsTheSameRun) {
  JobSpec spec = job("randrw", 4);
  SimulatedRun run({spec, spec}, kSeries, device_of(4));
  run.search(1, 5);
  const Stats first = run.stats[0];
  run.search(1, 5);
  EXPECT_EQ(run.stats[0].end_ns, first.end_ns);
  EXPECT_EQ(run.stats[0].of(Direction::write).bytes, first.of(Direction::write).bytes);
}

}  // namespace
}  // namespace zoneknot::core
