#include "device/real/watchdog.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include "device/real/engine_factory.h"
#include "device/real/real_clock.h"
#include "t/device/real/io_bench.h"

namespace zoneknot::device {
namespace {

using core::Mutex;
using core::ScopedLock;
using lockcheck::LockWatch;
using lockcheck::StuckCore;
using lockcheck::Threads;

constexpr std::uint64_t kTimeout = 200'000'000;

// Two tasks, 1 and 2, that take two locks in opposite orders; neither asks for its second before both own their first.
void spawn_inverted_pair(ThreadRuntime& runtime, Mutex& a, Mutex& b, std::atomic<int>& owners) {
  const auto task = [&runtime, &owners](Mutex& first, Mutex& second) {
    return [&runtime, &owners, &first, &second] {
      const ScopedLock outer(first);
      ++owners;
      while (owners < 2) std::this_thread::yield();
      const ScopedLock inner(second);
      ADD_FAILURE() << "task " << runtime.current() << " went on";
    };
  };
  runtime.spawn("first", task(a, b));
  runtime.spawn("second", task(b, a));
}

TEST(Watchdog, RealDeadlockOfTwoIsReportedWhileItLastsAndThenAbandoned) {
  LockWatch watch(Threads::many);
  ThreadRuntime runtime(watch);
  std::vector<core::TaskId> stuck;
  std::vector<lockcheck::TaskSnapshot> tasks;
  int hangs = 0;
  {
    const Watchdog dog(
        watch, runtime,
        [&](const StuckCore& core) {
          ++hangs;
          stuck = core.core;
          tasks = watch.tasks();
        },
        kTimeout);
    std::atomic<int> owners{0};
    runtime.run("main", [&] {
      Mutex a(runtime, {.lock_class = "zone", .order_key = 0});
      Mutex b(runtime, {.lock_class = "zone", .order_key = 1});
      spawn_inverted_pair(runtime, a, b, owners);
      runtime.join(1);
      ADD_FAILURE() << "the join came back";
    });
  }
  EXPECT_EQ(hangs, 1);
  std::ranges::sort(stuck);
  EXPECT_EQ(stuck, (std::vector<core::TaskId>{1, 2}));
  ASSERT_EQ(tasks.size(), 3U);
  EXPECT_EQ(tasks[1].wait.kind, core::WaitKind::lock);
  ASSERT_EQ(tasks[1].holds.size(), 1U);
  EXPECT_EQ(tasks[1].name, "first");
  EXPECT_TRUE(runtime.abandoned());
}

TEST(Watchdog, LoopThatNeverLooksAtAStopRequestIsGivenUp) {
  LockWatch watch(Threads::many);
  ThreadRuntime runtime(watch);
  std::atomic<bool> stop{false};
  int hangs = 0;
  {
    const Watchdog dog(watch, runtime, [&](const StuckCore&) { ++hangs; }, kTimeout, &stop);
    runtime.run("main", [&] {
      stop = true;
      for (;;) runtime.checkpoint();
    });
  }
  EXPECT_EQ(hangs, 0);
  EXPECT_TRUE(runtime.abandoned());
}

TEST(Watchdog, TwoStuckTasksAreAHangThoughOthersRunOn) {
  LockWatch watch(Threads::many);
  ThreadRuntime runtime(watch);
  std::atomic<bool> hung{false};
  StuckCore found;
  {
    const Watchdog dog(
        watch, runtime,
        [&](const StuckCore& core) {
          found = core;
          hung = true;
        },
        kTimeout);
    std::atomic<int> owners{0};
    runtime.run("main", [&] {
      Mutex a(runtime, {.lock_class = "zone", .order_key = {}});
      Mutex b(runtime, {.lock_class = "zone", .order_key = {}});
      Mutex busy(runtime, {.lock_class = "other", .order_key = {}});
      spawn_inverted_pair(runtime, a, b, owners);
      for (int i = 0; i < 2; ++i) {
        runtime.spawn("busy", [&] {
          for (;;) {
            const ScopedLock lock(busy);
            std::this_thread::yield();
          }
        });
      }
      runtime.join(1);
    });
  }
  EXPECT_TRUE(hung);
  EXPECT_EQ(found.core.size(), 2U);
}

TEST(Watchdog, LockOfATaskThatEndedWithItIsAHang) {
  LockWatch watch(Threads::many);
  ThreadRuntime runtime(watch);
  StuckCore found;
  {
    const Watchdog dog(watch, runtime, [&](const StuckCore& core) { found = core; }, kTimeout);
    runtime.run("main", [&] {
      Mutex mutex(runtime, {.lock_class = "zone", .order_key = {}});
      runtime.join(runtime.spawn("leaker", [&] { mutex.lock(); }));
      mutex.lock();
    });
  }
  EXPECT_EQ(found.core, std::vector<core::TaskId>{0});
}

TEST(Watchdog, ReapThatCannotEndIsAHang) {
  LockWatch watch(Threads::many);
  ThreadRuntime runtime(watch);
  StuckCore found;
  {
    const Watchdog dog(watch, runtime, [&](const StuckCore& core) { found = core; }, kTimeout);
    runtime.run("main", [&] {
      auto engine = open_real_engine(core::EngineKind::libaio, 0, 1, runtime);
      ASSERT_TRUE(engine) << std::strerror(engine.error());
      core::IoRequest* ended = nullptr;
      static_cast<void>((*engine)->reap(std::span(&ended, 1), 1));
    });
  }
  EXPECT_EQ(found.core, std::vector<core::TaskId>{0});
}

TEST(Watchdog, LockHeldForLongByATaskThatGoesOnIsNoHang) {
  LockWatch watch(Threads::many);
  ThreadRuntime runtime(watch);
  RealClock clock(runtime);
  int hangs = 0;
  bool got_it = false;
  {
    const Watchdog dog(watch, runtime, [&](const StuckCore&) { ++hangs; }, kTimeout);
    runtime.run("main", [&] {
      Mutex mutex(runtime, {.lock_class = "zone", .order_key = {}});
      mutex.lock();
      const core::TaskId waiter = runtime.spawn("waiter", [&] {
        const ScopedLock lock(mutex);
        got_it = true;
      });
      clock.sleep(4 * kTimeout);                                            // a timer always ends
      std::this_thread::sleep_for(std::chrono::nanoseconds(4 * kTimeout));  // and a running task may take its time
      mutex.unlock();
      runtime.join(waiter);
    });
  }
  EXPECT_EQ(hangs, 0);
  EXPECT_TRUE(got_it);
  EXPECT_FALSE(runtime.abandoned());
}

TEST(Watchdog, StopRequestAsksForAHangAtOnce) {
  LockWatch watch(Threads::many);
  ThreadRuntime runtime(watch);
  constexpr std::uint64_t kAnHour = 3'600'000'000'000;
  std::atomic<bool> stop{false};
  StuckCore found;
  const std::uint64_t begin = monotonic_ns();
  {
    const Watchdog dog(watch, runtime, [&](const StuckCore& core) { found = core; }, kAnHour, &stop);
    std::atomic<int> owners{0};
    runtime.run("main", [&] {
      Mutex a(runtime, {.lock_class = "zone", .order_key = {}});
      Mutex b(runtime, {.lock_class = "zone", .order_key = {}});
      spawn_inverted_pair(runtime, a, b, owners);
      stop = true;
      runtime.join(1);
    });
  }
  EXPECT_EQ(found.core.size(), 2U);
  EXPECT_LT(monotonic_ns() - begin, 30'000'000'000U);
}

TEST(Watchdog, DeviceThatTakesItsTimeIsSlowAndNoHang) {
  LockWatch watch(Threads::many);
  ThreadRuntime runtime(watch);
  int hangs = 0;
  std::vector<Stillness> seen;
  {
    const Watchdog dog(
        watch, runtime, [&](const StuckCore&) { ++hangs; }, kTimeout, nullptr,
        [&](const Stillness& still) { seen.push_back(still); });
    runtime.run("main", [&] {
      const std::uint64_t end = monotonic_ns() + 4 * kTimeout;
      runtime.wait({.kind = core::WaitKind::completion}, core::Site::current(), [&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return monotonic_ns() >= end;
      });
    });
  }
  EXPECT_EQ(hangs, 0);
  ASSERT_EQ(seen.size(), 1U) << "told once";
  EXPECT_EQ(seen[0].kind, Stillness::Kind::slow);
  EXPECT_EQ(seen[0].at_device, 1U);
  EXPECT_GE(seen[0].for_ns, kTimeout);
}

TEST(Watchdog, ProcessThatWasStoppedNeitherHangsNorIsSlow) {
  LockWatch watch(Threads::many);
  ThreadRuntime runtime(watch);
  constexpr std::uint64_t kTwoSeconds = 2'000'000'000;
  int hangs = 0;
  std::vector<Stillness> seen;
  std::atomic<bool> told = false;
  {
    const Watchdog dog(
        watch, runtime, [&](const StuckCore&) { ++hangs; }, kTwoSeconds, nullptr,
        [&](const Stillness& still) {
          seen.push_back(still);
          told = true;
        });
    runtime.run("main", [&] {
      const pid_t self = getpid();
      const pid_t other = fork();
      if (other == 0) {
        kill(self, SIGSTOP);
        usleep(2'500'000);
        kill(self, SIGCONT);
        _exit(0);
      }
      // It waits for the device, and would have waited for too long. The run goes on until the watchdog has come to
      // look.
      runtime.wait({.kind = core::WaitKind::completion}, core::Site::current(),
                   [&] { return told || usleep(10'000) != 0; });
      EXPECT_EQ(waitpid(other, nullptr, 0), other);
    });
  }
  EXPECT_EQ(hangs, 0);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].kind, Stillness::Kind::stopped);
  EXPECT_GE(seen[0].for_ns, kTwoSeconds);
}

}  // namespace
}  // namespace zoneknot::device
