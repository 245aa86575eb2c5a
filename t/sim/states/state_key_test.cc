// What tells states apart although every task is what it was.
#include <gtest/gtest.h>

#include <set>
#include <string>

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

}  // namespace
}  // namespace zoneknot::sim
