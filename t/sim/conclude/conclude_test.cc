#include "sim/conclude/conclude.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "sim/strategy/steady_walk.h"

namespace zoneknot::sim {
namespace {

using lockcheck::Verdict;
using lockcheck::VerdictWord;
using testing::HasSubstr;
using testing::SizeIs;

// Each task goes on until it has to wait: locks that are taken in opposite orders do not meet.
SearchStage steady_stage() {
  return {.make = [](std::uint64_t) { return std::make_unique<SteadyWalk>(); }};
}

Verdict concluded(const Program& program, const SearchPlan& plan) {
  Simulation simulation;
  return conclude({.simulation = simulation, .program = program}, plan, {}).verdict;
}

SearchPlan plan_of(std::vector<SearchStage> stages, std::uint64_t executions) {
  SearchPlan plan{.stages = std::move(stages), .executions_of_others = 1, .order_check = false};
  plan.limits.executions = executions;
  return plan;
}

void in_both_orders(Simulation& sim) {
  core::Mutex a(sim, {.lock_class = "a"});
  core::Mutex b(sim, {.lock_class = "b"});
  const core::TaskId other = sim.spawn("other", [&] {
    const core::ScopedLock first(a);
    const core::ScopedLock second(b);
  });
  {
    const core::ScopedLock first(b);
    const core::ScopedLock second(a);
  }
  sim.join(other);
}

// And a lock is left behind, which is a broken rule in every execution.
void in_both_orders_with_a_leak(Simulation& sim) {
  core::Mutex left(sim, {.lock_class = "left"});
  sim.join(sim.spawn("leaker", [&] { left.lock(); }));
  in_both_orders(sim);
}

// Data that is in no cell decides: whoever comes second takes the locks the other way round.
void plain_data_decides(Simulation& sim) {
  core::Mutex m(sim, {.lock_class = "m"});
  core::Mutex a(sim, {.lock_class = "a"});
  core::Mutex b(sim, {.lock_class = "b"});
  int came = 0;
  const core::TaskId second = sim.spawn("turned round if first", [&] {
    bool first = false;
    {
      const core::ScopedLock lock(m);
      first = ++came == 1;
    }
    const core::ScopedLock one(first ? b : a);
    const core::ScopedLock other(first ? a : b);
  });
  {
    const core::ScopedLock lock(m);
    ++came;
  }
  {
    const core::ScopedLock one(a);
    const core::ScopedLock other(b);
  }
  sim.join(second);
}

void two_tasks_and_one_lock(Simulation& sim) {
  core::Mutex lock(sim, {.lock_class = "lock"});
  const auto work = [&] {
    for (int i = 0; i < 8; ++i) const core::ScopedLock held(lock);
  };
  const core::TaskId other = sim.spawn("other", work);
  work();
  sim.join(other);
}

TEST(Conclude, ABrokenRuleEndsNoSearch_AndWhatWasFoundBeforeCounts) {
  const Verdict verdict =
      concluded(in_both_orders_with_a_leak, plan_of({steady_stage(), exhausting_stages().front()}, 1'000));
  EXPECT_EQ(verdict.word, VerdictWord::hang);
  ASSERT_THAT(verdict.scene.rules, SizeIs(1));
  EXPECT_EQ(verdict.scene.rules[0].count, verdict.search.executions);
  EXPECT_GT(verdict.search.first_hang_execution, 1U);
  EXPECT_THAT(verdict.search.strategies, SizeIs(2));
  EXPECT_FALSE(verdict.scene.witness.empty());
}

TEST(Conclude, WhatNoExecutionOfTheSearchHungOn_IsDrivenToAHang) {
  SearchPlan plan = plan_of({steady_stage()}, 1);
  EXPECT_EQ(concluded(in_both_orders, plan).word, VerdictWord::clean);
  plan.order_check = true;
  const Verdict verdict = concluded(in_both_orders, plan);
  EXPECT_EQ(verdict.word, VerdictWord::hang);
  EXPECT_THAT(verdict.search.strategy, HasSubstr("then directed to what is predicted"));
  EXPECT_THAT(verdict.scene.tasks, SizeIs(2));
  EXPECT_FALSE(verdict.scene.steps_to_hang.empty());
}

TEST(Conclude, AnOwnerThatHasEnded_IsPartOfTheInterleaving) {
  const auto ends_with_it = [](Simulation& sim) {
    core::Mutex left(sim, {.lock_class = "left", .kind = core::LockKind::recursive});
    const core::TaskId owner = sim.spawn("owner", [&] {
      left.lock();
      left.lock();
      left.unlock();
    });
    sim.join(owner);
    left.lock();
  };
  const Verdict verdict = concluded(ends_with_it, plan_of({steady_stage()}, 1));
  ASSERT_EQ(verdict.word, VerdictWord::hang);
  std::string steps;
  for (const lockcheck::StepInVerdict& step : verdict.scene.steps_to_hang) {
    steps += step.task.name + (step.lasts ? " lasts " : " ") + step.what.substr(0, step.what.find("  ")) + "; ";
  }
  EXPECT_EQ(steps,
            "owner lasts lock left; owner lock left; owner unlock left; owner lasts ENDS, and gives nothing back; "
            "main lasts WAITS for left; ");
  ASSERT_THAT(verdict.scene.rules, SizeIs(1));
  ASSERT_TRUE(verdict.scene.rules[0].in_knot);
  EXPECT_EQ(verdict.scene.rules[0].in_knot->task.name, "owner");
  EXPECT_EQ(verdict.scene.rules[0].in_knot->step, verdict.scene.steps_to_hang[3].step);
}

TEST(Conclude, ALockThatIsOwnedTwice_HasBothPlaces) {
  const auto twice = [](Simulation& sim) {
    core::Mutex a(sim, {.lock_class = "a", .kind = core::LockKind::recursive});
    core::Mutex b(sim, {.lock_class = "b"});
    b.lock();
    const core::TaskId other = sim.spawn("other", [&] {
      a.lock();
      a.lock();
      b.lock();
    });
    sim.join(other);
  };
  const Verdict verdict = concluded(twice, plan_of({steady_stage()}, 1));
  ASSERT_EQ(verdict.word, VerdictWord::hang);
  for (const lockcheck::TaskInVerdict& task : verdict.scene.tasks) {
    if (task.task.name != "other") continue;
    ASSERT_THAT(task.holds, SizeIs(1));
    ASSERT_THAT(task.holds[0].taken, SizeIs(2));
    EXPECT_EQ(task.holds[0].taken[0], task.holds[0].since);
    EXPECT_EQ(task.holds[0].taken[1].line, task.holds[0].since.line + 1);
  }
}

TEST(Conclude, AnExhaustiveSearchThatIsStopped_HasNoAnswerOrTheWorthOfWhatWasDrawn) {
  SearchPlan plan = plan_of({steady_stage(), exhausting_stages().front()}, 50);
  const Verdict none = concluded(two_tasks_and_one_lock, plan);
  EXPECT_EQ(none.word, VerdictWord::incomplete);
  EXPECT_EQ(none.search.stopped_by, lockcheck::StoppedBy::executions);
  EXPECT_EQ(none.search.executions, 51U);
  plan.when_stopped = WhenStopped::worth_of_draws;
  const Verdict drawn = concluded(two_tasks_and_one_lock, plan);
  EXPECT_EQ(drawn.word, VerdictWord::clean);
  EXPECT_EQ(drawn.search.executions, 1U);
}

TEST(Conclude, TheEngineForAnyProgram_SeesPlainData_TheOneThatRecognisesStatesTakesAProgramAtItsWord) {
  EXPECT_EQ(concluded(plain_data_decides, plan_of({exhausting_stages().front()}, 10'000)).word, VerdictWord::hang);
  const SearchStage states{.recognises_states = true, .exhaustive = true};
  EXPECT_EQ(concluded(plain_data_decides, plan_of({states}, 10'000)).word, VerdictWord::verified);
}

}  // namespace
}  // namespace zoneknot::sim
