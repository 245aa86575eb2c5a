// The exhaustive searches against every schedule there is, on small random programs.
#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "proptests/every_schedule.h"
#include "proptests/random_program.h"
#include "sim/dpor/depth_first.h"
#include "sim/dpor/optimal_dpor.h"
#include "sim/dpor/source_dpor.h"

namespace zoneknot::proptests {
namespace {

// Programs with more schedules than this are left out.
constexpr std::uint64_t kMaxSchedules = 20'000;

// Some step may draw more than once, or a time-out may be taken back: then optimal DPOR may begin an execution in vain.
bool may_begin_in_vain(const RandomProgram& program) {
  const auto has_timeout = [](const ProgramStep& step) {
    return step.act == Act::timed_lock || step.act == Act::timed_wait || step.act == Act::timed_acquire ||
           step.act == Act::timed_write_lock || step.act == Act::timed_read_lock;
  };
  return std::any_of(program.tasks.begin(), program.tasks.end(), [&](const std::vector<ProgramStep>& steps) {
    if (std::any_of(steps.begin(), steps.end(), has_timeout)) return true;
    return std::count_if(steps.begin(), steps.end(),
                         [](const ProgramStep& step) { return step.act == Act::draw || step.act == Act::signal; }) > 1;
  });
}

// The search comes to the same ends, and completes each trace once.
template <class Search>
void expect_all_of(const RandomProgram& program) {
  EverySchedule every_schedule;
  const auto everything = run_everything(program, every_schedule, kMaxSchedules);
  RC_PRE(everything.has_value());
  Search search;
  const auto found = run_everything(program, search);
  RC_ASSERT(found.has_value());
  RC_ASSERT(search.describe().covers_everything);
  RC_CLASSIFY(everything->ends.begin()->hang || everything->ends.rbegin()->hang, "some schedule hangs");
  RC_CLASSIFY(everything->traces.size() > 1, "more than one trace");
  RC_ASSERT(found->ends == everything->ends);
  RC_ASSERT(found->traces.size() == everything->traces.size());
  RC_ASSERT(found->complete == found->traces.size());
  if (std::is_same_v<Search, sim::OptimalDpor>) RC_ASSERT(found->pruned == 0U || may_begin_in_vain(program));
}

template <class Search>
class ExhaustiveProperty : public testing::Test {};
using Searches = testing::Types<sim::DepthFirst, sim::SourceDpor, sim::OptimalDpor>;
TYPED_TEST_SUITE(ExhaustiveProperty, Searches);

TYPED_TEST(ExhaustiveProperty, FindsAllThatTwoTasksCanDoAndEachTraceOnce) {
  for (const Ingredients ingredients :
       {Ingredients::locks, Ingredients::waits, Ingredients::times, Ingredients::readers, Ingredients::timed_readers}) {
    EXPECT_TRUE(rc::check([=] { expect_all_of<TypeParam>(*any_random_program(ingredients, {6, 6})); }));
  }
}

TYPED_TEST(ExhaustiveProperty, FindsAllThatThreeTasksCanDoAndEachTraceOnce) {
  for (const Ingredients ingredients :
       {Ingredients::locks, Ingredients::waits, Ingredients::times, Ingredients::readers, Ingredients::timed_readers}) {
    EXPECT_TRUE(rc::check([=] { expect_all_of<TypeParam>(*any_random_program(ingredients, {4, 3, 3})); }));
  }
}

rc::Gen<Ingredients> any_ingredients() {
  return rc::gen::element(Ingredients::locks, Ingredients::waits, Ingredients::times, Ingredients::readers,
                          Ingredients::timed_readers);
}

// Where every schedule would be too many.
void expect_agreement(const RandomProgram& program) {
  sim::DepthFirst depth_first;
  const auto everything = run_everything(program, depth_first, kMaxSchedules);
  RC_PRE(everything.has_value());
  sim::SourceDpor source;
  const auto by_source = run_everything(program, source);
  RC_ASSERT(by_source.has_value());
  RC_ASSERT(by_source->ends == everything->ends);
  RC_ASSERT((by_source->traces == everything->traces));
  sim::OptimalDpor optimal;
  const auto by_optimal = run_everything(program, optimal);
  RC_ASSERT(by_optimal.has_value());
  RC_ASSERT(by_optimal->ends == everything->ends);
  RC_ASSERT((by_optimal->traces == everything->traces));
  RC_ASSERT(by_optimal->pruned == 0U || may_begin_in_vain(program));
}

RC_GTEST_PROP(ExhaustiveSearches, AgreeOnLongerProgramsOfTwoTasks, ()) {
  expect_agreement(*any_random_program(*any_ingredients(), {9, 9}));
}

RC_GTEST_PROP(ExhaustiveSearches, AgreeOnProgramsOfFourTasks, ()) {
  expect_agreement(*any_random_program(*any_ingredients(), {4, 4, 4, 3}));
}

RC_GTEST_PROP(ExhaustiveSearches, AgreeOnProgramsOfFiveTasks, ()) {
  expect_agreement(*any_random_program(*any_ingredients(), {3, 3, 3, 3, 2}));
}

}  // namespace
}  // namespace zoneknot::proptests
