#include "sim/strategy/preemption_bound.h"

#include <gtest/gtest.h>

#include "core/shared.h"
#include "sim/dpor/depth_first.h"
#include "sim/search/explorer.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;

SearchResult search(const Program& program, Strategy& strategy, std::uint64_t max_steps = 10'000) {
  Simulation simulation;
  SearchLimits limits{.execution = {.max_steps = max_steps}, .first_hang_ends = false};
  limits.count_traces = true;
  return explore(simulation, program, strategy, limits);
}

// Each of two tasks writes the cell so often.
Program two_writers(unsigned first, unsigned second) {
  return [=](Simulation& sim) {
    core::Shared<unsigned> cell(sim, "cell", core::Sharing::racy, 0);
    const auto writes = [&cell](unsigned times) {
      return [&cell, times] {
        for (unsigned i = 0; i < times; ++i) cell.write(i);
      };
    };
    programs::run_all(sim, {writes(first), writes(second)});
  };
}

TEST(PreemptionBound, WithoutPreemptions_RunsTasksOneAfterTheOther) {
  PreemptionBound strategy(0);
  const SearchResult result = search(two_writers(3, 4), strategy);
  EXPECT_EQ(result.end, SearchEnd::exhausted);
  EXPECT_EQ(result.strategies.at(0).traces->count(), 2U);
  EXPECT_EQ(strategy.covered(), 0U);
  EXPECT_EQ(strategy.describe().coverage, "every execution without a preemption");
}

// All writes of one task come between two of the other: 2 and 3 places. And there are the two without a preemption.
TEST(PreemptionBound, WithOnePreemption_StopsEachTaskOnceInEachPlace) {
  PreemptionBound strategy(1);
  const SearchResult result = search(two_writers(3, 4), strategy);
  EXPECT_EQ(result.strategies.at(0).traces->count(), 2U + 3U + 2U);
  EXPECT_EQ(strategy.covered(), 1U);
  EXPECT_EQ(strategy.describe().coverage, "every execution with at most 1 preemption");
  EXPECT_FALSE(result.exhaustive) << "two preemptions would have shown more";
}

TEST(PreemptionBound, WithoutALastBound_GoesOnUntilEverythingIsCovered) {
  for (const Program& program : {two_writers(2, 3), programs::philosophers(3, Forks::rotating),
                                 programs::one_lock(2, 2), Program(programs::inversion)}) {
    PreemptionBound strategy;
    const SearchResult result = search(program, strategy);
    EXPECT_TRUE(result.exhaustive);
    DepthFirst depth_first;
    const SearchResult expected = search(program, depth_first);
    EXPECT_EQ(result.strategies.at(0).traces->count(), expected.traces);
    EXPECT_EQ(result.hangs > 0, expected.hangs > 0);
  }
}

TEST(PreemptionBound, Inversion_NeedsOnePreemption) {
  Simulation simulation;
  PreemptionBound none(0);
  EXPECT_EQ(explore(simulation, programs::hidden_inversion(5), none, {}).hangs, 0U);
  PreemptionBound one(1);
  EXPECT_EQ(explore(simulation, programs::hidden_inversion(5), one, {}).hangs, 1U);
}

TEST(PreemptionBound, Draws_AreAllMadeAndCostNothing) {
  std::vector<std::uint64_t> drawn;
  const Program program = [&drawn](Simulation& sim) {
    drawn.push_back(sim.draw(3, core::Site::current()) * 2 + (sim.chance(0.25, core::Site::current()) ? 1 : 0));
  };
  PreemptionBound strategy(0);
  const SearchResult result = search(program, strategy);
  EXPECT_EQ(result.executions, 6U);
  EXPECT_TRUE(result.exhaustive);
  // The first one twice, to see that it repeats itself.
  EXPECT_EQ(drawn, (std::vector<std::uint64_t>{0, 0, 1, 2, 3, 4, 5}));
}

TEST(PreemptionBound, BoundWithAnExecutionThatWasCut_IsNotCovered) {
  PreemptionBound strategy(1);
  const SearchResult result = search(two_writers(3, 4), strategy, 8);
  EXPECT_GT(result.cut, 0U);
  EXPECT_FALSE(strategy.covered());
  EXPECT_EQ(strategy.describe().coverage, "");
}

TEST(PreemptionBound, ProgramThatRemembersEarlierExecutions_IsNoticed) {
  int runs = 0;
  const Program program = [&runs](Simulation& sim) {
    core::Shared<int> cell(sim, "cell", core::Sharing::racy, 0);
    const bool other = ++runs > 2 && runs % 2 == 0;
    const auto body = [&] {
      if (other) (void)cell.peek();
      cell.write(2);
    };
    programs::run_all(sim, {body, body});
  };
  PreemptionBound strategy;
  EXPECT_EQ(search(program, strategy).end, SearchEnd::not_repeatable);
}

}  // namespace
}  // namespace zoneknot::sim
