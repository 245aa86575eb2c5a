// What somebody sees first who has asked for nothing else: the word, two sentences, and what to type next, in a window
// of 80 columns. How the search went comes later, or with --verbose.
#include <sstream>
#include <string>
#include <vector>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Asked {
  std::string word;
  Arguments arguments;
  bool verbose_too = true;  // not of what takes seconds
};

std::string job_of(const std::string& options) {
  return "[a]\nfilename=sim\nzonemode=zbd\nioengine=libaio\nbs=16k\n" + options;
}

constexpr const char* kBothOrders =
    "main|fork(T1)|1\nmain|fork(T2)|2\nT1|acq(A)|a.c:1\nT1|acq(B)|a.c:2\nT1|rel(B)|a.c:3\nT1|rel(A)|a.c:4\n"
    "T2|acq(B)|b.c:1\nT2|acq(A)|b.c:2\nT2|rel(A)|b.c:3\nT2|rel(B)|b.c:4\n";
constexpr const char* kTwoWaiting =
    "Thread 2 (LWP 12):\n#0  __lll_lock_wait (futex=0x20)\n#1  pthread_mutex_lock (mutex=0x20)\n"
    "#2  zbd_convert_to_open_zone.constprop.0 ()\n#3  zbd_adjust_block ()\n#4  get_io_u ()\n#5  thread_main ()\n"
    "Thread 1 (LWP 11):\n#0  __lll_lock_wait (futex=0x10)\n#1  pthread_mutex_lock (mutex=0x10)\n"
    "#2  zbd_convert_to_open_zone.constprop.0 ()\n#3  zbd_adjust_block ()\n#4  get_io_u ()\n#5  thread_main ()\n";

class FirstScreen : public CommandTest {
 protected:
  static void expect_screen(const std::string& word, const std::string& out, const std::string& asked) {
    EXPECT_THAT(out, StartsWith(word + ": ")) << asked;
    std::istringstream lines(out);
    std::string line;
    std::string screen;
    for (int i = 0; i < 20 && std::getline(lines, line); ++i) {
      EXPECT_LE(line.size(), 80U) << asked << ": " << line;
      screen += line + "\n";
    }
    // The headline, a rule, and at least two sentences.
    const std::string rule(80, '-');
    const std::size_t told = screen.find(rule + "\n") + rule.size() + 1;
    EXPECT_THAT(screen.substr(told), ContainsRegex("^[A-Za-z0-9][^.]*.*[.][ \n]+[A-Z][^.]*[.]")) << asked;
    const std::string first = out.substr(0, out.find(rule, told));
    EXPECT_THAT(first, ContainsRegex("\nnext\n  [^\n]*zoneknot [a-z]+ ")) << asked;
    EXPECT_THAT(first, Not(HasSubstr("zk2:"))) << asked;
    EXPECT_THAT(first, Not(HasSubstr("probab"))) << asked;
    EXPECT_THAT(out, Not(HasSubstr("by strategy"))) << asked;
  }

  // With --verbose the report begins so too.
  void expect_screen(const Asked& asked) const {
    const std::string what = ::testing::PrintToString(asked.arguments);
    expect_screen(asked.word, zoneknot(asked.arguments).out, what);
    if (!asked.verbose_too) return;
    Arguments verbose = asked.arguments;
    verbose.emplace_back("--verbose");
    const Ended ended = zoneknot(verbose);
    EXPECT_NE(ended.code, 2) << what << ended.err;
    EXPECT_THAT(ended.out, StartsWith(asked.word + ": ")) << what;
  }
};

TEST_F(FirstScreen, OfCheck) {
  const std::string two = job_file("two-jobs.fio");
  expect_screen({"HANG", {"check", two, "--fixes=legacy", "--executions=40", "-o", "hang.json"}});
  expect_screen({"HANG", {"replay", "hang.json"}});
  expect_screen({"LIVELOCK", {"check", job_file("endless-quiesce.fio"), "--fixes=none", "--strategy=stateful"}});
  expect_screen({"CLEAN", {"check", two, "--fixes=series", "--executions=20"}});
  expect_screen({"VERIFIED", {"check", two, "--fixes=series", "--bound=jobs=2,zones=2,depth=1,ios=1,blocks=1"}});
  expect_screen({"INCOMPLETE",
                 {"check", two, "--fixes=series", "--bound=jobs=2,zones=2,depth=2,ios=4,blocks=2",
                  "--strategy=preemption", "--executions=10"}});
  expect_screen({"EARLY",
                 {"check", write("early.fio", job_of("rw=randrw\nsize=1M\n")), "--fixes=series", "--executions=40",
                  "-o", "early.json"}});
  expect_screen({"EARLY", {"replay", "early.json"}});
  expect_screen({"ABORT",
                 {"check",
                  write("abort.fio", job_of("rw=randwrite\nverify=crc32c\nnorandommap=1\nsize=1M\n"
                                            "zone_reset_threshold=0.01\nzone_reset_frequency=1\n")),
                  "--fixes=series", "--executions=40"}});
  expect_screen({"RULE", {"check", job_file("read-back.fio"), "--fixes=series", "--executions=200"}});
}

TEST_F(FirstScreen, OfProve) {
  expect_screen({"PROVED", {"prove", job_file("two-jobs.fio"), "--fixes=series"}, false});
  expect_screen({"INCOMPLETE", {"prove", job_file("zone-lock-stress.fio"), "--time=300ms"}});
}

TEST_F(FirstScreen, OfLockcheck) {
  expect_screen({"POSSIBLE", {"lockcheck", write("inversion.std", kBothOrders)}});
  expect_screen({"CLEAN", {"lockcheck", write("clean.std", "T1|acq(A)|1\nT1|rel(A)|2\n")}});
  expect_screen({"HANG",
                 {"lockcheck", write("hang.std",
                                     "main|fork(T1)|1\nmain|acq(A)|2\nT1|acq(B)|3\nmain|req(B)|4\n"
                                     "T1|req(A)|5\n")}});
  expect_screen({"RULE", {"lockcheck", write("rule.std", "T1|acq(A)|1\nT2|rel(A)|2\nT1|rel(A)|3\n")}});
}

TEST_F(FirstScreen, OfExplain) {
  expect_screen({"HANG",
                 {"explain", write("bt.txt", kTwoWaiting), job_file("two-jobs.fio"), "--fixes=fio-3.19", "--time=20s"},
                 false});
  expect_screen({"INCOMPLETE", {"explain", "bt.txt", job_file("two-jobs.fio"), "--fixes=fio-newest", "--time=300ms"}});
}

// Of a clean run fio's statistics come first.
TEST_F(FirstScreen, OfRun) {
  expect_screen({"ABORT",
                 {"run",
                  write("abort.fio", job_of("rw=randwrite\nverify=crc32c\nnorandommap=1\nsize=1M\n"
                                            "zone_reset_threshold=0.01\nzone_reset_frequency=1\n")),
                  "--fixes=series", "--device=sim"}});
  const Ended clean = zoneknot({"run", job_file("two-jobs.fio"), "--verbose"});
  EXPECT_THAT(clean.out, StartsWith("first: (groupid=0, jobs=1): err= 0"));
  EXPECT_THAT(clean.out,
              ContainsRegex("\nCLEAN: this run did not hang, and broke no rule\n\nnext\n  [^\n]*zoneknot check "));
}

}  // namespace
}  // namespace zoneknot::tools
