#include "device/real/thread_runtime.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "device/real/real_clock.h"
#include "t/device/real/event_log.h"

namespace zoneknot::device {
namespace {

using core::LockKind;
using core::Mutex;
using core::ScopedLock;

void wait_until(const std::atomic<bool>& flag) {
  while (!flag.load()) std::this_thread::yield();
}

TEST(ThreadRuntime, RecursiveLockIsFreeOnlyAfterAsManyUnlocks) {
  EventLog log;
  ThreadRuntime runtime(log);
  std::vector<bool> taken;
  runtime.run("main", [&] {
    Mutex mutex(runtime, {.lock_class = "zone", .kind = LockKind::recursive, .order_key = {}});
    const auto others_can_take = [&] {
      runtime.join(runtime.spawn("other", [&] {
        taken.push_back(mutex.try_lock());
        if (taken.back()) mutex.unlock();
      }));
    };
    mutex.lock();
    EXPECT_TRUE(mutex.try_lock());
    mutex.lock();
    others_can_take();
    mutex.unlock();
    mutex.unlock();
    others_can_take();
    mutex.unlock();
    others_can_take();
  });
  EXPECT_EQ(taken, (std::vector<bool>{false, false, true}));
  EXPECT_FALSE(log.has("waits 0 lock"));
}

TEST(ThreadRuntime, WaitsAreToldOnlyWhereATaskReallyWaits) {
  EventLog log;
  ThreadRuntime runtime(log);
  runtime.run("main", [&] {
    Mutex mutex(runtime, {.lock_class = "zone", .order_key = {}});
    mutex.lock();
    const core::TaskId other = runtime.spawn("other", [&] {
      mutex.lock();
      mutex.unlock();
    });
    while (!log.has("waits 1 lock")) std::this_thread::yield();
    mutex.unlock();
    runtime.join(other);
  });
  EXPECT_TRUE(log.has("waited 1"));
  EXPECT_FALSE(log.has("waits 0 lock"));
  EXPECT_EQ(log.count("got 1 0"), 1U);
}

TEST(ThreadRuntime, UnlockByAStrangerIsReportedAndChangesNothing) {
  EventLog log;
  ThreadRuntime runtime(log);
  bool taken = true;
  runtime.run("main", [&] {
    Mutex mutex(runtime, {.lock_class = "zone", .order_key = {}});
    mutex.lock();
    runtime.join(runtime.spawn("stranger", [&] {
      mutex.unlock();
      taken = mutex.try_lock();
    }));
    mutex.unlock();
  });
  EXPECT_TRUE(log.has("stranger 1 0"));
  EXPECT_FALSE(taken);
  EXPECT_TRUE(log.has("gave 0 0"));
}

TEST(ThreadRuntime, AbandonedRunUnwindsEveryTaskWhereverItWaits) {
  EventLog log;
  ThreadRuntime runtime(log);
  RealClock clock(runtime);
  std::atomic<int> unwound{0};
  struct Count {
    std::atomic<int>* count;
    ~Count() { ++*count; }
  };
  std::atomic<bool> owned{false};
  runtime.run("main", [&] {
    Mutex mutex(runtime, {.lock_class = "zone", .order_key = {}});
    const Count mine{&unwound};
    const core::TaskId sleeper = runtime.spawn("sleeper", [&] {
      const Count count{&unwound};
      const ScopedLock lock(mutex);
      owned = true;
      clock.sleep(std::uint64_t{1} << 62U);
    });
    wait_until(owned);
    runtime.spawn("waiter", [&] {
      const Count count{&unwound};
      const ScopedLock lock(mutex);
    });
    runtime.spawn("runner", [&] {
      const Count count{&unwound};
      for (;;) runtime.checkpoint();
    });
    runtime.spawn("end", [&] {
      while (!log.has("waits 2 lock") || !log.has("waits 0 join")) std::this_thread::yield();
      runtime.abandon();
    });
    runtime.join(sleeper);
    ADD_FAILURE() << "the join came back";
  });
  EXPECT_EQ(unwound, 4);
  EXPECT_FALSE(log.has("gave 1 0")) << "nothing is told of the unwinding";
  EXPECT_FALSE(log.has("ended 1"));
}

TEST(ThreadRuntime, TaskUnwindsOnlyAfterThoseItSpawned) {
  EventLog log;
  ThreadRuntime runtime(log);
  RealClock clock(runtime);
  std::mutex mutex;
  std::vector<std::string> unwound;
  struct Unwound {
    std::mutex* mutex;
    std::vector<std::string>* order;
    std::string name;
    ~Unwound() {
      const std::lock_guard guard(*mutex);
      order->push_back(name);
    }
  };
  runtime.run("main", [&] {
    const Unwound mine{&mutex, &unwound, "main"};
    std::atomic<bool> started{false};
    runtime.spawn("child", [&] {
      const Unwound childs{&mutex, &unwound, "child"};
      started = true;
      clock.sleep(std::uint64_t{1} << 62U);
    });
    wait_until(started);
    runtime.abandon();
    runtime.checkpoint();
  });
  EXPECT_EQ(unwound, (std::vector<std::string>{"child", "main"}));
}

TEST(ThreadRuntime, JoinOfATaskThatEndedByUnwindingDoesNotComeBack) {
  EventLog log;
  ThreadRuntime runtime(log);
  runtime.run("main", [&] {
    std::atomic<bool> gone{false};
    struct Gone {
      std::atomic<bool>* flag;
      ~Gone() { *flag = true; }
    };
    const core::TaskId child = runtime.spawn("child", [&] {
      const Gone last{&gone};
      runtime.abandon();
      runtime.checkpoint();
    });
    wait_until(gone);
    runtime.join(child);
    ADD_FAILURE() << "the join came back";
  });
}

TEST(ThreadRuntime, WaitThatEndsInAnAbandonedRunDoesNotComeBack) {
  EventLog log;
  ThreadRuntime runtime(log);
  runtime.run("main", [&] {
    runtime.wait({.kind = core::WaitKind::timer}, core::Site::current(), [&] {
      runtime.abandon();
      return true;
    });
    ADD_FAILURE() << "the wait came back";
  });
  EXPECT_FALSE(log.has("waited 0"));
}

TEST(ThreadRuntime, CallsOfATaskThatUnwindsDoNothing) {
  EventLog log;
  ThreadRuntime runtime(log);
  struct Caller {
    ThreadRuntime* runtime;
    Mutex* mutex;
    ~Caller() {
      mutex->lock();
      EXPECT_FALSE(mutex->try_lock());
      mutex->unlock();
      runtime->checkpoint();
      runtime->join(0);
      EXPECT_EQ(runtime->spawn("late", [] { ADD_FAILURE() << "it ran"; }), core::kNoId);
    }
  };
  runtime.run("main", [&] {
    Mutex mutex(runtime, {.lock_class = "zone", .order_key = {}});
    const Caller caller{&runtime, &mutex};
    runtime.abandon();
    runtime.checkpoint();
  });
  EXPECT_FALSE(log.has("wants 0 0"));
}

TEST(RealClock, SleepLastsAtLeastAsLongAsAskedFor) {
  EventLog log;
  ThreadRuntime runtime(log);
  RealClock clock(runtime);
  constexpr std::uint64_t kNap = 3'000'000;
  runtime.run("main", [&] {
    const std::uint64_t begin = clock.now_ns();
    clock.sleep(kNap);
    EXPECT_GE(clock.now_ns() - begin, kNap);
  });
  EXPECT_TRUE(log.has("waits 0 timer"));
  EXPECT_TRUE(log.has("waited 0"));
}

}  // namespace
}  // namespace zoneknot::device
