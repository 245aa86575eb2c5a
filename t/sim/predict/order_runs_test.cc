#include "sim/predict/order_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>

#include "core/condition_variable.h"
#include "core/semaphore.h"
#include "lockcheck/picture/order_picture.h"
#include "sim/check_program.h"
#include "sim/observe_program.h"
#include "sim/predict/predicted_hangs.h"
#include "sim/strategy/random_walk.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using lockcheck::PredictionStatus;
using lockcheck::Verdict;
using lockcheck::VerdictWord;
using ::testing::Each;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

void take(core::Mutex& outer, core::Mutex& inner) {
  const core::ScopedLock first(outer);
  const core::ScopedLock second(inner);
}

// Both orders, which a semaphore keeps apart: what a prediction by locks alone cannot see.
void handed_over(core::Runtime& runtime) {
  core::Mutex a(runtime, programs::plain("a"));
  core::Mutex b(runtime, programs::plain("b"));
  core::Semaphore over(runtime, "over", 0);
  programs::run_all(runtime, {[&] {
                                take(a, b);
                                over.release();
                              },
                              [&] {
                                over.acquire();
                                take(b, a);
                              }});
}

void inverted(core::Runtime& runtime) {
  core::Mutex a(runtime, programs::plain("a"));
  core::Mutex b(runtime, programs::plain("b"));
  programs::run_all(runtime, {[&] { take(a, b); }, [&] { take(b, a); }});
}

TEST(OrderRuns, WhatASearchHasCovered_IsRefutedAndTold) {
  const Verdict verdict = check_program("handed over", handed_over);
  EXPECT_EQ(verdict.word, VerdictWord::verified);
  ASSERT_THAT(verdict.order.predictions, SizeIs(1));
  EXPECT_EQ(verdict.order.predictions[0].status, PredictionStatus::refuted);
  EXPECT_NE(verdict.order.predictions[0].grounds, lockcheck::Grounds::not_said);
  EXPECT_FALSE(lockcheck::any_prediction_stands(verdict.order));
}

TEST(OrderRuns, WhatASearchHasNotCovered_StaysPossible) {
  const Verdict verdict = check_program("handed over", handed_over, {.sampled = 3, .executions = 3});
  EXPECT_EQ(verdict.word, VerdictWord::possible);
  EXPECT_THAT(verdict.order.predictions,
              Each(Field(&lockcheck::PredictionInVerdict::status, PredictionStatus::possible)));
}

TEST(OrderRuns, OneRunThatDoesNotHang_PredictsTheHangThatTheSearchFinds) {
  const Verdict seen = observe_program("inversion", inverted);
  EXPECT_EQ(seen.word, VerdictWord::possible);
  EXPECT_THAT(seen.order.predictions, SizeIs(1));
  EXPECT_EQ(check_program("inversion", inverted).word, VerdictWord::hang);
}

TEST(OrderRuns, AHangThatTheSearchFinds_IsToldAsPredicted) {
  const Verdict verdict = check_program("inversion", inverted);
  ASSERT_THAT(verdict.search.hangs, SizeIs(1));
  EXPECT_THAT(verdict.search.hangs[0].links, SizeIs(2));
  EXPECT_TRUE(verdict.search.hangs[0].predicted);
}

// One of two tasks that are forked side by side takes the locks, in both orders and alone. Which number it has is up to
// the schedule.
void forked_side_by_side(core::Runtime& runtime) {
  core::Mutex a(runtime, programs::plain("a"));
  core::Mutex b(runtime, programs::plain("b"));
  const auto fork = [&](const std::function<void()>& body) {
    return [&runtime, body] {
      const core::TaskId child = runtime.spawn("child", body);
      runtime.join(child);
    };
  };
  programs::run_all(runtime, {fork([&] {
                                take(a, b);
                                take(b, a);
                              }),
                              fork([] {})});
}

TEST(OrderRuns, TasksWhoseNumbersDifferFromRunToRun_AreNotTakenForEachOther) {
  Verdict verdict;
  Simulation simulation;
  observe_order(simulation, [](Simulation& runtime) { forked_side_by_side(runtime); }, 1, {.max_steps = 1000}, verdict);
  EXPECT_THAT(verdict.order.predictions, IsEmpty());
}

// Who waits for the condition owns a lock that its signaller has to get past first.
void signaller_needs_the_lock(core::Runtime& runtime) {
  core::Mutex state(runtime, programs::plain("state"));
  core::Mutex log(runtime, programs::plain("log"));
  core::ConditionVariable ready(runtime, "ready");
  bool is_ready = false;
  programs::run_all(runtime, {[&] {
                                log.lock();
                                log.unlock();
                                const core::ScopedLock held(state);
                                is_ready = true;
                                ready.signal();
                              },
                              [&] {
                                const core::ScopedLock outer(log);
                                const core::ScopedLock held(state);
                                ready.wait_until(state, [&] { return is_ready; });
                              }});
}

TEST(OrderRuns, AHangOnACondition_IsToldAsPredictedToo) {
  const Verdict verdict = check_program("signaller", signaller_needs_the_lock);
  ASSERT_THAT(verdict.search.hangs, SizeIs(1));
  EXPECT_TRUE(verdict.search.hangs[0].predicted);
}

TEST(OrderRuns, AHangOnALockThatWasLeftBehind_IsNotPredicted_AndEndsWithWhoLeftIt) {
  const auto left_behind = [](core::Runtime& runtime) {
    core::Mutex a(runtime, programs::plain("a"));
    programs::run_all(runtime, {[&] { a.lock(); }, [&] { const core::ScopedLock guard(a); }});
  };
  const Verdict verdict = check_program("left behind", left_behind);
  ASSERT_THAT(verdict.search.hangs, SizeIs(1));
  EXPECT_FALSE(verdict.search.hangs[0].predicted);
  EXPECT_EQ(verdict.search.hangs[0].links.back().waits_for.none(), true);
  EXPECT_EQ(verdict.search.hangs[0].links.back().owns.name, "a");
}

TEST(OrderRuns, TheSameDeadlockOfSeveralRuns_IsToldOnce) {
  Verdict verdict;
  Simulation simulation;
  observe_order(simulation, [](Simulation& runtime) { inverted(runtime); }, 1, {.max_steps = 1000}, verdict);
  EXPECT_THAT(verdict.order.predictions, SizeIs(1));
}

TEST(OrderRuns, SearchesThemselves_LookAtNoOrder) {
  Simulation simulation;
  RandomWalk strategy(1);
  ASSERT_TRUE(strategy.begin());
  (void)simulation.run([&] { inverted(simulation); }, strategy);
  EXPECT_THAT(simulation.watch().predictions().deadlocks, IsEmpty());
  EXPECT_EQ(simulation.watch().order_stats().slow_paths, 0U);
}

Verdict with_predictions(Simulation& simulation, const Program& program) {
  Verdict verdict;
  observe_order(simulation, program, 1, {.max_steps = 1000}, verdict);
  EXPECT_THAT(verdict.order.predictions, SizeIs(1));
  return verdict;
}

TEST(PredictedHangs, WhatHangsWhereItWasPredicted_IsConfirmedWithAWitness) {
  constexpr std::uint64_t kIdentity = 42;
  Simulation simulation;
  Verdict verdict = with_predictions(simulation, inverted);
  const DrivenRuns runs =
      drive_predictions(simulation, inverted, 1, kIdentity, {.max_steps = 1000}, HangLog(simulation), verdict);
  EXPECT_TRUE(runs.first_hang.has_value());
  EXPECT_EQ(verdict.order.predictions.at(0).status, PredictionStatus::confirmed);
  EXPECT_NE(verdict.order.predictions.at(0).witness, "");
}

TEST(PredictedHangs, WhatCannotHappen_StaysPossible) {
  Simulation simulation;
  Verdict verdict = with_predictions(simulation, handed_over);
  const DrivenRuns runs =
      drive_predictions(simulation, handed_over, 1, 42, {.max_steps = 1000}, HangLog(simulation), verdict);
  EXPECT_FALSE(runs.first_hang.has_value());
  EXPECT_EQ(runs.executions, kExecutionsForAPrediction);
  EXPECT_EQ(verdict.order.predictions.at(0).status, PredictionStatus::possible);
}

TEST(PredictedHangs, WhatTheSearchHasFound_IsConfirmedByThat) {
  Simulation simulation;
  Verdict verdict = with_predictions(simulation, inverted);
  HangLog found(simulation);
  SearchLimits limits;
  limits.hung = [&](const Outcome& outcome) { found.add(outcome); };
  RandomWalk random(1);
  ASSERT_EQ(explore(simulation, inverted, random, limits).end, SearchEnd::hang_found);
  const std::atomic<bool> stop = true;  // nothing is driven
  const DrivenRuns runs =
      drive_predictions(simulation, inverted, 1, 42, {.max_steps = 1000, .stop = &stop}, found, verdict);
  EXPECT_FALSE(runs.first_hang.has_value());
  EXPECT_EQ(verdict.order.predictions.at(0).status, PredictionStatus::confirmed);
  EXPECT_EQ(verdict.order.predictions.at(0).grounds, lockcheck::Grounds::found_by_search);
  EXPECT_NE(verdict.order.predictions.at(0).witness, "");
}

TEST(PredictedHangs, AHangOnSomethingElse_ConfirmsNothing) {
  Simulation simulation;
  Verdict verdict = with_predictions(simulation, inverted);
  for (lockcheck::LinkInVerdict& link : verdict.order.predictions.at(0).links) link.asked_at.line *= 10;
  const DrivenRuns runs =
      drive_predictions(simulation, inverted, 1, 42, {.max_steps = 1000}, HangLog(simulation), verdict);
  EXPECT_TRUE(runs.first_hang.has_value());
  EXPECT_EQ(verdict.order.predictions.at(0).status, PredictionStatus::possible);
}

}  // namespace
}  // namespace zoneknot::sim
