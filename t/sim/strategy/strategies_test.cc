// What the strategies that draw have in common, and what sets each apart from the random walk. Seeds are fixed, so that
// a statistical claim holds always or never.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ranges>
#include <set>

#include "core/shared.h"
#include "sim/strategy/preemption_bound.h"
#include "sim/witness/witness.h"
#include "t/sim/strategy/strategy_runs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;
using strategy_runs::all_that_draw;
using strategy_runs::Drawing;
using strategy_runs::first_hangs;
using ::testing::Contains;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Not;

template <class Made, class... Arguments>
auto maker(Arguments... arguments) {
  return [=](std::uint64_t seed) { return std::make_unique<Made>(seed, arguments...); };
}

// Two writers of one cell, one of them much longer; `is_last` is told whether the short one came last.
Program short_and_long(const std::function<void(bool)>& is_last) {
  return [is_last](Simulation& sim) {
    core::Shared<int> cell(sim, "cell", core::Sharing::racy, 0);
    programs::run_all(sim, {[&] { cell.write(1); },
                            [&] {
                              for (int i = 0; i < 9; ++i) cell.write(2);
                            }});
    is_last(cell.read() == 1);
  };
}

std::uint64_t traces_of(const Program& program, Strategy& strategy, std::uint64_t executions) {
  Simulation simulation;
  SearchLimits limits{.executions = executions, .first_hang_ends = false};
  limits.count_traces = true;
  return explore(simulation, program, strategy, limits).strategies.at(0).traces->count();
}

// As first_hangs(), of the seeds themselves, one after the other.
std::vector<std::uint64_t> first_hangs_of_seeds(const Program& program,
                                                const std::function<std::unique_ptr<Strategy>(std::uint64_t)>& make,
                                                std::uint64_t searches) {
  Simulation simulation;
  std::vector<std::uint64_t> found;
  for (std::uint64_t seed = 1; seed <= searches; ++seed) {
    const auto strategy = make(seed);
    const SearchResult result = explore(simulation, program, *strategy, {.executions = 1'000});
    found.push_back(result.first_hang ? result.first_hang->execution : 0);
  }
  return found;
}

// How many of so many executions of a ring of philosophers hang, in which each takes two locks and gives them back.
std::uint64_t hangs_of_ring(unsigned philosophers, Strategy& strategy, std::uint64_t executions) {
  Simulation simulation;
  return explore(simulation, programs::philosophers(philosophers, Forks::rotating), strategy,
                 {.executions = executions, .first_hang_ends = false})
      .hangs;
}

class EveryDrawingStrategy : public ::testing::TestWithParam<Drawing> {};
INSTANTIATE_TEST_SUITE_P(Strategies, EveryDrawingStrategy, ::testing::ValuesIn(all_that_draw()),
                         [](const auto& drawing) { return drawing.param.name; });

TEST_P(EveryDrawingStrategy, MakesTheSameExecutionsForTheSameSeedAndOthersForAnother) {
  const Program program = programs::hidden_inversion(3);
  const auto steps_of = [&](std::uint64_t seed) {
    Simulation simulation;
    const auto strategy = GetParam().make(seed);
    strategy->look_at(simulation.watch());
    std::vector<std::uint64_t> hashes;
    for (int i = 0; i < 50; ++i) {
      EXPECT_TRUE(strategy->begin());
      const Outcome outcome = simulation.run([&] { program(simulation); }, *strategy);
      strategy->ended(outcome);
      hashes.push_back(outcome.trace_hash);
    }
    return hashes;
  };
  EXPECT_EQ(steps_of(1), steps_of(1));
  EXPECT_NE(steps_of(1), steps_of(2));
}

TEST_P(EveryDrawingStrategy, DrawsNumbersEvenlyAndChancesByTheirProbability) {
  constexpr int kDraws = 6000;
  std::array<int, 6> drawn{};
  int yes = 0;
  Simulation simulation;
  const auto strategy = GetParam().make(1);
  const Program program = [&](Simulation& sim) {
    for (int i = 0; i < 10; ++i) {
      ++drawn.at(sim.draw(6, core::Site::current()));
      yes += sim.chance(0.1, core::Site::current()) ? 1 : 0;
    }
  };
  drawn.fill(0);
  (void)explore(simulation, program, *strategy, {.executions = kDraws / 10});
  // The first execution is made twice.
  EXPECT_THAT(drawn, Each(::testing::AllOf(::testing::Gt(kDraws / 6 - 120), ::testing::Lt(kDraws / 6 + 120))));
  EXPECT_GT(yes, kDraws / 10 - 90);
  EXPECT_LT(yes, kDraws / 10 + 90);
}

TEST_P(EveryDrawingStrategy, WitnessOfItsHang_ReplaysFromItsLine) {
  for (const Program& program : {programs::hidden_inversion(4), programs::philosophers(4, Forks::rotating, 3)}) {
    Simulation simulation;
    const auto strategy = GetParam().make(7);
    const SearchResult found = explore(simulation, program, *strategy, {.executions = 20'000});
    ASSERT_TRUE(found.first_hang);
    Recording recording;
    const Witness recorded = record_witness(simulation, program, *found.first_hang, 1, {}, recording);
    const auto witness = parse_line(*to_line(recorded));
    ASSERT_TRUE(witness) << witness.error();
    Simulation other;
    Replay replay(witness->schedule, witness->checks);
    ASSERT_TRUE(replay.begin());
    const Outcome outcome = other.run([&] { program(other); }, replay);
    EXPECT_EQ(outcome.kind, OutcomeKind::hang);
    EXPECT_EQ(outcome.trace_hash, recorded.trace_hash);
    EXPECT_EQ(outcome.decisions, recorded.decisions);
  }
}

TEST_P(EveryDrawingStrategy, TaskThatWaitsInALoopForAnother_DoesNotKeepTheExecutionFromEnding) {
  const Program program = [](Simulation& sim) {
    core::Shared<int> flag(sim, "flag", core::Sharing::racy, 0);
    programs::run_all(sim, {[&] {
                              while (flag.peek() == 0) {
                              }
                            },
                            [&] { flag.write(1); }});
  };
  Simulation simulation;
  const auto strategy = GetParam().make(1);
  const SearchResult result =
      explore(simulation, program, *strategy, {.executions = 200, .execution = {.max_steps = 20'000}});
  EXPECT_EQ(result.executions, 200U);
  EXPECT_LE(result.cut, 1U);
}

// What is left of task starts is who creates what first.
TEST_P(EveryDrawingStrategy, ChildrenOfTwoTasks_ComeInEitherOrder) {
  std::set<bool> seen;
  const Program program = [&seen](Simulation& sim) {
    std::array<core::TaskId, 2> children{};
    programs::run_all(sim, {[&] { children[0] = sim.spawn("child of first", [] {}); },
                            [&] { children[1] = sim.spawn("child of second", [] {}); }});
    seen.insert(children[0] < children[1]);
  };
  Simulation simulation;
  const auto strategy = GetParam().make(1);
  (void)explore(simulation, program, *strategy, {.executions = 50});
  EXPECT_THAT(seen, ::testing::UnorderedElementsAre(false, true));
}

TEST_P(EveryDrawingStrategy, SearchWithTheNextSeed_IsNotTheSameShifted) {
  const Program program = programs::philosophers(6, Forks::rotating);
  std::vector<std::uint64_t> found = first_hangs_of_seeds(program, GetParam().make, 12);
  const auto is_shift = [](std::uint64_t a, std::uint64_t b) { return b + 1 == a; };
  EXPECT_LT(std::ranges::count_if(std::views::iota(std::size_t{1}, found.size()),
                                  [&](std::size_t i) { return is_shift(found[i - 1], found[i]); }),
            5);
}

TEST_P(EveryDrawingStrategy, SearchWithoutAHang_IsWorthTheRuleOfThree) {
  Simulation simulation;
  const auto strategy = GetParam().make(1);
  EXPECT_TRUE(strategy->describe().samples);
  const SearchResult result =
      explore(simulation, programs::philosophers(3, Forks::ordered), *strategy, {.executions = 600});
  std::uint64_t executions = 0;
  for (const StrategyStats& part : result.strategies) {
    EXPECT_DOUBLE_EQ(hang_probability_below(part).value(), 3.0 / static_cast<double>(part.executions));
    executions += part.executions;
  }
  EXPECT_EQ(executions, 600U);
}

TEST(Strategies, InversionBehindTenPrivatePairs_IsMissedByTheRandomWalkAndFoundByTheOthers) {
  const Program program = programs::hidden_inversion(10);
  EXPECT_GT(std::ranges::count(first_hangs(program, maker<RandomWalk>(), 20, 2000), 0U), 15);
  EXPECT_THAT(first_hangs(program, maker<PartialOrderSampling>(), 20, 300), Not(Contains(0U)));
  EXPECT_THAT(first_hangs(program, maker<PriorityChanges>(2), 20, 300), Not(Contains(0U)));
  EXPECT_THAT(first_hangs(program, maker<PriorityChanges>(3), 20, 300), Not(Contains(0U)));
  EXPECT_THAT(first_hangs(program, maker<RemainingWorkWalk>(), 20, 300), Not(Contains(0U)));
}

// --- PCT ---

TEST(PriorityChanges, WithoutAChange_NeverPreemptsATask) {
  PriorityChanges strategy(1, 1);
  std::uint64_t last = 0;
  const Program program = short_and_long([&](bool is_last) { last += is_last ? 1 : 0; });
  EXPECT_EQ(traces_of(program, strategy, 500), 2U);
  EXPECT_GT(last, 200U);
  EXPECT_LT(last, 300U);
}

TEST(PriorityChanges, WithOneChange_ReachesEachPlaceWhereOneTaskIsPreempted) {
  PriorityChanges strategy(1, 2);
  // The short one's only write comes before, after or between the nine of the other.
  EXPECT_EQ(traces_of(short_and_long([](bool) {}), strategy, 1000), 10U);
}

TEST(PriorityChanges, PromisesByTheNumberOfItsActorsAndDecisions) {
  Simulation simulation;
  PriorityChanges strategy(1, 3);
  EXPECT_FALSE(strategy.describe().guarantee);
  const SearchResult result = explore(simulation, programs::hidden_inversion(10), strategy, {.executions = 10});
  const Guarantee guarantee = result.strategies.at(0).guarantee.value();
  EXPECT_EQ(guarantee.depth, 3U);
  EXPECT_EQ(guarantee.actors, 3U);
  EXPECT_GT(guarantee.decisions, 5U);
  const auto decisions = static_cast<double>(guarantee.decisions);
  EXPECT_DOUBLE_EQ(guarantee.probability, 1 / (3 * decisions * decisions));
}

// --- URW ---

// Of twelve steps (two and ten, with their starts) the last one is the short task's in one of six interleavings.
TEST(RemainingWorkWalk, ShortTaskComesLastAsOftenAsInAllInterleavings) {
  constexpr std::uint64_t kExecutions = 6000;
  std::uint64_t last = 0;
  const Program program = short_and_long([&](bool is_last) { last += is_last ? 1 : 0; });
  Simulation simulation;
  RemainingWorkWalk urw(1);
  (void)explore(simulation, program, urw, {.executions = kExecutions});
  EXPECT_GT(last, kExecutions / 10 - 100);
  EXPECT_LT(last, kExecutions / 10 + 100);
  last = 0;
  RandomWalk walk(1);
  (void)explore(simulation, program, walk, {.executions = kExecutions});
  EXPECT_LT(last, kExecutions / 50);
}

// The parent of the long task has little to do itself.
TEST(RemainingWorkWalk, WorkOfTasksThatAreStillToBeStarted_BelongsToTheirParent) {
  constexpr std::uint64_t kExecutions = 4000;
  std::uint64_t last = 0;
  const Program program = [&last](Simulation& sim) {
    core::Shared<int> cell(sim, "cell", core::Sharing::racy, 0);
    programs::run_all(sim, {[&] { cell.write(1); },
                            [&] {
                              cell.write(2);
                              programs::run_all(sim, {[&] {
                                                  for (int i = 0; i < 8; ++i) cell.write(2);
                                                }});
                            }});
    last += cell.read() == 1 ? 1 : 0;
  };
  Simulation simulation;
  RemainingWorkWalk urw(1);
  (void)explore(simulation, program, urw, {.executions = kExecutions});
  EXPECT_GT(last, kExecutions / 12);
}

// Counted by hand over the orders of the first and second locks: who has started does not take part in them.
TEST(RandomWalk, HangsOfRings_AreAsFrequentAsTheirProbability) {
  constexpr std::uint64_t kExecutions = 40'000;
  constexpr std::array<double, 4> kProbability = {1.0 / 2, 1.0 / 3, 11.0 / 48, 19.0 / 120};
  for (unsigned n = 2; n <= 5; ++n) {
    RandomWalk walk(1);
    const double p = kProbability.at(n - 2);
    const double deviation = std::sqrt(p * (1 - p) / static_cast<double>(kExecutions));
    const double share = static_cast<double>(hangs_of_ring(n, walk, kExecutions)) / static_cast<double>(kExecutions);
    EXPECT_NEAR(share, p, 4 * deviation) << n << " philosophers";
  }
}

// Where each start is drawn for as well, as before, it is one in 440.
TEST(PartialOrderSampling, HangsOfARingOfEight_AreAsFrequentAsWithoutTaskStarts) {
  PartialOrderSampling pos(1);
  EXPECT_GT(hangs_of_ring(8, pos, 20'000), 20'000U / 120);
}

TEST(Portfolio, PartsOfOneKind_MakeExecutionsOfTheirOwn) {
  EXPECT_NE(Portfolio::seed_of_part(1, 0), Portfolio::seed_of_part(1, 1));
  EXPECT_NE(Portfolio::seed_of_part(1, 1), Portfolio::seed_of_part(2, 0));
}

}  // namespace
}  // namespace zoneknot::sim
