#include "device/model/fault_plan.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

namespace zoneknot::device {
namespace {

bool never(double) { return false; }

Fault write_error(int error) { return {.target = FaultTarget::write, .zones = {}, .error = error}; }

const Fault* strike_write(FaultState& state, std::uint32_t zone = 0) {
  return state.strike(FaultTarget::write, FaultMoment::complete, zone, never);
}

TEST(FaultPlan, SelectionsContainWhatTheyName) {
  using Kind = ZoneSelection::Kind;
  EXPECT_TRUE((ZoneSelection{.kind = Kind::all, .list = {}}.contains(4)));
  EXPECT_TRUE((ZoneSelection{.kind = Kind::odd, .list = {}}.contains(5)));
  EXPECT_FALSE((ZoneSelection{.kind = Kind::odd, .list = {}}.contains(4)));
  EXPECT_TRUE((ZoneSelection{.kind = Kind::even, .list = {}}.contains(4)));
  EXPECT_FALSE((ZoneSelection{.kind = Kind::even, .list = {}}.contains(5)));
  EXPECT_TRUE((ZoneSelection{.kind = Kind::list, .list = {1, 4, 9}}.contains(4)));
  EXPECT_FALSE((ZoneSelection{.kind = Kind::list, .list = {1, 4, 9}}.contains(5)));
}

TEST(FaultPlan, IoWithoutAZoneIsInNoSelectionButAll) {
  using Kind = ZoneSelection::Kind;
  EXPECT_TRUE((ZoneSelection{.kind = Kind::all, .list = {}}.contains(core::kNoId)));
  EXPECT_FALSE((ZoneSelection{.kind = Kind::odd, .list = {}}.contains(core::kNoId)));
  EXPECT_FALSE((ZoneSelection{.kind = Kind::even, .list = {}}.contains(core::kNoId)));
}

TEST(FaultPlan, FirstRuleThatMatchesDecides) {
  Fault odd = write_error(EIO);
  odd.zones.kind = ZoneSelection::Kind::odd;
  const FaultPlan plan = {{odd, write_error(ENOSPC)}};
  FaultState state(plan);
  EXPECT_EQ(strike_write(state, 1)->error, EIO);
  EXPECT_EQ(strike_write(state, 2)->error, ENOSPC);
  EXPECT_EQ(state.strike(FaultTarget::read, FaultMoment::complete, 1, never), nullptr);
  EXPECT_EQ(state.strike(FaultTarget::write, FaultMoment::queue, 1, never), nullptr);
}

TEST(FaultPlan, AfterLetsIosPassAndCountLimitsTheStrikes) {
  Fault fault = write_error(EIO);
  fault.after = 2;
  fault.count = 3;
  const FaultPlan plan = {{fault}};
  FaultState state(plan);
  std::string seen;
  for (int i = 0; i < 8; ++i) seen += strike_write(state) != nullptr ? 'x' : '.';
  EXPECT_EQ(seen, "..xxx...");
}

TEST(FaultPlan, RuleThatIsUsedUpLeavesTheIoToTheNext) {
  Fault first = write_error(EIO);
  first.count = 1;
  const FaultPlan plan = {{first, write_error(ENOSPC)}};
  FaultState state(plan);
  EXPECT_EQ(strike_write(state)->error, EIO);
  EXPECT_EQ(strike_write(state)->error, ENOSPC);
}

TEST(FaultPlan, ChanceThatDoesNotComeTrueIsNoStrike) {
  Fault fault = write_error(EIO);
  fault.probability = 0.5;
  fault.count = 1;
  const FaultPlan plan = {{fault}};
  FaultState state(plan);
  EXPECT_EQ(strike_write(state), nullptr);
  const Fault* struck = state.strike(FaultTarget::write, FaultMoment::complete, 0, [](double) { return true; });
  EXPECT_NE(struck, nullptr);
}

TEST(FaultPlan, StateIsWhatARuleMayStillDo) {
  struct Values final : core::StateSink {
    std::vector<std::uint64_t> all;
    void add(std::uint64_t value) override { all.push_back(value); }
  };
  Fault fault = write_error(EIO);
  fault.after = 1;
  fault.count = 2;
  const FaultPlan plan = {{fault}};
  FaultState state(plan);
  std::vector<std::vector<std::uint64_t>> states;
  for (int ios = 0; ios < 5; ++ios) {
    Values values;
    state.describe(values);
    states.push_back(values.all);
    static_cast<void>(strike_write(state));
  }
  for (std::size_t ios = 1; ios < 4; ++ios) EXPECT_NE(states[ios], states[ios - 1]) << ios;
  EXPECT_EQ(states[4], states[3]) << "nothing strikes any more";
}

TEST(FaultPlan, ChanceIsAskedOnlyForProbabilitiesBetweenNoneAndCertain) {
  for (const double probability : {0.0, 0.25, 1.0}) {
    Fault fault = write_error(EIO);
    fault.probability = probability;
    const FaultPlan plan = {{fault}};
    FaultState state(plan);
    int asked = 0;
    const Fault* struck = state.strike(FaultTarget::write, FaultMoment::complete, 0, [&](double p) {
      EXPECT_EQ(p, probability);
      ++asked;
      return true;
    });
    EXPECT_EQ(asked, probability == 0.25 ? 1 : 0);
    EXPECT_EQ(struck != nullptr, probability > 0);
  }
}

TEST(FaultPlan, TextIsEqualForEqualPlansOnly) {
  EXPECT_EQ(FaultPlan{}.to_string(), "");
  Fault fault = write_error(EIO);
  fault.zones = {.kind = ZoneSelection::Kind::list, .list = {1, 3}};
  fault.probability = 0.1;
  const FaultPlan plan = {{fault,
                           {.target = FaultTarget::sync,
                            .zones = {},
                            .kind = FaultKind::busy,
                            .moment = FaultMoment::queue,
                            .after = 4,
                            .count = 2}}};
  EXPECT_EQ(plan.to_string(),
            "on=write,zones=1+3,error=5,at=complete,p=0.1,after=0;on=sync,zones=all,busy,at=queue,p=1,after=4,count=2");
}

}  // namespace
}  // namespace zoneknot::device
