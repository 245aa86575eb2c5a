// From a hang of real threads to a witness: gdb starts `zoneknot run`, or a program made of the public parts, stops it
// when it hangs, and its backtrace goes to `zoneknot explain`. Skipped where there is no gdb, or it may not trace.
#include <unistd.h>

#include <cctype>
#include <cstdint>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;

constexpr const char* kGdb = "/usr/bin/gdb";

struct HangingJob {
  const char* job;
  const char* fixes;
  const char* faults;
};

enum class Hanging : std::uint8_t { command, program };

class ExplainFromGdb : public CommandTest, public ::testing::WithParamInterface<HangingJob> {
 protected:
  [[nodiscard]] std::string faults() const {
    return *GetParam().faults == '\0' ? std::string() : job_file(GetParam().faults);
  }

  // What is to hang, with its arguments.
  [[nodiscard]] Arguments command_line(Hanging what) const {
    Arguments line;
    if (what == Hanging::command) {
      line = {ZONEKNOT_BINARY,
              "run",
              job_file(GetParam().job),
              std::string("--fixes=") + GetParam().fixes,
              "--device=file:" + path("device"),
              "--destroy-data",
              "--watchdog=60s"};
      if (!faults().empty()) line.push_back("--faults=" + faults());
    } else {
#ifdef ZONEKNOT_JOB_ON_THREADS
      line = {ZONEKNOT_JOB_ON_THREADS, path("device"), job_file(GetParam().job), GetParam().fixes};
      if (!faults().empty()) line.push_back(faults());
#endif
    }
    return line;
  }

  // What gdb prints of it after some seconds; empty: it ended by itself.
  [[nodiscard]] std::string backtrace(const Arguments& line) const {
    const std::string interrupt =
        "python import os, signal, threading, time; threading.Thread(target=lambda: (time.sleep(3), "
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
                           "--args"};
    arguments.insert(arguments.end(), line.begin(), line.end());
    const Ended ended = ChildProcess(kGdb, arguments, path("")).wait();
    if (ended.err.find("ptrace") != std::string::npos) return "not permitted";
    return ended.out.find("\n#0  ") == std::string::npos ? "" : ended.out;
  }

  // Which schedule real threads take is chance.
  void expect_witness(Hanging what) const {
    constexpr int kRuns = 24;
    if (access(kGdb, X_OK) != 0) GTEST_SKIP() << "there is no gdb";
    const Arguments line = command_line(what);
    if (line.empty()) GTEST_SKIP() << "the program is not built with sanitizers";
    std::string text;
    for (int run = 0; run < kRuns && text.empty(); ++run) text = backtrace(line);
    if (text == "not permitted") GTEST_SKIP() << "gdb may not trace";
    ASSERT_NE(text, "") << "no run hung";
    const std::string fixes = GetParam().fixes;
    Arguments arguments = {"explain", write("bt.txt", text), job_file(GetParam().job), "--fixes=" + fixes, "--time=60s",
                           "-o",      "hang.witness"};
    if (!faults().empty()) arguments.push_back("--faults=" + faults());
    const Ended ended = zoneknot(arguments);
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err << text;
    EXPECT_THAT(ended.out, HasSubstr("reproduced under " + fixes));
    EXPECT_EQ(zoneknot({"replay", "hang.witness"}).code, 1);
  }
};

TEST_P(ExplainFromGdb, ABacktraceOfTheCommand_LeadsToAWitness) { expect_witness(Hanging::command); }

TEST_P(ExplainFromGdb, ABacktraceOfAProgramOfThreads_LeadsToAWitness) { expect_witness(Hanging::program); }

// All of t/jobs that were seen to hang on threads, each under a set of fixes with which it does so.
INSTANTIATE_TEST_SUITE_P(
    Jobs, ExplainFromGdb,
    ::testing::Values(HangingJob{"zone-lock-stress.fio", "legacy", ""}, HangingJob{"mixed.fio", "legacy", ""},
                      HangingJob{"random-map.fio", "series", ""}, HangingJob{"small-zones.fio", "legacy", ""},
                      HangingJob{"two-jobs.fio", "fio-3.19", ""}, HangingJob{"sequential-regions.fio", "fio-3.19", ""},
                      HangingJob{"write-errors.fio", "legacy", "half-the-zones-fail.toml"}),
    [](const ::testing::TestParamInfo<HangingJob>& tested) {
      std::string name = tested.param.job;
      for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
      return name;
    });

}  // namespace
}  // namespace zoneknot::tools
