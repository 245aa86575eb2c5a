// Condition variables, semaphores and locks with a time-out, on real threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/condition_variable.h"
#include "core/semaphore.h"
#include "core/shared.h"
#include "device/real/real_clock.h"
#include "device/real/thread_runtime.h"
#include "device/real/watchdog.h"
#include "lockcheck/picture/hang_picture.h"
#include "t/device/real/event_log.h"

namespace zoneknot::device {
namespace {

using core::ConditionVariable;
using core::Mutex;
using core::ScopedLock;
using core::Semaphore;

constexpr std::uint64_t kShort = 20'000'000;         // ns
constexpr std::uint64_t kForEver = 600'000'000'000;  // ns
constexpr std::uint64_t kWatchdogTimeout = 200'000'000;

core::LockInfo plain(std::string_view name) { return {.lock_class = name, .order_key = {}}; }

TEST(ThreadWaits, ItemsGoThroughABoundedQueueAndNoneIsLost) {
  constexpr int kItems = 5000;
  constexpr std::size_t kPlaces = 4;
  EventLog log;
  ThreadRuntime runtime(log);
  std::int64_t sum = 0;
  runtime.run("main", [&] {
    Mutex mutex(runtime, plain("queue"));
    ConditionVariable not_empty(runtime, "not empty");
    ConditionVariable not_full(runtime, "not full");
    std::vector<int> queue;
    const auto producer = [&] {
      for (int i = 1; i <= kItems; ++i) {
        const ScopedLock lock(mutex);
        not_full.wait_until(mutex, [&] { return queue.size() < kPlaces; });
        queue.push_back(i);
        not_empty.signal();
      }
    };
    const auto consumer = [&] {
      for (int i = 0; i < kItems; ++i) {
        const ScopedLock lock(mutex);
        not_empty.wait_until(mutex, [&] { return !queue.empty(); });
        sum += queue.back();
        queue.pop_back();
        not_full.signal();
      }
    };
    std::vector<core::TaskId> tasks;
    for (int i = 0; i < 2; ++i) {
      tasks.push_back(runtime.spawn("producer", producer));
      tasks.push_back(runtime.spawn("consumer", consumer));
    }
    for (const core::TaskId task : tasks) runtime.join(task);
  });
  EXPECT_EQ(sum, std::int64_t{kItems} * (kItems + 1));
}

TEST(ThreadWaits, ABroadcastWakesAllWaiters) {
  EventLog log;
  ThreadRuntime runtime(log);
  std::atomic<int> woken{0};
  runtime.run("main", [&] {
    Mutex mutex(runtime, plain("lock"));
    ConditionVariable changed(runtime, "changed");
    bool ready = false;
    const auto waiter = [&] {
      const ScopedLock lock(mutex);
      changed.wait_until(mutex, [&] { return ready; });
      ++woken;
    };
    const std::vector<core::TaskId> tasks = {runtime.spawn("w", waiter), runtime.spawn("w", waiter),
                                             runtime.spawn("w", waiter)};
    {
      const ScopedLock lock(mutex);
      ready = true;
      changed.broadcast();
    }
    for (const core::TaskId task : tasks) runtime.join(task);
  });
  EXPECT_EQ(woken, 3);
}

TEST(ThreadWaits, AWaitThatNobodyEndsEndsWithItsTimeoutAndOwnsTheLockAgain) {
  EventLog log;
  ThreadRuntime runtime(log);
  runtime.run("main", [&] {
    Mutex mutex(runtime, plain("lock"));
    ConditionVariable changed(runtime, "changed");
    changed.signal();
    const ScopedLock lock(mutex);
    const std::uint64_t begin = monotonic_ns();
    EXPECT_FALSE(changed.wait_for(mutex, kShort));
    EXPECT_GE(monotonic_ns() - begin, kShort);
    EXPECT_FALSE(mutex.try_lock());
  });
  EXPECT_EQ(log.count("waits 0 condition"), 1U);
  EXPECT_EQ(log.count("waited 0"), 1U);
}

TEST(ThreadWaits, WhoeverWakesATaskTellsTheObserverThatItsWaitIsOver) {
  EventLog log;
  ThreadRuntime runtime(log);
  runtime.run("main", [&] {
    Mutex mutex(runtime, plain("lock"));
    ConditionVariable changed(runtime, "changed");
    const core::TaskId waiter = runtime.spawn("waiter", [&] {
      const ScopedLock lock(mutex);
      EXPECT_TRUE(changed.wait_for(mutex, kForEver));
    });
    while (!log.has("waits 1 condition")) std::this_thread::yield();
    mutex.lock();
    changed.signal();
    // The waiter cannot have gone on.
    EXPECT_EQ(log.count("waited 1"), 1U);
    mutex.unlock();
    runtime.join(waiter);
  });
}

TEST(ThreadWaits, ASemaphoreLetsInAsManyAsItHasUnits) {
  constexpr int kUnits = 2;
  EventLog log;
  ThreadRuntime runtime(log);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  runtime.run("main", [&] {
    Semaphore slots(runtime, "slots", kUnits);
    std::vector<core::TaskId> tasks;
    for (int i = 0; i < 4; ++i) {
      tasks.push_back(runtime.spawn("user", [&] {
        for (int round = 0; round < 500; ++round) {
          slots.acquire();
          const int now = ++inside;
          int before = most;
          while (before < now && !most.compare_exchange_weak(before, now)) {
          }
          --inside;
          slots.release();
        }
      }));
    }
    for (const core::TaskId task : tasks) runtime.join(task);
    EXPECT_TRUE(slots.try_acquire());
    EXPECT_TRUE(slots.try_acquire());
    EXPECT_FALSE(slots.try_acquire());
    const std::uint64_t begin = monotonic_ns();
    EXPECT_FALSE(slots.acquire_for(kShort));
    EXPECT_GE(monotonic_ns() - begin, kShort);
    slots.release(2);
    EXPECT_TRUE(slots.acquire_for(kForEver));
  });
  EXPECT_LE(most, kUnits);
  EXPECT_GE(most, 1);
}

TEST(ThreadWaits, ALockWithATimeoutIsTakenWhenItsOwnerIsQuickEnough) {
  EventLog log;
  ThreadRuntime runtime(log);
  runtime.run("main", [&] {
    Mutex mutex(runtime, plain("lock"));
    EXPECT_TRUE(mutex.try_lock_for(0));
    const auto other = [&](std::uint64_t timeout_ns, bool expected) {
      return [&mutex, timeout_ns, expected] {
        const bool got = mutex.try_lock_for(timeout_ns);
        EXPECT_EQ(got, expected);
        if (got) mutex.unlock();
      };
    };
    runtime.join(runtime.spawn("late", other(kShort, false)));
    const core::TaskId patient = runtime.spawn("patient", other(kForEver, true));
    while (!log.has("waits 2 lock")) std::this_thread::yield();
    mutex.unlock();
    runtime.join(patient);
  });
}

// What a watchdog says of a program that hangs.
lockcheck::Verdict hang_of(const std::function<void(ThreadRuntime&)>& program) {
  lockcheck::LockWatch watch(lockcheck::Threads::many);
  ThreadRuntime runtime(watch);
  lockcheck::Verdict verdict;
  const Watchdog dog(
      watch, runtime, [&](const lockcheck::StuckCore& stuck) { lockcheck::describe_hang(watch, stuck, {}, verdict); },
      kWatchdogTimeout);
  runtime.run("main", [&] { program(runtime); });
  EXPECT_TRUE(runtime.abandoned());
  return verdict;
}

TEST(ThreadWaits, ALostWakeupIsReportedByTheWatchdogAndUnwound) {
  const lockcheck::Verdict verdict = hang_of([](ThreadRuntime& runtime) {
    Mutex mutex(runtime, plain("lock"));
    ConditionVariable changed(runtime, "changed");
    changed.signal();
    runtime.join(runtime.spawn("waiter", [&] {
      const ScopedLock lock(mutex);
      changed.wait(mutex);
      ADD_FAILURE() << "went on";
    }));
  });
  ASSERT_EQ(verdict.tasks.size(), 2U);
  EXPECT_EQ(verdict.tasks[1].task, "waiter");
  EXPECT_EQ(verdict.tasks[1].state, "stuck");
  EXPECT_EQ(verdict.tasks[1].waits_for, "condition variable 'changed' (lock released)");
}

TEST(ThreadWaits, SemaphoresTakenInOppositeOrdersAreReportedByTheWatchdog) {
  std::atomic<int> owners{0};
  const lockcheck::Verdict verdict = hang_of([&](ThreadRuntime& runtime) {
    Semaphore a(runtime, "a", 1);
    Semaphore b(runtime, "b", 1);
    const auto body = [&owners](Semaphore& first, Semaphore& second) {
      return [&] {
        first.acquire();
        ++owners;
        while (owners < 2) std::this_thread::yield();
        second.acquire();
      };
    };
    const core::TaskId one = runtime.spawn("one", body(a, b));
    const core::TaskId two = runtime.spawn("two", body(b, a));
    runtime.join(one);
    runtime.join(two);
  });
  ASSERT_EQ(verdict.tasks.size(), 3U);
  EXPECT_EQ(verdict.tasks[1].waits_for, "semaphore 'b'");
  EXPECT_EQ(verdict.tasks[2].waits_for, "semaphore 'a'");
}

TEST(ThreadWaits, ATimedWaitIsNoHangHoweverLongItTakes) {
  lockcheck::LockWatch watch(lockcheck::Threads::many);
  ThreadRuntime runtime(watch);
  const Watchdog dog(
      watch, runtime, [](const lockcheck::StuckCore&) { ADD_FAILURE() << "no hang"; }, kWatchdogTimeout / 10);
  runtime.run("main", [&] {
    Semaphore items(runtime, "items", 0);
    EXPECT_FALSE(items.acquire_for(kWatchdogTimeout));
  });
  EXPECT_FALSE(runtime.abandoned());
}

// --- what an order checker and a trace are told ---

TEST(ThreadWaits, TellForkJoinRefusalWakeAndUnitsInOrder) {
  EventLog log;
  ThreadRuntime runtime(log);
  runtime.run("main", [&] {
    Mutex mutex(runtime, plain("lock"));
    ConditionVariable changed(runtime, "changed");
    Semaphore slots(runtime, "slots", 0);
    bool ready = false;
    mutex.lock();
    const core::TaskId child = runtime.spawn("child", [&] {
      static_cast<void>(mutex.try_lock_for(1));
      static_cast<void>(slots.try_acquire());
      slots.release();
      const ScopedLock lock(mutex);
      ready = true;
      changed.signal();
    });
    slots.acquire();
    changed.wait_until(mutex, [&] { return ready; });
    mutex.unlock();
    runtime.join(child);
  });
  const std::vector<std::string> lines = log.lines();
  const auto at = [&lines](const std::string& line) { return std::ranges::find(lines, line) - lines.begin(); };
  for (const auto& [first, then] : std::vector<std::pair<std::string, std::string>>{{"started 1 child", "forked 0 1"},
                                                                                    {"forked 0 1", "refused 1 0"},
                                                                                    {"refused 1 0", "no unit 1 0"},
                                                                                    {"no unit 1 0", "units 1 0 1"},
                                                                                    {"units 1 0 1", "unit 0 0"},
                                                                                    {"unit 0 0", "entered 0 0"},
                                                                                    {"entered 0 0", "gave 0 0"},
                                                                                    {"gave 0 0", "signalled 1 0"},
                                                                                    {"signalled 1 0", "woke 1 0"},
                                                                                    {"ended 1", "joined 0 1"}}) {
    EXPECT_LT(at(first), at(then)) << first << ", then " << then;
    EXPECT_TRUE(log.has(then)) << then;
  }
}

TEST(ThreadWaits, TellAccessesToAnObserverThatWantsThem) {
  EventLog log;
  log.want_accesses();
  ThreadRuntime runtime(log);
  runtime.run("main", [&] {
    core::Shared<int> cell(runtime, "cell", core::Sharing::racy, 1);
    cell.update([](int value) { return value + 1; });
  });
  EXPECT_EQ(log.lines(), (std::vector<std::string>{"started 0 main", "cell 0 cell", "wrote 0 0", "read 0 0",
                                                   "wrote 0 0", "ended 0"}));
}

}  // namespace
}  // namespace zoneknot::device
