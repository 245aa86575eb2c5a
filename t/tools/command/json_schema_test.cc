// What the commands and the reports print as JSON fits the schemas in docs/, and these would not let anything else
// pass. The validator is Debian's python3-jsonschema; where that is not installed these tests are skipped.
#include <string>
#include <vector>

#include "lockcheck/report/report_json.h"
#include "t/lockcheck/report/sample_verdicts.h"
#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

class JsonSchema : public CommandTest {
 protected:
  // Of files of this test.
  void expect_fit(const std::vector<std::string>& names) const {
    constexpr int kNoValidator = 77;
    Arguments arguments = {ZONEKNOT_SCHEMA_TEST, ZONEKNOT_SCHEMAS};
    for (const std::string& name : names) arguments.push_back(path(name));
    const Ended ended = ChildProcess(ZONEKNOT_PYTHON, arguments, path("")).wait();
    if (ended.code == kNoValidator) GTEST_SKIP() << ended.out;
    EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  }

  // Keeps what a command prints with --format=json. The exit code shows that it is the intended case.
  void keep(const std::string& name, Arguments arguments, int code) const {
    arguments.emplace_back("--format=json");
    const Ended ended = zoneknot(arguments);
    EXPECT_EQ(ended.code, code) << ::testing::PrintToString(arguments) << ended.err;
    write(name, ended.out);
  }
};

TEST_F(JsonSchema, ReportsMadeByHand_Fit) {
  write("hang.json", lockcheck::to_json(lockcheck::sample_hang()));
  write("clean.json", lockcheck::to_json(lockcheck::sample_clean()));
  write("rest.json", lockcheck::to_json(lockcheck::sample_rest()));
  write("possible.json", lockcheck::to_json(lockcheck::sample_possible()));
  write("empty.json", lockcheck::to_json(lockcheck::Verdict{}));
  write("matrix.json", lockcheck::to_json(lockcheck::Matrix{{"one.fio"}, {{"legacy", {{lockcheck::sample_rest()}}}}}));
  expect_fit({"hang.json", "clean.json", "rest.json", "possible.json", "empty.json", "matrix.json"});
}

TEST_F(JsonSchema, CheckRunReplayAndShrink_Fit) {
  const std::string job = job_file("two-jobs.fio");
  keep("check.json", {"check", job, "--fixes=legacy", "-o", "witness.json"}, 1);
  keep("clean.json", {"check", "--fixes=series", job, "--executions=20"}, 0);
  keep("livelock.json", {"check", job_file("endless-quiesce.fio"), "--fixes=none", "--strategy=stateful"}, 1);
  keep("replay.json", {"replay", "witness.json"}, 1);
  keep("shrink.json", {"shrink", "witness.json", "--executions=100"}, 1);
  keep("run.json", {"run", job}, 0);
  keep("verified.json", {"check", "--fixes=series", job, "--bound=jobs=2,zones=2,depth=1,ios=1,blocks=1"}, 0);
  expect_fit({"check.json", "clean.json", "livelock.json", "replay.json", "shrink.json", "run.json", "verified.json"});
}

TEST_F(JsonSchema, FixesAndBisect_Fit) {
  keep("all.json", {"fixes"}, 0);
  keep("one.json", {"fixes", "legacy"}, 0);
  keep("between.json", {"fixes", "fio-3.25", "fio-3.26"}, 0);
  keep("bisect.json", {"bisect", job_file("two-jobs.fio"), "--from=3.19", "--to=3.20", "--executions=40"}, 1);
  expect_fit({"all.json", "one.json", "between.json", "bisect.json"});
}

TEST_F(JsonSchema, Explain_Fits) {
  const std::string waits =
      "#0  __lll_lock_wait (futex=0x10)\n#1  pthread_mutex_lock (mutex=0x10)\n#2  zbd_adjust_block ()\n#3  get_io_u "
      "()\n";
  write("bt.txt", "Thread 1 (LWP 1):\n" + waits + "Thread 2 (LWP 2):\n" + waits);
  keep("found.json", {"explain", "bt.txt", job_file("mixed.fio"), "--fixes=legacy", "--time=3s"}, 1);
  keep("not-found.json", {"explain", "bt.txt", job_file("two-jobs.fio"), "--fixes=series", "--time=100ms"}, 3);
  expect_fit({"found.json", "not-found.json"});
}

TEST_F(JsonSchema, MatrixAndProve_Fit) {
  const std::string job = job_file("two-jobs.fio");
  keep("matrix.json", {"matrix", job, "--fixes=legacy", "--fixes=series", "--executions=300"}, 0);
  keep("proved.json", {"prove", "--fixes=series", job}, 0);
  keep("not-proved.json", {"prove", job, "--fixes=legacy", "--bound=depth=2,zones=2,blocks=1"}, 1);
  expect_fit({"matrix.json", "proved.json", "not-proved.json"});
}

TEST_F(JsonSchema, LockcheckOfTraces_Fits) {
  const std::string corpus = ZONEKNOT_JOBS "/../corpus/";
  keep("clean.json", {"lockcheck", corpus + "ok/hand_over_hand_trace.std"}, 0);
  keep("possible.json", {"lockcheck", corpus + "bad/needs_another_order_of_sections_trace.std"}, 1);
  keep("ordered.json", {"lockcheck", corpus + "ok/read_forbids_it_trace.std"}, 0);
  keep("gate.json", {"lockcheck", corpus + "ok/both_orders_under_a_gate_trace.std"}, 0);
  keep("sound.json", {"lockcheck", corpus + "bad/ring_of_three_trace.std"}, 1);
  keep("rule.json", {"lockcheck", corpus + "bad/given_back_by_a_stranger_trace.std"}, 1);
  keep("hang.json", {"lockcheck", corpus + "bad/stuck_at_the_end_trace.std"}, 1);
  expect_fit({"clean.json", "possible.json", "ordered.json", "gate.json", "sound.json", "rule.json", "hang.json"});
}

}  // namespace
}  // namespace zoneknot::tools
