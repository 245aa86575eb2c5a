// LockWatch with Threads::many under real threads and a watchdog; of most use under ThreadSanitizer.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {
namespace {

using core::Site;

constexpr core::TaskId kTasks = 4;
constexpr core::LockId kZones = 80;  // more than one chunk of the watch's tables
constexpr int kRounds = 2000;

// What an implementation of Runtime over threads does around its mutexes.
class RealLocks {
 public:
  explicit RealLocks(LockWatch& watch) : watch_(watch) {
    for (core::LockId lock = 0; lock < kZones; ++lock) create(lock);
  }

  void lock(core::TaskId task, core::LockId lock) {
    if (mutexes_.at(lock).try_lock()) return watch_.lock_taken(task, lock, Site::current());
    watch_.lock_requested(task, lock, Site::current());
    watch_.wait_began(task, {core::WaitKind::lock, lock, true}, Site::current());
    mutexes_.at(lock).lock();
    watch_.wait_ended(task);
    watch_.lock_acquired(task, lock, Site::current());
  }

  void unlock(core::TaskId task, core::LockId lock) {
    if (watch_.lock_released(task, lock, Site::current())) mutexes_.at(lock).unlock();
  }

  void create(core::LockId lock) {
    watch_.lock_created(lock, {.lock_class = "zone",
                               .kind = core::LockKind::recursive,
                               .group = 0,
                               .order_key = lock,
                               .role = core::LockRole::zone});
  }

 private:
  LockWatch& watch_;
  std::array<std::recursive_mutex, kZones> mutexes_;
};

// Takes pairs of zones in ascending order, some of them twice.
void work(LockWatch& watch, RealLocks& locks, core::TaskId task) {
  watch.task_started(task, "worker " + std::to_string(task));
  for (int round = 0; round < kRounds; ++round) {
    const auto low = static_cast<core::LockId>((task + static_cast<core::TaskId>(round)) % (kZones - 1));
    locks.lock(task, low);
    locks.lock(task, low + 1);
    locks.lock(task, low);
    core::IoEvent event;
    for (const core::IoStep step :
         {core::IoStep::prepare, core::IoStep::queue, core::IoStep::commit, core::IoStep::reap, core::IoStep::put}) {
      event.step = step;
      watch.io(task, event, Site::current());
    }
    locks.unlock(task, low);
    locks.unlock(task, low);
    locks.unlock(task, low + 1);
  }
  watch.task_ended(task, Site::current());
}

TEST(LockWatchWithManyThreads, OrderedWorkersAreNeverSeenStuckByAWatchdogAndBreakNoRule) {
  LockWatch watch(Threads::many);
  RealLocks locks(watch);
  std::atomic<bool> done = false;
  std::uint64_t pictures = 0;
  std::uint64_t stuck = 0;
  std::thread watchdog([&] {
    do {
      stuck += stuck_core(watch.wait_state()).empty() ? 0 : 1;
      for (const TaskSnapshot& task : watch.tasks()) stuck += task.holds.size() > 2 ? 1 : 0;
      for (core::TaskId task = 0; task < watch.tasks().size(); ++task) (void)watch.may_be_stuck(task);
      stuck += watch.broken_rules().size();
      ++pictures;
    } while (!done);
  });
  std::vector<std::thread> workers;
  for (core::TaskId task = 0; task < kTasks; ++task) {
    workers.emplace_back([&watch, &locks, task] { work(watch, locks, task); });
  }
  for (std::thread& worker : workers) worker.join();
  done = true;
  watchdog.join();
  EXPECT_GT(pictures, 0U);
  EXPECT_EQ(stuck, 0U);
  EXPECT_FALSE(watch.any_rule_broken());
  for (const TaskSnapshot& task : watch.tasks()) {
    EXPECT_EQ(task.state, TaskState::ended);
    EXPECT_TRUE(task.holds.empty());
  }
}

TEST(LockWatchWithManyThreads, BreaksOfAllThreadsAtOnePlaceAreCountedTogether) {
  LockWatch watch(Threads::many);
  const RealLocks locks(watch);
  const Site place = Site::current();
  std::vector<std::thread> threads;
  for (core::TaskId task = 0; task < kTasks; ++task) {
    threads.emplace_back([&watch, task, place] {
      watch.task_started(task, "breaker " + std::to_string(task));
      for (int round = 0; round < kRounds; ++round) {
        EXPECT_FALSE(watch.lock_released(task, 7, place));
        if (round % 100 == 0) (void)watch.broken_rules();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<RuleBreak> breaks = watch.broken_rules();
  ASSERT_EQ(breaks.size(), 1U);
  EXPECT_EQ(breaks[0].rule, Rule::released_by_owner);
  EXPECT_EQ(breaks[0].count, std::uint64_t{kTasks} * kRounds);
}

TEST(LockWatchWithManyThreads, TasksAndLocksMayBeMadeWhileOthersRun) {
  LockWatch watch(Threads::many);
  RealLocks locks(watch);
  std::thread worker([&] { work(watch, locks, 0); });
  std::thread maker([&] {
    for (core::TaskId task = 1; task < 300; ++task) {
      watch.task_started(task, "made");
      watch.lock_created(kZones - 1 + task, {.lock_class = "zone",
                                             .kind = core::LockKind::recursive,
                                             .group = 1,
                                             .order_key = task,
                                             .role = core::LockRole::zone});
      watch.task_ended(task, Site::current());
    }
  });
  worker.join();
  maker.join();
  EXPECT_EQ(watch.tasks().size(), 300U);
  EXPECT_EQ(watch.lock_count(), kZones + 299U);
  EXPECT_FALSE(watch.any_rule_broken());
}

TEST(LockWatchWithManyThreads, APictureOfARealDeadlockNamesItsCore) {
  LockWatch watch(Threads::many);
  RealLocks locks(watch);
  std::array<std::thread, 2> threads;
  for (core::TaskId task = 0; task < 2; ++task) {
    threads.at(task) = std::thread([&watch, &locks, task] {
      watch.task_started(task, "half of a knot");
      locks.lock(task, task);
      // As a lock() that never comes back would tell it; the thread itself leaves.
      watch.lock_requested(task, 1 - task, Site::current());
      watch.wait_began(task, {core::WaitKind::lock, 1 - task, true}, Site::current());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stuck_core(watch.wait_state()).core, (std::vector<core::TaskId>{0, 1}));
  EXPECT_TRUE(watch.may_be_stuck(0));
}

}  // namespace
}  // namespace zoneknot::lockcheck
