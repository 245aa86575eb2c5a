// run as a user meets it: on the simulator, and with real threads and engines on a file.
#include <filesystem>
#include <fstream>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kTwoWriters =
    "[global]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=1M\nmax_open_zones=2\n"
    "rw=randwrite\nnorandommap=1\nbs=16k\niodepth=4\nsize=4z\nio_size=512k\n[one]\n[two]\n";

class RunCommand : public CommandTest {
 protected:
  static void expect_statistics(const Ended& ended) {
    EXPECT_EQ(ended.code, 0) << ended.out;
    EXPECT_EQ(ended.err, "");
    EXPECT_THAT(ended.out, StartsWith("one: (groupid=0, jobs=1): err= 0"));
    EXPECT_THAT(ended.out, HasSubstr("\ntwo: (groupid=0, jobs=1): err= 0"));
    EXPECT_THAT(ended.out, HasSubstr("issued rwts: total=0,32,0,0 errors=0,0,0,0"));
    EXPECT_THAT(ended.out, HasSubstr("\n  WRITE: bw="));
    EXPECT_THAT(ended.out, HasSubstr("ios=64\n"));
  }
};

TEST_F(RunCommand, Simulator_PrintsStatistics) { expect_statistics(zoneknot({"run", write("job.fio", kTwoWriters)})); }

TEST_F(RunCommand, Simulator_SaysTheSameEveryTimeForOneSeed) {
  const std::string job = write("job.fio", kTwoWriters);
  const Ended first = zoneknot({"run", job, "--seed=5"});
  EXPECT_EQ(first.code, 0);
  EXPECT_EQ(zoneknot({"run", job, "--seed=5"}).out, first.out);
  EXPECT_NE(zoneknot({"run", job, "--seed=6"}).out, first.out);
}

TEST_F(RunCommand, LatencyProfile_DecidesHowLongThingsTake) {
  const std::string job = write("job.fio", kTwoWriters);
  const Ended drive = zoneknot({"run", job, "--device=sim:latency=zn540"});
  expect_statistics(drive);
  EXPECT_EQ(zoneknot({"run", job, "--device=sim:latency=zn540"}).out, drive.out);
  EXPECT_NE(zoneknot({"run", job, "--device=sim:latency=small-zone"}).out, drive.out);
}

TEST_F(RunCommand, UncalibratedProfile_SaysSo) {
  const std::string job = write("job.fio", kTwoWriters);
  EXPECT_THAT(zoneknot({"run", job, "--device=sim:latency=smr"}).err, HasSubstr("latency=smr is uncalibrated"));
  EXPECT_EQ(zoneknot({"run", job, "--device=sim:latency=zn540"}).err, "");
  const std::string profile = write("mine.toml", "open_us = x\n");
  const Ended wrong = zoneknot({"run", job, "--device=sim:latency=" + profile});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("mine.toml:1:"));
}

TEST_F(RunCommand, LostCompletion_IsAHangThatNamesTheDevice) {
  const std::string job = write("job.fio", kTwoWriters);
  const std::string plan = write("lost.toml", "[[fault]]\non='write'\nkind='lost'\nafter=5\ncount=1\n");
  const Ended ended = zoneknot({"run", job, "--faults=" + plan});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("waits for completion that the device never sends for ever"));
  const Ended refused = zoneknot({"run", job, "--faults=" + plan, "--device=file:" + path("device")});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("kind = \"lost\" goes with the simulated device"));
  EXPECT_FALSE(std::filesystem::exists(path("device")));
}

TEST_F(RunCommand, FileDevice_PrintsStatisticsWithEveryEngine) {
  for (const char* engine : {"psync", "libaio", "io_uring"}) {
    SCOPED_TRACE(engine);
    const std::string job = write("job.fio", std::string("[global]\nioengine=") + engine + "\n" + kTwoWriters);
    expect_statistics(zoneknot({"run", job, "--device=file:" + path("device"), "--destroy-data"}));
    EXPECT_EQ(std::filesystem::file_size(path("device")), 16U << 20U);
  }
}

TEST_F(RunCommand, VerifyOnAFile_ReadsBackEveryBlock) {
  const Ended ended = zoneknot({"run", job_file("verify.fio"), "--device=file:" + path("device")});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("issued rwts: total=256,256,0,0 errors=0,0,0,0 verified=256"));
}

TEST_F(RunCommand, VerifyOnTheSimulator_ReadsBackEveryBlock) {
  const Ended ended = zoneknot({"run", job_file("verify.fio")});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("issued rwts: total=256,256,0,0 errors=0,0,0,0 verified=256"));
}

TEST_F(RunCommand, HangOnTheSimulator_IsReportedWithTheStatistics) {
  const Ended ended = zoneknot({"run", job_file("zone-lock-stress.fio"), "--fixes=legacy"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("issued rwts: total=0,"));
  EXPECT_THAT(ended.out, HasSubstr("HANG: "));
}

TEST_F(RunCommand, JobThatIsStuck_HasNoSuccess) {
  const std::string job = std::string(ZONEKNOT_JOBS) + "/two-jobs.fio";
  Ended ended;
  for (int seed = 1; seed < 50 && ended.code != 1; ++seed) {
    ended = zoneknot({"run", job, "--fixes=none", "--seed=" + std::to_string(seed)});
  }
  EXPECT_THAT(ended.out, HasSubstr("HANG: "));
  EXPECT_THAT(ended.out, HasSubstr("first: (groupid=0, jobs=1): err= - (stuck)\n"));
}

TEST_F(RunCommand, TimesOfTheSimulator_AreCalledVirtual) {
  const std::string job = write("job.fio", kTwoWriters);
  EXPECT_THAT(zoneknot({"run", job}).out, HasSubstr("; in virtual time\n"));
  EXPECT_THAT(zoneknot({"run", job}).out, HasSubstr("Run status (all jobs, in virtual time):"));
  EXPECT_THAT(zoneknot({"run", job, "--device=file:" + path("device")}).out, Not(HasSubstr("virtual")));
}

// One job alone, which asks for a lower zone while it owns a higher one, harms nobody.
TEST_F(RunCommand, OrderOfLocksThatDidNoHarm_IsToldAndNoFailure) {
  const std::string job = write("job.fio",
                                "[alone]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=64k\nioengine=libaio\niodepth=4\n"
                                "rw=randwrite\nnorandommap=1\nbs=16k\nsize=8z\nio_size=2M\n");
  for (const std::string& device : {std::string("sim"), "file:" + path("device")}) {
    const Ended ended = zoneknot({"run", job, "--fixes=none", "--device=" + device});
    EXPECT_EQ(ended.code, 0) << ended.out;
    EXPECT_THAT(ended.out, HasSubstr("CLEAN: rule g broken, no hang seen"));
    EXPECT_THAT(ended.out, HasSubstr("asks for zone"));
  }
}

TEST_F(RunCommand, ThreadsThatAreNotToBeHad_LeaveEverythingAsItWas) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need more room than is given here";
  const std::string job = write("job.fio", kTwoWriters + std::string("[many]\nnumjobs=200\n"));
  std::ofstream(path("old")) << "precious";
  for (const char* file : {"new", "old"}) {
    const Ended ended = zoneknot_behind(
        "ulimit -v 800000", {"run", job, "--destroy-data", "--device=file:" + path(file), "--lock-trace=trace"});
    EXPECT_EQ(ended.code, 4) << ended.out << ended.err;
    EXPECT_THAT(ended.err, MatchesRegex("zoneknot: [^\n]*\n"));
  }
  EXPECT_FALSE(std::filesystem::exists(path("new")));
  EXPECT_FALSE(std::filesystem::exists(path("trace")));
  EXPECT_EQ(read("old"), "precious");
}

TEST_F(RunCommand, FileThatCannotBeMadeLargeEnough_KeepsWhatItHolds) {
  std::ofstream(path("old")) << "precious";
  const Ended ended = zoneknot_behind(
      "ulimit -f 16", {"run", write("job.fio", kTwoWriters), "--destroy-data", "--device=file:" + path("old")});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("bytes large: File too large"));
  EXPECT_EQ(read("old"), "precious");
}

TEST_F(RunCommand, DeviceErrors_EndWithOneAndAreCounted) {
  const Ended ended =
      zoneknot({"run", job_file("write-errors.fio"), "--faults=" + job_file("half-the-zones-fail.toml")});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("err= 5 (Input/output error)"));
}

TEST_F(RunCommand, Json_HasTheStatisticsOfEveryJob) {
  const Ended ended = zoneknot({"run", write("job.fio", kTwoWriters), "--format=json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"task\": \"one\""));
  EXPECT_THAT(ended.out, HasSubstr("\"task\": \"two\""));
  EXPECT_THAT(ended.out, HasSubstr("\"ios\": 32"));
  EXPECT_THAT(ended.out, HasSubstr("\"bytes\": 524288"));
}

TEST_F(RunCommand, JobWithoutIo_SaysWhy) {
  const Ended ended = zoneknot(
      {"run", write("job.fio", "[empty]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=1M\nrw=read\nbs=16k\nsize=2z\n"),
       "--device=sim:prefilled=0"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("no I/O: there was nothing to read"));
}

TEST_F(RunCommand, DamagedData_IsNamedWithItsOffset) {
  const std::string job = write(
      "job.fio", "[job]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=1M\nrw=write\nbs=16k\nsize=1z\nverify=crc32c\n");
  const std::string device = "--device=file:" + path("device");
  EXPECT_EQ(zoneknot({"run", job, device}).code, 0);
  std::fstream file(path("device"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);
  file.put('x');
  file.close();
  const std::string reader = write(
      "reader.fio",
      "[job]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=1M\nrw=read\nbs=16k\nsize=1z\nverify=crc32c\nnumber_ios=1\n");
  const Ended ended = zoneknot({"run", reader, device + ",prefilled", "--destroy-data"});
  EXPECT_EQ(ended.code, 1) << ended.out;
  EXPECT_THAT(ended.out, HasSubstr("what was read at offset 0 is not what was written"));
}

TEST_F(RunCommand, Output_IsWrittenToTheFile) {
  const std::string job = write("job.fio", kTwoWriters);
  const Ended ended = zoneknot({"run", job, "--seed=5", "-o", "report.txt"});
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(read("report.txt"), zoneknot({"run", job, "--seed=5"}).out);
}

}  // namespace
}  // namespace zoneknot::tools
