// The search finds what is wrong with each faulty form, and goes through all of the repaired one.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/check_on_devices.h"
#include "t/sim/scenario/stage.h"

namespace zoneknot::scenario {
namespace {

lockcheck::Verdict explore_scenario(const Scenario& scenario, Form form) {
  const auto program = [&](core::World& world) {
    Stage stage(world);
    scenario.program(stage, form);
  };
  sim::CheckOptions options;
  options.sampled = 50;
  return sim::check_program(scenario.name, program, world_of(scenario), options);
}

class Scenarios : public ::testing::TestWithParam<Scenario> {};

TEST_P(Scenarios, FaultyFormIsFound) {
  if (GetParam().hangs) {
    EXPECT_EQ(explore_scenario(GetParam(), Form::faulty).word, lockcheck::VerdictWord::hang);
  } else {
    EXPECT_THROW(static_cast<void>(explore_scenario(GetParam(), Form::faulty)), BrokenPromise);
  }
}

TEST_P(Scenarios, RepairedFormIsExhausted) {
  EXPECT_EQ(explore_scenario(GetParam(), Form::repaired).word, lockcheck::VerdictWord::verified);
}

std::string name_of_scenario(const ::testing::TestParamInfo<Scenario>& scenario) {
  std::string name = scenario.param.name;
  for (char& c : name) c = c == ' ' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Scenarios, ::testing::ValuesIn(scenarios()), name_of_scenario);

// Without a write cache the same program keeps its promise.
TEST(PowerCut, KeepsWhatWasToldIfThereIsNoWriteCache) {
  const auto told = std::ranges::find(scenarios(), std::string("told safe before the sync"), &Scenario::name);
  ASSERT_NE(told, scenarios().end());
  Scenario scenario = *told;
  for (device::Fault& fault : scenario.faults.faults) fault.write_cache = false;
  EXPECT_EQ(explore_scenario(scenario, Form::faulty).word, lockcheck::VerdictWord::verified);
}

}  // namespace
}  // namespace zoneknot::scenario
