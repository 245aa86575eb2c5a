// What only recorded programs have in their traces: wake-ups without a signaller, barriers, and locks that are
// destroyed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {
namespace {

using Kind = TraceEventKind;

constexpr std::uint32_t kOfLock = static_cast<std::uint32_t>(TraceDestroyed::lock);

TraceNames some_names() {
  return {.tasks = {"main", "worker", "third"},
          .conditions = {"ready"},
          .locks = {{.name = "A", .lock_class = "A", .kind = core::LockKind::plain},
                    {.name = "B", .lock_class = "B", .kind = core::LockKind::plain}},
          .sites = {{.file = "here.c", .line = 1}},
          .barriers = {{.name = "start", .count = 2}}};
}

Verdict verdict_of(const std::vector<TraceEvent>& events, const TraceNames& names = some_names()) {
  TraceCheck check;
  for (const TraceEvent& event : events) check.event(event, names);
  Verdict verdict;
  check.conclude(names, verdict);
  return verdict;
}

std::vector<TraceEvent> nested(core::TaskId task, core::LockId outer, core::LockId inner) {
  return {{Kind::request, task, outer}, {Kind::acquire, task, outer}, {Kind::request, task, inner},
          {Kind::acquire, task, inner}, {Kind::release, task, inner}, {Kind::release, task, outer}};
}

std::vector<TraceEvent> operator+(std::vector<TraceEvent> a, const std::vector<TraceEvent>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

PredictionStatus status_of(const std::vector<TraceEvent>& events) {
  const Verdict verdict = verdict_of(events);
  return verdict.order.predictions.size() == 1 ? verdict.order.predictions[0].status : PredictionStatus::refuted;
}

TEST(RecordedTrace, ATaskThatAnySignalMayHaveWokenNeedsAllThatCameWhileItWaited) {
  const std::vector<TraceEvent> enter = {{Kind::enter, 1, 0, core::kNoId}};
  const std::vector<TraceEvent> signal = {{Kind::signal, 0, 0}};
  const std::vector<TraceEvent> woke = {{Kind::woke, 1, 0}};
  // The worker comes to its locks after the signal, and that comes after those of main.
  EXPECT_EQ(status_of(enter + nested(0, 0, 1) + signal + woke + nested(1, 1, 0)), PredictionStatus::possible);
  // The signal was before, so it cannot have been for this wait: something else has woken the worker.
  EXPECT_EQ(status_of(nested(0, 0, 1) + signal + enter + woke + nested(1, 1, 0)), PredictionStatus::sound);
  EXPECT_EQ(status_of(enter + signal + nested(0, 0, 1) + woke + nested(1, 1, 0)), PredictionStatus::sound);
}

TEST(RecordedTrace, WhatComesAfterABarrierNeedsAllWhoHaveArrived) {
  const std::vector<TraceEvent> meet = {
      {Kind::arrive, 0, 0}, {Kind::arrive, 1, 0}, {Kind::pass, 1, 0}, {Kind::pass, 0, 0}};
  EXPECT_EQ(status_of(nested(0, 0, 1) + meet + nested(1, 1, 0)), PredictionStatus::possible);
  EXPECT_EQ(status_of(meet + nested(0, 0, 1) + nested(1, 1, 0)), PredictionStatus::sound);
  // Main has passed and comes again before the worker has passed: that is another round.
  const std::vector<TraceEvent> again = {
      {Kind::arrive, 0, 0}, {Kind::arrive, 1, 0}, {Kind::pass, 0, 0}, {Kind::arrive, 0, 0}, {Kind::pass, 1, 0}};
  EXPECT_EQ(status_of(again + nested(1, 1, 0) + nested(2, 0, 1)), PredictionStatus::sound);
}

TEST(RecordedTrace, WhoeverWaitsAtABarrierToWhichNobodyElseCanComeHangs) {
  const std::vector<TraceEvent> alone = {{Kind::end, 1}, {Kind::end, 2}, {Kind::arrive, 0, 0}};
  const Verdict verdict = verdict_of(alone);
  EXPECT_EQ(verdict.word, VerdictWord::hang);
  ASSERT_EQ(verdict.scene.tasks.size(), 1U);
  EXPECT_EQ(verdict.scene.tasks[0].waits_for.name, "start");
  TraceNames shared = some_names();
  shared.barriers[0].shared = true;
  EXPECT_EQ(verdict_of(alone, shared).word, VerdictWord::clean);
  EXPECT_EQ(verdict_of({{Kind::end, 1}, {Kind::arrive, 0, 0}}).word, VerdictWord::clean);
}

TEST(RecordedTrace, ALockThatARunDestroysIsWaitedForByNobodyInIt) {
  EXPECT_EQ(status_of(nested(0, 0, 1) + nested(1, 1, 0) + std::vector<TraceEvent>{{Kind::destroy, 2, 0, kOfLock}}),
            PredictionStatus::sound);
  // A ring of three, whose last task comes to its locks only after B was destroyed.
  TraceNames names = some_names();
  names.tasks.emplace_back("fourth");
  names.locks.push_back({.name = "C", .lock_class = "C", .kind = core::LockKind::plain});
  const auto handed_over = [&](core::LockId destroyed) {
    return verdict_of(
        std::vector<TraceEvent>{{Kind::enter, 2, 0, core::kNoId}} + nested(0, 0, 1) + nested(1, 1, 2) +
            std::vector<TraceEvent>{{Kind::destroy, 3, destroyed, kOfLock}, {Kind::signal, 3, 0}, {Kind::woke, 2, 0}} +
            nested(2, 2, 0),
        names);
  };
  names.locks.push_back({.name = "D", .lock_class = "D", .kind = core::LockKind::plain});
  ASSERT_EQ(handed_over(3).order.predictions.size(), 1U);
  EXPECT_EQ(handed_over(3).order.predictions[0].status, PredictionStatus::sound);
  EXPECT_EQ(handed_over(1).order.predictions[0].status, PredictionStatus::possible);
}

TEST(RecordedTrace, WhoeverHasALockThatIsDestroyedHasItNoMore) {
  const std::vector<TraceEvent> events = {
      {Kind::request, 0, 0}, {Kind::acquire, 0, 0}, {Kind::destroy, 1, 0, kOfLock}, {Kind::end, 0}};
  EXPECT_EQ(verdict_of(events).word, VerdictWord::clean);
}

}  // namespace
}  // namespace zoneknot::lockcheck
