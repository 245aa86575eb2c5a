// Rings through reader-writer locks that a trace predicts: whatever is called sound, the run that it speaks of is one
// that tasks can make, and it ends in the ring.
#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "lockcheck/offline/predicted_run.h"
#include "lockcheck/offline/trace_check.h"
#include "lockcheck/offline/trace_player.h"
#include "lockcheck/stuck/wait_state.h"
#include "lockcheck/trace/trace_event.h"
#include "proptests/many_cases.h"

namespace zoneknot::proptests {
namespace {

using core::kNoId;
using lockcheck::TraceEvent;
using lockcheck::TraceEventKind;

constexpr std::uint32_t kSharers = 3;
constexpr std::uint32_t kSharedLocks = 3;

struct SharedTrace {
  std::vector<TraceEvent> events;
  lockcheck::TraceNames names;
};

// What a lock is to a run of events: null if the event can come next.
class SharesNow {
 public:
  // Why the event cannot be; empty: it can.
  std::string take(const TraceEvent& event) {
    Lock& lock = locks_.at(event.object % kSharedLocks);
    switch (event.kind) {
      case TraceEventKind::acquire:
        if (lock.owner != kNoId || !lock.readers.empty()) return "taken though somebody has it";
        lock.owner = event.task;
        return {};
      case TraceEventKind::release:
        if (lock.owner != event.task) return "given back by a stranger";
        lock.owner = kNoId;
        return {};
      case TraceEventKind::acquire_share:
        if (lock.owner != kNoId) return "shared though somebody owns it";
        lock.readers.insert(event.task);
        return {};
      case TraceEventKind::release_share:
        if (!lock.readers.contains(event.task)) return "a share given back by a stranger";
        lock.readers.erase(lock.readers.find(event.task));
        return {};
      default:
        return {};
    }
  }
  [[nodiscard]] bool is_free(core::LockId lock, bool for_share) const {
    const Lock& of = locks_.at(lock);
    return of.owner == kNoId && (for_share || of.readers.empty());
  }

 private:
  struct Lock {
    core::TaskId owner = kNoId;
    std::multiset<core::TaskId> readers;
  };
  std::array<Lock, kSharedLocks> locks_{};
};

// Tasks that take up to three locks within each other, each as a whole or a share of it, as they can be had.
SharedTrace any_shared_trace() {
  SharedTrace trace;
  for (std::uint32_t i = 0; i < kSharers; ++i) trace.names.tasks.push_back("T" + std::to_string(i));
  for (std::uint32_t i = 0; i < kSharedLocks; ++i) {
    const auto readers = *rc::gen::element(core::Readers::first, core::Readers::after_writers);
    const std::string name = "L" + std::to_string(i);
    trace.names.locks.push_back({.name = name, .lock_class = name, .kind = core::LockKind::plain, .readers = readers});
  }
  SharesNow now;
  struct Had {
    core::LockId lock = 0;
    bool share = false;
  };
  std::array<std::vector<Had>, kSharers> had;
  const auto add = [&](TraceEventKind kind, core::TaskId task, core::LockId lock) {
    trace.names.sites.push_back({.line = static_cast<std::uint32_t>(trace.events.size() + 1)});
    trace.events.push_back(
        {.kind = kind, .task = task, .object = lock, .site = static_cast<std::uint32_t>(trace.names.sites.size() - 1)});
    RC_ASSERT(now.take(trace.events.back()) == "");
  };
  const auto give_back = [&](core::TaskId task) {
    const Had last = had.at(task).back();
    had.at(task).pop_back();
    add(last.share ? TraceEventKind::release_share : TraceEventKind::release, task, last.lock);
  };
  const auto choices = *rc::gen::container<std::vector<std::uint32_t>>(40, rc::gen::inRange<std::uint32_t>(0, 1000));
  for (const std::uint32_t choice : choices) {
    const core::TaskId task = choice % kSharers;
    const core::LockId lock = choice / 3 % kSharedLocks;
    const bool share = choice / 9 % 2 == 0;
    const bool gives = choice / 18 % 3 == 0 || had.at(task).size() == 3;
    if (gives) {
      if (!had.at(task).empty()) give_back(task);
      continue;
    }
    const bool has =
        std::ranges::any_of(had.at(task), [lock](const Had& each) { return each.lock == lock && !each.share; });
    if (has || !now.is_free(lock, share)) continue;
    add(share ? TraceEventKind::request_share : TraceEventKind::request, task, lock);
    add(share ? TraceEventKind::acquire_share : TraceEventKind::acquire, task, lock);
    had.at(task).push_back({lock, share});
  }
  return trace;
}

TEST(SharesInPredictions, WhatIsSound_IsARunThatEndsInTheRing) {
  std::size_t sound = 0;
  std::size_t turns = 0;
  expect_in_many_cases(600, [&] {
    const SharedTrace trace = any_shared_trace();
    lockcheck::TraceCheck check;
    for (const TraceEvent& event : trace.events) check.event(event, trace.names);
    lockcheck::Verdict verdict;
    check.conclude(trace.names, verdict);
    for (std::size_t i = 0; i < verdict.order.predictions.size(); ++i) {
      const lockcheck::PredictedRun& run = check.runs()[i];
      if (run.lengths.empty()) continue;
      ++sound;
      for (const auto& link : verdict.order.predictions[i].links) {
        turns += link.owns.kind == lockcheck::ResourceType::turn ? 1 : 0;
      }
      lockcheck::TraceInMemory events;
      lockcheck::PredictedRunTrace chosen(run, events);
      for (const TraceEvent& event : trace.events) chosen.event(event, trace.names);
      chosen.finish(trace.names);
      SharesNow now;
      lockcheck::LockWatch watch(lockcheck::Threads::one, lockcheck::OrderChecks::off);
      lockcheck::TracePlayer player(watch);
      for (const TraceEvent& event : events.events) {
        RC_ASSERT(now.take(event) == "");
        player.event(event, trace.names);
      }
      player.finish();
      const lockcheck::StuckCore stuck = lockcheck::stuck_core(watch.wait_state());
      for (const lockcheck::PredictedRun::Wait& wait : run.waits) {
        const bool is_stuck = std::ranges::find(stuck.core, wait.task) != stuck.core.end() ||
                              std::ranges::find(stuck.bystanders, wait.task) != stuck.bystanders.end();
        RC_ASSERT(is_stuck);
      }
    }
  });
  std::cout << sound << " sound rings, " << turns << " of them through a writer that waits\n";
  EXPECT_GT(sound, 20U);
  EXPECT_GT(turns, 0U);
}

}  // namespace
}  // namespace zoneknot::proptests
