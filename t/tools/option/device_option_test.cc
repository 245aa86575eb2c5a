#include "tools/option/device_option.h"

#include <gtest/gtest.h>

#include "t/tools/jobfile/job_file_text.h"

namespace zoneknot::tools {
namespace {

std::string option_error(const std::string& text) {
  const auto option = parse_device_option(text);
  return option ? "no error" : option.error().to_string();
}

// The device for the jobs of a file, as text, or the error.
std::string device_text(const std::string& option, const std::string& jobs) {
  const auto parsed = parse_device_option(option);
  if (!parsed) return parsed.error().to_string();
  const auto config = device_config(*parsed, parse(jobs).value().jobs);
  return config ? config->to_string() : config.error().to_string();
}

TEST(DeviceOption, KindsAreToldApart) {
  EXPECT_EQ(parse_device_option("sim")->kind, DeviceKind::sim);
  const auto file = parse_device_option("file:/a:b,,c=1,zones=4,prefilled=0");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->kind, DeviceKind::file);
  EXPECT_EQ(file->path, "/a:b,c=1");
  EXPECT_EQ(file->zones, 4U);
  EXPECT_EQ(file->prefilled, false);
  const auto block = parse_device_option("/dev/disk/by-path/pci-0:1,2");
  ASSERT_TRUE(block);
  EXPECT_EQ(block->kind, DeviceKind::block);
  EXPECT_EQ(block->path, "/dev/disk/by-path/pci-0:1,2");
}

TEST(DeviceOption, EveryKeyOverridesItsDefault) {
  EXPECT_EQ(device_text("sim:zones=64,size=2M,capacity=512k,conventional=2,max-open=4,max-active=6,prefilled,block=512",
                        section_with("rw=randwrite\n")),
            "zones=64,size=2097152,capacity=524288,conventional=2,block=512,max-open=4,max-active=6,prefilled=1");
  EXPECT_TRUE(device_text("sim:emulated", section_with("rw=randwrite\n")).ends_with("prefilled=0,emulated"));
}

TEST(DeviceOption, TheDefaultsFollowTheJobs) {
  EXPECT_EQ(device_text("sim", section_with("rw=randwrite\n")),
            "zones=16,size=1048576,capacity=1048576,conventional=0,block=4096,max-open=0,max-active=0,prefilled=0");
  const auto with = [](const std::string& lines) {
    return *device_config(DeviceOption{}, parse(section_with(lines)).value().jobs);
  };
  EXPECT_EQ(with("zonesize=256k\nzonecapacity=128k\n").zone_size, 256U << 10U);
  EXPECT_EQ(with("zonesize=256k\nzonecapacity=128k\n").zone_capacity, 128U << 10U);
  EXPECT_EQ(with("offset=64z\nsize=16z\n").zones, 80U);
  EXPECT_EQ(with("offset=64z\nsize=4k\n").zones, 65U);
  EXPECT_EQ(with("offset=64z\n").zones, 80U) << "a job without a size goes to the end, which is not near by accident";
  EXPECT_EQ(with("offset=4k\n").zones, 17U);
  EXPECT_EQ(with("size=4z\noffset_increment=4z\nnumjobs=9\n").zones, 36U);
}

TEST(DeviceOption, ZonesThatStartWithData_AreNamed) {
  const std::string writer = section_with("rw=randwrite\n");
  const std::string text = device_text("sim:filled=0-7+12,half=8-11", writer);
  EXPECT_EQ(text.substr(text.find(",filled")), ",filled=0-7+12,half=8-11");
  EXPECT_EQ(device_text("sim:filled=0-15/3+1", section_with("rw=randwrite\n")).substr(0, 8), "zones=16");
  EXPECT_EQ(device_text("sim:filled=16", section_with("rw=randwrite\n")),
            "--device: filled: zone 16 is beyond the device's 16");
  EXPECT_EQ(device_text("sim:conventional=2,half=1", section_with("rw=randwrite\n")),
            "--device: half: zone 1 is conventional");
  EXPECT_EQ(device_text("sim:filled=0-4,half=4", section_with("rw=randwrite\n")),
            "--device: half: zone 4 is named twice");
  EXPECT_EQ(device_text("sim:max-active=2,half=0-2", section_with("rw=randwrite\n")),
            "--device: 3 half-full zones are above max-active 2");
}

TEST(DeviceOption, JobsThatOnlyRead_HaveZonesWithDataUnlessTheDeviceIsDescribed) {
  const auto states = [](const std::string& option, const std::string& lines) {
    const std::string text = device_text(option, section_with(lines));
    const std::size_t begin = text.find(",filled");
    return begin == std::string::npos ? std::string("none") : text.substr(begin);
  };
  EXPECT_EQ(states("sim", "rw=randread\n"), ",filled=0-15/3,half=1-13/3");
  EXPECT_EQ(states("sim:conventional=1,zones=4", "rw=read\n"), ",filled=1-3/3,half=2");
  EXPECT_EQ(states("sim:max-active=2", "rw=read\n"), ",filled=0-15/3,half=1-4/3");
  EXPECT_EQ(states("sim:prefilled=0", "rw=read\n"), "none");
  EXPECT_EQ(states("sim:filled=3", "rw=read\n"), ",filled=3");
  EXPECT_EQ(states("sim", "rw=randtrim\n"), "none");
  EXPECT_EQ(states("sim", "rw=randrw\n"), "none");
}

TEST(DeviceOption, WhatCannotBe_IsRefused) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "'' is none of sim[:key=value,…], file:PATH[,key=value,…], /dev/…"},
      {"simulated", "'simulated' is none of sim[:key=value,…], file:PATH[,key=value,…], /dev/…"},
      {"/dev/", "'/dev/' is none of sim[:key=value,…], file:PATH[,key=value,…], /dev/…"},
      {"sim:", "a key=value is missing in ''"},
      {"sim:zones=4,,size=1m", "a key=value is missing in 'zones=4,,size=1m'"},
      {"sim:zone=4", "unknown key 'zone' (did you mean 'zones'?)"},
      {"sim:zones", "'zones' needs a value"},
      {"sim:zones=0", "zones: '0' is below 1"},
      {"sim:zones=1048577", "zones: '1048577' is above 1048576"},
      {"sim:zones=4,zones=5", "'zones' is given twice"},
      {"sim:size=1q", "size: unknown suffix 'q'"},
      {"sim:prefilled=2", "prefilled: '2' is neither 0 nor 1"},
      {"sim:filled=", "filled: "},
      {"sim:filled=7-3", "filled: '3' is below 7"},
      {"sim:half=0-9/0", "half: '0' is below 1"},
      {"sim:start=5", "start: '5' does not end with one of :em, :oi, :oe, :cl, :fu, :ro, :ol"},
      {"sim:start=5:xx", "start: '5:xx' does not end with one of :em, :oi, :oe, :cl, :fu, :ro, :ol"},
      {"sim:start=0-4/2:fu", "start: a range of start= has no step"},
      {"sim:latency=zn54",
       "latency: 'zn54' is none of instant, zn540, small-zone, smr, FILE.toml (did you mean "
       "'zn540'?)"},
      {"file:/x,latency=zn540", "latency: a file takes as long as it takes; it goes with the simulated device"},
      {"file:", "'file:' needs a path"},
      {"file:/x,", "a key=value is missing in ''"},
  };
  for (const auto& [text, error] : cases) {
    EXPECT_EQ(option_error(text).substr(0, error.ends_with(' ') ? error.size() + 10 : std::string::npos),
              "--device: " + error);
  }
}

TEST(DeviceOption, ZonesThatContradictEachOther_AreRefused) {
  const std::string plain = section_with("rw=randwrite\n");
  EXPECT_EQ(device_text("sim:size=1m,capacity=2m", plain).substr(0, 10), "--device: ");
  EXPECT_EQ(device_text("sim:size=1000k,block=64k", plain).substr(0, 10), "--device: ");
  EXPECT_EQ(device_text("sim:zones=1m,size=2000000000000000", plain).substr(0, 10), "--device: ");
  EXPECT_EQ(device_text("sim", section_with("offset=2m\nzonesize=512\nbs=512\noffset=1g\n")),
            "--device: the jobs reach beyond zone 1048576 of 512 bytes, the most there can be");
  EXPECT_EQ(device_text("sim", section_with("zonesize=1m\n") + "[b]\nfilename=x\nzonemode=zbd\nzonesize=2m\n"),
            "--device: one device cannot have the jobs' zonesize of both 1048576 and 2097152 bytes");
  EXPECT_EQ(device_text("sim:size=1000k", plain).substr(0, 5), "zones") << "no power of two, but it works";
}

TEST(DeviceOption, ZonesReached_CoversEveryRange) {
  const auto jobs = parse(section_with("offset=2z\nsize=3z\n")).value().jobs;
  EXPECT_EQ(zones_reached(jobs, kMiB), 5U);
  EXPECT_EQ(zones_reached({}, kMiB), 0U);
}

}  // namespace
}  // namespace zoneknot::tools
