// What tells states apart although every task is what it was.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/condition_variable.h"
#include "core/semaphore.h"
#include "core/shared.h"
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

// Whether a checkpoint is a step depends on what the task did before it, which its fingerprint does not tell.
TEST(StateKey, ThatATaskIsAboutToPassACheckpoint_IsInIt) {
  for (const bool landmark : {false, true}) {
    const auto states = [landmark](std::uint32_t draws) {
      return all_executions([=](Simulation& sim) {
               core::Shared<int> cell(sim, "cell", core::Sharing::racy, 0);
               const auto looks_or_not = [&] {
                 const core::Mark begin = sim.mark();
                 sim.checkpoint(begin, no_live_state);
                 if (sim.draw(draws, core::Site::current()) == 1) static_cast<void>(cell.peek());
                 if (landmark) sim.landmark(begin, no_live_state);
                 landmark ? sim.checkpoint() : sim.checkpoint(begin, no_live_state);
                 static_cast<void>(cell.peek());
               };
               const auto writes = [&] { cell.write(1); };
               programs::run_all(sim, {looks_or_not, writes});
             })
          .space->states;
    };
    EXPECT_GT(states(2), states(1)) << landmark;
  }
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

// A time-out before the signal leaves the same waiters, events and histories as the signal alone. The signaller first
// lets some time pass: so both time-outs in this order are explored before its signal comes in time.
TEST(StateKey, HowAWaitHasEnded_IsInIt) {
  std::set<bool> in_time;
  all_executions([&](Simulation& sim) {
    core::Mutex mutex(sim, programs::plain());
    core::ConditionVariable changed(sim, "changed");
    core::Semaphore never(sim, "never", 0);
    const auto signals = [&] {
      {
        const core::ScopedLock lock(mutex);
      }
      static_cast<void>(never.acquire_for(10));
      changed.signal();
    };
    core::TaskId signaller = core::kNoId;
    {
      const core::ScopedLock lock(mutex);
      signaller = sim.spawn("signals", signals);
      in_time.insert(changed.wait_for(mutex, 10));
    }
    sim.join(signaller);
  });
  EXPECT_EQ(in_time, (std::set<bool>{false, true}));
}

// Who came first makes no more difference than if each waited for a condition of its own. A third task makes two steps
// meanwhile.
TEST(StateKey, TasksThatWaitForACondition_AreInItAsASet) {
  const auto states = [](bool same_condition) {
    const SearchResult result = all_executions([=](Simulation& sim) {
      core::ConditionVariable one(sim, "one");
      core::ConditionVariable other(sim, "other");
      core::Mutex first(sim, programs::plain("first"));
      core::Mutex second(sim, programs::plain("second"));
      core::Shared<int> cell(sim, "cell", core::Sharing::racy, 0);
      const auto waits = [](core::ConditionVariable& condition, core::Mutex& mutex) {
        return [&] {
          const core::ScopedLock lock(mutex);
          condition.wait(mutex);
        };
      };
      const auto writes_twice = [&] {
        cell.write(1);
        cell.write(2);
      };
      programs::run_all(sim, {waits(one, first), waits(same_condition ? one : other, second), writes_twice});
    });
    return result.space->states;
  };
  EXPECT_EQ(states(true), states(false));
}

// What a task has left decides a step of the task that has joined it, at once or later, together with a cell that
// somebody writes meanwhile: steps that are known must not be taken for each other.
TEST(StateKey, WhatAJoinedTaskHasLeft_IsInIt) {
  for (const bool at_once : {false, true}) {
    const SearchResult result = all_executions([&](Simulation& sim) {
      const core::LockId own = sim.create_lock(programs::plain("own"));
      const core::LockId later = sim.create_lock(programs::plain("later"));
      const core::LockId twice = sim.create_lock(programs::plain("twice"));
      core::Shared<int> cell(sim, "cell", core::Sharing::racy, 0);
      const auto pass = [&sim](core::LockId lock) {
        sim.lock(lock);
        sim.unlock(lock);
      };
      bool left = false;
      const core::TaskId child = sim.spawn("child", [&] {
        left = sim.draw(2, core::Site::current()) == 1;
        pass(own);
      });
      const core::TaskId writer = sim.spawn("writes", [&] { cell.write(1); });
      sim.join(child);
      if (!at_once) pass(later);
      if (left && cell.read() == 1) {
        sim.lock(twice);
        sim.lock(twice);
      }
      sim.join(writer);
    });
    EXPECT_GT(result.hangs, 0U) << at_once;
  }
}

}  // namespace
}  // namespace zoneknot::sim
