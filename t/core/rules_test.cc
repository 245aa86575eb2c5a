// The rules (a)–(g) and the assertions of docs/protocol.md section 5, each broken by a whole workload on the simulator
// with the historic behaviour, and kept with the repair.

#include <cerrno>

#include "t/core/one_job.h"
#include "t/core/simulated_run.h"

namespace zoneknot::core {
namespace {

using testing::IsEmpty;
using Letters = std::set<std::string>;

sim::WorldConfig config(std::uint32_t zone_count, const std::vector<device::Fault>& faults = {}) {
  sim::WorldConfig world;
  world.device = {.zone_size = kZone, .zones = zone_count};
  world.faults.faults = faults;
  return world;
}

device::Fault error(device::FaultTarget target, device::FaultMoment moment, int error_number = EIO) {
  device::Fault fault;
  fault.target = target;
  fault.moment = moment;
  fault.error = error_number;
  return fault;
}

JobSpec writer(std::uint32_t iodepth = 2) {
  JobSpec spec = job("randwrite", iodepth);
  spec.random_map = false;
  return spec;
}

std::vector<JobSpec> clones(JobSpec spec, std::uint32_t count) {
  std::vector<JobSpec> jobs;
  for (spec.clone = 0; spec.clone < count; ++spec.clone) jobs.push_back(spec);
  return jobs;
}

TEST(Rules, JobThatDiesWithIoUnderWay_LeaksItsZonesWithoutCleanupAlone) {
  const auto faults = config(4, {error(device::FaultTarget::write, device::FaultMoment::complete)});
  SimulatedRun historic({writer()}, kSeries.without(Fix::cleanup_aio), faults);
  EXPECT_EQ(historic.search(20), (Letters{"a", "d"}));
  SimulatedRun repaired({writer()}, kSeries, faults);
  EXPECT_THAT(repaired.search(20), IsEmpty());
  EXPECT_EQ(repaired.finished, 20U);
}

TEST(Rules, ZoneThatLeaked_HangsAnotherJob) {
  device::Fault once = error(device::FaultTarget::write, device::FaultMoment::complete);
  once.count = 1;
  SimulatedRun historic(clones(writer(), 2), kSeries.without(Fix::cleanup_aio), config(1, {once}));
  historic.search(40);
  EXPECT_GT(historic.hangs, 0U);
  SimulatedRun repaired(clones(writer(), 2), kSeries, config(1, {once}));
  repaired.search(40);
  EXPECT_EQ(repaired.hangs, 0U);
}

TEST(Rules, QuiesceThatStopsAtAnError_WaitsForAZoneWithItsOwnIoUnderWay) {
  device::Fault odd = error(device::FaultTarget::write, device::FaultMoment::complete);
  odd.zones.kind = device::ZoneSelection::Kind::odd;
  odd.probability = 0.5;
  SimulatedRun historic(clones(writer(4), 2), kSeries.without(Fix::quiesce_all), config(3, {odd}));
  EXPECT_TRUE(historic.search(200).contains("g"));
  SimulatedRun repaired(clones(writer(4), 2), kSeries, config(3, {odd}));
  EXPECT_FALSE(repaired.search(200).contains("g"));
  EXPECT_EQ(repaired.hangs, 0U);
}

TEST(Rules, RestOfAShortWrite_OwnsNoLock) {
  device::Fault cut;
  cut.kind = device::FaultKind::short_transfer;
  cut.transferred = kBlock;
  cut.probability = 0.5;
  device::Fault busy;
  busy.kind = device::FaultKind::busy;
  busy.moment = device::FaultMoment::queue;
  busy.probability = 0.5;
  JobSpec spec = writer(1);
  spec.engine = EngineKind::psync;
  spec.min_bs[1] = spec.max_bs[1] = 2 * kBlock;
  SimulatedRun run(clones(spec, 2), kSeries, config(3, {cut, busy}));
  EXPECT_FALSE(run.search(50).contains("c"));
  EXPECT_FALSE(run.search(50).contains("e"));
}

// (c) and (e): a put that unlocks the neighbour leaves a unit that still owns its zone.
TEST(Rules, ReplayPastAZonesEnd_UnlocksANeighbourThatIsNotItsOwn) {
  JobSpec first = writer();
  first.io_size = 3 * kBlock;
  first.size = kZone;
  JobSpec reader = job("randread", 1);
  reader.verify = VerifyKind::crc32c;
  reader.random_map = false;
  reader.size = kZone;
  reader.engine = EngineKind::psync;
  reader.io_size = 8 * kBlock;
  reader.stonewall = true;
  SimulatedRun run({first, reader}, kSeries, config(2));
  run.steadily();
  EXPECT_EQ(run.broken(), (Letters{"d", "e"}));
}

TEST(Rules, ReadThatFindZoneSentToAConventionalZone_LeaksIt) {
  JobSpec reader = job("randread", 1);
  reader.number_ios = 1;
  sim::WorldConfig world = config(2);
  world.device.conventional = 1;
  SimulatedRun run({reader}, kSeries, world);
  EXPECT_TRUE(run.search(20).contains("d"));
}

TEST(Rules, SwdOfTheWholeRange_LocksInOrderUnlessOwnIoIsUnderWay) {
  JobSpec spec = job("randwrite", 2);
  spec.time_based = true;
  spec.max_ios = 12;
  SimulatedRun historic({spec}, kSeries.without(Fix::swd_skip), config(2));
  EXPECT_TRUE(historic.search(20).contains("g")) << "the map is used up while a later zone is owned";
  spec.time_based = false;
  SimulatedRun opened({spec}, kSeries.without(Fix::swd_skip), config(2));
  EXPECT_FALSE(opened.search(20).contains("g")) << "at the opening nothing is owned";
}

TEST(Rules, PlainLockOfAdjustBlock_WaitsWithOwnIoUnderWay) {
  SimulatedRun historic(clones(writer(4), 2), kSeries.without(Fix::adjust_trylock), config(3));
  EXPECT_TRUE(historic.search(100).contains("g"));
  EXPECT_GT(historic.hangs, 0U);
  SimulatedRun repaired(clones(writer(4), 2), kSeries, config(3));
  EXPECT_THAT(repaired.search(100), IsEmpty());
  EXPECT_EQ(repaired.finished, 100U);
}

TEST(Rules, PlainLocksOfConvert_WaitWithOwnIoUnderWay) {
  JobSpec spec = writer(4);
  spec.max_open_zones = 2;
  SimulatedRun historic(clones(spec, 2), kSeries.without(Fix::zone_lock), config(4));
  EXPECT_TRUE(historic.search(200).contains("g"));
  EXPECT_GT(historic.hangs, 0U);
  SimulatedRun repaired(clones(spec, 2), kSeries, config(4));
  EXPECT_THAT(repaired.search(200), IsEmpty());
  EXPECT_EQ(repaired.finished, 200U);
}

// find_zone is plain in every set: the series leaves this open.
TEST(Rules, PlainLockOfFindZone_WaitsWithOwnIoUnderWayEvenWithTheSeries) {
  JobSpec spec = job("randrw", 4);
  spec.random_map = false;
  SimulatedRun run(clones(spec, 3), kSeries, config(6));
  EXPECT_TRUE(run.search(1000).contains("g"));
  EXPECT_GT(run.hangs, 0U);
}

TEST(Rules, ResetOfTheWholeRange_BreaksTheOrderWithOwnIoUnderWay) {
  JobSpec spec = job("randwrite", 2);
  spec.time_based = true;
  spec.max_ios = 12;
  SimulatedRun historic({spec}, kSeries.without(Fix::reset_one_zone), config(2));
  EXPECT_TRUE(historic.search(20).contains("g"));
}

// (b): the device answers every I/O, so a reap ends in every run; (f): sleeps own nothing.
TEST(Rules, ReapsEndAndSleepersOwnNothing) {
  JobSpec spec = writer(4);
  spec.thinktime_ns = 1000;
  spec.fsync = 2;
  spec.engine = EngineKind::io_uring;
  SimulatedRun run(clones(spec, 2), kSeries,
                   config(3, {error(device::FaultTarget::sync, device::FaultMoment::complete)}));
  EXPECT_THAT(run.search(50), IsEmpty());
  EXPECT_EQ(run.finished, 50U);
}

// A sleep of a job whose quiesce gave up at an error owns the zones of what is still under way.
TEST(Rules, SleepAfterAQuiesceThatGaveUp_OwnsZones) {
  JobSpec spec = writer(4);
  spec.thinktime_ns = 1000;
  device::Fault some = error(device::FaultTarget::write, device::FaultMoment::complete);
  some.probability = 0.4;
  SimulatedRun historic({spec}, kSeries.without(Fix::quiesce_all), config(4, {some}));
  EXPECT_TRUE(historic.search(300).contains("f"));
  SimulatedRun repaired({spec}, kSeries, config(4, {some}));
  EXPECT_FALSE(repaired.search(300).contains("f"));
}

TEST(Rules, TrimOfWrittenZones_FailsAnAssertion) {
  JobSpec first = writer();
  first.io_size = 3 * kBlock;
  first.size = kZone;
  JobSpec trimmer = job("randtrim", 2);
  trimmer.stonewall = true;
  SimulatedRun run({first, trimmer}, kSeries, config(1));
  const sim::Outcome outcome = run.steadily();
  EXPECT_EQ(outcome.kind, sim::OutcomeKind::finished);
  EXPECT_EQ(run.broken(), Letters{"assert"});
}

TEST(Rules, JobWithASmallerLimitThanWhatIsOpen_FailsAnAssertion) {
  JobSpec wide = writer();
  wide.max_open_zones = 3;
  JobSpec narrow = writer();
  narrow.max_open_zones = 1;
  narrow.stonewall = true;
  SimulatedRun run({wide, narrow}, kSeries, config(4));
  EXPECT_EQ(run.search(5), Letters{"assert"});
  EXPECT_EQ(run.hangs, 0U);
}

// in_flight has wrapped and nothing is taken: commit() does nothing, reap() does not wait, the loop goes on for ever.
TEST(Rules, ThinktimeAfterAReapThatSubmitted_NeverEndsThoughNobodyWaits) {
  JobSpec spec = writer(4);
  spec.batch = 3;
  spec.complete_min = spec.complete_max = 4;
  spec.thinktime_ns = 1;
  SimulatedRun run({spec}, kSeries, config(4));
  EXPECT_EQ(run.steadily({.max_steps = 5000}).kind, sim::OutcomeKind::cut);
}

}  // namespace
}  // namespace zoneknot::core
