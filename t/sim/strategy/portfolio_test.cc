#include "sim/strategy/portfolio.h"

#include <gtest/gtest.h>

#include "sim/dpor/depth_first.h"
#include "sim/strategy/preemption_bound.h"
#include "t/sim/strategy/strategy_runs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;

template <class... Parts>
Portfolio portfolio_of(std::unique_ptr<Parts>... parts) {
  std::vector<std::unique_ptr<Strategy>> all;
  (all.push_back(std::move(parts)), ...);
  return Portfolio(std::move(all));
}

TEST(Portfolio, DealsExecutionsOutInTurnAndCountsThemForEachPart) {
  Portfolio portfolio = portfolio_of(std::make_unique<RandomWalk>(1), std::make_unique<PartialOrderSampling>(1),
                                     std::make_unique<PriorityChanges>(1, 2));
  EXPECT_EQ(portfolio.describe().name, "portfolio of random walk, POS and PCT of depth 2");
  Simulation simulation;
  const SearchResult result = explore(simulation, programs::philosophers(4, Forks::rotating), portfolio,
                                      {.executions = 1000, .first_hang_ends = false, .count_traces = true});
  ASSERT_EQ(result.strategies.size(), 3U);
  std::uint64_t hangs = 0;
  std::uint64_t steps = 0;
  std::uint64_t first = UINT64_MAX;
  for (std::size_t i = 0; i < 3; ++i) {
    const StrategyStats& part = result.strategies[i];
    EXPECT_EQ(part.executions, i == 0 ? 334U : 333U);
    hangs += part.hangs;
    steps += part.steps;
    ASSERT_GT(part.hangs, 0U);
    EXPECT_LE(part.first_hang_steps, part.steps);
    first = std::min(first, (part.first_hang_execution - 1) * 3 + i + 1);
    EXPECT_GT(part.traces->count(), 3U);
    EXPECT_FALSE(hang_probability_below(part));
  }
  EXPECT_EQ(result.strategies[1].name, "POS");
  EXPECT_EQ(hangs, result.hangs);
  EXPECT_EQ(steps, result.steps);
  EXPECT_EQ(first, result.first_hang->execution);
}

TEST(Portfolio, PartThatWasGivenTheSameSeed_DoesWhatItDoesAlone) {
  const auto steps_of = [](Strategy& strategy, std::uint64_t executions) {
    Simulation simulation;
    return explore(simulation, programs::hidden_inversion(6), strategy,
                   {.executions = executions, .first_hang_ends = false})
        .strategies.back()
        .steps;
  };
  PriorityChanges alone(5, 3);
  Portfolio portfolio = portfolio_of(std::make_unique<RandomWalk>(5), std::make_unique<PriorityChanges>(5, 3));
  EXPECT_EQ(steps_of(portfolio, 200), steps_of(alone, 100));
}

TEST(Portfolio, IsOverWhenAPartHasCoveredEverything) {
  Portfolio portfolio = portfolio_of(std::make_unique<RandomWalk>(1), std::make_unique<DepthFirst>());
  EXPECT_FALSE(portfolio.describe().samples) << "the rule of three is for executions that are drawn";
  Simulation simulation;
  const SearchResult result = explore(simulation, programs::philosophers(3, Forks::ordered), portfolio, {});
  EXPECT_EQ(result.end, SearchEnd::exhausted);
  EXPECT_TRUE(result.exhaustive);
}

TEST(Portfolio, GoesOnWithoutAPartThatHasReachedItsBound) {
  Portfolio portfolio = portfolio_of(std::make_unique<PreemptionBound>(0), std::make_unique<RandomWalk>(1));
  Simulation simulation;
  const SearchResult result =
      explore(simulation, programs::philosophers(3, Forks::ordered), portfolio, {.executions = 500});
  EXPECT_EQ(result.end, SearchEnd::executions);
  ASSERT_EQ(result.strategies.size(), 2U);
  EXPECT_EQ(result.strategies[0].coverage, "every execution without a preemption");
  EXPECT_EQ(result.strategies[0].executions + result.strategies[1].executions, 500U);
  EXPECT_GT(result.strategies[1].executions, 250U);
}

TEST(Portfolio, WithoutAnyPartThatHasSomethingLeft_IsOverButHasNotCoveredEverything) {
  Portfolio portfolio = portfolio_of(std::make_unique<PreemptionBound>(0), std::make_unique<PreemptionBound>(1));
  Simulation simulation;
  const SearchResult result = explore(simulation, programs::philosophers(3, Forks::ordered), portfolio, {});
  EXPECT_EQ(result.end, SearchEnd::exhausted);
  EXPECT_FALSE(result.exhaustive);
}

}  // namespace
}  // namespace zoneknot::sim
