// From a hang of real threads to a witness: gdb starts `zoneknot run`, stops it when it hangs, and its backtrace goes
// to `zoneknot explain`. Skipped where there is no gdb, or it may not trace.
#include <unistd.h>

#include <cctype>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;

constexpr const char* kGdb = "/usr/bin/gdb";

struct HangingJob {
  const char* job;
  const char* faults;
};

class ExplainFromGdb : public CommandTest, public ::testing::WithParamInterface<HangingJob> {
 protected:
  // What gdb prints of the run after some seconds; empty: it ended by itself.
  [[nodiscard]] std::string backtrace() const {
    const std::string interrupt =
        "python import os, signal, threading, time; threading.Thread(target=lambda: (time.sleep(4), "
        "os.kill(gdb.selected_inferior().pid, signal.SIGINT)), daemon=True).start()";
    Arguments arguments = {"-q",
                           "-nx",
                           "-batch",
                           "-ex",
                           "set pagination off",
                           "-ex",
                           "set debuginfod enabled off",
                           "-ex",
                           interrupt,
                           "-ex",
                           "run",
                           "-ex",
                           "thread apply all bt",
                           "-ex",
                           "kill",
                           "--args",
                           ZONEKNOT_BINARY,
                           "run",
                           job_file(GetParam().job),
                           "--fixes=legacy",
                           "--device=file:" + path("device"),
                           "--destroy-data",
                           "--watchdog=60s"};
    if (*GetParam().faults != '\0') arguments.push_back("--faults=" + job_file(GetParam().faults));
    const Ended ended = ChildProcess(kGdb, arguments, path("")).wait();
    if (ended.err.find("ptrace") != std::string::npos) return "not permitted";
    return ended.out.find("\n#0  ") == std::string::npos ? "" : ended.out;
  }
};

// Which schedule real threads take is chance.
TEST_P(ExplainFromGdb, ABacktraceOfRealThreads_LeadsToAWitness) {
  constexpr int kRuns = 8;
  if (access(kGdb, X_OK) != 0) GTEST_SKIP() << "there is no gdb";
  std::string text;
  for (int run = 0; run < kRuns && text.empty(); ++run) text = backtrace();
  if (text == "not permitted") GTEST_SKIP() << "gdb may not trace";
  ASSERT_NE(text, "") << "no run hung";
  Arguments arguments = {"explain", write("bt.txt", text), job_file(GetParam().job), "--fixes=legacy", "--time=60s",
                         "-o",      "hang.witness"};
  if (*GetParam().faults != '\0') arguments.push_back("--faults=" + job_file(GetParam().faults));
  const Ended ended = zoneknot(arguments);
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err << text;
  EXPECT_THAT(ended.out, HasSubstr("explain: reproduced under legacy"));
  EXPECT_EQ(zoneknot({"replay", "hang.witness"}).code, 1);
}

INSTANTIATE_TEST_SUITE_P(Jobs, ExplainFromGdb,
                         ::testing::Values(HangingJob{"zone-lock-stress.fio", ""}, HangingJob{"mixed.fio", ""},
                                           HangingJob{"random-map.fio", ""}),
                         [](const ::testing::TestParamInfo<HangingJob>& tested) {
                           std::string name = tested.param.job;
                           for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
                           return name;
                         });

}  // namespace
}  // namespace zoneknot::tools
