// What is computed from a job as its file describes it: its range, what contradicts its device, and its text.

#include "core/job_spec.h"

#include "core/workload/start_rules.h"
#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

Range range(std::uint64_t offset, std::uint64_t size, const std::vector<int>& device) {
  JobSpec spec = job("randwrite");
  spec.offset = offset;
  spec.size = size;
  return job_range(spec, zones(device));
}

TEST(JobRange, TouchingASequentialZone_IsRoundedInward) {
  const std::vector<int> device = {0, 0, 0, 0};
  struct Case {
    std::uint64_t offset, size, base, length;
  };
  for (const Case& c :
       {Case{0, 0, 0, 4 * kZone}, Case{at(1), 0, at(1), 3 * kZone}, Case{at(1), 2 * kZone, at(1), 2 * kZone},
        Case{1, 2 * kZone, at(1), kZone}, Case{at(1), 2 * kZone + 1, at(1), 2 * kZone},
        Case{at(1), 2 * kZone - 1, at(1), kZone}, Case{at(1) + kBlock, kZone, at(2), 0},
        Case{at(1) + kBlock, 2 * kZone, at(2), kZone}, Case{at(3, 1), 0, at(4), 0}}) {
    const Range r = range(c.offset, c.size, device);
    EXPECT_EQ(r.length, c.length) << c.offset << "+" << c.size;
    EXPECT_EQ(r.base, c.base) << c.offset << "+" << c.size;
  }
}

TEST(JobRange, OfConventionalZonesAlone_IsTakenAsItIs) {
  const Range r = range(kBlock, kZone, {-1, -1, 0});
  EXPECT_EQ(r.base, kBlock);
  EXPECT_EQ(r.length, kZone);
  EXPECT_EQ(range(kBlock, 2 * kZone, {-1, -1, 0}).base, at(1)) << "its last block is in a sequential zone";
}

TEST(JobRange, IoSizeIsNotPartOfIt) {
  JobSpec spec = job("randwrite");
  spec.io_size = kZone;
  EXPECT_EQ(job_range(spec, zones({0, 0, 0})).length, 3 * kZone);
}

TEST(JobRange, ReadersAreRoundedToo) {
  JobSpec spec = job("read");
  spec.offset = kBlock;
  EXPECT_EQ(job_range(spec, zones({0, 0})).base, at(1));
}

// The option that is refused; empty: the job can start.
std::string refused(const JobSpec& spec, DeviceGeometry geometry = {.size = 4 * kZone, .zone_size = kZone},
                    FixSet fixes = FixSet::series()) {
  auto error = check_job(spec, geometry, zones({0, 0, 0, 0}));
  if (!error) error = refused_at_start(spec, {spec}, geometry, fixes);
  if (!error) return "";
  EXPECT_FALSE(error->message.empty());
  EXPECT_EQ(error->message.find('\n'), std::string::npos);
  EXPECT_NE(error->message.back(), '.');
  return error->option;
}

TEST(CheckJob, GeometryThatFits_IsAccepted) {
  JobSpec spec = job("randrw");
  EXPECT_EQ(refused(spec), "");
  spec.zone_size = kZone;
  spec.offset = at(1);
  spec.size = 3 * kZone;
  EXPECT_EQ(refused(spec), "");
}

TEST(CheckJob, GeometryThatDoesNotFit_IsRefused) {
  const auto with = [](const std::function<void(JobSpec&)>& change) {
    JobSpec spec = job("randwrite");
    change(spec);
    return refused(spec);
  };
  EXPECT_EQ(with([](JobSpec& spec) { spec.zone_size = 2 * kZone; }), "zonesize");
  EXPECT_EQ(with([](JobSpec& spec) { spec.offset = at(4); }), "offset");
  EXPECT_EQ(with([](JobSpec& spec) { spec.size = 4 * kZone + 1; }), "size");
  EXPECT_EQ(with([](JobSpec& spec) {
              spec.offset = at(1);
              spec.size = UINT64_MAX;
            }),
            "size")
      << "the sum of both would wrap";
  EXPECT_EQ(with([](JobSpec& spec) {
              spec.offset = kBlock;
              spec.size = kZone;
            }),
            "size")
      << "no whole zone is left";
}

TEST(CheckJob, BlockSizes_FitTheDevicesBlocksAndItsZones) {
  JobSpec spec = job("randwrite");
  spec.min_bs = spec.max_bs = {512, kBlock, 512};
  EXPECT_EQ(refused(spec), "") << "sizes of directions that are not used do not count";
  spec.min_bs = spec.max_bs = {kBlock, 512, kBlock};
  EXPECT_EQ(refused(spec), "bs");
  spec.min_bs = spec.max_bs = {kBlock, 3 * kBlock, kBlock};
  EXPECT_EQ(refused(spec), "") << "the last blocks of each zone stay empty";
}

TEST(CheckJob, MoreOpenZonesThanTheDeviceHas_AreRefusedUnlessTheUserInsists) {
  JobSpec spec = job("randwrite");
  DeviceGeometry geometry{.size = 4 * kZone, .zone_size = kZone, .max_open = 2};
  spec.max_open_zones = 2;
  EXPECT_EQ(refused(spec, geometry), "");
  spec.max_open_zones = 3;
  EXPECT_EQ(refused(spec, geometry), "max_open_zones");
  spec.ignore_zone_limits = true;
  EXPECT_EQ(refused(spec, geometry), "");
  spec.ignore_zone_limits = false;
  spec.max_open_zones = 0;
  spec.job_max_open_zones = 3;
  EXPECT_EQ(refused(spec, geometry), "job_max_open_zones");
  geometry.max_open = 0;
  EXPECT_EQ(refused(spec, geometry), "");
}

TEST(CheckJob, TheListOfOpenZonesHas128Entries) {
  JobSpec spec = job("randwrite");
  spec.ignore_zone_limits = true;
  spec.max_open_zones = 128;
  EXPECT_EQ(refused(spec), "");
  spec.max_open_zones = 129;
  EXPECT_EQ(refused(spec), "max_open_zones");
}

TEST(JobSpec, LimitOfOpenZones_IsTheSmallerOneThatIsGiven) {
  JobSpec spec;
  EXPECT_EQ(spec.open_zone_limit(), 0U);
  spec.max_open_zones = 4;
  EXPECT_EQ(spec.open_zone_limit(), 4U);
  spec.job_max_open_zones = 2;
  EXPECT_EQ(spec.open_zone_limit(), 2U);
  spec.max_open_zones = 0;
  EXPECT_EQ(spec.open_zone_limit(), 2U);
}

TEST(JobSpec, SmallestAndLargestBlock_AreThoseOfTheDirectionsInUse) {
  JobSpec spec = job("randrw");
  spec.min_bs = {8192, 16384, 4096};
  spec.max_bs = {65536, 32768, 1048576};
  EXPECT_EQ(spec.smallest_bs(), 8192U);
  EXPECT_EQ(spec.largest_bs(), 65536U);
}

TEST(CanonicalText, ChangesWithEveryFieldThatCounts) {
  const std::vector<std::function<void(JobSpec&)>> changes = {
      [](JobSpec& s) { s.name += "x"; },
      [](JobSpec& s) { ++s.section; },
      [](JobSpec& s) { ++s.clone; },
      [](JobSpec& s) { s.engine = EngineKind::io_uring; },
      [](JobSpec& s) { s.reads = !s.reads; },
      [](JobSpec& s) { s.writes = !s.writes; },
      [](JobSpec& s) { s.trims = !s.trims; },
      [](JobSpec& s) { s.random = !s.random; },
      [](JobSpec& s) { ++s.rwmixread; },
      [](JobSpec& s) { s.min_bs[0] = 512; },
      [](JobSpec& s) { s.min_bs[1] = 512; },
      [](JobSpec& s) { s.min_bs[2] = 512; },
      [](JobSpec& s) { s.max_bs[0] = 8192; },
      [](JobSpec& s) { s.max_bs[1] = 8192; },
      [](JobSpec& s) { s.max_bs[2] = 8192; },
      [](JobSpec& s) { ++s.offset; },
      [](JobSpec& s) { ++s.size; },
      [](JobSpec& s) { ++s.io_size; },
      [](JobSpec& s) { ++s.number_ios; },
      [](JobSpec& s) { ++s.loops; },
      [](JobSpec& s) { ++s.max_ios; },
      [](JobSpec& s) { ++s.iodepth; },
      [](JobSpec& s) { ++s.batch; },
      [](JobSpec& s) { ++s.complete_min; },
      [](JobSpec& s) { ++s.complete_max; },
      [](JobSpec& s) { ++s.iodepth_low; },
      [](JobSpec& s) { s.time_based = true; },
      [](JobSpec& s) { ++s.runtime_ns; },
      [](JobSpec& s) { ++s.start_delay_ns; },
      [](JobSpec& s) { ++s.thinktime_ns; },
      [](JobSpec& s) { ++s.thinktime_blocks; },
      [](JobSpec& s) { s.random_map = !s.random_map; },
      [](JobSpec& s) { ++s.randseed; },
      [](JobSpec& s) { s.randrepeat = !s.randrepeat; },
      [](JobSpec& s) { ++s.zone_size; },
      [](JobSpec& s) { ++s.zone_capacity; },
      [](JobSpec& s) { ++s.zone_skip; },
      [](JobSpec& s) { ++s.max_open_zones; },
      [](JobSpec& s) { ++s.job_max_open_zones; },
      [](JobSpec& s) { s.zone_reset_threshold = 0.1; },
      [](JobSpec& s) { s.zone_reset_frequency = 1e-9; },
      [](JobSpec& s) { s.read_beyond_wp = true; },
      [](JobSpec& s) { s.ignore_zone_limits = true; },
      [](JobSpec& s) { s.named_bs[2] = 8192; },
      [](JobSpec& s) { s.verify = VerifyKind::crc32c; },
      [](JobSpec& s) { s.do_verify = false; },
      [](JobSpec& s) { s.continue_on_error.read = true; },
      [](JobSpec& s) { s.continue_on_error.write = true; },
      [](JobSpec& s) { s.continue_on_error.verify = true; },
      [](JobSpec& s) { s.exitall = true; },
      [](JobSpec& s) { s.stonewall = true; },
      [](JobSpec& s) { ++s.fsync; },
      [](JobSpec& s) { s.end_fsync = true; },
      [](JobSpec& s) { s.create_serialize = false; },
  };
  const JobSpec spec = job("randrw");
  std::set<std::string> texts = {canonical_text(spec)};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    JobSpec changed = spec;
    changes[i](changed);
    EXPECT_TRUE(texts.insert(canonical_text(changed)).second) << "change " << i << " is not to be seen";
  }
  JobSpec elsewhere = spec;
  elsewhere.filename = "other";
  EXPECT_EQ(canonical_text(elsewhere), canonical_text(spec)) << "file names are left out";
}

TEST(RefusedAtStart, JobLimitAlone_SinceFio328) {
  JobSpec spec = job("randwrite");
  spec.job_max_open_zones = 2;
  EXPECT_EQ(refused(spec), "");
  const FixSet newest = *FixSet::parse("fio-newest");
  EXPECT_EQ(refused(spec, {.size = 4 * kZone, .zone_size = kZone}, newest), "job_max_open_zones");
  EXPECT_EQ(refused(spec, {.size = 4 * kZone, .zone_size = kZone, .max_open = 3}, newest), "");
}

TEST(RefusedAtStart, TrimsThatAreNoZones_SinceFio328) {
  JobSpec spec = job("trim");
  const DeviceGeometry geometry{.size = 4 * kZone, .zone_size = kZone};
  EXPECT_EQ(refused(spec, geometry, *FixSet::parse("fio-3.27")), "");
  EXPECT_EQ(refused(spec, geometry, *FixSet::parse("fio-3.28")), "bs");
  spec.min_bs.at(2) = spec.max_bs.at(2) = static_cast<std::uint32_t>(kZone);
  EXPECT_EQ(refused(spec, geometry, *FixSet::parse("fio-3.28")), "");
}

TEST(RefusedAtStart, DifferentLimitsForOneDevice_SinceFio320) {
  const JobSpec first = job("randwrite");
  JobSpec second = first;
  second.max_open_zones = 2;
  const DeviceGeometry geometry{.size = 4 * kZone, .zone_size = kZone};
  EXPECT_FALSE(refused_at_start(second, {first, second}, geometry, FixSet::series()));
  EXPECT_TRUE(refused_at_start(second, {first, second}, geometry, *FixSet::parse("fio-3.20")));
}

TEST(RefusedAtStart, TablesMadeAtTheSameTime_SinceFio327) {
  JobSpec spec = job("write");
  spec.create_serialize = false;
  const DeviceGeometry geometry{.size = 4 * kZone, .zone_size = kZone};
  EXPECT_EQ(refused(spec, geometry, *FixSet::parse("fio-3.26")), "");
  EXPECT_EQ(refused(spec, geometry, *FixSet::parse("fio-3.27")), "create_serialize");
}

TEST(RefusedAtStart, BlocksToVerifyNeedNotFit_SinceFio334) {
  JobSpec spec = job("randwrite");
  spec.min_bs.at(1) = spec.max_bs.at(1) = 3 * kBlock;
  spec.verify = VerifyKind::crc32c;
  const DeviceGeometry geometry{.size = 4 * kZone, .zone_size = kZone};
  EXPECT_EQ(refused(spec, geometry, *FixSet::parse("fio-3.33")), "bs");
  EXPECT_EQ(refused(spec, geometry, *FixSet::parse("fio-3.34")), "");
}

TEST(RefusedAtStart, BlocksOfARangeToVerifyNeedNotFit_WhatBsSaysBesideItHasTo) {
  JobSpec spec = job("randwrite");
  spec.max_bs.at(1) = 3 * spec.min_bs.at(1);
  spec.named_bs.fill(kBlock);
  spec.verify = VerifyKind::crc32c;
  const DeviceGeometry geometry{.size = 4 * kZone, .zone_size = kZone};
  EXPECT_EQ(refused(spec, geometry), "");
  spec.named_bs.at(2) = 3 * kBlock;
  EXPECT_EQ(refused(spec, geometry), "bs");
}

}  // namespace
}  // namespace zoneknot::core
