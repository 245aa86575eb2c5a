// Reader-writer locks in the simulator: what schedules allow, and what every engine finds of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/shared.h"
#include "core/shared_mutex.h"
#include "lockcheck/report/report_text.h"
#include "sim/check_program.h"
#include "sim/dpor/depth_first.h"
#include "sim/dpor/optimal_dpor.h"
#include "sim/dpor/source_dpor.h"
#include "sim/search/explorer.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using core::Readers;
using core::ScopedExclusiveLock;
using core::ScopedSharedLock;
using core::SharedMutex;
using lockcheck::Verdict;
using lockcheck::VerdictWord;
using testing::HasSubstr;

using SharedProgram = std::function<void(core::Runtime&)>;

core::LockInfo with_readers(std::string_view name, Readers readers) {
  return {.lock_class = name, .order_key = {}, .readers = readers};
}

VerdictWord word_of(const SharedProgram& program) { return check_program("shared", program).word; }

// One task reads again while it reads, another one writes.
SharedProgram recursive_read(Readers readers) {
  return [readers](core::Runtime& runtime) {
    SharedMutex config(runtime, with_readers("config", readers));
    programs::run_all(runtime, {[&] {
                                  const ScopedSharedLock outer(config);
                                  const ScopedSharedLock inner(config);
                                },
                                [&] { const ScopedExclusiveLock write(config); }});
  };
}

// Two tasks take two locks in opposite orders; those named in `shared` are read: "a1" is lock a in task 1.
SharedProgram inversion(Readers readers, std::set<std::string> shared, bool with_writers = false) {
  return [readers, shared, with_writers](core::Runtime& runtime) {
    SharedMutex a(runtime, with_readers("a", readers));
    SharedMutex b(runtime, with_readers("b", readers));
    const auto take = [&](SharedMutex& lock, const std::string& use) {
      shared.contains(use) ? lock.lock_shared() : lock.lock();
    };
    const auto give = [&](SharedMutex& lock, const std::string& use) {
      shared.contains(use) ? lock.unlock_shared() : lock.unlock();
    };
    std::vector<std::function<void()>> bodies = {[&] {
                                                   take(a, "a1");
                                                   take(b, "b1");
                                                   give(b, "b1");
                                                   give(a, "a1");
                                                 },
                                                 [&] {
                                                   take(b, "b2");
                                                   take(a, "a2");
                                                   give(a, "a2");
                                                   give(b, "b2");
                                                 }};
    if (with_writers) {
      bodies.emplace_back([&] { const ScopedExclusiveLock write(a); });
      bodies.emplace_back([&] { const ScopedExclusiveLock write(b); });
    }
    programs::run_all(runtime, bodies);
  };
}

TEST(SharedLocks, ReadAgainBehindAWaitingWriter_HangsWhereWritersComeFirst) {
  const Verdict verdict = check_program("read_again", recursive_read(Readers::after_writers));
  EXPECT_EQ(verdict.word, VerdictWord::hang);
  const std::string text = lockcheck::to_text(verdict);
  EXPECT_THAT(text, HasSubstr("for a share of config, for which"));
  EXPECT_THAT(text, HasSubstr("config, shared")) << text;
  const auto again = replay_program("read_again", recursive_read(Readers::after_writers), verdict.scene.witness);
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(again->word, VerdictWord::hang);
}

TEST(SharedLocks, ReadAgainBehindAWaitingWriter_IsVerifiedWhereReadersComeFirst) {
  EXPECT_EQ(word_of(recursive_read(Readers::first)), VerdictWord::verified);
}

TEST(SharedLocks, OppositeOrders_HangUnlessBothRoundsOfALockAreReads) {
  for (const Readers readers : {Readers::first, Readers::after_writers}) {
    for (unsigned modes = 0; modes < 16; ++modes) {
      std::set<std::string> shared;
      for (unsigned i = 0; i < 4; ++i) {
        if ((modes >> i & 1U) != 0) shared.insert(std::vector<std::string>{"a1", "a2", "b1", "b2"}[i]);
      }
      const bool both_of_one = (modes & 3U) == 3 || (modes & 12U) == 12;
      EXPECT_EQ(word_of(inversion(readers, shared)), both_of_one ? VerdictWord::verified : VerdictWord::hang)
          << modes << " " << static_cast<int>(readers);
    }
  }
}

TEST(SharedLocks, OppositeOrdersOfReads_HangBehindWritersThatComeFirst) {
  const std::set<std::string> all = {"a1", "a2", "b1", "b2"};
  EXPECT_EQ(word_of(inversion(Readers::after_writers, all, true)), VerdictWord::hang);
  EXPECT_EQ(word_of(inversion(Readers::first, all, true)), VerdictWord::verified);
}

TEST(SharedLocks, ReadersShareAndWritersDoNot) {
  bool together = false;
  const auto program = [&](core::Runtime& runtime) {
    SharedMutex lock(runtime, with_readers("lock", Readers::first));
    core::Shared<int> inside(runtime, "inside", core::Sharing::racy, 0);
    const auto read = [&] {
      const ScopedSharedLock share(lock);
      together = inside.update([](int count) { return count + 1; }) == 1 || together;
      inside.update([](int count) { return count - 1; });
    };
    programs::run_all(runtime, {read, read, [&] {
                                  const ScopedExclusiveLock all(lock);
                                  EXPECT_EQ(inside.peek(), 0);
                                }});
  };
  EXPECT_EQ(word_of(program), VerdictWord::verified);
  EXPECT_TRUE(together);
}

TEST(SharedLocks, TryLockShared_IsRefusedByAnOwnerAndByAWriterThatComesFirst) {
  for (const Readers readers : {Readers::first, Readers::after_writers}) {
    std::set<bool> while_reading;
    const auto program = [&](core::Runtime& runtime) {
      SharedMutex lock(runtime, with_readers("lock", readers));
      programs::run_all(runtime, {[&] {
                                    const ScopedSharedLock share(lock);
                                    const bool again = lock.try_lock_shared();
                                    while_reading.insert(again);
                                    if (again) lock.unlock_shared();
                                    EXPECT_FALSE(lock.try_lock());
                                  },
                                  [&] {
                                    const ScopedExclusiveLock all(lock);
                                    EXPECT_FALSE(lock.try_lock_shared());
                                  }});
    };
    EXPECT_EQ(word_of(program), VerdictWord::verified);
    EXPECT_EQ(while_reading, readers == Readers::first ? (std::set<bool>{true}) : (std::set<bool>{false, true}));
  }
}

TEST(SharedLocks, WriterThatGaveUp_LetsReadersGoOn) {
  const auto program = [](core::Runtime& runtime) {
    SharedMutex lock(runtime, with_readers("lock", Readers::after_writers));
    programs::run_all(runtime, {[&] {
                                  const ScopedSharedLock outer(lock);
                                  const ScopedSharedLock inner(lock);
                                },
                                [&] {
                                  if (lock.try_lock_for(1000)) lock.unlock();
                                }});
  };
  EXPECT_EQ(word_of(program), VerdictWord::verified);
}

TEST(SharedLocks, ReaderWithATimeOut_GoesOnBehindAWriterThatWaits) {
  const auto program = [](core::Runtime& runtime) {
    SharedMutex lock(runtime, with_readers("lock", Readers::after_writers));
    programs::run_all(runtime, {[&] {
                                  const ScopedSharedLock outer(lock);
                                  if (lock.try_lock_shared_for(1000)) lock.unlock_shared();
                                },
                                [&] { const ScopedExclusiveLock write(lock); }});
  };
  EXPECT_EQ(word_of(program), VerdictWord::verified);
}

TEST(SharedLocks, WriteWhileReading_AndReadWhileWriting_WaitForThemselves) {
  const auto upgrade = [](core::Runtime& runtime) {
    SharedMutex lock(runtime, with_readers("lock", Readers::first));
    const ScopedSharedLock share(lock);
    lock.lock();
  };
  const auto downgrade = [](core::Runtime& runtime) {
    SharedMutex lock(runtime, with_readers("lock", Readers::first));
    const ScopedExclusiveLock all(lock);
    lock.lock_shared();
  };
  for (const SharedProgram& program : {SharedProgram(upgrade), SharedProgram(downgrade)}) {
    const Verdict verdict = check_program("itself", program);
    EXPECT_EQ(verdict.word, VerdictWord::hang);
    ASSERT_EQ(verdict.scene.rules.size(), 1U);
    EXPECT_EQ(verdict.scene.rules[0].rule, lockcheck::Rule::self_wait);
  }
}

TEST(SharedLocks, WriterBehindManyReadersOfWhomOneIsStuck_IsShownWithThatOne) {
  const auto program = [](core::Runtime& runtime) {
    SharedMutex table(runtime, with_readers("table", Readers::first));
    core::Mutex log(runtime, programs::plain("log"));
    const auto reader = [&] { const ScopedSharedLock share(table); };
    programs::run_all(runtime, {reader, reader,
                                [&] {
                                  const ScopedSharedLock share(table);
                                  const core::ScopedLock entry(log);
                                },
                                [&] {
                                  const core::ScopedLock entry(log);
                                  const ScopedExclusiveLock all(table);
                                }});
  };
  const Verdict verdict = check_program("one_of_many", program);
  ASSERT_EQ(verdict.word, VerdictWord::hang);
  const auto stuck =
      std::ranges::count(verdict.scene.tasks, lockcheck::TaskStanding::stuck, &lockcheck::TaskInVerdict::standing);
  EXPECT_EQ(stuck, 2);
  EXPECT_THAT(lockcheck::to_text(verdict), HasSubstr("shared by"));
}

TEST(SharedLocks, WhatIsNotGivenBack_AndWhatIsNotTheTasksOwn_BreaksARule) {
  const auto leak = [](core::Runtime& runtime) {
    SharedMutex lock(runtime, with_readers("lock", Readers::first));
    lock.lock_shared();
  };
  const auto stranger = [](core::Runtime& runtime) {
    SharedMutex lock(runtime, with_readers("lock", Readers::first));
    lock.unlock_shared();
  };
  const Verdict leaked = check_program("leak", leak);
  ASSERT_EQ(leaked.scene.rules.size(), 1U);
  EXPECT_EQ(leaked.scene.rules[0].what, "a share of lock acquired here is never released");
  const Verdict released = check_program("stranger", stranger);
  ASSERT_EQ(released.scene.rules.size(), 1U);
  EXPECT_EQ(released.scene.rules[0].what, "releases a share of lock, of which it has none");
}

}  // namespace
}  // namespace zoneknot::sim
