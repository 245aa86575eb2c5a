// What is peculiar to waits of real threads: when an observer is told of them, and what a watchdog makes of them.
// t/contract/runtime.h has the rest.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>

#include "core/condition_variable.h"
#include "core/ignoring_observer.h"
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

TEST(ThreadWaits, ASignalWakesOneAndABroadcastTheRest) {
  EventLog log;
  ThreadRuntime runtime(log);
  runtime.run("main", [&] {
    Mutex mutex(runtime, plain("lock"));
    ConditionVariable changed(runtime, "changed");
    const auto waits = [&] {
      const ScopedLock lock(mutex);
      EXPECT_TRUE(changed.wait_for(mutex, kForEver));
    };
    const core::TaskId first = runtime.spawn("first", waits);
    const core::TaskId second = runtime.spawn("second", waits);
    while (!log.has("waits 1 condition") || !log.has("waits 2 condition")) std::this_thread::yield();
    changed.signal();
    EXPECT_EQ(log.count("woke 0 1") + log.count("woke 0 2"), 1U);
    changed.broadcast();
    EXPECT_EQ(log.count("woke 0 1") + log.count("woke 0 2"), 2U);
    runtime.join(first);
    runtime.join(second);
  });
}

TEST(ThreadWaits, AWaiterThatWasTooLateIsNotWokenInPlaceOfAnother) {
  EventLog log;
  ThreadRuntime runtime(log);
  runtime.run("main", [&] {
    Mutex mutex(runtime, plain("lock"));
    ConditionVariable changed(runtime, "changed");
    {
      const ScopedLock lock(mutex);
      EXPECT_FALSE(changed.wait_for(mutex, kShort));
    }
    const core::TaskId waiter = runtime.spawn("waiter", [&] {
      const ScopedLock lock(mutex);
      EXPECT_TRUE(changed.wait_for(mutex, 100 * kShort));
    });
    while (!log.has("waits 1 condition")) std::this_thread::yield();
    changed.signal();
    EXPECT_EQ(log.count("woke 0 1"), 1U);
    runtime.join(waiter);
  });
}

// Counts what it is told, and signals a condition variable when the lock of a waiter is given back: before the wait.
struct SignalsBeforeTheWait final : core::IgnoringObserver {
  ConditionVariable* condition = nullptr;
  int waits_ended = 0;
  bool lock_released(core::TaskId, core::LockId, core::Site) override {
    if (ConditionVariable* once = std::exchange(condition, nullptr)) once->signal();
    return true;
  }
  void wait_ended(core::TaskId) override { ++waits_ended; }
};

TEST(ThreadWaits, ASignalBeforeTheWaitIsToldOfEndsNone) {
  SignalsBeforeTheWait observer;
  ThreadRuntime runtime(observer);
  runtime.run("main", [&] {
    Mutex mutex(runtime, plain("lock"));
    ConditionVariable changed(runtime, "changed");
    mutex.lock();
    observer.condition = &changed;
    EXPECT_TRUE(changed.wait_for(mutex, kForEver));
    mutex.unlock();
  });
  EXPECT_EQ(observer.waits_ended, 0);
}

struct Requests final : core::IgnoringObserver {
  int units = 0;
  void semaphore_requested(core::TaskId, core::SemaphoreId, core::Site) override { ++units; }
};

TEST(ThreadWaits, OnlyARequestForAUnitThatMayLastForEverIsToldOf) {
  Requests requests;
  ThreadRuntime runtime(requests);
  runtime.run("main", [&] {
    Semaphore items(runtime, "items", 1);
    items.acquire();
    EXPECT_FALSE(items.acquire_for(kShort));
  });
  EXPECT_EQ(requests.units, 1);
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

}  // namespace
}  // namespace zoneknot::device
