// Searches over states that make known steps from memory see what those see in which the program makes each step.
#include <gtest/gtest.h>

#include <ostream>
#include <set>
#include <string>
#include <utility>

#include "lockcheck/text/site.h"
#include "sim/states/stateful_search.h"
#include "tools/instance/instance.h"
#include "tools/instance/simulated.h"

namespace zoneknot::tools {
namespace {

struct Seen {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  bool hangs = false;
  bool livelock = false;
  std::set<std::pair<std::string, std::string>> rules;  // and their places
  bool operator==(const Seen&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  out << seen.states << " states, " << seen.transitions << " transitions, hangs: " << seen.hangs
      << ", livelock: " << seen.livelock << ", rules:";
  for (const auto& [rule, site] : seen.rules) out << ' ' << rule << " at " << site;
  return out;
}

class RememberedSteps : public testing::TestWithParam<std::pair<std::string, std::string>> {
 protected:
  sim::SearchResult search(const sim::StatefulOptions& options) {
    InstanceSource source;
    source.job_path = ZONEKNOT_JOBS "/" + GetParam().first;
    source.fixes = GetParam().second;
    source.bound = "jobs=2,zones=2,depth=2,ios=2,blocks=2";
    if (GetParam().first == "write-errors.fio") source.faults_path = ZONEKNOT_JOBS "/half-the-zones-fail.toml";
    const auto instance = load_instance(source);
    EXPECT_TRUE(instance.has_value());
    SimulatedWorkload workload(*instance);
    sim::SearchLimits limits;
    limits.first_hang_ends = false;
    limits.execution.max_steps = 5000;
    return sim::explore_states(workload.simulation(), workload.program(), options, limits);
  }

  static Seen seen_by(const sim::SearchResult& result) {
    Seen seen{.states = result.space->states,
              .transitions = result.space->transitions,
              .hangs = result.hangs > 0,
              .livelock = result.livelock.has_value(),
              .rules = {}};
    for (const sim::BrokenRule& broken : result.broken_rules) {
      seen.rules.emplace(lockcheck::rule_name(broken.what.rule), lockcheck::site_text(broken.what.site));
    }
    return seen;
  }
};

TEST_P(RememberedSteps, LeadWhereTheProgramGoes) {
  const sim::SearchResult remembered = search({.check_keys = true});
  const sim::SearchResult made = search({.remember_steps = false, .check_keys = true});
  EXPECT_EQ(seen_by(remembered), seen_by(made));
  EXPECT_EQ(made.space->remembered, 0U);
  EXPECT_GT(remembered.space->remembered, 0U);
  EXPECT_LT(remembered.executions, made.executions);
}

INSTANTIATE_TEST_SUITE_P(Jobs, RememberedSteps,
                         testing::Values(std::pair{"two-jobs.fio", "series"}, std::pair{"two-jobs.fio", "legacy"},
                                         std::pair{"write-errors.fio", "series,-cleanup-aio"},
                                         std::pair{"mixed.fio", "series"}, std::pair{"random-map.fio", "legacy"},
                                         std::pair{"verify.fio", "series"},
                                         std::pair{"sequential-regions.fio", "none"}));

}  // namespace
}  // namespace zoneknot::tools
