#include "tools/explain/backtrace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace zoneknot::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string sample(const std::string& name) {
  std::ifstream file(ZONEKNOT_JOBS "/../fuzz/corpus/backtrace/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Backtrace parsed(const std::string& text) {
  const auto backtrace = parse_backtrace(text, "input");
  EXPECT_TRUE(backtrace) << backtrace.error().to_string();
  return backtrace ? *backtrace : Backtrace{};
}

std::vector<std::string> functions(const StackOfThread& thread) {
  std::vector<std::string> names;
  for (const StackFrame& frame : thread.frames) names.push_back(frame.function);
  return names;
}

TEST(BacktraceText, OfGdbWithoutSymbols_HasThreadsNamesAndMutexes) {
  const Backtrace backtrace = parsed(sample("fio-3.33-stripped.txt"));
  ASSERT_EQ(backtrace.threads.size(), 6U);
  EXPECT_EQ(backtrace.processes, 1U);
  EXPECT_EQ(backtrace.threads[0].title, "Thread 8 (LWP 11102)");
  EXPECT_EQ(backtrace.threads[0].name, "fio");
  EXPECT_THAT(functions(backtrace.threads[0]),
              ElementsAre("futex_wait", "__GI___lll_lock_wait", "lll_mutex_lock_optimized", "___pthread_mutex_lock",
                          "zbd_adjust_block", "get_io_u", "", "start_thread", "clone3"));
  EXPECT_EQ(backtrace.threads[0].frames[3].mutex, 0x7fffe9bec768U);
}

TEST(BacktraceText, OfSeveralProcessesWithSymbols_IsUnwrappedAndNamesLoseWhatTheCompilerAdds) {
  const Backtrace backtrace = parsed(sample("fio-symbols-processes.txt"));
  EXPECT_EQ(backtrace.processes, 2U);
  ASSERT_EQ(backtrace.threads.size(), 2U);
  EXPECT_EQ(backtrace.threads[1].process, 1U);
  EXPECT_THAT(functions(backtrace.threads[0]),
              ElementsAre("__lll_lock_wait", "__GI___pthread_mutex_lock", "zone_lock", "zbd_convert_to_open_zone",
                          "zbd_adjust_block", "fill_io_u", "get_io_u", "do_io", "thread_main", "run_threads"));
  EXPECT_EQ(functions(backtrace.threads[1])[3], "zbd_find_zone");
}

TEST(BacktraceText, OfEuStackQuotedInAMail_IsRead) {
  const Backtrace backtrace = parsed(sample("eu-stack-in-a-mail.txt"));
  ASSERT_EQ(backtrace.threads.size(), 3U);
  EXPECT_EQ(backtrace.threads[1].title, "TID 2730");
  EXPECT_THAT(functions(backtrace.threads[1]),
              ElementsAre("__lll_lock_wait", "pthread_mutex_lock", "zbd_adjust_block", "get_io_u", "", "start_thread"));
}

// gdb says of a core where it stands before anything else.
TEST(BacktraceText, OfACore_HasEachThreadOnce_AlsoOfTwo) {
  const std::string core = sample("fio-3.33-core.txt");
  const Backtrace one = parsed(core);
  EXPECT_EQ(one.processes, 1U);
  ASSERT_EQ(one.threads.size(), 3U);
  EXPECT_EQ(one.threads[0].title, "Thread 3 (LWP 6972)");
  const Backtrace two = parsed(core + core);
  EXPECT_EQ(two.processes, 2U);
  EXPECT_EQ(two.threads.size(), 6U);
}

TEST(BacktraceText, AFrameThatIsWrappedBetweenWords_IsRead) {
  const Backtrace backtrace = parsed(
      "#0  0x0000000000000001 in\n    zbd_find_zone (td=0x1,\n    mutex=0x20)\n    at zbd.c:1\n#1  b (\nx=1)\n#2  c "
      "()\n");
  ASSERT_EQ(backtrace.threads.size(), 1U);
  EXPECT_THAT(functions(backtrace.threads[0]), ElementsAre("zbd_find_zone", "b", "c"));
  EXPECT_EQ(backtrace.threads[0].frames[0].mutex, 0x20U);
}

// As a terminal shows it, cut wherever a line is full.
std::string cut_to(std::string_view text, std::size_t width) {
  std::string cut;
  std::size_t column = 0;
  for (const char c : text) {
    if (c != '\n' && column == width) cut += '\n';
    column = c == '\n' ? 0 : column % width + 1;
    cut += c;
  }
  return cut;
}

TEST(BacktraceText, CopiedFromATerminal_IsCutWithinWords) {
  for (const char* name : {"zoneknot-run-mixed.txt", "fio-3.33-stripped.txt", "fio-3.33-offload.txt"}) {
    const Backtrace whole = parsed(sample(name));
    for (const std::size_t width : {60U, 72U, 80U, 100U}) {
      const Backtrace cut = parsed(cut_to(sample(name), width));
      ASSERT_EQ(cut.threads.size(), whole.threads.size()) << name << " " << width;
      for (std::size_t i = 0; i < whole.threads.size(); ++i) {
        EXPECT_EQ(functions(cut.threads[i]), functions(whole.threads[i])) << name << " " << width;
        EXPECT_EQ(cut.threads[i].title, whole.threads[i].title);
      }
    }
  }
}

TEST(BacktraceText, OfCoredumpctlAndOfAnotherPstack_IsRead) {
  const Backtrace core = parsed(
      "           PID: 6967 (fio)\n       Message: Process 6967 (fio) of user 0 dumped core.\n"
      "                Stack trace of thread 6972:\n"
      "                #0  0x00007f525004f12b __lll_lock_wait (libc.so.6 + 0x8512b)\n"
      "                #1  0x00007f52500554da n/a (libc.so.6 + 0x8b4da)\n"
      "                #2  0x000055898813403d zbd_adjust_block (fio + 0x8003d)\n"
      "                \n"
      "                Stack trace of thread 6967:\n"
      "                #0  0x00007f5250098545 clock_nanosleep@GLIBC_2.2.5 (libc.so.6 + 0xce545)\n");
  ASSERT_EQ(core.threads.size(), 2U);
  EXPECT_EQ(core.processes, 1U);
  EXPECT_EQ(core.threads[0].title, "TID 6972");
  EXPECT_THAT(functions(core.threads[0]), ElementsAre("__lll_lock_wait", "", "zbd_adjust_block"));
  const Backtrace other = parsed(
      "process: 6967\nthread: 0x7f523a69d6c0, lwp: 6972, type: 1\n"
      "#0  0x00007f525004f12b in __lll_lock_wait+0x1c in /lib/libc.so.6 at lowlevellock.c:49\n"
      "#1  0x000055898813403d in zbd_adjust_block.isra.0+0x10 in /usr/bin/fio\n"
      "thread: 0x7f52459e1c40, lwp: 6967, type: 1\n#0  0x00007f5250098545 in clock_nanosleep in /lib/libc.so.6\n");
  ASSERT_EQ(other.threads.size(), 2U);
  EXPECT_EQ(other.threads[0].title, "TID 6972");
  EXPECT_THAT(functions(other.threads[0]), ElementsAre("__lll_lock_wait", "zbd_adjust_block"));
}

TEST(BacktraceText, OfCPlusPlus_LosesArgumentsTemplatesAndScopes) {
  const Backtrace backtrace = parsed(
      "#0  0x1 in std::_Function_handler<bool (), zk::R::do_lock(unsigned int)::{lambda()#1}>::_M_invoke(int) ()\n"
      "#1  0x2 in zoneknot::(anonymous namespace)::job_of<int>(std::vector<int> const&) ()\n"
      "#2  _ZN8zoneknot4core11ZoneLocking9find_zoneERKNS0_4ZoneEj\n"
      "#3  0x3 in void (anonymous namespace)::Loop::operator()(int) const ()\n"
      "#4  0x4 in foo [clone .part.3] ()\n");
  ASSERT_EQ(backtrace.threads.size(), 1U);
  EXPECT_THAT(functions(backtrace.threads[0]), ElementsAre("_M_invoke", "job_of", "find_zone", "operator()", "foo"));
}

TEST(BacktraceText, OfOneThreadAfterTheOther_WithoutTitles_IsOneProcessEach) {
  const Backtrace backtrace = parsed("#0  a ()\n#1  b ()\n\n#0  c ()\n");
  EXPECT_EQ(backtrace.processes, 2U);
  ASSERT_EQ(backtrace.threads.size(), 2U);
  EXPECT_EQ(backtrace.threads[1].title, "process 2");
}

TEST(BacktraceText, ThatIsNone_IsRefusedInOneLineThatSaysWhatToDo) {
  const auto error_of = [](const std::string& text) { return parse_backtrace(text, "bt.txt").error().to_string(); };
  EXPECT_EQ(error_of(" \n"), "bt.txt: is empty");
  EXPECT_THAT(error_of("[global]\nrw=randwrite\n"), HasSubstr("gdb -p PID -batch -ex 'thread apply all bt'"));
  EXPECT_THAT(error_of(sample("not-permitted.txt")), HasSubstr("not permitted"));
  EXPECT_THAT(error_of(std::string("#0  a ()\n\0", 10)), HasSubstr("is no text"));
  EXPECT_THAT(error_of("hello\n#3  b ()\n"), HasSubstr("bt.txt:2: a stack that does not begin with frame #0"));
}

}  // namespace
}  // namespace zoneknot::tools
