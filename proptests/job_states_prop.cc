// The stateful search of random job files: equal keys are equal states, and steps that are made from memory lead where
// the program goes.
#include <set>
#include <utility>

#include "lockcheck/text/site.h"
#include "proptests/any_job_file.h"
#include "proptests/many_cases.h"
#include "sim/states/stateful_search.h"
#include "tools/instance/simulated.h"

namespace zoneknot::proptests {
namespace {

constexpr double kStateCases = 0.15;              // of those of other properties
constexpr std::uint64_t kStateExecutions = 400;   // of one search
constexpr std::uint64_t kMostStateSteps = 5'000;  // scheduling points of one execution

struct StatesSeen {
  bool all = false;
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  bool hangs = false;
  bool livelock = false;
  std::set<std::pair<lockcheck::Rule, std::string>> rules;  // and their places
  bool operator==(const StatesSeen&) const = default;
};

StatesSeen states_of(const tools::Instance& instance, bool remembers) {
  tools::SimulatedWorkload workload(instance);
  sim::SearchLimits limits{.executions = kStateExecutions};
  limits.first_hang_ends = false;
  limits.execution.max_steps = kMostStateSteps;
  const sim::SearchResult result =
      sim::explore_states(workload.simulation(), workload.program(),
                          {.remember_steps = remembers, .check_keys = true, .data_in_cells = true}, limits);
  StatesSeen seen{.all = result.exhaustive || result.livelock.has_value(),
                  .states = result.space->states,
                  .transitions = result.space->transitions,
                  .hangs = result.hangs > 0,
                  .livelock = result.livelock.has_value(),
                  .rules = {}};
  for (const sim::BrokenRule& broken : result.broken_rules) {
    seen.rules.emplace(broken.what.rule, lockcheck::site_text(broken.what.site));
  }
  return seen;
}

TEST(JobStatesProperty, KnownStepsLeadWhereTheProgramGoes) {
  expect_in_many_cases(kStateCases, [] {
    const AnyJobFile file = *any_job_file();
    const std::string bound =
        one_of({"jobs=2,zones=2,depth=2,ios=2,blocks=1", "jobs=2,zones=2,depth=1,ios=2,blocks=2",
                "jobs=3,zones=1,depth=1,ios=1,blocks=1", "jobs=2,zones=1,depth=1,ios=3,blocks=1"});
    const auto instance = instance_of(file, bound);
    RC_PRE(instance.has_value());
    const StatesSeen remembered = states_of(*instance, true);
    const StatesSeen made = states_of(*instance, false);
    RC_CLASSIFY(remembered.all && made.all, "gone through");
    if (remembered.all && made.all) RC_ASSERT(remembered == made);
  });
}

}  // namespace
}  // namespace zoneknot::proptests
