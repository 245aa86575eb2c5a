// Every exhaustive search against naive enumeration of states, on small random programs of every kind of object.
#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>
#include <tuple>

#include "proptests/many_cases.h"
#include "proptests/naive_states.h"
#include "proptests/random_program.h"
#include "sim/dpor/depth_first.h"
#include "sim/dpor/optimal_dpor.h"
#include "sim/dpor/source_dpor.h"
#include "sim/states/stateful_search.h"

namespace zoneknot::proptests {
namespace {

// Programs with more of them are left out.
constexpr std::size_t kMaxStates = 20'000;
constexpr std::uint64_t kMaxExecutions = 20'000;

bool any_hang(const std::set<ProgramEnd>& ends) {
  return std::any_of(ends.begin(), ends.end(), [](const ProgramEnd& end) { return end.hang; });
}

// The first hang ends it. Nothing: that took too long.
std::optional<bool> hangs(const RandomProgram& program, sim::Strategy* strategy, Spurious spurious) {
  sim::Simulation simulation;
  sim::SearchLimits limits{.executions = kMaxExecutions};
  limits.execution.spurious_wakeups = spurious == Spurious::yes;
  const sim::Program on_simulator = as_program(program);
  const sim::SearchResult result = strategy == nullptr
                                       ? sim::explore_states(simulation, on_simulator, {.check_keys = true}, limits)
                                       : sim::explore(simulation, on_simulator, *strategy, limits);
  if (result.end == sim::SearchEnd::executions) return std::nullopt;
  RC_ASSERT(result.end != sim::SearchEnd::not_repeatable);
  RC_ASSERT(result.end == sim::SearchEnd::hang_found || result.end == sim::SearchEnd::exhausted);
  return result.hangs > 0;
}

template <class Search>
void expect_ends(const RandomProgram& program, Spurious spurious, const std::set<ProgramEnd>& ends) {
  Search search;
  const std::optional<bool> found_hang = hangs(program, &search, spurious);
  if (found_hang) RC_ASSERT(*found_hang == any_hang(ends));
  Search whole;
  const auto found = run_everything(program, whole, kMaxExecutions, spurious);
  if (!found) return;
  RC_ASSERT((found->hangs > 0) == any_hang(ends));
  RC_ASSERT(found->ends == ends);
}

enum class By : std::uint8_t { depth_first, source, optimal, stateful };

void expect_as_naive(const RandomProgram& program, Spurious spurious, By by) {
  const auto ends = all_ends(program, spurious, kMaxStates);
  RC_PRE(ends.has_value());
  RC_CLASSIFY(any_hang(*ends), "some schedule hangs");
  RC_CLASSIFY(ends->size() > 1, "there is more than one end");
  switch (by) {
    case By::depth_first:
      return expect_ends<sim::DepthFirst>(program, spurious, *ends);
    case By::source:
      return expect_ends<sim::SourceDpor>(program, spurious, *ends);
    case By::optimal:
      return expect_ends<sim::OptimalDpor>(program, spurious, *ends);
    case By::stateful:
      if (const auto found = hangs(program, nullptr, spurious)) RC_ASSERT(*found == any_hang(*ends));
      return;
  }
}

rc::Gen<RandomProgram> any_small_program() {
  return rc::gen::oneOf(
      any_random_program(Ingredients::some, {5, 5}), any_random_program(Ingredients::some, {4, 3, 3}),
      any_random_program(Ingredients::some, {3, 3, 3, 2}, 1), any_random_program(Ingredients::some, {4, 4, 2, 2}, 2),
      any_random_program(Ingredients::times, {4, 4}), any_random_program(Ingredients::some, {2, 2, 2, 2, 2}),
      any_random_program(Ingredients::timed_readers, {4, 4}), any_random_program(Ingredients::readers, {3, 3, 2}));
}

class NaiveProperty : public testing::TestWithParam<std::tuple<By, Spurious>> {};

TEST_P(NaiveProperty, SearchSaysOfEveryProgramWhatAllItsStatesSay) {
  const By by = std::get<0>(GetParam());
  const Spurious spurious = std::get<1>(GetParam());
  expect_in_many_cases(4, [by, spurious] { expect_as_naive(*any_small_program(), spurious, by); });
}

INSTANTIATE_TEST_SUITE_P(Every, NaiveProperty,
                         testing::Combine(testing::Values(By::depth_first, By::source, By::optimal, By::stateful),
                                          testing::Values(Spurious::no, Spurious::yes)));

}  // namespace
}  // namespace zoneknot::proptests
