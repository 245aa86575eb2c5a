// zoneknot prove as a user meets it: verdicts with their exit codes, what they rest on, and hangs that replay.
#include <chrono>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class ProveCommand : public CommandTest {};

constexpr const char* kSmall = "--bound=depth=2,zones=2,blocks=1";

TEST_F(ProveCommand, RepairedWriters_AreProvedWithEveryAssumption) {
  const Ended ended = zoneknot({"prove", "--fixes=series", job_file("two-jobs.fio"), "--format=json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(text_field(ended.out, "verdict"), "PROVED");
  EXPECT_THAT(ended.out, AllOf(HasSubstr("queue depth, zones and blocks are without limit"), HasSubstr("cutoff"),
                               HasSubstr("livelock and starvation"), HasSubstr("--errors=device")));
}

TEST_F(ProveCommand, JobsThatABoundHadToCut_AreNotProved) {
  const Ended ended = zoneknot({"prove", "--fixes=series", job_file("two-jobs.fio"), kSmall});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("INCOMPLETE: holds up to depth 2, 2 zones and 1 block in each"),
                               ContainsRegex("next[ \n]+[^ \n]*zoneknot[ \n]+prove"), Not(HasSubstr("--bound"))));
}

TEST_F(ProveCommand, JobsAsSmallAsTheBound_AreProvedAsTheyAre) {
  const std::string job = write("small.fio",
                                "[j]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=16k\nbs=16k\niodepth=2\nsize=2z\n"
                                "ioengine=libaio\nrw=write\nfsync=2\nnumjobs=2\n");
  const Ended ended = zoneknot({"prove", "--fixes=series", job, "--errors=device"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("PROVED: no deadlock for any number of jobs"), HasSubstr("\nassumed\n"),
                               HasSubstr("nothing of the jobs was cut"), Not(HasSubstr("--errors=device does"))));
}

// What the device refuses is an error, whatever --errors says.
TEST_F(ProveCommand, DeviceWithLimits_IsOneThatFails) {
  const Ended ended =
      zoneknot({"prove", job_file("two-jobs.fio"), kSmall, "--fixes=series,-cleanup-aio", "--device=sim:max-active=1"});
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("a job ends owning nothing"));
}

TEST_F(ProveCommand, JobsThatKeepToAShareOfTheWork_HaveAnAnswer) {
  for (const std::string fixes : {"series", "fio-newest"}) {
    const Ended ended = zoneknot({"prove", "--fixes=" + fixes, "--time=2s",
                                  write("flow.fio",
                                        "[w]\nfilename=${ZONED}\nzonemode=zbd\nrw=write\nbs=64k\nsize=1z\n"
                                        "flow=1\nflow_sleep=10\nnumjobs=2\n")});
    EXPECT_TRUE(ended.code == 0 || ended.code == 3) << ended.err;
  }
}

TEST_F(ProveCommand, TimeIsLookedAtInTheSearchForAHangAsWell) {
  const auto begin = std::chrono::steady_clock::now();
  (void)zoneknot({"prove", "--fixes=series", job_file("mixed.fio"), "--time=500ms"});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
}

TEST_F(ProveCommand, HistoricWriters_HangWhereTheObligationIsBrokenAndReplay) {
  const std::string witness = path("witness.json");
  const Ended ended = zoneknot({"prove", job_file("two-jobs.fio"), kSmall, "--fixes=legacy", "-o", witness});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("HANG: "), HasSubstr("confirmed by a hang"), HasSubstr("convert_to_open_zone"),
                               HasSubstr("shortest way there")));
  EXPECT_EQ(zoneknot({"replay", witness}).code, 1);
}

// Small instances do not hang there; the job file as it is does.
TEST_F(ProveCommand, MixedJobs_HangUnderTheSeries) {
  const std::string witness = path("witness.json");
  const Ended ended = zoneknot({"prove", "--fixes=series", job_file("mixed.fio"), "--bound=blocks=1", "-o", witness});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("HANG: "), HasSubstr("find_zone"), HasSubstr("confirmed by a hang")));
  EXPECT_EQ(zoneknot({"replay", witness}).code, 1);
}

// A proof may see a zone that is flagged open and a list that it has forgotten.
TEST_F(ProveCommand, ProgramsThatKeepAListOfOpenZones_HaveAnAnswer) {
  for (const std::string release : {"fio-3.20", "fio-3.33", "fio-newest"}) {
    const Ended ended = zoneknot({"prove", job_file("two-jobs.fio"), "--fixes=" + release, "--time=2s"});
    EXPECT_TRUE(ended.code == 0 || ended.code == 3) << release << " ended with " << ended.code;
    EXPECT_EQ(ended.err, "") << release;
  }
}

TEST_F(ProveCommand, ReachedMemoryLimit_IsNoAnswer) {
  const Ended ended = zoneknot({"prove", "--fixes=series", job_file("two-jobs.fio"), "--memory=8k"});
  EXPECT_EQ(ended.code, 3) << ended.out;
  EXPECT_THAT(ended.out, HasSubstr("INCOMPLETE: stopped by the limit of memory"));
}

TEST_F(ProveCommand, BadUsage_IsRefused) {
  const std::string job = job_file("two-jobs.fio");
  expect_refused({"prove"}, "either a job file or --classes");
  expect_refused({"prove", job, "--classes"}, "either a job file or --classes");
  expect_refused({"prove", job, "--bound=jobs=2"}, "any number of jobs");
  expect_refused({"prove", "--classes", "--errors=device"}, "the table has a column for it");
  expect_refused({"prove", "--classes", "--device=sim"}, "the table has its own");
  expect_refused({"prove", "--classes", "--bound=ios=4"}, "any number of jobs");
  expect_refused({"prove", job, "--errors=some"}, "expected none, device or engine");
  expect_refused({"prove", job, "--memory=much"}, "no amount of memory");
  expect_refused({"prove", job, "--fixes=all"}, "all");
}

// The program ends there, which is no deadlock.
TEST_F(ProveCommand, AssertionThatCanFail_IsListedBesideTheProof) {
  const std::string job = write("w.fio",
                                "[a]\nfilename=sim\nzonemode=zbd\nzonesize=16k\nioengine=libaio\nbs=16k\nrw=randwrite\n"
                                "verify=crc32c\nsize=2z\nnorandommap=1\nio_size=512k\nzone_reset_threshold=0.01\n"
                                "zone_reset_frequency=1\n");
  const Ended proved = zoneknot({"prove", job, "--fixes=series", "-o", "abort.json"});
  EXPECT_EQ(proved.code, 0) << proved.out << proved.err;
  EXPECT_THAT(proved.out,
              HasSubstr("PROVED: no deadlock for any number of jobs; an assertion of the program can fail"));
  EXPECT_THAT(proved.out, HasSubstr("reset of a zone whose data is still to be verified"));
  EXPECT_THAT(zoneknot({"replay", "abort.json"}).out, ::testing::StartsWith("ABORT: "));
}

}  // namespace
}  // namespace zoneknot::tools
