#include "tools/option/bound.h"

#include <gtest/gtest.h>

#include "t/tools/jobfile/job_file_text.h"
#include "tools/option/device_option.h"

namespace zoneknot::tools {
namespace {

// The jobs of a text and their default device, made smaller.
struct Bounded {
  std::vector<core::JobSpec> jobs;
  device::DeviceConfig device;
  std::string error = "no error";

  Bounded(const std::string& text, const std::string& bound) : jobs(parse(text).value().jobs) {
    device = device_config(DeviceOption{}, jobs).value();
    const auto bounds = parse_bound(bound);
    if (!bounds) {
      error = bounds.error().to_string();
      return;
    }
    const auto done = apply_bound(*bounds, jobs, device);
    if (!done) error = done.error().to_string();
  }
};

TEST(Bound, EveryKeyIsRead) {
  const auto bounds = parse_bound("jobs=2,zones=3,depth=4,ios=5,blocks=6");
  ASSERT_TRUE(bounds);
  EXPECT_EQ(bounds->jobs, 2U);
  EXPECT_EQ(bounds->zones, 3U);
  EXPECT_EQ(bounds->depth, 4U);
  EXPECT_EQ(bounds->ios, 5U);
  EXPECT_EQ(bounds->blocks, 6U);
  EXPECT_FALSE(parse_bound("zones=1")->jobs);
}

TEST(Bound, WhatIsNoBound_IsRefused) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "a key=value is missing in ''"},
      {"jobs", "'jobs' needs a value"},
      {"jobs=", "jobs: the value is empty"},
      {"jobs=0", "jobs: '0' is below 1"},
      {"jobs=-1", "jobs: '-1' is negative"},
      {"jobs=4294967296", "jobs: '4294967296' is above 4294967295"},
      {"job=2", "unknown bound 'job' (did you mean 'jobs'?)"},
      {"steps=2", "unknown bound 'steps'"},
      {"jobs=2,jobs=3", "'jobs' is given twice"},
  };
  for (const auto& [text, error] : cases) {
    const auto bounds = parse_bound(text);
    ASSERT_FALSE(bounds) << text;
    EXPECT_EQ(bounds.error().to_string(), "--bound: " + error);
  }
}

TEST(Bound, NoBounds_ChangeNothing) {
  auto jobs = parse(section_with("runtime=3\nthinktime=5\n")).value().jobs;
  device::DeviceConfig device;
  ASSERT_TRUE(apply_bound({}, jobs, device));
  EXPECT_EQ(jobs[0].runtime_ns, 3'000'000'000U);
  EXPECT_EQ(jobs[0].thinktime_ns, 5000U);
  EXPECT_EQ(device, device::DeviceConfig{});
}

TEST(Bound, WhatTheyTakeFromTheJobs_IsToldOf) {
  auto jobs = parse(section_with("runtime=3\nthinktime=5\nnumjobs=2\n")).value().jobs;
  device::DeviceConfig device;
  const auto dropped = apply_bound(*parse_bound("ios=2"), jobs, device);
  ASSERT_TRUE(dropped);
  EXPECT_EQ(*dropped, std::vector<std::string>{"runtime (of 2 jobs)"});
  EXPECT_EQ(jobs[0].runtime_ns, 0U);
  EXPECT_EQ(jobs[0].thinktime_ns, 1U) << "what a job does before a pause stays";
}

TEST(Bound, TheStressJob_BecomesSmall) {
  const std::string text = text_of_file(std::string(ZONEKNOT_JOBS) + "/zone-lock-stress.fio");
  const Bounded bounded(text, "jobs=2,zones=2,depth=2,ios=4,blocks=2");
  ASSERT_EQ(bounded.error, "no error");
  ASSERT_EQ(bounded.jobs.size(), 2U);
  for (const core::JobSpec& job : bounded.jobs) {
    EXPECT_EQ(job.offset, 64 * kMiB);
    EXPECT_EQ(job.size, 2 * kMiB);
    EXPECT_EQ(job.io_size, kMiB);
    EXPECT_EQ(job.max_open_zones, 1U);
    EXPECT_EQ(job.iodepth, 2U);
    EXPECT_EQ(job.iodepth_low, 2U);
    EXPECT_EQ(job.max_ios, 4U);
    EXPECT_EQ(job.runtime_ns, 0U);
    EXPECT_TRUE(job.time_based) << "decides what an exhausted map does";
  }
  EXPECT_EQ(bounded.device.zones, 80U) << "the device stays as it was configured";
  EXPECT_EQ(bounded.device.zone_capacity, 32768U);
}

TEST(Bound, Skip_LeavesOutTheFirstJobs) {
  const std::string text = "[global]\nfilename=sim\nzonemode=zbd\nrw=write\nsize=1z\n[first]\n[second]\n[third]\n";
  const Bounded bounded(text, "skip=1,jobs=1");
  EXPECT_EQ(bounded.error, "no error");
  ASSERT_EQ(bounded.jobs.size(), 1U);
  EXPECT_EQ(bounded.jobs[0].name, "second");
  EXPECT_EQ(Bounded(text, "skip=3").error, "--bound: skip: 3 of 3 jobs are all of them");
  EXPECT_EQ(bound_text(*parse_bound("jobs=1,skip=2")), "skip=2,jobs=1");
}

TEST(Bound, Depth_CapsWhatIsCountedInIt) {
  const Bounded bounded(
      section_with("iodepth=9\niodepth_batch=8\niodepth_batch_complete_min=7\niodepth_batch_complete_max=8\n"
                   "iodepth_low=1\n"),
      "depth=3");
  const core::JobSpec& job = bounded.jobs[0];
  EXPECT_EQ(job.iodepth, 3U);
  EXPECT_EQ(job.batch, 3U);
  EXPECT_EQ(job.complete_min, 3U);
  EXPECT_EQ(job.complete_max, 3U);
  EXPECT_EQ(job.iodepth_low, 1U);
}

TEST(Bound, Zones_LeaveSmallerRangesAndAbsentLimitsAlone) {
  const Bounded small(section_with("size=1z\n"), "zones=2");
  EXPECT_EQ(small.jobs[0].size, kMiB);
  EXPECT_EQ(small.jobs[0].max_open_zones, 0U);
  const Bounded open(section_with("job_max_open_zones=5\nmax_open_zones=9\n"), "zones=1");
  EXPECT_EQ(open.jobs[0].size, kMiB);
  EXPECT_EQ(open.jobs[0].max_open_zones, 1U);
  EXPECT_EQ(open.jobs[0].job_max_open_zones, 1U);
  const Bounded wide(section_with("offset=2z\n"), "zones=20");
  EXPECT_EQ(wide.jobs[0].size, 20 * kMiB);
  EXPECT_EQ(wide.device.zones, 22U) << "as many as the range reaches";
}

TEST(Bound, Blocks_AreOfTheLargestBlockOfTheJobsThatStay) {
  const std::string two = section_with("bs=4k\nzonecapacity=1m\n") + "[b]\nfilename=sim\nzonemode=zbd\nbs=64k\n";
  const Bounded both(two, "blocks=2");
  EXPECT_EQ(both.device.zone_capacity, 131072U);
  EXPECT_EQ(both.jobs[0].zone_capacity, 131072U);
  EXPECT_EQ(both.jobs[1].zone_capacity, 0U);
  EXPECT_EQ(Bounded(two, "jobs=1,blocks=2").device.zone_capacity, 8192U);
  EXPECT_EQ(Bounded(two, "blocks=17").error,
            "--bound: blocks: 17 blocks of 65536 bytes are more than a zone of 1048576 bytes");
  EXPECT_EQ(Bounded(section_with("bs=512\n"), "blocks=3").error,
            "--bound: blocks: 3 blocks of 512 bytes are no multiple of the device's block of 4096 bytes");
}

TEST(Bound, MoreZonesThanADeviceHas_AreRefused) {
  EXPECT_EQ(Bounded(section_with(""), "zones=1048577").error, "--bound: zones: a device has at most 1048576");
  EXPECT_EQ(Bounded(section_with("offset=1z\n"), "zones=1048576").error,
            "--bound: zones: the ranges reach beyond what a device can have");
  EXPECT_NE(Bounded(section_with("zonesize=4000000000000000\nbs=512\n"), "zones=1m").error, "no error");
}

}  // namespace
}  // namespace zoneknot::tools
