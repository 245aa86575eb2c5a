// zoneknot prove as a user meets it: verdicts with their exit codes, what they rest on, and hangs that replay.
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ProveCommand : public CommandTest {};

constexpr const char* kSmall = "--bound=depth=2,zones=2,blocks=1";

TEST_F(ProveCommand, RepairedWriters_AreProvedWithEveryAssumption) {
  const Ended ended = zoneknot({"prove", job_file("two-jobs.fio"), kSmall, "--format=json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(text_field(ended.out, "verdict"), "PROVED");
  EXPECT_THAT(ended.out, AllOf(HasSubstr("queue depth of at most 2"), HasSubstr("livelock and starvation"),
                               HasSubstr("--errors=device"), HasSubstr("one more zone")));
}

TEST_F(ProveCommand, Text_NamesAssumptionsAndEvidence) {
  const Ended ended = zoneknot({"prove", job_file("two-jobs.fio"), kSmall, "--errors=device"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("PROVED: no deadlock for any number of jobs"), HasSubstr("\nassumed\n"),
                               HasSubstr("evidence, no proof"), Not(HasSubstr("--errors=device does"))));
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
  const Ended ended = zoneknot({"prove", job_file("mixed.fio"), "--bound=blocks=1", "-o", witness});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("HANG: "), HasSubstr("find_zone"), HasSubstr("confirmed by a hang")));
  EXPECT_EQ(zoneknot({"replay", witness}).code, 1);
}

TEST_F(ProveCommand, ReachedMemoryLimit_IsNoAnswer) {
  const Ended ended = zoneknot({"prove", job_file("two-jobs.fio"), "--memory=8k"});
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

}  // namespace
}  // namespace zoneknot::tools
