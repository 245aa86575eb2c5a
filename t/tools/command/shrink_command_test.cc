// shrink as a user meets it: a smaller witness of the same kind of finding, the same one every time, which replays.
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

class ShrinkCommand : public CommandTest {
 protected:
  void find(const Arguments& check, int code = 1) const {
    Arguments arguments = {"check", "-o", "found.json"};
    arguments.insert(arguments.end(), check.begin(), check.end());
    const Ended ended = zoneknot(arguments);
    ASSERT_EQ(ended.code, code) << ended.err;
  }

  [[nodiscard]] Json shrink(const std::string& from, const std::string& to, int code = 1,
                            const Arguments& more = {}) const {
    Arguments arguments = {"shrink", from, "-o", to, "--format=json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = zoneknot(arguments);
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_EQ(ended.err, "");
    return Json::parse(ended.out, nullptr, false);
  }

  // By importance; what comes later may grow when something before it shrinks.
  static std::vector<std::uint64_t> by_importance(const Json& size) {
    std::vector<std::uint64_t> numbers;
    for (const char* name : {"preemptions", "completions_out_of_order", "jobs", "depth", "zones", "ios", "blocks",
                             "switches", "deviations", "steps"}) {
      numbers.push_back(size.at(name));
    }
    return numbers;
  }

  // Smaller, of the same kind, replays as often as one likes, and cannot be shrunk again.
  void expect_shrinks(const Arguments& check) const {
    SCOPED_TRACE(::testing::PrintToString(check));
    find(check);
    const Json first = shrink("found.json", "small.json");
    EXPECT_LE(by_importance(first.at("after")), by_importance(first.at("before")));
    EXPECT_EQ(zoneknot({"replay", "small.json"}).code, 1);
    const Json again = shrink("small.json", "smaller.json");
    EXPECT_EQ(again.at("kind"), first.at("kind"));
    EXPECT_EQ(again.at("before"), first.at("after"));
    EXPECT_EQ(again.at("after"), first.at("after"));
    EXPECT_EQ(Json::parse(read("smaller.json")).at("schedule"), Json::parse(read("small.json")).at("schedule"));
  }

  const std::string job_ = job_file("two-jobs.fio");
};

TEST_F(ShrinkCommand, Livelock_KeepsItsCycle) {
  std::ifstream one(job_file("endless-quiesce.fio"));
  const std::string section(std::istreambuf_iterator<char>(one), {});
  find({write("two-spinners.fio", section + "\n[other]\n"), "--strategy=stateful"});
  const Json report = shrink("found.json", "small.json", 1, {"--executions=20"});
  EXPECT_EQ(report.at("kept"), "livelock");
  EXPECT_THAT(report.at("kind").get<std::string>(), HasSubstr("quiesce io_pipeline.cc:"));
  EXPECT_LT(by_importance(report.at("after")), by_importance(report.at("before")));
  EXPECT_EQ(report.at("verdict").at("verdict"), "LIVELOCK");
  EXPECT_FALSE(report.at("verdict").at("cycle").empty());
  const Ended replayed = zoneknot({"replay", "small.json"});
  EXPECT_EQ(replayed.code, 1);
  EXPECT_THAT(replayed.out, HasSubstr("LIVELOCK: "));
  const Json again = shrink("small.json", "smaller.json", 1, {"--executions=20"});
  EXPECT_EQ(again.at("kind"), report.at("kind"));
  EXPECT_EQ(again.at("after"), report.at("after"));
}

TEST_F(ShrinkCommand, HangOfTheStressJob_NeedsTwoOfItsSixteenJobs) {
  find({job_file("zone-lock-stress.fio"), "--fixes=legacy"});
  const Json report = shrink("found.json", "small.json");
  EXPECT_EQ(report.at("schema"), "zoneknot.shrink/1");
  EXPECT_EQ(report.at("before").at("jobs"), 16);
  EXPECT_EQ(report.at("after").at("jobs"), 2);
  EXPECT_LE(report.at("after").at("preemptions"), 1);
  EXPECT_EQ(report.at("verdict").at("verdict"), "HANG");
  EXPECT_EQ(report.at("verdict").at("bounds").at("jobs"), 2);
}

TEST_F(ShrinkCommand, HangOfEachKindOfJob_StaysWhatItIs) {
  expect_shrinks({job_, "--fixes=none"});
  expect_shrinks({job_, "--fixes=none", "--seed=3"});
  expect_shrinks({job_, "--fixes=legacy", "--bound=jobs=2,zones=3,depth=3,ios=8,blocks=2"});
  expect_shrinks({job_file("mixed.fio"), "--fixes=series"});
  expect_shrinks({job_file("write-errors.fio"), "--fixes=legacy", "--faults=" + job_file("half-the-zones-fail.toml")});
}

TEST_F(ShrinkCommand, BrokenRule_StaysBrokenAtItsPlace) {
  expect_shrinks({job_, "--fixes=none", "--bound=jobs=1,zones=3,depth=2,ios=4,blocks=1"});
  EXPECT_EQ(Json::parse(read("small.json")).at("verdict").at("verdict"), "RULE");
}

TEST_F(ShrinkCommand, Line_IsShrunkWithItsJobAndPrintsWhatReplaysIt) {
  find({job_, "--fixes=legacy"});
  const std::string line = text_field(read("found.json"), "line");
  const Ended ended = zoneknot({"shrink", line, job_, "--fixes=legacy"});
  ASSERT_EQ(ended.code, 1) << ended.err;
  std::smatch command;
  ASSERT_TRUE(std::regex_search(ended.out, command,
                                std::regex("zoneknot replay '(zk2:[^']*)' (\\S*) (--fixes=\\S*) --bound (\\S*)")));
  const Ended replayed = zoneknot({"replay", command[1], command[2], command[3], "--bound", command[4]});
  EXPECT_EQ(replayed.code, 1) << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("HANG: "));
}

TEST_F(ShrinkCommand, ThatTimeStops_KeepsWhatItHas) {
  find({job_, "--fixes=none"});
  const Ended ended = zoneknot({"shrink", "found.json", "-o", "small.json", "--time=0"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("stopped before the end"));
  EXPECT_EQ(zoneknot({"replay", "small.json"}).code, 1);
}

TEST_F(ShrinkCommand, BadInput_IsRefused) {
  find({job_, "--fixes=none"});
  expect_refused({"shrink", path("nothing.json")}, "cannot be opened");
  expect_refused({"shrink", "found.json", "--fixes=legacy"}, "--fixes: belongs to a witness line");
  expect_refused({"shrink", "found.json", "-o", path("missing/small.json")}, "cannot be written");
  expect_refused({"shrink", "zk2:AAAA"}, "needs its job file");
  expect_refused({"shrink"}, "WITNESS");
}

}  // namespace
}  // namespace zoneknot::tools
