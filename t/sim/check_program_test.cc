#include "sim/check_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "core/condition_variable.h"
#include "core/semaphore.h"
#include "core/shared.h"
#include "lockcheck/report/report_text.h"
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

}  // namespace
}  // namespace zoneknot::sim
