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
