// Job files that work: what every option becomes.
#include "tools/jobfile/job_file.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "t/tools/jobfile/job_file_text.h"
#include "tools/jobfile/job_options.h"

namespace zoneknot::tools {
namespace {

JobFile shipped(const std::string& name) {
  const std::string path = std::string(ZONEKNOT_JOBS) + "/" + name;
  auto file = parse_job_file(text_of_file(path), path, context_with());
  if (!file) ADD_FAILURE() << file.error().to_string();
  return file ? std::move(*file) : JobFile{};
}

TEST(JobFile, TwoJobs_AreTwoWritersOverFourZones) {
  const JobFile file = shipped("two-jobs.fio");
  EXPECT_EQ(file.name, "two-jobs.fio");
  EXPECT_TRUE(file.notes.empty());
  ASSERT_EQ(file.jobs.size(), 2U);
  EXPECT_EQ(file.jobs[0].name, "first");
  EXPECT_EQ(file.jobs[1].name, "second");
  for (const core::JobSpec& job : file.jobs) {
    EXPECT_EQ(job.filename, "sim");
    EXPECT_EQ(job.engine, core::EngineKind::libaio);
    EXPECT_TRUE(job.writes && job.random && !job.reads && !job.trims && !job.random_map);
    EXPECT_EQ(job.zone_size, kMiB);
    EXPECT_EQ(job.max_open_zones, 2U);
    EXPECT_EQ(job.largest_bs(), 16384U);
    EXPECT_EQ(job.smallest_bs(), 16384U);
    EXPECT_EQ(job.iodepth, 4U);
    EXPECT_EQ(job.iodepth_low, 4U);
    EXPECT_EQ(job.size, 4 * kMiB);
    EXPECT_EQ(job.io_size, kMiB);
    EXPECT_EQ(job.clone, 0U);
  }
  EXPECT_EQ(file.jobs[1].section, 1U);
}

TEST(JobFile, StressJobs_AreSixteenClones) {
  for (const auto& [name, iodepth] :
       {std::pair<const char*, std::uint32_t>{"zone-lock-stress.fio", 256}, {"write-errors.fio", 64}}) {
    const JobFile file = shipped(name);
    ASSERT_EQ(file.jobs.size(), 16U) << name;
    for (std::uint32_t clone = 0; clone < 16; ++clone) {
      const core::JobSpec& job = file.jobs[clone];
      EXPECT_EQ(job.clone, clone);
      EXPECT_EQ(job.section, 0U);
      EXPECT_EQ(job.offset, 64 * kMiB);
      EXPECT_EQ(job.size, 16 * kMiB);
      EXPECT_EQ(job.iodepth, iodepth);
      EXPECT_EQ(job.runtime_ns, 2 * kSecondNs);
      EXPECT_TRUE(job.time_based && job.group_reporting);
    }
  }
}

TEST(JobFile, SequentialRegions_LieSideBySide) {
  const JobFile file = shipped("sequential-regions.fio");
  ASSERT_EQ(file.jobs.size(), 4U);
  for (std::uint32_t clone = 0; clone < 4; ++clone) {
    EXPECT_EQ(file.jobs[clone].offset, 4 * kMiB * clone);
    EXPECT_EQ(file.jobs[clone].size, 4 * kMiB);
    EXPECT_TRUE(file.jobs[clone].writes && !file.jobs[clone].random);
    EXPECT_EQ(file.jobs[clone].largest_bs(), 65536U);
  }
}

TEST(JobFile, Mixed_ReadsAndWrites) {
  const JobFile file = shipped("mixed.fio");
  ASSERT_EQ(file.jobs.size(), 4U);
  const core::JobSpec& job = file.jobs[3];
  EXPECT_TRUE(job.mixed() && job.random && !job.random_map);
  EXPECT_EQ(job.engine, core::EngineKind::io_uring);
  EXPECT_EQ(job.rwmixread, 60U);
  EXPECT_EQ(job.randseed, 7U);
  EXPECT_EQ(job.io_size, 2 * kMiB);
  EXPECT_EQ(job.largest_bs(), 4096U);
}

TEST(JobFile, Verify_ChecksWithCrc32c) {
  const JobFile file = shipped("verify.fio");
  ASSERT_EQ(file.jobs.size(), 1U);
  EXPECT_EQ(file.jobs[0].verify, core::VerifyKind::crc32c);
  EXPECT_TRUE(file.jobs[0].do_verify);
  EXPECT_EQ(file.jobs[0].size, 8 * kMiB);
  EXPECT_EQ(file.jobs[0].io_size, 4 * kMiB);
}

TEST(JobFile, JobWithoutOptions_HasTheDefaults) {
  const core::JobSpec job = job_with("");
  EXPECT_TRUE(job.reads && !job.writes && !job.trims && !job.random && job.random_map);
  EXPECT_EQ(job.engine, core::EngineKind::psync);
  EXPECT_EQ(job.size, 0U);
  EXPECT_EQ(job.min_bs, (std::array<std::uint32_t, 3>{4096, 4096, 4096}));
  EXPECT_EQ(job.max_bs, (std::array<std::uint32_t, 3>{4096, 4096, 4096}));
  EXPECT_EQ(job.iodepth, 1U);
  EXPECT_EQ(job.batch, 1U);
  EXPECT_EQ(job.complete_min, 1U);
  EXPECT_EQ(job.complete_max, 1U);
  EXPECT_TRUE(job.direct && job.randrepeat && job.do_verify);
}

TEST(JobFile, GlobalSections_ApplyToTheSectionsBelowThem) {
  const auto file = parse(
      "[global]\nfilename=sim\nzonemode=zbd\nbs=8k\n[a]\nbs=16k\n[b]\n"
      "[GLOBAL]\nbs=32k\niodepth=3\n[c]\n[a]\n");
  ASSERT_TRUE(file) << file.error().to_string();
  ASSERT_EQ(file->jobs.size(), 4U);
  EXPECT_EQ(file->jobs[0].largest_bs(), 16384U);
  EXPECT_EQ(file->jobs[1].largest_bs(), 8192U);
  EXPECT_EQ(file->jobs[2].largest_bs(), 32768U);
  EXPECT_EQ(file->jobs[1].iodepth, 1U);
  EXPECT_EQ(file->jobs[2].iodepth, 3U);
  EXPECT_EQ(file->jobs[3].name, "a");
  EXPECT_EQ(file->jobs[3].section, 3U);
}

TEST(JobFile, Zones_AreCountedInTheSectionsZoneSizeWhereverItStands) {
  const auto file = parse("[global]\nfilename=sim\nzonemode=zbd\nsize=3z\n[a]\nzoneskip=2z\nzonesize=2m\noffset=1Z\n");
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_EQ(file->jobs[0].size, 6 * kMiB);
  EXPECT_EQ(file->jobs[0].zone_skip, 4 * kMiB);
  EXPECT_EQ(file->jobs[0].offset, 2 * kMiB);
  ParseContext context = context_with();
  context.default_zone_size = 1U << 16U;
  const auto other = parse_job_file(section_with("io_size=3z\n"), "a.fio", context);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->jobs[0].io_size, 3U << 16U);
}

TEST(JobFile, Lines_AreReadAsFioReadsThem) {
  const auto file = parse(
      "# comment\r\n\r\n  [a b] ; comment\r\n\tfilename = /dev/x;y\r\nzonemode=zbd # c\r\n"
      "time_based\r\nruntime=2 \r\nbs = 4k , 8k\r\nsize=${X}");
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_EQ(file->jobs[0].name, "a b");
  EXPECT_EQ(file->jobs[0].filename, "/dev/x");
  EXPECT_EQ(file->jobs[0].runtime_ns, 2 * kSecondNs);
  EXPECT_EQ(file->jobs[0].min_bs, (std::array<std::uint32_t, 3>{4096, 8192, 8192}));
  EXPECT_EQ(file->jobs[0].size, 4 * kMiB);
}

TEST(JobFile, ZonedFromTheEnvironment_IsTheDevice) {
  const std::string text = "[a]\nzonemode=zbd\nfilename=${ZONED}\n";
  EXPECT_EQ(parse(text)->jobs[0].filename, "sim");
  EXPECT_EQ(parse_job_file(text, "a.fio", {})->jobs[0].filename, "sim");
  const auto block = parse_job_file(text, "a.fio", context_with({{"ZONED", "/dev/nullb0"}}));
  EXPECT_EQ(block->jobs[0].filename, "/dev/nullb0");
  const auto emulated = parse_job_file(text, "a.fio", context_with({{"ZONED", "file:/a:b,zones=4"}}));
  EXPECT_EQ(emulated->jobs[0].filename, "file:/a:b,zones=4");
}

TEST(JobFile, BlockSizes_AreByDirection) {
  using Sizes = std::array<std::uint32_t, 3>;
  EXPECT_EQ(job_with("bs=8k\n").min_bs, (Sizes{8192, 8192, 8192}));
  EXPECT_EQ(job_with("blocksize=8k,16k\n").min_bs, (Sizes{8192, 16384, 16384}));
  EXPECT_EQ(job_with("bs=8k,16k,\n").min_bs, (Sizes{8192, 16384, 4096}));
  EXPECT_EQ(job_with("bs=,8k\n").min_bs, (Sizes{4096, 8192, 8192}));
  EXPECT_EQ(job_with("bs=4k,,8k\n").max_bs, (Sizes{4096, 4096, 8192}));
  const core::JobSpec ranged = job_with("bsrange=4k-16k,8k:32k,\nbs=512\n");
  EXPECT_EQ(ranged.min_bs, (Sizes{4096, 8192, 512}));
  EXPECT_EQ(ranged.max_bs, (Sizes{16384, 32768, 512}));
}

TEST(JobFile, Words_OfRwSayWhatTheJobDoes) {
  struct Case {
    const char* word;
    bool reads, writes, trims, random;
  };
  for (const Case& c : {Case{"read", true, false, false, false}, Case{"write", false, true, false, false},
                        Case{"trim", false, false, true, false}, Case{"randread", true, false, false, true},
                        Case{"randwrite", false, true, false, true}, Case{"randtrim", false, false, true, true},
                        Case{"rw", true, true, false, false}, Case{"readwrite", true, true, false, false},
                        Case{"randrw", true, true, false, true}}) {
    const core::JobSpec job = job_with(std::string("readwrite=") + c.word + "\n");
    EXPECT_EQ(job.reads, c.reads) << c.word;
    EXPECT_EQ(job.writes, c.writes) << c.word;
    EXPECT_EQ(job.trims, c.trims) << c.word;
    EXPECT_EQ(job.random, c.random) << c.word;
  }
  EXPECT_EQ(job_with("rwmixread=10\nrwmixwrite=30\n").rwmixread, 70U);
  EXPECT_EQ(job_with("rwmixwrite=30\nrwmixread=10\n").rwmixread, 10U);
}

TEST(JobFile, Depths_AreWithinIodepth) {
  const core::JobSpec job = job_with("iodepth=8\niodepth_batch=0\niodepth_low=99\n");
  EXPECT_EQ(job.batch, 8U);
  EXPECT_EQ(job.iodepth_low, 8U);
  EXPECT_EQ(job_with("iodepth=8\niodepth_batch_submit=9\n").batch, 8U);
  EXPECT_EQ(job_with("iodepth=8\niodepth_batch_submit=3\n").batch, 3U);
  EXPECT_EQ(job_with("iodepth=8\niodepth_low=3\n").iodepth_low, 3U);
  EXPECT_EQ(job_with("iodepth=8\niodepth_batch_complete=3\n").complete_max, 3U);
  const core::JobSpec wide = job_with("iodepth=8\niodepth_batch_complete_min=2\niodepth_batch_complete_max=6\n");
  EXPECT_EQ(wide.complete_min, 2U);
  EXPECT_EQ(wide.complete_max, 6U);
  const core::JobSpec polling = job_with("iodepth=8\niodepth_batch_complete_min=0\n");
  EXPECT_EQ(polling.complete_min, 0U);
  EXPECT_EQ(polling.complete_max, 0U);
}

TEST(JobFile, TheOtherOptions_ReachTheJob) {
  const core::JobSpec job = job_with(
      "zonesize=1m\nzonecapacity=512k\nmax_open_zones=3\njob_max_open_zones=2\nzone_reset_threshold=0.3\n"
      "zone_reset_frequency=.01\nread_beyond_wp=1\nignore_zone_limits\nnumber_ios=1k\nloops=3\nthread\nstonewall\n"
      "exitall\nstartdelay=3ms\nthinktime=5\nthinktime_blocks=2\nrandrepeat=0\ndo_verify=0\nfsync=7\nend_fsync\n"
      "continue_on_error=io\nbuffered=1\nrandseed=0x11\nkb_base=1024\nio_limit=4k\n");
  EXPECT_EQ(job.zone_capacity, 512U << 10U);
  EXPECT_EQ(job.max_open_zones, 3U);
  EXPECT_EQ(job.job_max_open_zones, 2U);
  EXPECT_DOUBLE_EQ(job.zone_reset_threshold, 0.3);
  EXPECT_DOUBLE_EQ(job.zone_reset_frequency, 0.01);
  EXPECT_TRUE(job.read_beyond_wp && job.ignore_zone_limits && job.stonewall && job.exitall && job.end_fsync);
  EXPECT_EQ(job.number_ios, 1024U);
  EXPECT_EQ(job.loops, 3U);
  EXPECT_EQ(job.start_delay_ns, 3'000'000U);
  EXPECT_EQ(job.thinktime_ns, 5'000U);
  EXPECT_EQ(job.thinktime_blocks, 2U);
  EXPECT_FALSE(job.randrepeat || job.do_verify || job.direct);
  EXPECT_EQ(job.fsync, 7U);
  EXPECT_TRUE(job.continue_on_error.read && job.continue_on_error.write && !job.continue_on_error.verify);
  EXPECT_EQ(job.randseed, 17U);
  EXPECT_EQ(job.io_size, 4096U);
}

TEST(JobFile, NamesWithColonsBetween_AreFilesOfOneJob) {
  const auto file =
      parse("[a]\nzonemode=zbd\nfilename=/dev/a:/dev/b\\:c:/dev/d\nfile_service_type=random:8\nopenfiles=2\n");
  ASSERT_TRUE(file);
  const core::JobSpec& job = file->jobs[0];
  ASSERT_EQ(job.file_count(), 3U);
  EXPECT_EQ(job.file(0), "/dev/a");
  EXPECT_EQ(job.file(1), "/dev/b:c");
  EXPECT_EQ(job.file(2), "/dev/d");
  EXPECT_EQ(job.file_service, core::FileService::random);
  EXPECT_EQ(job.file_service_ios, 8U);
  EXPECT_EQ(job.open_files, 2U);
}

TEST(JobFile, FileNames_AddToThoseOfTheGlobalSection) {
  const auto file = parse("[global]\nzonemode=zbd\nfilename=x\n[a]\nfilename=x:y\n[b]\nfilename=z\nfilename=w\n[c]\n");
  ASSERT_TRUE(file);
  const auto files_of = [](const core::JobSpec& job) {
    std::string names = job.filename;
    for (const std::string& name : job.further_files) names += " " + name;
    return names;
  };
  EXPECT_EQ(files_of(file->jobs.at(0)), "x x y");
  EXPECT_EQ(files_of(file->jobs.at(1)), "x z w");
  EXPECT_EQ(files_of(file->jobs.at(2)), "x");
  EXPECT_FALSE(parse("[global]\nzonemode=zbd\nfilename=sim:zones=32\n[a]\nfilename=x\n"));
}

TEST(JobFile, NumberOfFiles_CountsWhereTheyHaveNoNames) {
  const auto unnamed = parse("[a]\nzonemode=zbd\nnrfiles=3\n");
  ASSERT_TRUE(unnamed);
  EXPECT_EQ(unnamed->jobs[0].file_count(), 3U);
  const auto named = parse("[a]\nzonemode=zbd\nsize=4z\nfilename=/dev/a\nnrfiles=3\n");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->jobs[0].file_count(), 1U);
  EXPECT_EQ(named->notes,
            std::vector<std::string>{"a.fio:5: 'nrfiles' counts for nothing beside 'filename', as in fio"});
}

TEST(JobFile, FileService_SaysNothingForOneFileAndIsRefusedWhereItIsUneven) {
  EXPECT_EQ(core::canonical_text(job_with("file_service_type=zipf:1.2\n")), core::canonical_text(job_with("")));
  EXPECT_FALSE(parse(section_with("filename=/a:/b\nfile_service_type=zipf:1.2\n")));
  EXPECT_FALSE(parse(section_with("filename=/a:/b\nexperimental_verify=1\n")));
}

TEST(JobFile, Runtime_LimitsTheTimeAlsoWithoutTimeBased) {
  const core::JobSpec job = job_with("runtime=1m\n");
  EXPECT_EQ(job.runtime_ns, 60 * kSecondNs);
  EXPECT_FALSE(job.time_based);
}

TEST(JobFile, ValuesThatSayNothing_AreAcceptedInSilence) {
  for (const char* line : {"ramp_time=0",
                           "rate=0",
                           "rate=0,0",
                           "rate_iops=0",
                           "nrfiles=1",
                           "nr_files=1",
                           "verify_async=0",
                           "flow=0",
                           "io_submit_mode=inline",
                           "percentage_random=100",
                           "latency_target=0",
                           "max_latency=0",
                           "serialize_overlap=0",
                           "verify_backlog=0",
                           "exitall_on_error=0",
                           "create_only=0",
                           "create_serialize=1",
                           "thinktime_spin=0",
                           "trim_percentage=0",
                           "lockfile=none",
                           "rw_sequencer=sequential",
                           "pre_read=0",
                           "offset_align=0",
                           "experimental_verify=0",
                           "verify_only=0",
                           "atomic=0",
                           "thinktime_iotime=0s",
                           "fdatasync=0"}) {
    const auto file = parse(section_with(std::string(line) + "\n"));
    ASSERT_TRUE(file) << file.error().to_string();
    EXPECT_TRUE(file->notes.empty()) << file->notes.front();
    EXPECT_EQ(core::canonical_text(file->jobs[0]), core::canonical_text(job_with(""))) << line;
  }
}

// `defaults_of_fio.txt`: what `fio --cmdhelp=NAME` of fio 3.33 says that an option is unless it is given. To say so is
// to say nothing, be the option one that is refused here.
TEST(JobFile, DefaultsOfFio333_AreAcceptedInSilence) {
  // What is another default here, or turns something on.
  const std::set<std::string> others = {"buffered=1", "direct=0", "randseed=0x89", "zonemode=none"};
  std::istringstream lines(text_of_file(std::string(ZONEKNOT_JOBS) + "/../fio/defaults_of_fio.txt"));
  std::size_t asked = 0;
  for (std::string line; std::getline(lines, line);) {
    if (others.contains(line)) continue;
    const auto file = parse(section_with(line + "\n"));
    ASSERT_TRUE(file) << file.error().to_string();
    const bool ignored = find_job_option(line.substr(0, line.find('=')))->use == OptionUse::ignored;
    EXPECT_TRUE(ignored || file->notes.empty()) << file->notes.front();
    EXPECT_EQ(core::canonical_text(file->jobs[0]), core::canonical_text(job_with(""))) << line;
    ++asked;
  }
  EXPECT_GT(asked, 100U);
}

// The same of what is refused: a value that says what happens anyway is none.
TEST(JobFile, RefusedOptions_AreAcceptedWhereTheySayNothing) {
  for (const JobOption& option : job_options()) {
    if (option.use != OptionUse::not_yet) continue;
    std::istringstream values{std::string(option.values)};
    for (std::string value; values >> value;) {
      const auto file = parse(section_with(std::string(option.name) + "=" + value + "\n"));
      ASSERT_TRUE(file) << file.error().to_string();
      EXPECT_TRUE(file->notes.empty()) << file->notes.front();
      EXPECT_EQ(core::canonical_text(file->jobs[0]), core::canonical_text(job_with(""))) << option.name << value;
    }
    const auto refused = parse(section_with(std::string(option.name) + "=something\n"));
    EXPECT_FALSE(refused) << option.name;
  }
}

// `options_of_fio.txt`: what `fio --cmdhelp=all` and `fio --enghelp=…` of fio 3.33 list.
TEST(JobFile, EveryOptionOfFio333_IsKnown) {
  std::istringstream names(text_of_file(std::string(ZONEKNOT_JOBS) + "/../fio/options_of_fio.txt"));
  std::string unknown;
  for (std::string name; std::getline(names, name);) {
    if (find_job_option(name) == nullptr) unknown += " " + name;
  }
  EXPECT_EQ(unknown, "");
}

TEST(JobFile, TrimsBeforeWrites_AreBoth) {
  const core::JobSpec job = job_with("rw=randtrimwrite\n");
  EXPECT_TRUE(job.trims && job.writes && job.random);
  EXPECT_FALSE(job.reads);
}

TEST(JobFile, OptionsByDirection_ReachTheirDirection) {
  const core::JobSpec job = job_with("rate=1m,2m\nrate_iops=,7\npercentage_random=10,20,30\nbssplit=4k/10:16k,8k\n");
  EXPECT_EQ(job.rate, (std::array<std::uint64_t, 3>{1U << 20U, 2U << 20U, 2U << 20U}));
  EXPECT_EQ(job.rate_iops, (std::array<std::uint32_t, 3>{0, 7, 7}));
  EXPECT_EQ(job.percentage_random, (std::array<std::uint32_t, 3>{10, 20, 30}));
  EXPECT_EQ(job.bssplit[0], (std::vector<core::SizeShare>{{4096, 10}, {16384, 90}}));
  EXPECT_EQ(job.bssplit[2], (std::vector<core::SizeShare>{{8192, 100}}));
  EXPECT_EQ(job.min_bs, (std::array<std::uint32_t, 3>{4096, 8192, 8192}));
  EXPECT_EQ(job.max_bs, (std::array<std::uint32_t, 3>{16384, 8192, 8192}));
}

TEST(JobFile, Percentages_AreOfTheDevice_AndIoSizeIsOfSize) {
  core::JobSpec job = job_with("size=50%\noffset=10%\nio_size=50%\n");
  core::place_on(job, 1000);
  EXPECT_EQ(job.offset, 100U);
  EXPECT_EQ(job.size, 500U);
  EXPECT_EQ(job.io_size, 250U);
  const auto clones = parse(section_with("offset_increment=10%\nnumjobs=3\n"));
  ASSERT_TRUE(clones);
  job = clones->jobs[2];
  core::place_on(job, 1000);
  EXPECT_EQ(job.offset, 200U);
}

TEST(JobFile, Size_EndsWithTheDevice) {
  core::JobSpec job = job_with("offset=900\nsize=200\n");
  core::place_on(job, 1000);
  EXPECT_EQ(job.size, 100U);
}

TEST(JobFile, NumberBehindRw_IsADrawOrAHole) {
  EXPECT_EQ(job_with("rw=randwrite:8\n").draw_every, 8U);
  EXPECT_EQ(job_with("rw=randwrite:0\n").draw_every, 1U);
  EXPECT_EQ(job_with("rw=write:64k\n").leave_out, 64 << 10);
  EXPECT_EQ(job_with("rw=read:-4k\n").leave_out, -4096);
}

TEST(JobFile, WhatFioClamps_IsClamped) {
  const auto file = parse(section_with("iodepth_batch_complete_min=9\niodepth=4\ntime_based\n"));
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_EQ(file->jobs[0].complete_min, 4U);
  EXPECT_FALSE(file->jobs[0].time_based);
  EXPECT_EQ(file->notes,
            (std::vector<std::string>{"a.fio:6: 'time_based' without 'runtime' counts for nothing, as in fio"}));
}

TEST(JobFile, EveryChecksumIsOne_AndANoteSaysSo) {
  const auto file = parse(section_with("verify=sha256\n"));
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_EQ(file->jobs[0].verify, core::VerifyKind::crc32c);
  EXPECT_EQ(file->notes,
            (std::vector<std::string>{"a.fio:4: 'verify=sha256' is checked as crc32c: only the cost differs"}));
}

TEST(JobFile, OptionsThatCameLater_AreListedOnce) {
  const auto file = parse("[global]\nzonemode=zbd\nlatency_run=1\n[a]\nlatency_run=0\njob_max_open_zones=2\n");
  ASSERT_TRUE(file) << file.error().to_string();
  ASSERT_EQ(file->later_options.size(), 2U);
  EXPECT_EQ(file->later_options[0].name, "latency_run");
  EXPECT_EQ(file->later_options[0].since, 20U);
}

// The kind of file that people attach to reports: the device comes from the environment or from the command line.
TEST(JobFile, WithoutADevice_IsOnTheSimulatedOne) {
  const auto unset = parse("[a]\nzonemode=zbd\nfilename=${DUT}\nba=4k\n");
  ASSERT_TRUE(unset) << unset.error().to_string();
  EXPECT_EQ(unset->jobs[0].filename, "sim");
  const auto none = parse("[a]\nzonemode=zbd\nio_size=1%\n");
  ASSERT_TRUE(none) << none.error().to_string();
  EXPECT_EQ(none->jobs[0].filename, "sim");
  EXPECT_EQ(none->notes, (std::vector<std::string>{"a.fio:1: no filename: the simulated device"}));
}

TEST(JobFile, WaitFor_NamesAnEarlierSection) {
  const auto file = parse(section_with("numjobs=2\n") + "[b]\nfilename=sim\nzonemode=zbd\nwait_for=a\n");
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_EQ(file->jobs[2].wait_for, 0U);
  EXPECT_FALSE(file->jobs[0].wait_for);
}

TEST(JobFile, IgnoredOptions_LeaveANote) {
  const auto file = parse("[global]\nnice=3\n" + section_with("invalidate\nsize=4mib\n") + "[b]\n");
  ASSERT_FALSE(file);
  const auto complete = parse("[global]\nnice=3\n" + section_with("invalidate\nsize=4mib\n"));
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->notes, (std::vector<std::string>{"a.fio:2: 'nice' is ignored", "a.fio:6: 'invalidate' is ignored",
                                                       "a.fio:7: '4mib' is 4000000 bytes, as in fio"}));
}

TEST(JobFile, PositionOf_IsWhereTheValueStands) {
  const auto file = parse("[global]\nzonemode=zbd\nbs= 4k\nfilename=x\n[a]\n  blocksize = ${X}k\n");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().to_string(), "a.fio:6:15: blocksize: unknown suffix 'zk'");
  const auto good = parse("[global]\nzonemode=zbd\nbs= 4k\nfilename=x\n[a]\n  blocksize = 8k\nexitall\n [b]\n");
  ASSERT_TRUE(good) << good.error().to_string();
  EXPECT_EQ(good->position_of(good->jobs[0], "bs"), (Position{6, 15}));
  EXPECT_EQ(good->position_of(good->jobs[0], "exitall"), (Position{7, 1}));
  EXPECT_EQ(good->position_of(good->jobs[1], "blocksize"), (Position{3, 5}));
  EXPECT_EQ(good->position_of(good->jobs[1], "size"), (Position{8, 2}));
  EXPECT_EQ(good->position_of(good->jobs[1], "no such option"), (Position{8, 2}));
  EXPECT_EQ(good->error_at(good->jobs[0], {"bs", "too big"}).to_string(), "a.fio:6:15: too big");
}

TEST(JobFile, ThePageOfOptions_IsUpToDate) {
  const std::string page = job_options_markdown();
  if (text_of_file(std::string(ZONEKNOT_JOBS) + "/../../docs/job-options.md") != page) {
    ADD_FAILURE() << "docs/job-options.md should be:\n" << page;
  }
}

TEST(JobFile, NoNameOfAnOption_IsGivenTwice) {
  for (const JobOption& option : job_options()) {
    EXPECT_EQ(find_job_option(option.name), &option) << option.name;
    EXPECT_EQ(option.use == OptionUse::supported, option.apply != nullptr) << option.name;
    EXPECT_FALSE(option.help.empty()) << option.name;
  }
}

}  // namespace
}  // namespace zoneknot::tools
