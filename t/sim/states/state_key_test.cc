// What tells states apart although every task is what it was.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/condition_variable.h"
#include "core/semaphore.h"
#include "sim/states/stateful_search.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

// Nothing that the task would have to remember.
void no_live_state(core::StateSink&) {}

SearchResult all_executions(const Program& program) {
  Simulation simulation;
  SearchLimits limits;
  limits.first_hang_ends = false;
  return explore_states(simulation, program, {.check_keys = true}, limits);
}

TEST(StateKey, UnitsOfASemaphore_AreInIt) {
  std::set<bool> taken;
  all_executions([&](Simulation& sim) {
    core::Semaphore items(sim, "items", 0);
    const auto forgetful = [&] {
      const core::Mark begin = sim.mark();
      if (sim.draw(2, core::Site::current()) == 1) items.release();
      sim.checkpoint(begin, no_live_state);
    };
    programs::run_all(sim, {forgetful});
    taken.insert(items.try_acquire());
  });
  EXPECT_EQ(taken, (std::set<bool>{false, true}));
}

// Who wakes first is looked at when the last one wakes: afterwards both orders are one state.
TEST(StateKey, HowLongATaskStillSleeps_IsInIt) {
  std::set<std::string> orders;
  all_executions([&](Simulation& sim) {
    std::string order;
    const auto sleep = [&sim](std::uint64_t ns) { sim.sleep(ns, core::Site::current()); };
    const auto woke = [&](char who) {
      order += who;
      if (order.size() == 2) orders.insert(order);
    };
    const auto long_sleeper = [&] {
      sleep(10);
      woke('l');
    };
    const auto short_sleeper = [&] {
      const core::Mark begin = sim.mark();
      if (sim.draw(2, core::Site::current()) == 1) sleep(5);
      sim.checkpoint(begin, no_live_state);
      sleep(1);
      sleep(7);
      woke('s');
    };
    programs::run_all(sim, {long_sleeper, short_sleeper});
  });
  EXPECT_EQ(orders, (std::set<std::string>{"ls", "sl"}));
}

// A time-out before the signal leaves the same waiters, events and histories as the signal alone. But then the signal
// is lost, and the second wait is for ever.
TEST(StateKey, HowAWaitHasEnded_IsInIt) {
  bool in_time = false;
  const SearchResult result = all_executions([&](Simulation& sim) {
    core::Mutex mutex(sim, programs::plain());
    core::ConditionVariable changed(sim, "changed");
    const auto waits = [&] {
      const core::ScopedLock lock(mutex);
      if (changed.wait_for(mutex, 10)) {
        in_time = true;
      } else {
        changed.wait(mutex);
      }
    };
    programs::run_all(sim, {waits, [&] { changed.signal(); }});
  });
  EXPECT_TRUE(in_time);
  EXPECT_GT(result.hangs, 0U);
}

TEST(StateKey, TasksThatWaitForACondition_AreInItAsASet) {
  const SearchResult result = all_executions([](Simulation& sim) {
    core::ConditionVariable never(sim, "never");
    core::Mutex first(sim, programs::plain("first"));
    core::Mutex second(sim, programs::plain("second"));
    const auto waits = [&never](core::Mutex& mutex) {
      return [&] {
        const core::ScopedLock lock(mutex);
        never.wait(mutex);
      };
    };
    programs::run_all(sim, {waits(first), waits(second)});
  });
  EXPECT_EQ(result.space->states, 17U);  // two more if it made a difference who came first
}

// At once, or after a step that both ways have in common.
TEST(StateKey, WhatAJoinedTaskHasLeft_IsInIt) {
  for (const bool at_once : {false, true}) {
    const SearchResult result = all_executions([&](Simulation& sim) {
      const core::LockId lock = sim.create_lock(programs::plain());
      const core::LockId twice = sim.create_lock(programs::plain("twice"));
      bool left = false;
      sim.join(sim.spawn("child", [&] { left = sim.draw(2, core::Site::current()) == 1; }));
      if (!at_once) {
        sim.lock(lock);
        sim.unlock(lock);
      }
      if (!left) return;
      sim.lock(twice);
      sim.lock(twice);
    });
    EXPECT_EQ(result.hangs, 1U) << at_once;
    EXPECT_EQ(result.traces, 2U) << at_once;
  }
}

}  // namespace
}  // namespace zoneknot::sim
