// lockcheck as a user meets it: traces of both forms, recorded runs, conversion, and what is refused.
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kTwoOrders =
    "T1|acq(A)|10\nT1|acq(B)|11\nT1|rel(B)|12\nT1|rel(A)|13\nT2|acq(B)|20\nT2|acq(A)|21\nT2|rel(A)|22\nT2|rel(B)|23\n";
constexpr const char* kOneWriter =
    "[global]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=1M\nrw=randwrite\nnorandommap=1\nbs=16k\nsize=2z\nio_size="
    "256k\n"
    "[one]\n[two]\n";

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string without_counts(const std::string& report) {
  return std::regex_replace(report, std::regex("(line|event) [0-9]+"), "there");
}

class LockcheckCommand : public CommandTest {};

TEST_F(LockcheckCommand, APredictedDeadlockIsPossible_AndToldInBothFormats) {
  const std::string trace = write("two.std", kTwoOrders);
  const Ended text = zoneknot({"lockcheck", trace});
  EXPECT_EQ(text.code, 1);
  EXPECT_THAT(text.out, HasSubstr("POSSIBLE: "));
  EXPECT_THAT(text.out, HasSubstr("recorded trace: 12 events of 2 tasks and 2 locks"));
  const Ended json = zoneknot({"lockcheck", trace, "--format=json"});
  EXPECT_EQ(json.code, 1);
  EXPECT_THAT(json.out, HasSubstr("\"status\": \"sound\""));
}

TEST_F(LockcheckCommand, ATraceSaysTheSameInBothForms) {
  const std::string trace = write("two.std", kTwoOrders);
  EXPECT_EQ(zoneknot({"lockcheck", trace, "--export=binary", "-o", path("two")}).code, 0);
  EXPECT_EQ(zoneknot({"lockcheck", path("two"), "--export=std", "-o", path("again.std")}).code, 0);
  EXPECT_EQ(zoneknot({"lockcheck", path("again.std"), "--export=binary", "-o", path("two.std")}).code, 0);
  EXPECT_EQ(contents(path("two.std")), contents(path("two")));
  const Ended binary = zoneknot({"lockcheck", path("two.std")});
  write("two.std", kTwoOrders);
  // But for what it counts: the events of the one, the lines of the other.
  EXPECT_EQ(without_counts(binary.out), without_counts(zoneknot({"lockcheck", trace}).out));
}

TEST_F(LockcheckCommand, RunsRecordTraces_InBothWorlds) {
  const std::string job = write("job.fio", kOneWriter);
  for (const std::string& device : {std::string("--device=sim"), "--device=file:" + path("zones")}) {
    EXPECT_EQ(zoneknot({"run", job, device, "--lock-trace=" + path("trace")}).code, 0);
    const Ended ended = zoneknot({"lockcheck", path("trace")});
    EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("CLEAN"));
    EXPECT_THAT(ended.out, HasSubstr("events of 3 tasks"));
  }
}

TEST_F(LockcheckCommand, TheTraceOfAWitnessHangsAsTheWitnessDoes) {
  const std::string job = ZONEKNOT_JOBS "/two-jobs.fio";
  EXPECT_EQ(zoneknot({"check", job, "--device=sim", "--fixes=legacy", "-o", path("witness")}).code, 1);
  EXPECT_EQ(zoneknot({"replay", path("witness"), "--lock-trace=" + path("trace")}).code, 1);
  const Ended ended = zoneknot({"lockcheck", path("trace")});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("HANG: "));
  EXPECT_THAT(ended.out, HasSubstr("convert_to_open_zone"));
}

TEST_F(LockcheckCommand, ATraceThatWasCutShortIsReadAndSaysSo) {
  const std::string trace = write("two.std", kTwoOrders);
  EXPECT_EQ(zoneknot({"lockcheck", trace, "--export=binary", "-o", path("two")}).code, 0);
  const std::string bytes = contents(path("two"));
  const Ended ended = zoneknot({"lockcheck", write("cut", bytes.substr(0, bytes.size() - 12))});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("the trace was cut short"));
}

TEST_F(LockcheckCommand, TheRunOfASoundPredictionIsATraceThatHangs_WhereThereIsOne) {
  const std::string trace = write("two.std", kTwoOrders);
  EXPECT_EQ(zoneknot({"lockcheck", trace, "--export-run=" + path("run.std")}).code, 1);
  EXPECT_EQ(contents(path("run.std")),
            "T1|req(A)|10\nT1|acq(A)|10\nT2|req(B)|20\nT2|acq(B)|20\nT1|req(B)|11\nT2|req(A)|21\n");
  EXPECT_THAT(zoneknot({"lockcheck", path("run.std")}).out, HasSubstr("HANG: "));
  const Ended none = zoneknot({"lockcheck", trace, "--export-run=" + path("none.std"), "--prediction=2"});
  EXPECT_THAT(none.err, HasSubstr("no prediction of that number is sound"));
  EXPECT_FALSE(std::ifstream(path("none.std")).good());
}

TEST_F(LockcheckCommand, WhatIsNoTraceIsRefusedWithItsPlace) {
  const auto refused = [this](const std::vector<std::string>& arguments, const std::string& why) {
    const Ended ended = zoneknot(arguments);
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, StartsWith("zoneknot: "));
    EXPECT_THAT(ended.err, HasSubstr(why));
  };
  const std::string trace = write("two.std", kTwoOrders);
  refused({"lockcheck", path("none")}, "none: cannot be read");
  refused({"lockcheck", write("empty", "")}, "empty: is empty");
  refused({"lockcheck", write("bad.std", "T1|r(x)|1\nT1|grab(x)|1\n")}, "bad.std:2:4: unknown operation");
  refused({"lockcheck", write("bad", "zoneknot.trace/1\n\x01\xff\x01\x01\x01\x01")}, "bad: at byte 17: ");
  refused({"lockcheck", write("itself.std", "T1|fork(T1)|1\n")}, "a task cannot fork or join itself");
  refused({"lockcheck", write("nothing", "zoneknot.trace/1\n")}, "nothing: has no event");
  refused({"lockcheck", trace, "--fail-on=nothing"}, "--fail-on");
  refused({"lockcheck", trace, "--prediction=0"}, "--prediction");
  refused({"lockcheck", trace, "--export-run=" + trace}, "is the file of TRACE too");
  refused({"lockcheck", trace, "--export=std"}, "--export: needs -o FILE");
  refused({"lockcheck", trace, "--export=xml", "-o", path("out")}, "--export");
  refused({"lockcheck", trace, "-o", trace}, "is the file of TRACE too");
  refused({"replay", path("none"), "--lock-trace=" + path("no/where")}, "none");
}

}  // namespace
}  // namespace zoneknot::tools
