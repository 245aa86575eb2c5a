// check, replay and matrix as a user meets them: verdicts with their exit codes, files that they write and read again,
// and the same answer every time.
#include <regex>
#include <set>
#include <string>
#include <string_view>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class SearchCommands : public CommandTest {
 protected:
  // Finds the hang of two-jobs.fio and writes its witness.
  [[nodiscard]] Ended find_hang(const Arguments& more = {}) const {
    Arguments arguments = {"check", job_, "--fixes=legacy", "-o", "hang.json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return zoneknot(arguments);
  }

  const std::string job_ = job_file("two-jobs.fio");
};

// The only thing in which two equal searches differ.
std::string without_seconds(const std::string& text) {
  return std::regex_replace(text, std::regex(R"((, |"seconds": )[0-9.]+( s)?)"), "");
}

TEST_F(SearchCommands, Check_SaysWhoWaitsForWhomAndHowToSeeItAgain) {
  const Ended ended = find_hang();
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(ended.out, HasSubstr("HANG: first and second wait on each other for ever"));
  EXPECT_THAT(ended.out, HasSubstr("convert_to_open_zone"));
  EXPECT_THAT(ended.out, HasSubstr("convert_of_2020.cc:"));
  EXPECT_THAT(ended.out, HasSubstr("zoneknot replay hang.json\n"));
  EXPECT_EQ(files(), (Arguments{"hang.json"}));
}

TEST_F(SearchCommands, PredictionsBesideAHang_AreCounted_AndTriedOnRequest) {
  const Ended counted = find_hang();
  EXPECT_THAT(counted.out, ContainsRegex("deadlocks predicted: [0-9]+ possible\n"));
  EXPECT_THAT(counted.out, HasSubstr("the search hung in 1 kind, which is among them"));
  EXPECT_THAT(counted.out, Not(HasSubstr("predicted [")));
  const Ended tried = find_hang({"--predictions"});
  EXPECT_EQ(tried.code, 1);
  EXPECT_THAT(tried.out, HasSubstr("predicted [confirmed]: 2 tasks could wait on each other"));
}

TEST_F(SearchCommands, NoOrderCheck_PredictsNothing) {
  EXPECT_THAT(find_hang({"--no-order-check"}).out, Not(HasSubstr("predicted")));
  const Arguments run = {"run", job_, "--fixes=series,-adjust-trylock", "--seed=7"};
  Arguments without = run;
  without.emplace_back("--no-order-check");
  EXPECT_THAT(zoneknot(run).out, HasSubstr("deadlocks predicted"));
  EXPECT_THAT(zoneknot(without).out, Not(HasSubstr("predicted")));
}

TEST_F(SearchCommands, Check_SaysTheSameEveryTime) {
  const Ended first = find_hang();
  const std::string witness = read("hang.json");
  const Ended second = find_hang();
  EXPECT_EQ(without_seconds(second.out), without_seconds(first.out));
  EXPECT_EQ(without_seconds(read("hang.json")), without_seconds(witness));
}

TEST_F(SearchCommands, CheckWithoutAFinding_WritesNoWitness) {
  const Ended ended = zoneknot({"check", "--fixes=series", job_, "--executions=20", "-o", "hang.json"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, HasSubstr("CLEAN: nothing found in the stated budget"));
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(SearchCommands, SmallInstance_IsVerified) {
  const Ended ended = zoneknot(
      {"check", "--fixes=series", job_, "--bound=jobs=2,zones=2,depth=1,ios=1,blocks=1", "--strategy=dfs", "--seed=1"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("VERIFIED: every interleaving of the bounded instance was covered"));
  EXPECT_THAT(ended.out, HasSubstr("jobs=2,zones=2,depth=1,ios=1,blocks=1"));
  EXPECT_THAT(ended.out, HasSubstr("fixed by --seed=1"));
}

// The search gives up executions that come to a known state, and one of those may be the first to break a rule.
TEST_F(SearchCommands, ARuleThatIsFirstBrokenInAnExecutionThatWasGivenUp_HasAWitness) {
  const std::string bound = "--bound=jobs=2,zones=2,depth=2,ios=3,blocks=2";
  const Ended found = zoneknot({"check", job_, bound, "--strategy=stateful", "--fixes=none", "-o", "hang.json"});
  EXPECT_EQ(found.code, 1) << found.err;
  EXPECT_EQ(zoneknot({"replay", "hang.json"}).code, 1);
}

TEST_F(SearchCommands, EveryExhaustiveStrategy_CountsTheSameTraces) {
  const std::string bound = "--bound=jobs=2,zones=2,depth=2,ios=1,blocks=1";
  std::set<std::string> traces;
  for (const char* strategy : {"dfs", "dpor", "optimal"}) {
    const Ended ended =
        zoneknot({"check", "--fixes=series", job_, bound, "--strategy=" + std::string(strategy), "--format=json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("\"verdict\": \"VERIFIED\"")) << strategy;
    std::smatch found;
    ASSERT_TRUE(std::regex_search(ended.out, found, std::regex("\n  \"traces\": ([0-9]+)"))) << ended.out;
    traces.insert(found[1]);
  }
  EXPECT_EQ(traces.size(), 1U);
}

TEST_F(SearchCommands, SmallInstanceThatHangs_IsFoundByEachStrategy) {
  const std::string bound = "--bound=jobs=2,zones=2,depth=2,ios=4,blocks=2";
  const Ended ended = zoneknot({"check", job_, bound, "--fixes=none", "-o", "hang.json"});
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_EQ(zoneknot({"replay", "hang.json"}).code, 1);
  EXPECT_EQ(zoneknot({"check", job_, bound, "--fixes=none", "--strategy=random"}).code, 1);
}

TEST_F(SearchCommands, EachStrategyThatDraws_FindsTheHangAndItsWitnessReplays) {
  for (const char* strategy : {"random", "pos", "pct:2", "urw", "portfolio:pos+urw", "directed:zone>zone",
                               "directed:2*zone@convert_to_open_zone"}) {
    const Ended ended = find_hang({"--strategy=" + std::string(strategy)});
    EXPECT_EQ(ended.code, 1) << strategy << ended.err;
    const std::string line = text_field(read("hang.json"), "line");
    EXPECT_LT(line.size(), 4096U);
    EXPECT_EQ(zoneknot({"replay", "hang.json"}).code, 1) << strategy;
    EXPECT_EQ(zoneknot({"replay", line, job_, "--fixes=legacy"}).code, 1) << strategy;
  }
}

TEST_F(SearchCommands, Check_SaysWhatEachPartOfAPortfolioIsWorth) {
  const Ended ended = zoneknot({"check", "--fixes=series", job_, "--executions=40", "--verbose"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("portfolio of random walk, POS, PCT of depth 3 and URW, seed 1"));
  EXPECT_THAT(ended.out, HasSubstr("\nby strategy\n  - random walk: 10 executions, 10 traces, "));
  EXPECT_THAT(ended.out, HasSubstr("fewer\n    than 30 % of its executions do"));
  const Ended json = zoneknot({"check", "--fixes=series", job_, "--executions=40", "--format=json"});
  EXPECT_THAT(json.out, HasSubstr("\"hang_probability_below\": 0.3"));
}

TEST_F(SearchCommands, PreemptionBoundThatIsCovered_IsCleanAndSaysSo) {
  const std::string bound = "--bound=jobs=2,zones=1,depth=1,ios=1,blocks=1";
  const Ended ended = zoneknot({"check", "--fixes=series", job_, bound, "--strategy=preemption:1"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("CLEAN: "));
  EXPECT_THAT(ended.out, HasSubstr("worth     every execution with at most 1 preemption\n"));
  const Ended stopped =
      zoneknot({"check", "--fixes=series", job_, bound, "--strategy=preemption", "--executions=1000", "--verbose"});
  EXPECT_EQ(stopped.code, 3);
  EXPECT_THAT(stopped.out, HasSubstr("INCOMPLETE: stopped by the limit of executions before an answer"));
  EXPECT_THAT(stopped.out, HasSubstr("every execution with at most"));
}

TEST_F(SearchCommands, SearchThatTimeEnds_IsIncomplete) {
  const Ended ended = zoneknot({"check", "--fixes=series", job_, "--bound=jobs=2,zones=2,depth=2,ios=4,blocks=2",
                                "--strategy=dfs", "--time=200ms"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("INCOMPLETE: stopped by time before an answer"));
}

TEST_F(SearchCommands, RandomWalkThatWasGivenATime_IsClean) {
  const Ended ended = zoneknot({"check", "--fixes=series", job_, "--time=100ms"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("CLEAN"));
}

TEST_F(SearchCommands, Replay_HangsEveryTimeWithTheSameTrace) {
  ASSERT_EQ(find_hang().code, 1);
  for (const char* trace : {"first.trace", "second.trace"}) {
    const Ended ended = zoneknot({"replay", "hang.json", "--trace=" + std::string(trace)});
    EXPECT_EQ(ended.code, 1) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("HANG: first and second wait on each other for ever"));
  }
  const std::string trace = read("first.trace");
  EXPECT_EQ(read("second.trace"), trace);
  EXPECT_THAT(trace, StartsWith("0 "));
  EXPECT_THAT(trace, HasSubstr(" first lock "));
}

TEST_F(SearchCommands, WitnessFile_IsCompleteInItself) {
  std::filesystem::copy_file(job_, path("copy.fio"));
  ASSERT_EQ(zoneknot({"check", path("copy.fio"), "--fixes=legacy", "-o", "hang.json"}).code, 1);
  std::filesystem::remove(path("copy.fio"));
  EXPECT_EQ(zoneknot({"replay", "hang.json"}).code, 1);
  EXPECT_THAT(read("hang.json"), Not(HasSubstr(path("")))) << "a witness names no paths";
}

TEST_F(SearchCommands, WitnessLine_ReplaysWithItsJobFile) {
  ASSERT_EQ(find_hang().code, 1);
  const std::string line = text_field(read("hang.json"), "line");
  const Ended by_file = zoneknot({"replay", "hang.json", "--trace=file.trace"});
  const Ended by_line = zoneknot({"replay", line, job_, "--fixes=legacy", "--trace=line.trace"});
  EXPECT_EQ(by_line.code, 1) << by_line.err;
  EXPECT_EQ(without_next(by_line.out), without_next(by_file.out));
  EXPECT_EQ(read("line.trace"), read("file.trace"));
}

TEST_F(SearchCommands, JobFileWithACommentThatIsNotUtf8_MakesAWitnessThatReplays) {
  std::filesystem::copy_file(job_, path("copy.fio"));
  write("copy.fio", "; caf\xe9\n" + read("copy.fio"));
  ASSERT_EQ(zoneknot({"check", "copy.fio", "--fixes=legacy", "-o", "hang.json"}).code, 1);
  EXPECT_EQ(zoneknot({"replay", "hang.json"}).code, 1);
}

TEST_F(SearchCommands, ReplayUnderOtherFixes_SaysWhereItDeparts) {
  ASSERT_EQ(find_hang().code, 1);
  const Ended ended = zoneknot({"replay", "hang.json", "--fixes=series"});
  EXPECT_EQ(ended.code, 0) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr("followed for "));
  EXPECT_THAT(ended.err, HasSubstr(" departs: recorded was "));
  const Ended same = zoneknot({"replay", "hang.json", "--fixes=legacy"});
  EXPECT_EQ(same.code, 1);
  EXPECT_THAT(same.err, HasSubstr("followed to the end"));
}

TEST_F(SearchCommands, ReplayWithOutput_WritesTheReportThere) {
  ASSERT_EQ(find_hang().code, 1);
  const Ended ended = zoneknot({"replay", "hang.json", "-o", "report.txt"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(read("report.txt"), zoneknot({"replay", "hang.json"}).out);
}

TEST_F(SearchCommands, OutputThatIsADevice_IsNotReplacedByAFile) {
  EXPECT_EQ(zoneknot({"check", job_, "--fixes=legacy", "-o", "/dev/null"}).code, 1);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(SearchCommands, JsonOfAVerdict_HasEveryFieldOfItsSchema) {
  const std::string json = find_hang({"--format=json"}).out;
  for (const auto& [name, value] : {std::pair{"schema", "zoneknot.verdict/2"}, std::pair{"verdict", "HANG"},
                                    std::pair{"job", "two-jobs.fio"}, std::pair{"state", "stuck"}}) {
    EXPECT_EQ(text_field(json, name), value);
  }
  EXPECT_THAT(text_field(json, "witness"), StartsWith("zk2:"));
  for (const char* field : {"fixes",      "device",     "strategy",
                            "executions", "states",     "traces",
                            "exhaustive", "bounds",     "first_hang_execution",
                            "seconds",    "tasks",      "task",
                            "waits_for",  "site",       "function",
                            "holds",      "lock",       "count",
                            "in_flight",  "rules",      "rule",
                            "strategies", "assumptions"}) {
    EXPECT_THAT(json, HasSubstr("\"" + std::string(field) + "\": "));
  }
}

TEST_F(SearchCommands, LoopWithoutProgress_IsALivelockThatReplays) {
  const std::string job = job_file("endless-quiesce.fio");
  const Ended found = zoneknot({"check", "--fixes=series", job, "--strategy=stateful", "-o", "loop.json"});
  EXPECT_EQ(found.code, 1) << found.err;
  EXPECT_THAT(found.out, HasSubstr("LIVELOCK: "));
  EXPECT_THAT(found.out,
              ContainsRegex("the cycle, [0-9]+ scheduling points? once around\n  - spinner at io_pipeline.cc:"));
  EXPECT_THAT(found.out, HasSubstr("(quiesce)"));
  const Ended replayed = zoneknot({"replay", path("loop.json")});
  EXPECT_EQ(replayed.code, 1) << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("LIVELOCK: "));
  const std::size_t cycle = found.out.find("\nthe cycle, ");
  ASSERT_NE(cycle, std::string::npos);
  EXPECT_THAT(replayed.out, HasSubstr(found.out.substr(cycle, found.out.find("\n\n", cycle) - cycle)));
}

class MatrixCommand : public SearchCommands {
 protected:
  // Without predictions, which take longer than so short a search.
  [[nodiscard]] Ended matrix(const Arguments& more) const {
    Arguments arguments = {"matrix", job_, errors_, "--executions=5", "--max-steps=50000", "--no-order-check"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return zoneknot(arguments);
  }

  const std::string errors_ = job_file("write-errors.fio") + "@" + job_file("half-the-zones-fail.toml");
};

TEST_F(MatrixCommand, HasARowForEachSetAndAColumnForEachJob) {
  const Ended ended = matrix({"--format=json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr(R"("schema": "zoneknot.matrix/2")"));
  std::size_t at = 0;
  for (const std::string row :
       {"none", "legacy", "legacy,+swd-skip", "legacy,+reset-one-zone", "legacy,+zone-lock", "legacy,+cleanup-aio",
        "legacy,+quiesce-all", "series,-adjust-trylock", "series,-swd-skip", "series,-reset-one-zone",
        "series,-zone-lock", "series,-cleanup-aio", "series,-quiesce-all", "series"}) {
    at = ended.out.find("\n    \"fix_set\": \"" + row + "\"", at);
    ASSERT_NE(at, std::string::npos) << row;
    for (const char* job : {"two-jobs.fio", "write-errors.fio@half-the-zones-fail.toml"}) {
      at = ended.out.find("\"job\": \"" + std::string(job) + "\"", at);
      ASSERT_NE(at, std::string::npos) << row << " " << job;
    }
  }
}

TEST_F(MatrixCommand, Predictions_AreATableOfTheirOwn) {
  const Ended ended =
      zoneknot({"matrix", job_, "--executions=5", "--predictions", "--fixes=series,-zone-lock", "--fixes=series"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, ContainsRegex("\nseries,-zone-lock  [0-9]+/[0-9]+ [0-9]+[+]"));
  EXPECT_THAT(ended.out, HasSubstr("\nseries             -\n"));
  EXPECT_THAT(ended.out, HasSubstr("predicted and refuted"));
}

TEST_F(MatrixCommand, HasNoRowTwice) {
  const Ended ended = matrix({"--format=json"});
  std::vector<std::string> rows;
  constexpr std::string_view kField = "\n    \"fix_set\": \"";
  for (std::size_t at = ended.out.find(kField); at != std::string::npos; at = ended.out.find(kField, at + 1)) {
    const std::size_t begin = at + kField.size();
    rows.push_back(ended.out.substr(begin, ended.out.find('"', begin) - begin));
  }
  EXPECT_EQ(rows.size(), 14U);
  EXPECT_EQ(std::set<std::string>(rows.begin(), rows.end()).size(), rows.size());
}

TEST_F(MatrixCommand, Fixes_AreTheRows) {
  const Ended ended = matrix({"--fixes", "series,+find-zone-trylock", "--fixes=series,-F3", job_file("verify.fio")});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\nseries,+find-lock  CLEAN"));
  EXPECT_THAT(ended.out, HasSubstr("\nseries,-zone-lock  HANG"));
  EXPECT_THAT(ended.out, Not(HasSubstr("\nlegacy")));
}

TEST_F(MatrixCommand, RowThatIsThereTwiceOrNoSetOfFixes_IsRefused) {
  expect_refused({"matrix", job_, "--fixes=series", "--fixes=legacy,+F1,+F2,+F3,+F4,+F5"},
                 "the row series is there twice");
  expect_refused({"matrix", job_, "--fixes=some"}, "some");
}

TEST_F(MatrixCommand, SaysTheSameEveryTime) {
  for (const char* format : {"--format=text", "--format=json"}) {
    const Ended first = matrix({format});
    EXPECT_EQ(first.code, 0) << first.err;
    EXPECT_EQ(without_seconds(matrix({format}).out), without_seconds(first.out));
  }
}

TEST_F(MatrixCommand, AsExpected_EndsWithZero) {
  ASSERT_EQ(matrix({"--format=json", "-o", "expected.json"}).code, 0);
  const Ended again = matrix({"--expect=expected.json"});
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(again.err, "");
}

TEST_F(MatrixCommand, CellThatIsNotAsExpected_IsNamed) {
  ASSERT_EQ(matrix({"--format=json", "-o", "expected.json"}).code, 0);
  const std::string text = read("expected.json");
  const std::size_t hang = text.find("\"HANG\"");
  ASSERT_NE(hang, std::string::npos);
  write("changed.json", std::string(text).replace(hang, 6, "\"CLEAN\""));
  const Ended changed = matrix({"--expect=changed.json"});
  EXPECT_EQ(changed.code, 1);
  EXPECT_THAT(changed.err, StartsWith("none, two-jobs.fio: expected CLEAN"));
  EXPECT_THAT(changed.err, HasSubstr(", found HANG"));
}

TEST_F(MatrixCommand, WitnessLines_ArePrintedOnRequest) {
  EXPECT_THAT(matrix({"--fixes=legacy"}).out, AllOf(HasSubstr("--verbose prints them\n"), Not(HasSubstr("zk2:"))));
  EXPECT_THAT(matrix({"--fixes=legacy", "--verbose"}).out, HasSubstr("\n  1. legacy, two-jobs.fio: HANG"));
}

TEST_F(MatrixCommand, Witnesses_ReplayEachInOneCommand) {
  const Ended searched = matrix({"--witnesses=found"});
  ASSERT_EQ(searched.code, 0) << searched.err;
  EXPECT_THAT(searched.out, ContainsRegex("\nWitnesses of the [0-9]+ cells with a finding: found\n$"));
  const std::string witness = path("found") + "/two-jobs.fio--legacy.json";
  const Ended replayed = zoneknot({"replay", witness});
  EXPECT_EQ(replayed.code, 1) << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("HANG: "));
}

}  // namespace
}  // namespace zoneknot::tools
