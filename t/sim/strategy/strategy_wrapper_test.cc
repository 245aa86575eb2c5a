#include "sim/strategy/strategy_wrapper.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::sim {
namespace {

// Answers everything with a number of its own, and notes what it was asked or told.
class Speaking final : public Strategy {
 public:
  bool begin() override { return note("begin"), true; }
  std::uint32_t pick(const Candidates&) override { return note("pick"), 1; }
  std::uint32_t draw(std::uint32_t) override { return note("draw"), 2; }
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "speaking", .samples = true}; }
  std::uint32_t chance(double) override { return note("chance"), 3; }
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = every_step, .whole_executions = true}; }
  void look_at(const lockcheck::LockWatch&) override { note("look_at"); }
  void created(ObjectClass) override { note("created"); }
  void never_made(const Actor&) override { note("never_made"); }
  void ended(const Outcome&) override { note("ended"); }
  [[nodiscard]] std::uint64_t memoised_steps() const override { return 4; }
  [[nodiscard]] std::optional<core::Schedule> schedule() const override { return core::Schedule{.seed = 5}; }
  [[nodiscard]] const Strategy& acting() const override { return another; }

  bool every_step = false;
  std::vector<std::string> heard;
  StrategyWrapper another{*this};

 private:
  void note(const std::string& what) { heard.push_back(what); }
};

// Wants every step, as wrappers do that look on.
class LookingOn final : public StrategyWrapper {
 public:
  using StrategyWrapper::StrategyWrapper;
  std::uint32_t pick(const Candidates& candidates) override { return inner_pick(candidates); }
  [[nodiscard]] StrategyNeeds needs() const override { return needs_every_step_too(); }
};

TEST(StrategyWrapper, Everything_IsAskedOfAndToldToTheStrategyInside) {
  Speaking inside;
  StrategyWrapper wrapper(inside);
  const lockcheck::LockWatch watch(lockcheck::Threads::one);
  wrapper.look_at(watch);
  EXPECT_TRUE(wrapper.begin());
  EXPECT_EQ(wrapper.pick(Candidates({}, core::kNoId, 0)), 1U);
  EXPECT_EQ(wrapper.draw(9), 2U);
  EXPECT_EQ(wrapper.chance(0.5), 3U);
  wrapper.created(ObjectClass::lock);
  wrapper.never_made({});
  wrapper.ended({});
  EXPECT_EQ(inside.heard,
            (std::vector<std::string>{"look_at", "begin", "pick", "draw", "chance", "created", "never_made", "ended"}));
  EXPECT_EQ(wrapper.describe().name, "speaking");
  EXPECT_TRUE(wrapper.needs().whole_executions);
  EXPECT_EQ(wrapper.memoised_steps(), 4U);
  EXPECT_EQ(wrapper.schedule()->seed, 5U);
  EXPECT_EQ(&wrapper.acting(), &inside.another);
}

TEST(StrategyWrapper, StrategyInsideThatWantsDecisionsOnly_IsNotAskedForASingleCandidate) {
  Speaking inside;
  LookingOn wrapper(inside);
  EXPECT_TRUE(wrapper.needs().every_step);
  EXPECT_TRUE(wrapper.needs().whole_executions);
  Actor only;
  Actor* const actors[] = {&only};
  EXPECT_EQ(wrapper.pick(Candidates(actors, core::kNoId, 0)), 0U);
  EXPECT_TRUE(inside.heard.empty());
  inside.every_step = true;
  EXPECT_EQ(wrapper.pick(Candidates(actors, core::kNoId, 0)), 1U);
}

}  // namespace
}  // namespace zoneknot::sim
