#include "sim/search/explorer.h"

#include <gtest/gtest.h>

#include "core/shared.h"
#include "sim/dpor/depth_first.h"
#include "sim/strategy/random_walk.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;

TEST(Explorer, LockInversion_IsFoundByARandomWalk) {
  Simulation simulation;
  RandomWalk walk(1);
  const SearchResult result = explore(simulation, programs::inversion, walk, {.executions = 1000});
  EXPECT_EQ(result.end, SearchEnd::hang_found);
  ASSERT_TRUE(result.first_hang);
  EXPECT_EQ(result.first_hang->execution, result.executions);
  EXPECT_EQ(result.stuck.core, (std::vector<core::TaskId>{1, 2}));
  EXPECT_EQ(result.stuck.bystanders, (std::vector<core::TaskId>{0}));
  EXPECT_FALSE(result.exhaustive);
}

TEST(Explorer, LockInversion_IsFoundDepthFirst) {
  Simulation simulation;
  DepthFirst strategy;
  const SearchResult result = explore(simulation, programs::inversion, strategy, {});
  EXPECT_EQ(result.end, SearchEnd::hang_found);
}

TEST(Explorer, SearchThatGoesOnAfterAHang_CountsThemAll) {
  Simulation simulation;
  RandomWalk walk(1);
  const SearchResult result =
      explore(simulation, programs::inversion, walk, {.executions = 1000, .first_hang_ends = false});
  EXPECT_EQ(result.end, SearchEnd::executions);
  EXPECT_EQ(result.executions, 1000U);
  EXPECT_GT(result.hangs, 100U);
  EXPECT_EQ(result.traces, 1000U);
  EXPECT_LT(result.first_hang->execution, 100U);
}

TEST(Explorer, TimeThatIsOver_EndsASearch) {
  Simulation simulation;
  RandomWalk walk(1);
  SearchLimits limits;
  limits.steps_between_calls = 100;
  int asked = 0;
  limits.time_is_over = [&asked] { return ++asked == 3; };
  EXPECT_EQ(explore(simulation, programs::philosophers(3, Forks::ordered), walk, limits).end, SearchEnd::time);
}

TEST(Explorer, StopFlagOfTheUser_EndsASearchInTheMiddleOfAnExecution) {
  Simulation simulation;
  RandomWalk walk(1);
  std::atomic<bool> stop = false;
  SearchLimits limits;
  limits.execution.stop = &stop;
  int executions = 0;
  const Program program = [&](Simulation& sim) {
    const core::CellId cell = sim.create_cell({.name = "cell"});
    if (++executions < 10) return;
    for (;;) {
      sim.access(cell, core::Access::read);
      stop = true;
    }
  };
  const SearchResult result = explore(simulation, program, walk, limits);
  EXPECT_EQ(result.end, SearchEnd::user);
  EXPECT_EQ(executions, 10);
}

TEST(Explorer, ProgramWithAMemory_IsReportedWithItsFirstDifferingStepAndNotExplored) {
  Simulation simulation;
  RandomWalk walk(1);
  int outside = 0;
  const Program program = [&outside](Simulation& sim) {
    const core::CellId cell = sim.create_cell({.name = "cell"});
    sim.access(cell, core::Access::read);
    sim.access(cell, outside++ % 2 == 0 ? core::Access::read : core::Access::write);
  };
  const SearchResult result = explore(simulation, program, walk, {.executions = 1000});
  EXPECT_EQ(result.end, SearchEnd::not_repeatable);
  ASSERT_TRUE(result.difference);
  EXPECT_EQ(result.difference->step, 2U);
  EXPECT_EQ(result.difference->first->op.kind, OpKind::read);
  EXPECT_EQ(result.difference->second->op.kind, OpKind::write);
  EXPECT_EQ(result.executions, 1U);
}

TEST(Explorer, ProgramThatRemembersEarlierExecutions_IsCaughtByTheDepthFirstSearch) {
  Simulation simulation;
  DepthFirst strategy;
  int runs = 0;
  const Program program = [&runs](Simulation& sim) {
    ++runs;
    const core::LockId lock = sim.create_lock(programs::plain());
    const core::CellId cell = sim.create_cell({.name = "cell"});
    const auto body = [&sim, lock, cell] {
      sim.lock(lock);
      sim.unlock(lock);
      sim.access(cell, core::Access::write);
    };
    const auto odd = [&sim, cell] { sim.access(cell, core::Access::write); };
    if (runs < 3) {
      programs::run_all(sim, {body, body});
    } else {
      programs::run_all(sim, {odd, body});
    }
  };
  const SearchResult result = explore(simulation, program, strategy, {});
  EXPECT_EQ(result.end, SearchEnd::not_repeatable);
  EXPECT_TRUE(result.difference);
  EXPECT_FALSE(result.exhaustive);
}

TEST(Explorer, HangOfAProgramThatDoesNotRepeatItself_IsNotClaimed) {
  Simulation simulation;
  RandomWalk walk(1);
  int runs = 0;
  const Program program = [&runs](Simulation& sim) {
    const core::LockId lock = sim.create_lock(programs::plain());
    sim.lock(lock);
    if (runs++ == 0) sim.lock(lock);
  };
  EXPECT_EQ(explore(simulation, program, walk, {}).end, SearchEnd::not_repeatable);
}

TEST(Explorer, BrokenRule_IsKeptWithTheFirstExecutionThatShowedIt) {
  Simulation simulation;
  DepthFirst strategy;
  const Program program = [](Simulation& sim) {
    core::Shared<int> cell(sim, "cell", core::Sharing::racy, 0);
    const core::LockId lock = sim.create_lock(programs::plain());
    programs::run_all(sim, {[&] { cell.write(1); },
                            [&] {
                              if (cell.peek() == 0) sim.unlock(lock);
                            }});
  };
  const SearchResult result = explore(simulation, program, strategy, {});
  EXPECT_TRUE(result.exhaustive);
  EXPECT_EQ(result.traces, 2U);
  ASSERT_EQ(result.broken_rules.size(), 1U);
  EXPECT_EQ(result.broken_rules[0].what.rule, lockcheck::Rule::released_by_owner);
  EXPECT_EQ(result.broken_rules[0].what.count, 1U);
  EXPECT_GE(result.broken_rules[0].first.execution, 1U);
}

TEST(GrowingBudgets, AreThoseOfLuby_EachForARoundOfParts) {
  const GrowingBudgets budgets{.first = 10, .in_row = 2};
  std::vector<std::uint64_t> first;
  for (std::uint64_t i = 0; i < 30; i += 2) {
    EXPECT_EQ(budgets.of(i), budgets.of(i + 1));
    first.push_back(budgets.of(i) / 10);
  }
  EXPECT_EQ(first, (std::vector<std::uint64_t>{1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8}));
  EXPECT_EQ(GrowingBudgets{}.of(5), UINT64_MAX);
}

TEST(Explorer, TheLimitOfTimeIsLookedAtInsideALongExecution) {
  Simulation simulation;
  RandomWalk walk(1);
  bool over = false;
  std::uint64_t rounds = 0;
  const Program program = [&](Simulation& sim) {
    const core::LockId lock = sim.create_lock(programs::plain());
    for (;; ++rounds) {
      sim.lock(lock);
      sim.unlock(lock);
      if (rounds == 5'000) over = true;
    }
  };
  SearchLimits limits{.executions = 10, .execution = {.max_steps = 1'000'000'000}};
  limits.time_is_over = [&over] { return over; };
  const SearchResult result = explore(simulation, program, walk, limits);
  EXPECT_EQ(result.end, SearchEnd::time);
  EXPECT_EQ(result.executions, 1U);
  EXPECT_LT(rounds, 10'000U);
}

}  // namespace
}  // namespace zoneknot::sim
