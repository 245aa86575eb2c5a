#include "tools/explain/placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;

Placement placed(const std::string& text) {
  const auto backtrace = parse_backtrace(text, "input");
  EXPECT_TRUE(backtrace) << backtrace.error().to_string();
  return backtrace ? place_threads(*backtrace) : Placement{};
}

Placement placed_sample(const std::string& name) {
  std::ifstream file(ZONEKNOT_JOBS "/../fuzz/corpus/backtrace/" + name, std::ios::binary);
  return placed({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
}

TEST(ThreadPlacement, WithoutSymbols_AZoneLockIsThatOfTheExportedFunctionOrWhatItCalls) {
  const Placement placement = placed_sample("fio-3.33-stripped.txt");
  ASSERT_EQ(placement.threads.size(), 6U);
  const PlacedThread& waiting = placement.threads[0];
  EXPECT_EQ(waiting.stands, Stands::waits_for_zone);
  EXPECT_EQ(waiting.function, "zbd_adjust_block");
  EXPECT_TRUE(waiting.vague);
  EXPECT_THAT(waiting.ours, HasSubstr("find_zone"));
  EXPECT_EQ(waiting.mutex, 0x7fffe9bec768U);
  EXPECT_EQ(placement.threads[3].stands, Stands::runs);
  EXPECT_EQ(placement.threads[4].stands, Stands::unknown);
  EXPECT_EQ(placement.threads[4].function, "__GI___select, ??, start_thread, clone3");
  EXPECT_EQ(placement.threads[5].stands, Stands::helper);
  EXPECT_EQ(placement.dead_owner, "");
}

TEST(ThreadPlacement, WithSymbols_AZoneLockIsThatOfTheInnermostRoutine) {
  const Placement placement = placed_sample("fio-symbols-processes.txt");
  ASSERT_EQ(placement.threads.size(), 2U);
  EXPECT_EQ(placement.threads[0].function, "zbd_convert_to_open_zone");
  EXPECT_FALSE(placement.threads[0].vague);
  EXPECT_EQ(placement.threads[1].function, "zbd_find_zone");
  EXPECT_EQ(placement.threads[1].ours, "find_zone");
  EXPECT_THAT(placement.threads[1].title, HasSubstr("of process 2"));
}

TEST(ThreadPlacement, OfFioWithoutSymbols_AJobThatWaitsForItsWorkersDoesNotRun) {
  const Placement placement = placed_sample("fio-3.33-offload.txt");
  ASSERT_EQ(placement.threads.size(), 7U);
  const PlacedThread& job = placement.threads[4];
  EXPECT_EQ(job.stands, Stands::waits_for_signal);
  EXPECT_EQ(job.function, "workqueue_init");
  EXPECT_EQ(job.ours, "start_workers");
  EXPECT_EQ(placement.threads[0].stands, Stands::unknown) << "a worker without a name";
}

TEST(ThreadPlacement, OfFioWithoutSymbols_WhoseJobHasEndedWithAZone_SaysThatTheOwnerIsGone) {
  const Placement placement = placed_sample("fio-3.33-dead-owner.txt");
  ASSERT_EQ(placement.threads.size(), 3U);
  EXPECT_EQ(placement.threads[0].stands, Stands::waits_for_zone);
  EXPECT_THAT(placement.dead_owner, HasSubstr("waits for the lock at 0x7fffe9be8790: its owner is gone"));
  // Without addresses, and from a core: the same hang.
  EXPECT_THAT(placed_sample("fio-3.33-eu-stack.txt").dead_owner, HasSubstr("its owner is gone"));
  EXPECT_EQ(placed_sample("fio-3.33-core.txt").threads.size(), 3U);
  EXPECT_THAT(placed_sample("fio-3.33-core.txt").dead_owner, HasSubstr("its owner is gone"));
}

TEST(ThreadPlacement, AReapInsideOfAZoneRoutine_SaysWhichOne) {
  const Placement placement = placed_sample("eu-stack-in-a-mail.txt");
  ASSERT_EQ(placement.threads.size(), 3U);
  EXPECT_EQ(placement.threads[2].stands, Stands::reaps);
  EXPECT_EQ(placement.threads[2].inside, "zbd_adjust_block");
}

TEST(ThreadPlacement, OfOurOwnRun_NamesItsRoutines) {
  const Placement placement = placed_sample("zoneknot-run-mixed.txt");
  ASSERT_EQ(placement.threads.size(), 2U);
  EXPECT_EQ(placement.threads[0].stands, Stands::waits_for_zone);
  EXPECT_EQ(placement.threads[0].function, "adjust_block");
  EXPECT_EQ(placement.threads[1].function, "reset_range_keeping_locks");
}

TEST(ThreadPlacement, NamesThatOnlySomeReleasesHave_LeaveTheOthersOut) {
  const auto of = [](const std::string& function) {
    return placed("#0  __lll_lock_wait ()\n#1  pthread_mutex_lock ()\n#2  " + function + " ()\n#3  get_io_u ()\n");
  };
  const Placement early = of("zbd_convert_to_open_zone.constprop.0");
  EXPECT_EQ(why_not_released_as(early, "fio-3.18", "fio-3.19"), "");
  EXPECT_EQ(why_not_released_as(early, "fio-3.35", "fio-3.37"), "");
  EXPECT_EQ(why_not_released_as(early, "fio-3.36", "fio-3.36"),
            "zbd_convert_to_open_zone is called so before fio 3.36 alone");
  EXPECT_THAT(why_not_released_as(early, "fio-newest", "fio-newest"), HasSubstr("before fio 3.36"));
  const Placement late = of("zbd_convert_to_write_zone");
  EXPECT_EQ(why_not_released_as(late, "fio-3.30", "fio-3.35"), "zbd_convert_to_write_zone is called so since fio 3.36");
  EXPECT_EQ(why_not_released_as(late, "fio-3.35", "fio-newest"), "");
  EXPECT_EQ(why_not_released_as(of("zbd_find_zone"), "fio-3.18", "fio-3.18"), "");
}

TEST(ThreadPlacement, AThreadThatIsNotUnderstood_IsNamedWithoutTheInsidesOfTheCLibrary) {
  const Placement placement = placed(
      "#0  __futex_abstimed_wait_common64 ()\n#1  __pthread_cond_wait_common ()\n#2  ___pthread_cond_wait ()\n"
      "#3  ?? ()\n#4  start_thread ()\n#5  clone3 ()\n");
  EXPECT_EQ(placement.threads.at(0).function, "___pthread_cond_wait, ??, start_thread, clone3");
  EXPECT_EQ(placed("#0  __nanosleep ()\n").threads.at(0).function, "__nanosleep");
}

TEST(ThreadPlacement, AWaitForM_IsNoWaitForAZone) {
  const Placement placement = placed("#0  __lll_lock_wait ()\n#1  pthread_mutex_lock ()\n#2  zbd_close_zone ()\n");
  EXPECT_EQ(placement.threads.at(0).stands, Stands::waits_for_m);
  const Placement other = placed("#0  __lll_lock_wait ()\n#1  pthread_mutex_lock ()\n#2  get_io_u ()\n");
  EXPECT_EQ(other.threads.at(0).stands, Stands::waits_for_lock);
}

TEST(ThreadPlacement, AllThatAreThereWaitForOneLock_SoItsOwnerIsGone) {
  const std::string waiting =
      "#0  __lll_lock_wait (futex=0x10) at x.c:1\n#1  __pthread_mutex_lock (mutex=0x10) at x.c:2\n"
      "#2  zbd_adjust_block ()\n#3  get_io_u ()\n";
  const std::string main = "Thread 1 (LWP 1):\n#0  nanosleep ()\n#1  fio_backend ()\n";
  const std::string two = "Thread 3 (LWP 3):\n" + waiting + "Thread 2 (LWP 2):\n" + waiting + main;
  EXPECT_THAT(placed(two).dead_owner, HasSubstr("0x10"));
  EXPECT_EQ(placed("Thread 4 (LWP 4):\n#0  io_submit ()\n#1  td_io_queue ()\n" + two).dead_owner, "");
}

TEST(ThreadPlacement, ThreadsThatStandAlike_AreCountedTogether) {
  const std::vector<Together> groups = together(placed_sample("fio-3.33-stripped.txt"));
  ASSERT_FALSE(groups.empty());
  EXPECT_EQ(groups.front().stands, Stands::waits_for_zone);
  EXPECT_EQ(groups.front().titles.size(), 3U);
}

}  // namespace
}  // namespace zoneknot::tools
