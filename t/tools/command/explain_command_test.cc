#include <nlohmann/json.hpp>

#include "lockcheck/text/fio_names.h"
#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using ExplainCommand = CommandTest;

constexpr const char* kWaiting =
    "Thread 3 (LWP 12):\n#0  __lll_lock_wait (futex=0x20)\n#1  pthread_mutex_lock (mutex=0x20)\n"
    "#2  zbd_convert_to_open_zone.constprop.0 ()\n#3  zbd_adjust_block ()\n#4  get_io_u ()\n#5  thread_main ()\n"
    "Thread 2 (LWP 11):\n#0  __lll_lock_wait (futex=0x10)\n#1  pthread_mutex_lock (mutex=0x10)\n"
    "#2  zbd_convert_to_open_zone.constprop.0 ()\n#3  zbd_adjust_block ()\n#4  get_io_u ()\n#5  thread_main ()\n";

TEST_F(ExplainCommand, WaitsOfTheHistoricProgram_AreReproducedShrunkAndReplay) {
  const Ended ended = zoneknot({"explain", write("bt.txt", kWaiting), job_file("zone-lock-stress.fio"),
                                "--fixes=fio-3.19", "--time=20s", "-o", "hang.witness", "--html=hang.html"});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\nreproduced under fio-3.19\n"));
  EXPECT_THAT(ended.out, HasSubstr("    2 waits for a zone in zbd_convert_to_open_zone\n"));
  EXPECT_THAT(ended.out, HasSubstr("convert_to_open_zone (fio: zbd_convert_to_open_zone)"));
  EXPECT_THAT(ended.out, HasSubstr("\npoint of no return: "));
  EXPECT_THAT(read("hang.html"), HasSubstr("<h1>HANG: "));
  EXPECT_EQ(zoneknot({"replay", "hang.witness"}).code, 1);
}

TEST_F(ExplainCommand, WhatARepairedProgramDoesNotDo_IsNotReproduced_AndSaysHowNearItCame) {
  const Ended ended = zoneknot({"explain", write("bt.txt", kWaiting), job_file("two-jobs.fio"), "--fixes=fio-newest",
                                "--time=500ms", "--format=json"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  const nlohmann::json answer = nlohmann::json::parse(ended.out);
  EXPECT_EQ(answer.at("reproduced"), false);
  EXPECT_EQ(answer.at("tried").at(0).at("wanted"), 2);
  EXPECT_EQ(answer.at("verdict"), nullptr);
}

TEST_F(ExplainCommand, WithoutFixes_EveryReleaseIsAsked) {
  const Ended ended =
      zoneknot({"explain", write("bt.txt", kWaiting), job_file("two-jobs.fio"), "--time=2s", "--format=json"});
  const nlohmann::json answer = nlohmann::json::parse(ended.out);
  EXPECT_GT(answer.at("tried").size(), 5U);
  // Its functions are called so before fio 3.36.
  EXPECT_EQ(answer.at("tried").at(0).at("not_searched"), nullptr);
  const nlohmann::json& last = answer.at("tried").back();
  if (last.at("fixes").get<std::string>().ends_with("fio-newest")) {  // there was time to come to it
    EXPECT_THAT(last.at("not_searched").get<std::string>(), HasSubstr("before fio 3.36"));
  }
  EXPECT_THAT(answer.at("tried").at(0).at("fixes").get<std::string>(), HasSubstr("fio-3.18"));
}

// Backtraces that gdb took of Debian's fio 3.33, which has no symbols, in jobs of t/fio/jobs.
class ExplainFio333 : public CommandTest {
 protected:
  [[nodiscard]] Ended explain(const std::string& backtrace, const std::string& job) const {
    return zoneknot({"explain", job_file("../fuzz/corpus/backtrace/" + backtrace), job_file("../fio/jobs/" + job),
                     "--fixes=fio-3.33", "--time=10s", "-o", "hang.witness"});
  }
};

TEST_F(ExplainFio333, AJobWhoseWorkersDoNotStart_IsReproduced) {
  const Ended ended = explain("fio-3.33-offload.txt", "offload.fio");
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("reproduced under fio-3.33"));
  EXPECT_THAT(ended.out, HasSubstr("    1 waits for a signal in workqueue_init\n"));
  // With a depth of 1 an assertion of fio's fails: that is no advice.
  EXPECT_THAT(ended.out, HasSubstr("fix: worker-flag, in fio since 3.42"));
  EXPECT_THAT(ended.out, HasSubstr("until then: io_submit_mode=inline"));
  EXPECT_EQ(zoneknot({"replay", "hang.witness"}).code, 1);
}

TEST_F(ExplainFio333, WithoutItsRelease_SaysOfEachWhetherItHangsSo) {
  const Ended ended = zoneknot({"explain", job_file("../fuzz/corpus/backtrace/fio-3.33-offload.txt"),
                                job_file("../fio/jobs/offload.fio"), "--time=5s"});
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("reproduced under fio-3.18 to fio-3.41; shown here: fio-3.18 to fio-3.19\n"));
  EXPECT_THAT(ended.out, HasSubstr("  fio-3.18 to fio-3.41      hangs there, in execution "));
  EXPECT_THAT(ended.out, HasSubstr("  fio-3.42 to fio-newest    not reproduced in "));
}

TEST_F(ExplainFio333, AJobThatHasEndedWithItsZone_IsReproduced) {
  const Ended ended = explain("fio-3.33-dead-owner.txt", "latency-target.fio");
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("dead owner: "));
  EXPECT_THAT(ended.out, HasSubstr("has ended and still owns 1 lock"));
}

TEST_F(ExplainCommand, ABacktraceInWhichNobodyWaits_IsNoHangOfZones) {
  const Ended ended = zoneknot({"explain", write("bt.txt", "#0  io_getevents ()\n#1  td_io_getevents ()\n"),
                                job_file("two-jobs.fio"), "--fixes=fio-3.33", "--time=500ms"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("no thread waits for a zone"));
  // It may go round in a loop.
  EXPECT_THAT(ended.out, ContainsRegex("\nnext\n  [^\n]*zoneknot check "));
}

TEST_F(ExplainFio333, AJobThatGoesRoundInItsPause_IsReproducedAsALoop) {
  const Ended ended =
      zoneknot({"explain", job_file("../fuzz/corpus/backtrace/fio-3.33-spinning.txt"), job_file("polls-and-pauses.fio"),
                "--fixes=fio-3.33", "--time=10s", "-o", "loop.witness"});
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, StartsWith("LIVELOCK: "));
  EXPECT_THAT(ended.out, HasSubstr("reproduced under fio-3.33\n"));
  EXPECT_THAT(ended.out, HasSubstr("goes round in quiesce (fio: io_u_quiesce)"));
  EXPECT_THAT(ended.out, HasSubstr("goes round there without getting on\n"));
  const Ended again = zoneknot({"replay", "loop.witness"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.out, StartsWith("LIVELOCK: "));
}

TEST_F(ExplainCommand, BadInput_IsRefused) {
  expect_refused({"explain"}, "BACKTRACE");
  expect_refused({"explain", write("bt.txt", kWaiting)}, "JOB");
  expect_refused({"explain", write("empty.txt", ""), job_file("two-jobs.fio")}, "empty.txt: is empty");
  expect_refused({"explain", job_file("two-jobs.fio"), job_file("two-jobs.fio")}, "is no backtrace");
  expect_refused({"explain", "-", "-"}, "standard input is the backtrace already");
  expect_refused({"explain", path("bt.txt"), job_file("two-jobs.fio"), "-o", path("bt.txt")}, "bt.txt");
  expect_refused({"explain", path("bt.txt"), job_file("two-jobs.fio"), "--html", path("bt.txt")}, "bt.txt");
  expect_refused({"explain", path("bt.txt"), job_file("two-jobs.fio"), "--fixes=fio-9.9"}, "fio-9.9");
}

TEST_F(ExplainCommand, TableOfFunctions_IsThatOfThePage) {
  const Ended ended = zoneknot({"explain", "--functions"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out, lockcheck::fio_names_markdown());
  std::ifstream file(job_file("../../docs/my-fio-hangs.md"));
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_THAT(page, HasSubstr(ended.out)) << "write what zoneknot explain --functions prints into docs/my-fio-hangs.md";
}

// The block of the page that begins so.
std::string block_of_page(const std::string& page, const std::string& begin) {
  const std::size_t at = page.find("```\n" + begin);
  if (at == std::string::npos) return {};
  const std::size_t first = at + std::string("```\n").size();
  return page.substr(first, page.find("```", first) - first);
}

TEST_F(ExplainCommand, ThePage_LeadsFromItsBacktraceToItsAnswer) {
  std::ifstream file(job_file("../../docs/my-fio-hangs.md"));
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  write("backtrace.txt", block_of_page(page, "Thread "));
  write("hang.fio", block_of_page(page, "[global]"));
  const std::string command = block_of_page(page, "$ zoneknot explain ");
  ASSERT_FALSE(command.empty());
  std::istringstream words(command.substr(0, command.find('\n')));
  Arguments arguments;
  for (std::string word; words >> word;) arguments.push_back(word);
  arguments.erase(arguments.begin(), arguments.begin() + 2);
  const Ended ended = zoneknot(arguments);
  EXPECT_EQ(ended.code, 1) << ended.err;
  // What the page shows, but what it leaves out.
  std::istringstream shown(command.substr(command.find('\n') + 1));
  for (std::string line; std::getline(shown, line);) {
    if (line == "...") continue;
    EXPECT_THAT(ended.out, HasSubstr(line + "\n"));
  }
}

}  // namespace
}  // namespace zoneknot::tools
