// --strategy: names, arguments and targets as users write them.
#include "tools/option/strategy_option.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/option/target_text.h"

namespace zoneknot::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string name_of(const std::string& text) {
  const auto option = parse_strategy(text);
  return option ? option->make(1)->describe().name : option.error().to_string();
}

std::string error_of(const std::string& text) {
  const auto option = parse_strategy(text);
  return option ? "no error" : option.error().to_string();
}

TEST(StrategyOption, EachNameMakesItsStrategy) {
  EXPECT_EQ(name_of("random"), "random walk");
  EXPECT_EQ(name_of("pos"), "POS");
  EXPECT_EQ(name_of("pct"), "PCT of depth 3");
  EXPECT_EQ(name_of("pct:5"), "PCT of depth 5");
  EXPECT_EQ(name_of("urw"), "URW");
  EXPECT_EQ(name_of("dfs"), "depth-first with sleep sets");
  EXPECT_EQ(name_of("dpor"), "source-DPOR");
  EXPECT_EQ(name_of("optimal"), "optimal DPOR");
  EXPECT_EQ(name_of("preemption"), "preemption-bounded");
  EXPECT_EQ(name_of("preemption:2"), "preemption-bounded, at most 2");
  EXPECT_EQ(name_of("directed:zone>zone"), "directed");
  EXPECT_EQ(name_of("portfolio"), "portfolio of random walk, POS, PCT of depth 3 and URW");
  EXPECT_EQ(name_of("portfolio:pct:2+pos"), "portfolio of PCT of depth 2 and POS");
  EXPECT_EQ(sim::drawing_stage().make(1)->describe().name, name_of("portfolio"));
}

TEST(StrategyOption, OnlyThoseThatGoThroughEverything_AreExhaustive) {
  for (const char* text : {"dfs", "dpor", "optimal", "preemption", "preemption:1", "portfolio:random+dfs"}) {
    EXPECT_TRUE(parse_strategy(text)->exhaustive) << text;
  }
  for (const char* text : {"random", "pos", "pct", "urw", "directed:M>zone", "portfolio"}) {
    EXPECT_FALSE(parse_strategy(text)->exhaustive) << text;
  }
}

TEST(StrategyOption, UnknownName_IsToldTheNearestOne) {
  EXPECT_THAT(error_of("protfolio"), AllOf(HasSubstr("--strategy: unknown strategy 'protfolio', expected random, pos"),
                                           HasSubstr("(did you mean 'portfolio'?)")));
  EXPECT_THAT(error_of(""), HasSubstr("unknown strategy ''"));
  EXPECT_THAT(error_of("portfolio:random+guess"), HasSubstr("unknown strategy 'guess'"));
}

TEST(StrategyOption, ArgumentThatDoesNotFit_IsRefused) {
  EXPECT_THAT(error_of("pct:0"), HasSubstr("--strategy: pct: depth: '0' is below 1"));
  EXPECT_THAT(error_of("pct:many"), HasSubstr("pct: depth: "));
  EXPECT_THAT(error_of("pct:"), HasSubstr("nothing follows the colon"));
  EXPECT_THAT(error_of("pos:3"), HasSubstr("pos takes no argument"));
  EXPECT_THAT(error_of("preemption:-1"), HasSubstr("preemption: bound: "));
  EXPECT_THAT(error_of("directed"), HasSubstr("directed needs a target"));
  EXPECT_THAT(error_of("portfolio:random+portfolio"), HasSubstr("no part of a portfolio"));
}

TEST(TargetText, CycleOfLockOrders) {
  const auto target = parse_target("zone 3>zone 5@convert_to_open_zone, zone 5 > M,any>zone 2 of file 1");
  ASSERT_TRUE(target) << target.error();
  EXPECT_TRUE(target->waiting.empty());
  ASSERT_EQ(target->cycle.size(), 3U);
  EXPECT_EQ(target->cycle[0].held.lock_class, "zone");
  EXPECT_EQ(target->cycle[0].held.order_key, 3U);
  EXPECT_EQ(target->cycle[0].wanted.order_key, 5U);
  EXPECT_EQ(target->cycle[0].function, "convert_to_open_zone");
  EXPECT_EQ(target->cycle[1].wanted.lock_class, "M");
  EXPECT_FALSE(target->cycle[1].wanted.order_key);
  EXPECT_EQ(target->cycle[1].function, "");
  EXPECT_EQ(target->cycle[2].held.lock_class, "");
  EXPECT_EQ(target->cycle[2].wanted.group, 1U);
}

TEST(TargetText, WaitingTasks) {
  const auto target = parse_target("14*zone@adjust_block,completion@quiesce,2 * join,M,3*semaphore@acquire");
  ASSERT_TRUE(target) << target.error();
  EXPECT_TRUE(target->cycle.empty());
  ASSERT_EQ(target->waiting.size(), 5U);
  EXPECT_EQ(target->waiting[0].tasks, 14U);
  EXPECT_EQ(target->waiting[0].lock.lock_class, "zone");
  EXPECT_EQ(target->waiting[0].function, "adjust_block");
  EXPECT_EQ(target->waiting[1].what, core::WaitKind::completion);
  EXPECT_EQ(target->waiting[1].tasks, 1U);
  EXPECT_EQ(target->waiting[2].what, core::WaitKind::join);
  EXPECT_EQ(target->waiting[2].tasks, 2U);
  EXPECT_EQ(target->waiting[3].lock.lock_class, "M");
  EXPECT_EQ(target->waiting[4].what, core::WaitKind::semaphore);
}

TEST(TargetText, WhatIsNoTarget_IsRefusedWithTheTerm) {
  const auto refusal = [](const std::string& text) {
    const auto target = parse_target(text);
    return target ? "no error" : target.error();
  };
  EXPECT_THAT(refusal("zone>zone,completion"), HasSubstr("cannot be mixed"));
  EXPECT_THAT(refusal("zone three>zone"), HasSubstr("'zone three' is no lock"));
  EXPECT_THAT(refusal("zone>"), HasSubstr("'zone>': names no lock"));
  EXPECT_THAT(refusal("zone>zone,"), HasSubstr("names no lock"));
  EXPECT_THAT(refusal("0*zone"), HasSubstr("how many tasks?"));
  EXPECT_THAT(refusal("zone 1 of file x"), HasSubstr("names no file"));
  std::string long_text = "zone>zone";
  for (int i = 0; i < 64; ++i) long_text += ",zone>zone";
  EXPECT_THAT(refusal(long_text), HasSubstr("more than 64 terms"));
}

}  // namespace
}  // namespace zoneknot::tools
