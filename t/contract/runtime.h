// What every Runtime does, whoever made it: tasks, locks, condition variables, semaphores, what observers are told and
// which waits are hangs. A type of world is a class W with
//   void run(const Program& program);              // under one or many schedules; it ends by itself in each
//   std::vector<core::TaskId> stuck(const Program& program);  // until it hangs: the stuck core, ascending
//   std::vector<std::string> told(const Program& program, bool accesses);  // under one schedule: lines of an EventLog
//   static constexpr int kRounds;                  // how often a loop of a test goes round
// The program's main function is its task 0.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/condition_variable.h"
#include "core/semaphore.h"
#include "core/shared.h"
#include "core/shared_mutex.h"

namespace zoneknot::contract {

using Program = std::function<void(core::Runtime&, core::Clock&)>;

inline constexpr std::uint64_t kShort = 20'000'000;         // ns
inline constexpr std::uint64_t kForEver = 600'000'000'000;  // ns

inline core::LockInfo plain(std::string_view lock_class = "lock") {
  return {.lock_class = lock_class, .order_key = {}};
}

inline core::LockInfo recursive() { return {.lock_class = "lock", .kind = core::LockKind::recursive, .order_key = {}}; }

// Starts all bodies as tasks and joins them.
inline void run_all(core::Runtime& runtime, const std::vector<std::function<void()>>& bodies) {
  std::vector<core::TaskId> tasks;
  for (const auto& body : bodies) tasks.push_back(runtime.spawn("task" + std::to_string(tasks.size() + 1), body));
  for (const core::TaskId task : tasks) runtime.join(task);
}

// Whether another task can take the lock.
inline bool another_gets(core::Runtime& runtime, core::Mutex& mutex) {
  bool got = false;
  run_all(runtime, {[&] {
            got = mutex.try_lock();
            if (got) mutex.unlock();
          }});
  return got;
}

template <class World>
class RuntimeContract : public testing::Test {
 protected:
  World world_;
};

TYPED_TEST_SUITE_P(RuntimeContract);

// --- tasks ---

TYPED_TEST_P(RuntimeContract, TasksHaveIdsInTheOrderOfSpawningAndKnowThem) {
  this->world_.run([](core::Runtime& runtime, core::Clock&) {
    EXPECT_EQ(runtime.current(), 0U);
    const core::TaskId first = runtime.spawn("first", [&] { EXPECT_EQ(runtime.current(), 1U); });
    const core::TaskId second = runtime.spawn("second", [&] { EXPECT_EQ(runtime.current(), 2U); });
    EXPECT_EQ(first, 1U);
    EXPECT_EQ(second, 2U);
    runtime.join(second);
    runtime.join(first);
    runtime.join(first);
    EXPECT_EQ(runtime.current(), 0U);
  });
}

TYPED_TEST_P(RuntimeContract, RunEndsWhenTasksThatNobodyJoinsHaveEnded) {
  std::atomic<int> ended{0};
  const std::vector<std::string> lines = this->world_.told(
      [&](core::Runtime& runtime, core::Clock& clock) {
        for (int i = 0; i < 3; ++i) {
          runtime.spawn("child", [&] {
            clock.sleep(1000);
            ++ended;
          });
        }
      },
      false);
  EXPECT_EQ(ended, 3);
  for (const char* line : {"ended 0", "ended 1", "ended 2", "ended 3"}) EXPECT_EQ(std::ranges::count(lines, line), 1);
}

// --- locks ---

TYPED_TEST_P(RuntimeContract, LocksExclude) {
  this->world_.run([&](core::Runtime& runtime, core::Clock&) {
    core::Mutex mutex(runtime, plain());
    const core::CellId cell = runtime.create_cell({.name = "inside"});
    int counter = 0;
    const auto body = [&] {
      for (int round = 0; round < TypeParam::kRounds; ++round) {
        const core::ScopedLock lock(mutex);
        const int before = counter;
        runtime.access(cell, core::Access::read);
        counter = before + 1;
      }
    };
    run_all(runtime, {body, body, body, body});
    EXPECT_EQ(counter, 4 * TypeParam::kRounds);
  });
}

TYPED_TEST_P(RuntimeContract, RecursiveLockIsFreeOnlyAfterAsManyUnlocks) {
  this->world_.run([](core::Runtime& runtime, core::Clock&) {
    core::Mutex mutex(runtime, recursive());
    mutex.lock();
    EXPECT_TRUE(mutex.try_lock());
    mutex.lock();
    EXPECT_FALSE(another_gets(runtime, mutex));
    mutex.unlock();
    mutex.unlock();
    EXPECT_FALSE(another_gets(runtime, mutex));
    mutex.unlock();
    EXPECT_TRUE(another_gets(runtime, mutex));
  });
}

TYPED_TEST_P(RuntimeContract, PlainLockThatTheTaskOwnsIsNotTakenAgain) {
  this->world_.run([](core::Runtime& runtime, core::Clock&) {
    core::Mutex mutex(runtime, plain());
    mutex.lock();
    EXPECT_FALSE(mutex.try_lock());
    EXPECT_FALSE(mutex.try_lock_for(0));
    EXPECT_FALSE(mutex.try_lock_for(1000));
    mutex.unlock();
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
  });
}

TYPED_TEST_P(RuntimeContract, UnlockByAStrangerChangesNothing) {
  this->world_.run([](core::Runtime& runtime, core::Clock&) {
    core::Mutex mutex(runtime, plain());
    mutex.lock();
    run_all(runtime, {[&] {
              mutex.unlock();
              EXPECT_FALSE(mutex.try_lock());
            }});
    mutex.unlock();
    EXPECT_TRUE(another_gets(runtime, mutex));
  });
}

TYPED_TEST_P(RuntimeContract, LockThatATaskLeaksStaysLocked) {
  this->world_.run([](core::Runtime& runtime, core::Clock&) {
    core::Mutex mutex(runtime, recursive());
    run_all(runtime, {[&] { mutex.lock(); }});
    EXPECT_FALSE(mutex.try_lock());
  });
}

TYPED_TEST_P(RuntimeContract, LockWithATimeoutIsTakenIfItsOwnerIsQuickEnough) {
  this->world_.run([](core::Runtime& runtime, core::Clock& clock) {
    core::Mutex mutex(runtime, plain());
    EXPECT_TRUE(mutex.try_lock_for(0));
    run_all(runtime, {[&] {
              const std::uint64_t begin = clock.now_ns();
              EXPECT_FALSE(mutex.try_lock_for(kShort));
              EXPECT_GE(clock.now_ns() - begin, kShort);
            }});
    mutex.unlock();
    run_all(runtime, {[&] {
              EXPECT_TRUE(mutex.try_lock_for(kForEver));
              mutex.unlock();
            }});
  });
}

// --- reader-writer locks ---

inline core::LockInfo with_readers(core::Readers readers) {
  return {.lock_class = "shared lock", .order_key = {}, .readers = readers};
}

// Reads, and goes on when another task, which it makes, waits to write.
inline void read_until_a_writer_waits(core::Runtime& runtime, core::Clock& clock, core::SharedMutex& lock) {
  lock.lock_shared();
  auto begins = std::make_shared<core::Semaphore>(runtime, "begins", 0);
  runtime.spawn("writer", [&lock, begins] {
    begins->release();
    lock.lock();
  });
  begins->acquire();
  while (lock.try_lock_shared()) {
    lock.unlock_shared();
    clock.sleep(kShort / 20);
  }
}

TYPED_TEST_P(RuntimeContract, ReadersShareALockAndWritersDoNot) {
  for (const core::Readers readers : {core::Readers::first, core::Readers::after_writers}) {
    this->world_.run([readers](core::Runtime& runtime, core::Clock&) {
      core::SharedMutex lock(runtime, with_readers(readers));
      core::Semaphore one_reads(runtime, "one reads", 0);
      core::Semaphore two_reads(runtime, "two reads", 0);
      const auto reader = [&lock](core::Semaphore& own, core::Semaphore& other) {
        return [&lock, &own, &other] {
          const core::ScopedSharedLock share(lock);
          own.release();
          other.acquire();
          EXPECT_FALSE(lock.try_lock());
        };
      };
      run_all(runtime, {reader(one_reads, two_reads), reader(two_reads, one_reads)});
      const core::ScopedExclusiveLock all(lock);
      run_all(runtime, {[&] {
                EXPECT_FALSE(lock.try_lock_shared());
                EXPECT_FALSE(lock.try_lock());
              }});
    });
  }
}

TYPED_TEST_P(RuntimeContract, WriterIsAloneInALockThatIsShared) {
  this->world_.run([&](core::Runtime& runtime, core::Clock&) {
    core::SharedMutex lock(runtime, with_readers(core::Readers::after_writers));
    const core::CellId cell = runtime.create_cell({.name = "inside"});
    int counter = 0;
    const auto writer = [&] {
      for (int round = 0; round < TypeParam::kRounds; ++round) {
        const core::ScopedExclusiveLock all(lock);
        const int before = counter;
        runtime.access(cell, core::Access::read);
        counter = before + 1;
      }
    };
    const auto reader = [&] {
      for (int round = 0; round < TypeParam::kRounds; ++round) {
        const core::ScopedSharedLock share(lock);
        const int before = counter;
        runtime.access(cell, core::Access::read);
        EXPECT_EQ(counter, before);
      }
    };
    run_all(runtime, {writer, reader, writer});
    EXPECT_EQ(counter, 2 * TypeParam::kRounds);
  });
}

TYPED_TEST_P(RuntimeContract, ShareIsHadBesideOnesOwnWhereReadersComeFirst) {
  this->world_.run([](core::Runtime& runtime, core::Clock& clock) {
    core::SharedMutex lock(runtime, with_readers(core::Readers::first));
    lock.lock_shared();
    const core::TaskId writer = runtime.spawn("writer", [&lock] { const core::ScopedExclusiveLock all(lock); });
    clock.sleep(kShort / 20);
    lock.lock_shared();
    lock.unlock_shared();
    lock.unlock_shared();
    runtime.join(writer);
  });
}

TYPED_TEST_P(RuntimeContract, WaitsForASharedLockEndWithTheirTimeout) {
  this->world_.run([](core::Runtime& runtime, core::Clock&) {
    core::SharedMutex lock(runtime, with_readers(core::Readers::after_writers));
    lock.lock_shared();
    run_all(runtime, {[&] { EXPECT_FALSE(lock.try_lock_for(kShort)); }});
    EXPECT_TRUE(lock.try_lock_shared_for(kForEver)) << "the writer has given up";
    lock.unlock_shared();
    lock.unlock_shared();
    lock.lock();
    run_all(runtime, {[&] { EXPECT_FALSE(lock.try_lock_shared_for(kShort)); }});
    lock.unlock();
    EXPECT_TRUE(lock.try_lock_for(kForEver));
    lock.unlock();
  });
}

// --- condition variables ---

TYPED_TEST_P(RuntimeContract, ItemsGoThroughABoundedQueueAndNoneIsLost) {
  this->world_.run([](core::Runtime& runtime, core::Clock&) {
    core::Mutex mutex(runtime, plain());
    core::ConditionVariable not_empty(runtime, "not empty");
    core::ConditionVariable not_full(runtime, "not full");
    std::vector<int> queue;
    std::int64_t sum = 0;
    const auto producer = [&] {
      for (int i = 1; i <= TypeParam::kRounds; ++i) {
        const core::ScopedLock lock(mutex);
        not_full.wait_until(mutex, [&] { return queue.size() < 2; });
        queue.push_back(i);
        not_empty.signal();
      }
    };
    const auto consumer = [&] {
      for (int i = 0; i < TypeParam::kRounds; ++i) {
        const core::ScopedLock lock(mutex);
        not_empty.wait_until(mutex, [&] { return !queue.empty(); });
        sum += queue.back();
        queue.pop_back();
        not_full.signal();
      }
    };
    run_all(runtime, {producer, consumer, producer, consumer});
    EXPECT_EQ(sum, std::int64_t{TypeParam::kRounds} * (TypeParam::kRounds + 1));
  });
}

TYPED_TEST_P(RuntimeContract, BroadcastWakesAllWaiters) {
  this->world_.run([](core::Runtime& runtime, core::Clock&) {
    core::Mutex mutex(runtime, plain());
    core::ConditionVariable changed(runtime, "changed");
    bool ready = false;
    int woken = 0;
    const auto waiter = [&] {
      const core::ScopedLock lock(mutex);
      changed.wait_until(mutex, [&] { return ready; });
      ++woken;
    };
    run_all(runtime, {waiter, waiter, waiter, [&] {
                        const core::ScopedLock lock(mutex);
                        ready = true;
                        changed.broadcast();
                      }});
    EXPECT_EQ(woken, 3);
  });
}

TYPED_TEST_P(RuntimeContract, WaitThatNobodyEndsEndsWithItsTimeoutAndOwnsTheLockAgain) {
  this->world_.run([](core::Runtime& runtime, core::Clock& clock) {
    core::Mutex mutex(runtime, plain());
    core::ConditionVariable changed(runtime, "changed");
    changed.signal();
    const core::ScopedLock lock(mutex);
    const std::uint64_t begin = clock.now_ns();
    EXPECT_FALSE(changed.wait_for(mutex, kShort));
    EXPECT_GE(clock.now_ns() - begin, kShort);
    EXPECT_FALSE(another_gets(runtime, mutex));
  });
}

TYPED_TEST_P(RuntimeContract, TaskThatTakesTheLockAfterItWasGivenBackFindsItsGiverWaiting) {
  this->world_.run([](core::Runtime& runtime, core::Clock&) {
    core::Mutex mutex(runtime, plain());
    core::ConditionVariable changed(runtime, "changed");
    core::Semaphore owned(runtime, "owned", 0);
    run_all(runtime, {[&] {
                        const core::ScopedLock lock(mutex);
                        owned.release();
                        changed.wait(mutex);
                      },
                      [&] {
                        owned.acquire();
                        const core::ScopedLock lock(mutex);
                        changed.signal();
                      }});
  });
}

// --- semaphores ---

TYPED_TEST_P(RuntimeContract, SemaphoreLetsInAsManyAsItHasUnits) {
  std::atomic<int> most{0};
  this->world_.run([&](core::Runtime& runtime, core::Clock&) {
    core::Semaphore slots(runtime, "slots", 2);
    const core::CellId cell = runtime.create_cell({.name = "inside"});
    std::atomic<int> inside{0};
    const auto body = [&] {
      for (int round = 0; round < TypeParam::kRounds; ++round) {
        slots.acquire();
        const int now = ++inside;
        int before = most;
        while (before < now && !most.compare_exchange_weak(before, now)) {
        }
        runtime.access(cell, core::Access::read);
        --inside;
        slots.release();
      }
    };
    run_all(runtime, {body, body, body});
  });
  EXPECT_GE(most, 1);
  EXPECT_LE(most, 2);
}

TYPED_TEST_P(RuntimeContract, AcquireEndsWithAUnitOrAfterItsTimeout) {
  this->world_.run([](core::Runtime& runtime, core::Clock& clock) {
    core::Semaphore slots(runtime, "slots", 2);
    EXPECT_TRUE(slots.try_acquire());
    EXPECT_TRUE(slots.try_acquire());
    EXPECT_FALSE(slots.try_acquire());
    const std::uint64_t begin = clock.now_ns();
    EXPECT_FALSE(slots.acquire_for(kShort));
    EXPECT_GE(clock.now_ns() - begin, kShort);
    slots.release(2);
    EXPECT_TRUE(slots.acquire_for(kForEver));
    EXPECT_TRUE(slots.try_acquire());
  });
}

TYPED_TEST_P(RuntimeContract, ReleaseByATaskThatOwnsNothingEndsTheWaitOfAnother) {
  this->world_.run([](core::Runtime& runtime, core::Clock&) {
    core::Semaphore items(runtime, "items", 0);
    run_all(runtime, {[&] {
                        items.acquire();
                        items.acquire();
                      },
                      [&] { items.release(2); }});
  });
}

// --- hangs ---

using Tasks = std::vector<core::TaskId>;

TYPED_TEST_P(RuntimeContract, LostWakeupIsAHang) {
  EXPECT_EQ(this->world_.stuck([](core::Runtime& runtime, core::Clock&) {
    core::Mutex mutex(runtime, plain());
    core::ConditionVariable changed(runtime, "changed");
    changed.signal();
    changed.broadcast();
    run_all(runtime, {[&] {
              const core::ScopedLock lock(mutex);
              changed.wait(mutex);
              ADD_FAILURE() << "woken by a signal of the past";
            }});
  }),
            (Tasks{0, 1}));
}

// Two tasks that each have the first thing before either asks for the second.
template <class Take>
Program crosswise(const Take& make) {
  return [make](core::Runtime& runtime, core::Clock&) {
    const auto [a, b] = make(runtime);
    core::Semaphore one_has(runtime, "one has", 0);
    core::Semaphore two_has(runtime, "two has", 0);
    run_all(runtime, {[&] {
                        a();
                        one_has.release();
                        two_has.acquire();
                        b();
                      },
                      [&] {
                        b();
                        two_has.release();
                        one_has.acquire();
                        a();
                      }});
    ADD_FAILURE() << "went on";
  };
}

using Step = std::function<void()>;

TYPED_TEST_P(RuntimeContract, LocksTakenInOppositeOrdersAreAHang) {
  const auto locks = [](core::Runtime& runtime) {
    auto a = std::make_shared<core::Mutex>(runtime, plain("a"));
    auto b = std::make_shared<core::Mutex>(runtime, plain("b"));
    return std::pair<Step, Step>([a] { a->lock(); }, [b] { b->lock(); });
  };
  EXPECT_EQ(this->world_.stuck(crosswise(locks)), (Tasks{1, 2})) << "the main task is not needed";
}

TYPED_TEST_P(RuntimeContract, SemaphoresTakenInOppositeOrdersAreAHang) {
  const auto semaphores = [](core::Runtime& runtime) {
    auto a = std::make_shared<core::Semaphore>(runtime, "a", 1);
    auto b = std::make_shared<core::Semaphore>(runtime, "b", 1);
    return std::pair<Step, Step>([a] { a->acquire(); }, [b] { b->acquire(); });
  };
  EXPECT_EQ(this->world_.stuck(crosswise(semaphores)), (Tasks{0, 1, 2})) << "any task could release a unit";
}

TYPED_TEST_P(RuntimeContract, PlainLockTakenTwiceIsAHangOfOne) {
  EXPECT_EQ(this->world_.stuck([](core::Runtime& runtime, core::Clock&) {
    core::Mutex mutex(runtime, plain());
    mutex.lock();
    mutex.lock();
    ADD_FAILURE() << "went on";
  }),
            (Tasks{0}));
}

TYPED_TEST_P(RuntimeContract, LockOfATaskThatEndedHangsWhoWaitsForIt) {
  EXPECT_EQ(this->world_.stuck([](core::Runtime& runtime, core::Clock&) {
    core::Mutex mutex(runtime, plain());
    run_all(runtime, {[&] { mutex.lock(); }});
    mutex.lock();
    ADD_FAILURE() << "went on";
  }),
            (Tasks{0}));
}

TYPED_TEST_P(RuntimeContract, ShareAskedForBehindAWriterThatWaitsForOnesOwnIsAHang) {
  EXPECT_EQ(this->world_.stuck([](core::Runtime& runtime, core::Clock& clock) {
    core::SharedMutex lock(runtime, with_readers(core::Readers::after_writers));
    read_until_a_writer_waits(runtime, clock, lock);
    lock.lock_shared();
    ADD_FAILURE() << "went on";
  }),
            (Tasks{0, 1}));
}

TYPED_TEST_P(RuntimeContract, WriterBehindSeveralReadersIsStuckWithTheOneThatIs) {
  EXPECT_EQ(this->world_.stuck([](core::Runtime& runtime, core::Clock& clock) {
    core::SharedMutex lock(runtime, with_readers(core::Readers::first));
    core::SharedMutex other(runtime, with_readers(core::Readers::first));
    core::Semaphore reading(runtime, "reading", 0);
    core::Semaphore owned(runtime, "owned", 0);
    run_all(runtime, {[&] {
                        lock.lock_shared();
                        reading.release();
                        clock.sleep(kShort);
                        lock.unlock_shared();
                      },
                      [&] {
                        lock.lock_shared();
                        reading.release();
                        owned.acquire();
                        other.lock_shared();
                      },
                      [&] {
                        other.lock();
                        owned.release();
                        for (int i = 0; i < 2; ++i) reading.acquire();
                        lock.lock();
                      }});
    ADD_FAILURE() << "went on";
  }),
            (Tasks{2, 3}));
}

// --- what an observer is told ---

TYPED_TEST_P(RuntimeContract, ForkJoinRefusalWakeAndUnitsAreToldInOrder) {
  const std::vector<std::string> lines = this->world_.told(
      [](core::Runtime& runtime, core::Clock&) {
        core::Mutex mutex(runtime, plain());
        core::ConditionVariable changed(runtime, "changed");
        core::Semaphore slots(runtime, "slots", 0);
        bool ready = false;
        mutex.lock();
        const core::TaskId child = runtime.spawn("child", [&] {
          static_cast<void>(mutex.try_lock_for(1));
          static_cast<void>(slots.try_acquire());
          slots.release();
          const core::ScopedLock lock(mutex);
          ready = true;
          changed.signal();
        });
        slots.acquire();
        changed.wait_until(mutex, [&] { return ready; });
        mutex.unlock();
        runtime.join(child);
      },
      false);
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
    EXPECT_TRUE(std::ranges::count(lines, then) > 0) << then;
  }
}

TYPED_TEST_P(RuntimeContract, AccessesAreToldToWhoWantsThem) {
  const Program program = [](core::Runtime& runtime, core::Clock&) {
    core::Shared<int> cell(runtime, "cell", core::Sharing::racy, 1);
    cell.update([](int value) { return value + 1; });
  };
  EXPECT_EQ(this->world_.told(program, true), (std::vector<std::string>{"started 0 main", "cell 0 cell", "wrote 0 0",
                                                                        "read 0 0", "wrote 0 0", "ended 0"}));
  for (const std::string& line : this->world_.told(program, false)) {
    EXPECT_FALSE(line.starts_with("read") || line.starts_with("wrote")) << line;
  }
}

REGISTER_TYPED_TEST_SUITE_P(
    RuntimeContract, TasksHaveIdsInTheOrderOfSpawningAndKnowThem, RunEndsWhenTasksThatNobodyJoinsHaveEnded,
    LocksExclude, RecursiveLockIsFreeOnlyAfterAsManyUnlocks, PlainLockThatTheTaskOwnsIsNotTakenAgain,
    UnlockByAStrangerChangesNothing, LockThatATaskLeaksStaysLocked, LockWithATimeoutIsTakenIfItsOwnerIsQuickEnough,
    ReadersShareALockAndWritersDoNot, WriterIsAloneInALockThatIsShared, ShareIsHadBesideOnesOwnWhereReadersComeFirst,
    WaitsForASharedLockEndWithTheirTimeout, ShareAskedForBehindAWriterThatWaitsForOnesOwnIsAHang,
    WriterBehindSeveralReadersIsStuckWithTheOneThatIs, ItemsGoThroughABoundedQueueAndNoneIsLost,
    BroadcastWakesAllWaiters, WaitThatNobodyEndsEndsWithItsTimeoutAndOwnsTheLockAgain,
    TaskThatTakesTheLockAfterItWasGivenBackFindsItsGiverWaiting, SemaphoreLetsInAsManyAsItHasUnits,
    AcquireEndsWithAUnitOrAfterItsTimeout, ReleaseByATaskThatOwnsNothingEndsTheWaitOfAnother, LostWakeupIsAHang,
    LocksTakenInOppositeOrdersAreAHang, SemaphoresTakenInOppositeOrdersAreAHang, PlainLockTakenTwiceIsAHangOfOne,
    LockOfATaskThatEndedHangsWhoWaitsForIt, ForkJoinRefusalWakeAndUnitsAreToldInOrder, AccessesAreToldToWhoWantsThem);

}  // namespace zoneknot::contract
