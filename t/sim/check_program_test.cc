#include "sim/check_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>

#include "core/condition_variable.h"
#include "core/semaphore.h"
#include "core/shared.h"
#include "lockcheck/report/report_text.h"
#include "sim/run/stack_guard.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using lockcheck::Verdict;
using lockcheck::VerdictWord;
using ::testing::HasSubstr;

void opposite_orders(core::Runtime& runtime) {
  core::Mutex a(runtime, programs::plain("a"));
  core::Mutex b(runtime, programs::plain("b"));
  const auto body = [](core::Mutex& first, core::Mutex& second) {
    return [&first, &second] {
      const core::ScopedLock outer(first);
      const core::ScopedLock inner(second);
    };
  };
  programs::run_all(runtime, {body(a, b), body(b, a)});
}

void one_lock(core::Runtime& runtime) {
  core::Mutex lock(runtime, programs::plain());
  const auto body = [&lock] { const core::ScopedLock held(lock); };
  programs::run_all(runtime, {body, body});
}

TEST(CheckProgram, AnInversionIsAHangWithAWitnessThatReplays) {
  const Verdict verdict = check_program("inversion", opposite_orders);
  EXPECT_EQ(verdict.word, VerdictWord::hang);
  ASSERT_FALSE(verdict.scene.witness.empty());
  const auto again = replay_program("inversion", opposite_orders, verdict.scene.witness);
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(again->word, VerdictWord::hang);
  ASSERT_EQ(again->scene.tasks.size(), verdict.scene.tasks.size());
  for (std::size_t i = 0; i < verdict.scene.tasks.size(); ++i)
    EXPECT_EQ(again->scene.tasks[i].place, verdict.scene.tasks[i].place);
  EXPECT_EQ(again->scene.steps_to_hang.size(), verdict.scene.steps_to_hang.size());
}

TEST(CheckProgram, AWitnessOfAnotherProgramIsRefused) {
  const std::string witness = check_program("inversion", opposite_orders).scene.witness;
  const auto other_name = replay_program("another", opposite_orders, witness);
  ASSERT_FALSE(other_name);
  EXPECT_THAT(other_name.error(), HasSubstr("its name or the options differ"));
  const auto other_program = replay_program("inversion", one_lock, witness);
  ASSERT_FALSE(other_program);
  EXPECT_THAT(other_program.error(), HasSubstr("another program or another version"));
  EXPECT_FALSE(replay_program("inversion", opposite_orders, "zk2:nonsense"));
}

TEST(CheckProgram, WhereEveryInterleavingIsCoveredTheVerdictIsVerified) {
  const Verdict verdict = check_program("one lock", one_lock);
  EXPECT_EQ(verdict.word, VerdictWord::verified);
  EXPECT_TRUE(verdict.search.exhaustive);
  EXPECT_EQ(verdict.search.traces, 2U);
  EXPECT_TRUE(verdict.scene.witness.empty());
}

TEST(CheckProgram, IndependentTasksAreCoveredByOneExecution_AndWhatWasNotSearchedIsSaid) {
  CheckOptions options;
  options.sampled = 20;
  const Verdict verdict = check_program(
      "independent",
      [](core::Runtime& runtime) {
        std::vector<std::unique_ptr<core::Mutex>> locks;
        std::vector<std::function<void()>> bodies;
        for (int i = 0; i < 120; ++i) {
          core::Mutex& lock = *locks.emplace_back(std::make_unique<core::Mutex>(runtime, programs::plain()));
          bodies.emplace_back([&lock] { const core::ScopedLock held(lock); });
        }
        programs::run_all(runtime, std::move(bodies));
      },
      options);
  EXPECT_EQ(verdict.word, VerdictWord::verified);
  EXPECT_EQ(verdict.search.executions, 21U);
  EXPECT_THAT(verdict.assumptions, ::testing::Contains(HasSubstr("data outside of core::Shared")));
}

TEST(CheckProgram, SleepsThatOverlapAreCoveredDepthFirst) {
  CheckOptions options;
  options.sampled = 20;
  const Verdict verdict = check_program(
      "sleepers",
      [](core::Runtime& runtime, core::Clock& clock) {
        programs::run_all(runtime, {[&] { clock.sleep(5); }, [&] { clock.sleep(7); }});
      },
      options);
  EXPECT_EQ(verdict.word, VerdictWord::verified);
  EXPECT_THAT(verdict.search.strategy, HasSubstr("source-DPOR, then depth-first"));
}

TEST(CheckProgram, WhereNotAllIsCoveredOnlyTheSampledExecutionsCount) {
  CheckOptions options;
  options.sampled = 50;
  options.executions = 60;
  const auto many_interleavings = [](core::Runtime& runtime) {
    core::Mutex lock(runtime, programs::plain());
    const auto body = [&lock] {
      for (int round = 0; round < 3; ++round) const core::ScopedLock held(lock);
    };
    programs::run_all(runtime, {body, body, body});
  };
  const Verdict verdict = check_program("one lock, often", many_interleavings, options);
  EXPECT_EQ(verdict.word, VerdictWord::clean);
  EXPECT_EQ(verdict.search.executions, 50U);
}

TEST(CheckProgram, ABrokenRuleIsNamedWithItsTask) {
  const Verdict verdict = check_program("leak", [](core::Runtime& runtime) {
    const core::LockId lock = runtime.create_lock(programs::plain("leaked"));
    runtime.join(runtime.spawn("leaker", [&runtime, lock] { runtime.lock(lock); }));
  });
  EXPECT_EQ(verdict.word, VerdictWord::rule);
  ASSERT_EQ(verdict.scene.rules.size(), 1U);
  EXPECT_EQ(verdict.scene.rules[0].task.name, "leaker");
  EXPECT_FALSE(verdict.scene.witness.empty());
}

TEST(CheckProgram, ALostWakeupSaysWhatIsWaitedForAndShowsTheSignalThatCameTooEarly) {
  const Verdict verdict = check_program("lost wakeup", [](core::Runtime& runtime) {
    core::Mutex mutex(runtime, programs::plain("mutex"));
    core::ConditionVariable changed(runtime, "changed");
    core::Shared<bool> ready(runtime, "ready", core::Sharing::racy, false);
    const core::TaskId waiter = runtime.spawn("waiter", [&] {
      if (ready.peek()) return;
      const core::ScopedLock lock(mutex);
      changed.wait(mutex);
    });
    ready.write(true);
    changed.signal();
    runtime.join(waiter);
  });
  ASSERT_EQ(verdict.word, VerdictWord::hang);
  const std::string text = lockcheck::to_text(verdict);
  EXPECT_THAT(text, HasSubstr("task waiter waits for ever for condition variable 'changed' (mutex released)"));
  EXPECT_THAT(text, HasSubstr("signal 'changed'"));
  EXPECT_THAT(text, HasSubstr("WAITS for 'changed'"));
}

TEST(CheckProgram, AProgramMaySleepInVirtualTime) {
  const Verdict verdict = check_program("sleeper", [](core::Runtime&, core::Clock& clock) {
    const std::uint64_t begin = clock.now_ns();
    clock.sleep(5'000'000'000);
    EXPECT_EQ(clock.now_ns(), begin + 5'000'000'000);
  });
  EXPECT_EQ(verdict.word, VerdictWord::verified);
}

TEST(CheckProgram, AProgramThatDoesNotRepeatItselfIsNamedWithBothPlaces) {
  int calls = 0;
  const auto program = [&calls](core::Runtime& runtime) {
    core::Mutex steady(runtime, programs::plain("steady"));
    core::Mutex other(runtime, programs::plain("other"));
    {
      const core::ScopedLock lock(steady);
    }
    core::Mutex& next = ++calls % 2 == 0 ? other : steady;
    const core::ScopedLock lock(next);
  };
  try {
    check_program("moody", program);
    FAIL() << "nothing was noticed";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("does not repeat itself"));
    EXPECT_THAT(error.what(), HasSubstr("'lock steady' of main at check_program_test.cc:"));
    EXPECT_THAT(error.what(), HasSubstr("'lock other' of main at check_program_test.cc:"));
  }
}

// --- Programs that do not do the same again ---

// Once in so many calls a task waits for itself.
ProgramOfRuntime hangs_once_in(int calls) {
  return [calls, n = std::make_shared<int>(0)](core::Runtime& runtime) {
    const bool now = ++*n == calls;
    core::Mutex a(runtime, programs::plain("a"));
    programs::run_all(runtime, {[&] { const core::ScopedLock held(a); },
                                [&] {
                                  const core::ScopedLock held(a);
                                  if (now) a.lock();
                                }});
  };
}

TEST(CheckProgram, AHangThatDoesNotComeAgainIsNoHang_AndIsNamed) {
  const Verdict verdict = check_program("once", hangs_once_in(500));
  EXPECT_EQ(verdict.word, VerdictWord::incomplete);
  EXPECT_EQ(verdict.search.stopped_by, lockcheck::StoppedBy::not_repeatable);
  EXPECT_TRUE(verdict.scene.tasks.empty());
  EXPECT_TRUE(verdict.scene.witness.empty());
  EXPECT_TRUE(verdict.search.hangs.empty());
  EXPECT_THAT(verdict.proof.evidence,
              ::testing::Contains(HasSubstr("hung; made again with the same choices it ended")));
  EXPECT_THAT(lockcheck::to_text(verdict), ::testing::Not(HasSubstr("the knot")));
}

TEST(CheckProgram, ABrokenRuleThatDoesNotComeAgainIsNotShown) {
  const Verdict verdict = check_program("leaks once", [n = std::make_shared<int>(0)](core::Runtime& runtime) {
    const bool now = ++*n == 500;
    core::Mutex a(runtime, programs::plain("a"));
    const auto leaker = [&] {
      a.lock();
      if (!now) a.unlock();
    };
    runtime.join(runtime.spawn("leaker", leaker));
  });
  EXPECT_EQ(verdict.word, VerdictWord::incomplete);
  EXPECT_TRUE(verdict.scene.rules.empty());
  EXPECT_THAT(verdict.proof.evidence, ::testing::Contains(HasSubstr("broke a rule at")));
}

// --- Loops, and limits ---

ProgramOfRuntime too_many_interleavings() {
  return [](core::Runtime& runtime) {
    core::Mutex lock(runtime, programs::plain());
    const auto body = [&lock] {
      for (int round = 0; round < 8; ++round) const core::ScopedLock held(lock);
    };
    programs::run_all(runtime, {body, body, body, body, body});
  };
}

TEST(CheckProgram, ATaskThatSpinsOnATryLockGetsAnAnswer) {
  const Verdict verdict = check_program("spins", [](core::Runtime& runtime) {
    core::Mutex m(runtime, programs::plain("m"));
    programs::run_all(runtime, {[&] { const core::ScopedLock held(m); },
                                [&] {
                                  while (!m.try_lock()) runtime.checkpoint();
                                  m.unlock();
                                }});
  });
  EXPECT_EQ(verdict.word, VerdictWord::clean);
  EXPECT_THAT(verdict.assumptions, ::testing::Contains(HasSubstr("goes round in a loop")));
}

TEST(CheckProgram, ALimitOfTimeEndsTheSearchWithWhatWasSampled) {
  CheckOptions options;
  options.sampled = 100;
  options.executions = UINT64_MAX;
  options.time_limit = std::chrono::milliseconds(100);
  const Verdict verdict = check_program("long", too_many_interleavings(), options);
  EXPECT_EQ(verdict.word, VerdictWord::clean);
  EXPECT_EQ(verdict.search.executions, 100U);
}

TEST(CheckProgram, AStopThatIsAskedForEndsTheSearchWithWhatItKnows) {
  std::atomic<bool> stop = false;
  CheckOptions options;
  options.stop = &stop;
  int calls = 0;
  const Verdict verdict = check_program(
      "stopped",
      [&](core::Runtime& runtime) {
        if (++calls == 50) stop = true;
        one_lock(runtime);
      },
      options);
  EXPECT_EQ(verdict.word, VerdictWord::incomplete);
  EXPECT_EQ(verdict.search.stopped_by, lockcheck::StoppedBy::user);
  EXPECT_GE(verdict.search.executions, 40U);
  stop = false;
  calls = -20'000;
  const Verdict later = check_program(
      "stopped while it exhausts",
      [&](core::Runtime& runtime) {
        if (++calls == 0) stop = true;
        too_many_interleavings()(runtime);
      },
      options);
  EXPECT_EQ(later.search.stopped_by, lockcheck::StoppedBy::user);
  EXPECT_THAT(verdict.proof.evidence, ::testing::Contains(HasSubstr("next: ")));
}

// --- Programs that fail ---

// What check_main() prints on standard error.
std::string failure_of(const ProgramOfRuntime& program, std::vector<std::string> arguments = {"program"}) {
  std::vector<char*> argv;
  argv.reserve(arguments.size());
  for (std::string& argument : arguments) argv.push_back(argument.data());
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(check_main(static_cast<int>(argv.size()), argv.data(), program), 4);
  return ::testing::internal::GetCapturedStderr();
}

TEST(CheckMain, AnExceptionIsNamedWithTaskPlaceAndWitness_WhichReplaysIt) {
  const ProgramOfRuntime fails_second = [](core::Runtime& runtime) {
    core::Mutex a(runtime, programs::plain("a"));
    int came = 0;
    const auto body = [&](bool minds) {
      return [&, minds] {
        const core::ScopedLock held(a);
        if (++came == 1 && minds) throw std::runtime_error("boom");
      };
    };
    programs::run_all(runtime, {body(false), body(true)});
  };
  const std::string said = failure_of(fails_second);
  EXPECT_THAT(said, HasSubstr("task task1 failed: boom (std::runtime_error); it was last seen at"));
  const std::size_t at = said.find("zk2:");
  ASSERT_NE(at, std::string::npos) << said;
  const std::string again = failure_of(fails_second, {"program", said.substr(at, said.find('\n', at) - at)});
  EXPECT_THAT(again, HasSubstr("task task1 failed: boom"));
}

TEST(CheckMain, WhatIsNoException_IsAMessageToo) {
  const auto said =
      failure_of([](core::Runtime& runtime) { runtime.join(runtime.spawn("thrower", [] { throw 42; })); });
  EXPECT_THAT(said, HasSubstr("task thrower failed: an exception of type int"));
}

TEST(CheckMain, CallsThatNobodyCanAnswer_AreMessagesWithTheirPlace) {
  EXPECT_THAT(failure_of([](core::Runtime& runtime) { runtime.join(99); }),
              ::testing::AllOf(HasSubstr("joins task 99"), HasSubstr("check_program_test.cc:")));
  EXPECT_THAT(failure_of([](core::Runtime& runtime) {
                core::Semaphore semaphore(runtime, "units", 3);
                semaphore.release(UINT32_MAX);
              }),
              ::testing::AllOf(HasSubstr("more than can be counted"), HasSubstr("check_program_test.cc:")));
  EXPECT_THAT(failure_of([](core::Runtime& runtime) { runtime.unlock(7); }), HasSubstr("names lock 7"));
}

TEST(CheckMain, ATaskThatUsesTheStackOfOneThatHasEnded_IsNamed) {
  if (!stacks_are_guarded()) GTEST_SKIP() << "the sanitizer watches the stacks";
  const std::string said = failure_of([](core::Runtime& runtime) {
    core::Mutex a(runtime, programs::plain("a"));
    (void)runtime.spawn("orphan", [&] { const core::ScopedLock held(a); });
  });
  EXPECT_THAT(said, ::testing::AllOf(HasSubstr("task orphan failed"), HasSubstr("the stack of a task that has ended")));
}

}  // namespace
}  // namespace zoneknot::sim
