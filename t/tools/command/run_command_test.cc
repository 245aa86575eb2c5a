// run as a user meets it: on the simulator, and with real threads and engines on a file.
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
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
    EXPECT_THAT(ended.out, HasSubstr("\ntwo: (groupid=1, jobs=1): err= 0"));
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

TEST_F(RunCommand, JobWithoutAPlaceForItsIos_SaysIt) {
  const Ended ended = zoneknot(
      {"run", write("job.fio", "[empty]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=1M\nrw=read\nbs=16k\nsize=2z\n"),
       "--device=sim:prefilled=0"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("no I/O: there was no place for one"));
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
