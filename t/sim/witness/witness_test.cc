#include "sim/witness/witness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/strategy/random_walk.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;
using ::testing::HasSubstr;

constexpr std::uint64_t kIdentity = 0x1234;

Witness hang_of(Simulation& simulation, const Program& program) {
  RandomWalk walk(1);
  const SearchResult result = explore(simulation, program, walk, {.executions = 100000});
  EXPECT_TRUE(result.first_hang);
  Recording recording;
  return record_witness(simulation, program, *result.first_hang, kIdentity, {}, recording);
}

Outcome replay(Simulation& simulation, const Program& program, const Witness& witness, Recording* recording = nullptr) {
  Replay strategy(witness.schedule, witness.checks);
  EXPECT_TRUE(strategy.begin());
  return simulation.run([&] { program(simulation); }, strategy, {.recording = recording});
}

TEST(Witness, LineOfAHang_ReplaysItTwiceWithOneTrace) {
  Simulation simulation;
  const Program program = programs::philosophers(5, Forks::rotating, 3);
  const auto line = to_line(hang_of(simulation, program));
  ASSERT_TRUE(line);
  const auto witness = parse_line(*line);
  ASSERT_TRUE(witness) << witness.error();
  EXPECT_EQ(witness->identity, kIdentity);
  Simulation other;
  for (Simulation* world : {&simulation, &other}) {
    const Outcome outcome = replay(*world, program, *witness);
    EXPECT_EQ(outcome.kind, OutcomeKind::hang);
    EXPECT_EQ(outcome.trace_hash, witness->trace_hash);
    EXPECT_EQ(outcome.steps, witness->steps);
    EXPECT_EQ(outcome.decisions, witness->decisions);
  }
}

TEST(Witness, OfAnotherProgram_DivergesBeforeTheEnd) {
  Simulation simulation;
  const Witness witness = hang_of(simulation, programs::philosophers(5, Forks::rotating, 3));
  const Outcome outcome = replay(simulation, programs::philosophers(5, Forks::ordered, 3), witness);
  EXPECT_EQ(outcome.kind, OutcomeKind::diverged);
  EXPECT_LT(outcome.decisions, witness.decisions);
}

// What the two programs do differently is what the replay names, not something later.
TEST(Witness, OfAnotherProgram_DepartsAtTheFirstStepThatDiffers) {
  Simulation simulation;
  const Program other = programs::philosophers(5, Forks::ordered, 3);
  const Witness witness = hang_of(simulation, programs::philosophers(5, Forks::rotating, 3));
  Recording recorded;
  Recording now;
  (void)replay(simulation, programs::philosophers(5, Forks::rotating, 3), witness, &recorded);
  Replay strategy(witness.schedule, witness.checks);
  ASSERT_TRUE(strategy.begin());
  EXPECT_EQ(simulation.run([&] { other(simulation); }, strategy, {.recording = &now}).kind, OutcomeKind::diverged);
  const auto step = std::ranges::mismatch(recorded.steps, now.steps,
                                          [](const StepRecord& a, const StepRecord& b) {
                                            return a.actor == b.actor && a.op.same_as(b.op);
                                          })
                        .in1 -
                    recorded.steps.begin();
  ASSERT_TRUE(strategy.departed());
  EXPECT_EQ(strategy.departed()->first, static_cast<std::uint64_t>(step));
  EXPECT_EQ(strategy.departed()->last, static_cast<std::uint64_t>(step));
}

const core::Schedule kRandom{.baseline = core::Baseline::random, .seed = 5};

TEST(Witness, FewDeviations_MakeASteadySchedule) {
  const core::Schedule schedule = make_schedule({0, 1, 0, 2}, {{0, 0}, {0, 0}, {0, 0}, {2, 0}}, kRandom);
  EXPECT_EQ(schedule.baseline, core::Baseline::steady);
  EXPECT_EQ(schedule.deviations, (std::vector<core::Deviation>{{1, 1}}));
}

TEST(Witness, ManyDeviations_MakeARandomScheduleWhereThereIsASeed) {
  const std::vector<std::uint32_t> decisions(20, 1);
  const std::vector<DecisionRecord> records(20);
  EXPECT_EQ(make_schedule(decisions, records, kRandom).baseline, core::Baseline::random);
  EXPECT_EQ(make_schedule(decisions, records, kRandom).seed, 5U);
  EXPECT_EQ(make_schedule(decisions, records, std::nullopt).deviations.size(), 20U);
}

Witness sample(std::uint64_t decisions, std::uint32_t deviations) {
  Witness witness;
  witness.identity = UINT64_MAX;
  witness.decisions = decisions;
  witness.steps = 2 * decisions;
  witness.trace_hash = 0xfedcba9876543210U;
  for (std::uint64_t i = 0; i < check_count(witness.steps, 0); ++i) {
    witness.checks.hashes.push_back(static_cast<std::uint8_t>(77 * i));
  }
  for (std::uint32_t i = 0; i < deviations; ++i) witness.schedule.deviations.push_back({3 * i + 1, i % 3});
  return witness;
}

TEST(WitnessLine, EverythingThatIsWrittenIsReadAgain) {
  for (const std::uint64_t decisions : {0U, 1U, 5U, 8U, 9U, 1000U}) {
    Witness witness = sample(decisions, static_cast<std::uint32_t>(decisions / 3));
    for (const core::Schedule& schedule :
         {core::Schedule{}, core::Schedule{.baseline = core::Baseline::random, .seed = UINT64_MAX},
          core::Schedule{.baseline = core::Baseline::partial_order, .seed = 7},
          core::Schedule{.baseline = core::Baseline::priority_changes, .seed = 7, .parameters = {3, UINT64_MAX}},
          core::Schedule{.baseline = core::Baseline::remaining_work, .seed = 7, .parameters = {160, 0, 1600, 1}}}) {
      witness.schedule.baseline = schedule.baseline;
      witness.schedule.seed = schedule.seed;
      witness.schedule.parameters = schedule.parameters;
      const auto line = to_line(witness);
      ASSERT_TRUE(line);
      const auto again = parse_line(*line);
      ASSERT_TRUE(again) << again.error();
      EXPECT_EQ(*again, for_line(witness));
    }
  }
}

TEST(WitnessLine, ParametersThatNoStrategyHas_AreRefused) {
  Witness witness = sample(5, 1);
  for (const core::Schedule& schedule :
       {core::Schedule{.baseline = core::Baseline::priority_changes, .parameters = {0, 10}},
        core::Schedule{.baseline = core::Baseline::priority_changes, .parameters = {3}},
        core::Schedule{.baseline = core::Baseline::remaining_work, .parameters = {16}},
        core::Schedule{.baseline = core::Baseline::remaining_work, .parameters = {16, 1}},
        core::Schedule{.baseline = core::Baseline::remaining_work, .parameters = {UINT64_MAX, 0}}}) {
    witness.schedule = schedule;
    const auto again = parse_line(*to_line(witness));
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error(), HasSubstr("its parts do not fit together"));
  }
}

TEST(WitnessLine, IsPrintableAndOfLimitedLength) {
  const auto line = to_line(sample(5000, 1000));
  ASSERT_TRUE(line);
  EXPECT_LE(line->size(), kMaxWitnessLine);
  EXPECT_EQ(line->find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:"),
            std::string::npos);
  const auto too_long = to_line(sample(50000, 10000));
  ASSERT_FALSE(too_long);
  EXPECT_THAT(too_long.error(), HasSubstr("10000 deviations"));
}

TEST(WitnessLine, AnyTruncatedLine_IsRefusedAsTruncated) {
  const std::string line = *to_line(sample(20, 5));
  for (std::size_t length = 4; length + 1 < line.size(); ++length) {
    const auto witness = parse_line(std::string_view(line).substr(0, length));
    ASSERT_FALSE(witness) << length;
    EXPECT_THAT(witness.error(), HasSubstr("truncated")) << length;
  }
}

TEST(WitnessLine, AnyChangedCharacter_IsNoticed) {
  const std::string line = *to_line(sample(20, 5));
  for (std::size_t i = 0; i < line.size(); ++i) {
    std::string changed = line;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(parse_line(changed)) << i;
  }
}

// The last character of most lines has bits that belong to no byte.
TEST(WitnessLine, OfAWitness_IsTheOnlyOne) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const std::uint64_t decisions : {1U, 2U, 3U}) {
    const std::string line = *to_line(sample(decisions, 1));
    std::string other = line;
    for (const char c : kAlphabet) {
      other.back() = c;
      EXPECT_EQ(parse_line(other).has_value(), other == line) << other;
    }
  }
}

TEST(WitnessLine, OfALongExecution_HasFewerChecksInTheSamePlaces) {
  const Witness witness = sample(5000, 10);
  const auto again = parse_line(*to_line(witness));
  ASSERT_TRUE(again) << again.error();
  EXPECT_LE(again->checks.hashes.size(), kMaxChecksInLine);
  EXPECT_EQ(again->checks.hashes.size(), check_count(witness.steps, again->checks.shift));
  for (std::size_t i = 0; i < again->checks.hashes.size(); ++i) {
    EXPECT_EQ(again->checks.hashes[i], witness.checks.hashes[((i + 1) << again->checks.shift) - 1]);
  }
}

TEST(WitnessLine, WithTwoDeviationsOfOneDecision_IsRefused) {
  Witness witness = sample(5, 2);
  witness.schedule.deviations[1].decision = witness.schedule.deviations[0].decision;
  EXPECT_THAT(parse_line(*to_line(witness)).error(), HasSubstr("do not fit together"));
}

TEST(WitnessLine, WhatIsWrong_IsSaidInOneLine) {
  EXPECT_THAT(parse_line("").error(), HasSubstr("does not begin with"));
  EXPECT_THAT(parse_line("zk1:AAAA").error(), HasSubstr("version zk1"));
  EXPECT_THAT(parse_line("zk2:AA*A").error(), HasSubstr("'*'"));
  EXPECT_THAT(parse_line(*to_line(sample(20, 5)) + "AAAA").error(), HasSubstr("more text"));
  std::string damaged = *to_line(sample(20, 5));
  damaged[30] = damaged[30] == 'x' ? 'y' : 'x';
  EXPECT_THAT(parse_line(damaged).error(), HasSubstr("checksum"));
  std::string too_long = "zk2:";
  too_long.append(5000, 'A');
  EXPECT_THAT(parse_line(too_long).error(), HasSubstr("longer than 4096"));
}

}  // namespace
}  // namespace zoneknot::sim
