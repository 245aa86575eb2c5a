// Programs that do what no program should: they run out of their stack, block outside the Runtime, never end, or do not
// repeat themselves. Each is named, with the place, and nothing else is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <span>
#include <string>
#include <vector>

#include "core/shared.h"
#include "lockcheck/report/report_text.h"
#include "sim/check_program.h"
#include "sim/dpor/depth_first.h"
#include "sim/run/stack_guard.h"
#include "sim/search/event_trace.h"
#include "sim/search/search_guard.h"
#include "sim/strategy/random_walk.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using core::ScopedLock;
using lockcheck::Verdict;
using lockcheck::VerdictWord;
using programs::plain;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::milliseconds kShort{200};

// What the compiler must not think away.
void use(std::span<char> memory) {
  volatile char* first = memory.data();
  *first = 1;
  volatile char* last = &memory.back();
  *last = 1;
}

// Comes to the end of any stack; the compiler cannot see that it need not.
// NOLINTNEXTLINE(misc-no-recursion)
std::size_t recurse(std::size_t depth, bool allocates) {
  std::array<char, 200> frame;
  use(frame);
  const std::string text(allocates ? depth % 5000 + 100 : 0, 'x');
  const std::size_t below = depth == 0 ? 0 : recurse(depth + 1, allocates);
  use(frame);
  return below + text.size();
}

Program overflow_in_a_task(bool allocates) {
  return [allocates](Simulation& sim) {
    core::Mutex mutex(sim, plain("lock"));
    programs::run_all(sim, {[&] { const ScopedLock lock(mutex); },
                            [&, allocates] {
                              const ScopedLock lock(mutex);
                              EXPECT_EQ(recurse(1, allocates), 0U);
                            }});
  };
}

SearchResult walk(Simulation& simulation, const Program& program, std::uint64_t executions) {
  RandomWalk random(1);
  SearchLimits limits;
  limits.executions = executions;
  limits.execution.max_steps = 1000;
  return explore(simulation, program, random, limits);
}

TEST(StackGuard, ATaskThatRunsOutOfItsStack_BreaksARuleAndEndsTheSearch) {
  if (!stacks_are_guarded()) GTEST_SKIP() << "the sanitizer watches the stacks";
  for (const bool allocates : {false, true}) {
    Simulation simulation;
    const SearchResult result = walk(simulation, overflow_in_a_task(allocates), 10);
    EXPECT_EQ(result.end, SearchEnd::overflow);
    ASSERT_EQ(result.broken_rules.size(), 1U);
    EXPECT_EQ(result.broken_rules[0].what.rule, lockcheck::Rule::stack);
    EXPECT_EQ(result.broken_rules[0].what.task, 2U);
    // The same simulation goes on with another program.
    Simulation* const same = &simulation;
    EXPECT_EQ(walk(*same, programs::philosophers(3, programs::Forks::ordered), 10).end, SearchEnd::executions);
  }
}

TEST(StackGuard, TheOtherTasksOfTheExecution_AreUnwound) {
  if (!stacks_are_guarded()) GTEST_SKIP() << "the sanitizer watches the stacks";
  Simulation simulation;
  int unwound = 0;
  const SearchResult result = walk(
      simulation,
      [&unwound](Simulation& sim) {
        struct Count {
          int& unwound;
          ~Count() { ++unwound; }
        };
        const Count count{unwound};
        sim.join(sim.spawn("deep", [] { EXPECT_EQ(recurse(1, false), 0U); }));
      },
      1);
  EXPECT_EQ(result.end, SearchEnd::overflow);
  EXPECT_EQ(unwound, 1);
}

TEST(StackGuard, TheVerdictNamesTaskAndPlaceAndItsWitnessReplays) {
  if (!stacks_are_guarded()) GTEST_SKIP() << "the sanitizer watches the stacks";
  const auto program = [](core::Runtime& runtime) {
    core::Mutex mutex(runtime, plain("lock"));
    runtime.join(runtime.spawn("deep", [&mutex] {
      const ScopedLock lock(mutex);
      EXPECT_EQ(recurse(1, false), 0U);
    }));
  };
  const Verdict verdict = check_program("deep", program);
  EXPECT_EQ(verdict.word, VerdictWord::rule);
  const std::string text = lockcheck::to_text(verdict);
  EXPECT_THAT(text, HasSubstr("rule stack broken 1 time: a task stays within its stack"));
  EXPECT_THAT(text, HasSubstr("deep: runs out of its stack"));
  EXPECT_THAT(text, HasSubstr("guards_test.cc:"));
  const auto again = replay_program("deep", program, verdict.scene.witness);
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(again->word, VerdictWord::rule);
}

TEST(StackGuardDeathTest, AFaultThatIsNoOverflow_KillsAsBefore) {
  const auto fault = [] { check_program("fault", [](core::Runtime&) { ::raise(SIGSEGV); }); };
  EXPECT_DEATH(fault(), "");
}

TEST(StackGuard, ALargerStackIsAnOption) {
  const auto program = [](core::Runtime&) {
    std::array<char, std::size_t{1} << 20U> frame;
    use(frame);
  };
  CheckOptions options;
  options.stack_bytes = std::size_t{2} << 20U;
  EXPECT_EQ(check_program("large", program, options).word, VerdictWord::verified);
}

// A program whose second task waits for a byte that only `release` writes.
class Blocked {
 public:
  Blocked() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Blocked() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;

  void release() const { EXPECT_EQ(::write(ends_[1], "x", 1), 1); }
  void block() const {
    char byte = 0;
    EXPECT_EQ(::read(ends_[0], &byte, 1), 1);
  }

 private:
  std::array<int, 2> ends_{};
};

TEST(SearchGuard, ATaskThatBlocksOutsideTheRuntime_IsNamedWithThePlaceWhereItWasLastSeen) {
  Simulation simulation;
  const Blocked blocked;
  std::atomic<int> calls = 0;
  std::string message;
  {
    const SearchGuard guard(simulation, kShort, [&](const std::string& text) {
      message = text;
      ++calls;
      blocked.release();
    });
    walk(
        simulation,
        [&](Simulation& sim) {
          core::Mutex mutex(sim, plain("lock"));
          sim.join(sim.spawn("reader", [&] {
            const ScopedLock lock(mutex);
            if (calls == 0) blocked.block();
          }));
        },
        3);
  }
  EXPECT_EQ(calls, 1);
  EXPECT_THAT(message, HasSubstr("task reader did not reach a scheduling point for 0.2 s since guards_test.cc:"));
}

TEST(SearchGuard, ATaskThatDoesNotEndWhenItIsGivenUp_IsNamed) {
  Simulation simulation;
  const Blocked blocked;
  std::atomic<int> calls = 0;
  std::string message;
  {
    const SearchGuard guard(simulation, kShort, [&](const std::string& text) {
      message = text;
      ++calls;
      blocked.release();
    });
    struct BlocksAtItsEnd {
      const Blocked& blocked;
      const std::atomic<int>& calls;
      ~BlocksAtItsEnd() {
        if (calls == 0) blocked.block();
      }
    };
    walk(
        simulation,
        [&](Simulation& sim) {
          const core::LockId lock = sim.create_lock(plain("lock"));
          sim.lock(lock);
          const BlocksAtItsEnd at_end{blocked, calls};
          sim.lock(lock);
        },
        1);
  }
  EXPECT_EQ(calls, 1);
  EXPECT_THAT(message, HasSubstr("task main did not reach a scheduling point for 0.2 s since guards_test.cc:"));
}

TEST(SearchGuard, WhatWasFoundBeforeIsPartOfTheMessage) {
  Simulation simulation;
  const Blocked blocked;
  std::atomic<bool> called = false;
  std::string message;
  {
    SearchGuard guard(simulation, kShort, [&](const std::string& text) {
      message = text;
      called = true;
      blocked.release();
    });
    guard.set_found("zk2:found");
    const Program blocks_once = [&](Simulation&) {
      if (!called) blocked.block();
    };
    walk(simulation, blocks_once, 1);
  }
  EXPECT_THAT(message, HasSubstr("found before that:\nzk2:found"));
}

TEST(SearchGuard, ASearchThatMovesOnOrDoesNotRun_IsLeftAlone) {
  Simulation simulation;
  std::atomic<int> calls = 0;
  const SearchGuard guard(simulation, kShort, [&](const std::string&) { ++calls; });
  const auto end = std::chrono::steady_clock::now() + 2 * kShort;
  while (std::chrono::steady_clock::now() < end) walk(simulation, programs::one_lock(2, 2), 100);
  ::usleep(static_cast<useconds_t>(std::chrono::microseconds(2 * kShort).count()));
  EXPECT_EQ(calls, 0);
}

TEST(SearchGuardDeathTest, ACheckOfAProgramThatBlocks_EndsTheProcessWithTheWitnessItHas) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto program = [executions = 0](core::Runtime& runtime) mutable {
    // Every execution leaks a lock; a later one never comes back.
    runtime.lock(runtime.create_lock(plain("leaked")));
    if (++executions > 20) {
      for (volatile bool for_ever = true; for_ever;) {
      }
    }
  };
  CheckOptions options;
  options.silence_limit = kShort;
  EXPECT_EXIT(
      check_program("blocked", program, options), ::testing::ExitedWithCode(4),
      "task main did not reach a scheduling point for 0.2 s since guards_test.cc:.*\n.*found before that:\nzk2:");
}

TEST(Guards, ALoopThroughCheckpoints_ComesToTheLimitOfStepsAndIsNamed) {
  CheckOptions options;
  options.max_steps = 500;
  options.sampled = 5;
  options.executions = 5;
  const Verdict verdict = check_program(
      "spinner",
      [](core::Runtime& runtime) {
        runtime.join(runtime.spawn("spinner", [&runtime] {
          for (;;) runtime.checkpoint();
        }));
      },
      options);
  EXPECT_EQ(verdict.word, VerdictWord::incomplete);
  EXPECT_EQ(verdict.search.executions_cut, 5U);
  ASSERT_TRUE(verdict.search.cut_at);
  EXPECT_EQ(verdict.search.cut_at->task, "spinner");
  EXPECT_THAT(lockcheck::to_text(verdict),
              HasSubstr("cut at 500 scheduling points (the first in\n          spinner at guards_test.cc:"));
}

TEST(Guards, ADifferenceThatAStrategyComesUpon_IsNamedWithBothOperations) {
  Simulation simulation;
  int executions = 0;
  DepthFirst depth_first;
  // The first execution repeats itself, as the explorer makes sure; later ones do something else half of the time.
  const SearchResult result = explore(simulation,
                                      [&executions](Simulation& sim) {
                                        const bool moody = ++executions > 4 && executions % 2 == 0;
                                        const core::LockId a = sim.create_lock(plain("a"));
                                        const core::LockId b = sim.create_lock(plain("b"));
                                        const auto body = [&] {
                                          for (const core::LockId lock : {a, moody ? b : a}) {
                                            sim.lock(lock);
                                            sim.unlock(lock);
                                          }
                                        };
                                        programs::run_all(sim, {body, body});
                                      },
                                      depth_first, {});
  ASSERT_EQ(result.end, SearchEnd::not_repeatable);
  const std::string text = difference_text(*result.difference, simulation.watch());
  EXPECT_THAT(text, HasSubstr("'lock a' of task"));
  EXPECT_THAT(text, HasSubstr("'lock b' of task"));
  EXPECT_THAT(text, HasSubstr("guards_test.cc:"));
}

}  // namespace
}  // namespace zoneknot::sim
