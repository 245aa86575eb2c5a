// What is peculiar to waits of real threads: when an observer is told of them, and what a watchdog makes of them.
// t/contract/runtime.h has the rest.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "core/condition_variable.h"
#include "core/semaphore.h"
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
lockcheck::SceneInVerdict hang_of(const std::function<void(ThreadRuntime&)>& program) {
  lockcheck::LockWatch watch(lockcheck::Threads::many);
  ThreadRuntime runtime(watch);
  lockcheck::SceneInVerdict scene;
  const Watchdog dog(
      watch, runtime, [&](const lockcheck::StuckCore& stuck) { lockcheck::describe_hang(watch, stuck, scene); },
      kWatchdogTimeout);
  runtime.run("main", [&] { program(runtime); });
  EXPECT_TRUE(runtime.abandoned());
  return scene;
}

TEST(ThreadWaits, ALostWakeupIsReportedByTheWatchdogAndUnwound) {
  const lockcheck::SceneInVerdict scene = hang_of([](ThreadRuntime& runtime) {
    Mutex mutex(runtime, plain("lock"));
    ConditionVariable changed(runtime, "changed");
    changed.signal();
    runtime.join(runtime.spawn("waiter", [&] {
      const ScopedLock lock(mutex);
      changed.wait(mutex);
      ADD_FAILURE() << "went on";
    }));
  });
  ASSERT_EQ(scene.tasks.size(), 2U);
  EXPECT_EQ(scene.tasks[1].task.name, "waiter");
  EXPECT_EQ(scene.tasks[1].standing, lockcheck::TaskStanding::stuck);
  EXPECT_EQ(scene.tasks[1].waits_for.kind, lockcheck::ResourceType::condition);
  EXPECT_EQ(scene.tasks[1].waits_for.name, "changed");
  EXPECT_EQ(scene.tasks[1].waits_for.released, "lock");
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

}  // namespace
}  // namespace zoneknot::device
