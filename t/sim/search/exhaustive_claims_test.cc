// What searches that claim to have gone through everything must not have missed, and what they must say that they have
// not looked at. Each program is the smallest one that was once answered wrongly.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/shared.h"
#include "sim/dpor/depth_first.h"
#include "sim/dpor/optimal_dpor.h"
#include "sim/dpor/source_dpor.h"
#include "sim/run/virtual_clock.h"
#include "sim/search/explorer.h"
#include "sim/states/stateful_search.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using core::Sharing;

enum class By : std::uint8_t { depth_first, source, optimal, states, states_without_memo };

std::unique_ptr<Strategy> strategy_of(By by) {
  if (by == By::depth_first) return std::make_unique<DepthFirst>();
  if (by == By::source) return std::make_unique<SourceDpor>();
  return std::make_unique<OptimalDpor>();
}

class ExhaustiveClaims : public testing::TestWithParam<By> {
 protected:
  static SearchResult search(const Program& program, const SearchLimits& limits = {}) {
    Simulation simulation;
    if (GetParam() >= By::states) {
      const bool memo = GetParam() == By::states;
      return explore_states(simulation, program, {.remember_steps = memo, .check_keys = true}, limits);
    }
    return explore(simulation, program, *strategy_of(GetParam()), limits);
  }
};

INSTANTIATE_TEST_SUITE_P(Every, ExhaustiveClaims,
                         testing::Values(By::depth_first, By::source, By::optimal, By::states,
                                         By::states_without_memo));

// The first task may wait only after the broadcast, and then nothing wakes it but a wake-up that nobody promises.
void broadcast_too_early(Simulation& sim) {
  const core::LockId m = sim.create_lock(programs::plain("m"));
  const core::ConditionId cv = sim.create_condition("cv");
  core::Shared<int> racy(sim, "racy", Sharing::racy, 0);
  const core::TaskId a = sim.spawn("a", [&] {
    sim.lock(m);
    sim.wait(cv, m);
    sim.unlock(m);
  });
  const core::TaskId b = sim.spawn("b", [&] {
    sim.broadcast(cv);
    (void)racy.peek();
  });
  sim.join(b);
  sim.join(a);
}

TEST_P(ExhaustiveClaims, WaitThatOnlySpuriousWakeUpsEnd_IsAHang) {
  for (const bool first_ends : {true, false}) {
    SearchLimits limits{.first_hang_ends = first_ends};
    limits.execution.spurious_wakeups = true;
    EXPECT_GT(search(broadcast_too_early, limits).hangs, 0U) << first_ends;
  }
}

TEST_P(ExhaustiveClaims, ProgramThatLooksAtTheClock_IsNotCovered) {
  const SearchResult result = search([](Simulation& sim) {
    VirtualClock clock(sim);
    const core::LockId m = sim.create_lock(programs::plain("m"));
    programs::run_all(sim, {[&] {
                              const std::uint64_t began = clock.now_ns();
                              sim.lock(m);
                              if (clock.now_ns() - began > 10) sim.lock(m);
                              sim.unlock(m);
                            },
                            [&] {
                              sim.lock(m);
                              sim.unlock(m);
                            }});
  });
  EXPECT_EQ(result.end, SearchEnd::exhausted);
  EXPECT_FALSE(result.exhaustive);
  ASSERT_FALSE(result.reservations.empty());
  EXPECT_NE(result.reservations.front().find("clock"), std::string::npos);
}

TEST_P(ExhaustiveClaims, SleepsSideBySide_AreNoBoundOnWhatComesAfterThem) {
  const SearchResult result = search([](Simulation& sim) {
    VirtualClock clock(sim);
    core::Shared<int> first(sim, "first", Sharing::racy, 0);
    const core::LockId m = sim.create_lock(programs::plain("m"));
    programs::run_all(sim, {[&] {
                              clock.sleep(10);
                              (void)first.update([](int value) { return value == 0 ? 1 : value; });
                            },
                            [&] {
                              clock.sleep(20);
                              (void)first.update([](int value) { return value == 0 ? 2 : value; });
                            }});
    sim.lock(m);
    if (first.read() == 2) sim.lock(m);
    sim.unlock(m);
  });
  EXPECT_TRUE(result.hangs > 0 || !result.exhaustive);
}

// Each of two tasks makes something, and whoever compares the numbers can tell which was first.
Program compares_numbers(bool of_locks, const std::function<bool(std::uint32_t, std::uint32_t)>& hangs_if) {
  return [=](Simulation& sim) {
    std::vector<std::uint32_t> numbers(2);
    const core::LockId m = sim.create_lock(programs::plain("m"));
    const auto body = [&](std::size_t at) {
      return [&, at] { numbers[at] = of_locks ? sim.create_lock(programs::plain("own")) : sim.spawn("child", [] {}); };
    };
    programs::run_all(sim, {body(0), body(1)});
    sim.lock(m);
    if (hangs_if(numbers[0], numbers[1])) sim.lock(m);
    sim.unlock(m);
  };
}

TEST_P(ExhaustiveClaims, NumbersOfWhatIsCreatedSideBySide_ComeInEitherOrder) {
  for (const bool of_locks : {true, false}) {
    EXPECT_GT(search(compares_numbers(of_locks, std::less<>())).hangs, 0U) << of_locks;
    EXPECT_GT(search(compares_numbers(of_locks, std::greater<>())).hangs, 0U) << of_locks;
  }
}

TEST_P(ExhaustiveClaims, LocksThatTasksCreateForThemselves_AreCovered) {
  const SearchResult result = search(compares_numbers(true, std::equal_to<>()));
  EXPECT_TRUE(result.exhaustive);
  EXPECT_EQ(result.hangs, 0U);
}

TEST_P(ExhaustiveClaims, TaskStartedByTheFirstWhileAnotherStartsOne_IsNotCovered) {
  const SearchResult result = search(compares_numbers(false, std::equal_to<>()));
  EXPECT_FALSE(result.exhaustive);
  EXPECT_FALSE(result.reservations.empty());
}

TEST_P(ExhaustiveClaims, LockThatIsTriedForSomeTime_RepeatsItselfWithoutAnyConditionVariable) {
  const SearchResult result = search([](Simulation& sim) {
    const core::LockId a = sim.create_lock(programs::plain("a"));
    const auto tries = [&] {
      if (sim.try_lock_for(a, 5)) sim.unlock(a);
    };
    programs::run_all(sim, {tries, tries, [&] {
                              sim.lock(a);
                              sim.unlock(a);
                            }});
  });
  EXPECT_TRUE(result.exhaustive);
  EXPECT_EQ(result.hangs, 0U);
}

// A task waits for the unit of a pool that it has itself; whether another one gives it a unit is up to that.
Program pool_with_a_stranger(bool stranger_gives) {
  return [=](Simulation& sim) {
    const core::SemaphoreId pool = sim.create_pool("pool", 1);
    core::Shared<int> racy(sim, "racy", Sharing::racy, 0);
    programs::run_all(sim, {[&] {
                              sim.acquire(pool);
                              sim.acquire(pool);
                              sim.release(pool, 2);
                            },
                            [&] {
                              (void)racy.peek();
                              if (stranger_gives) sim.release(pool);
                            }});
  };
}

TEST_P(ExhaustiveClaims, PoolThatAStrangerFills_IsNoHang) {
  for (const bool first_ends : {true, false}) {
    const SearchLimits limits{.first_hang_ends = first_ends};
    EXPECT_EQ(search(pool_with_a_stranger(true), limits).hangs, 0U);
    EXPECT_GT(search(pool_with_a_stranger(false), limits).hangs, 0U);
  }
}

TEST_P(ExhaustiveClaims, StepThatDraws_IsNotTakenForTheNextOneOfItsTask) {
  const SearchResult result = search([](Simulation& sim) {
    const core::LockId m = sim.create_lock(programs::plain("m"));
    const auto draws = [&] {
      (void)sim.draw(2, core::Site::current());
      sim.lock(m);
      (void)sim.draw(2, core::Site::current());
      sim.unlock(m);
    };
    programs::run_all(sim, {draws, [] {}});
  });
  EXPECT_EQ(result.end, SearchEnd::exhausted);
}

TEST(StatesOfData, DataThatTheProgramKeepsForItself_IsSaidNotToBeSeen) {
  const Program program = [](Simulation& sim) {
    const core::LockId m = sim.create_lock(programs::plain("m"));
    int last = 0;
    const auto writes = [&](int value) {
      return [&, value] {
        sim.lock(m);
        last = value;
        sim.unlock(m);
      };
    };
    programs::run_all(sim, {writes(1), writes(2)});
    sim.lock(m);
    if (last == 1) sim.lock(m);
    sim.unlock(m);
  };
  Simulation simulation;
  const SearchResult result = explore_states(simulation, program, {}, {});
  if (result.hangs == 0) {
    ASSERT_FALSE(result.reservations.empty());
    EXPECT_NE(result.reservations.front().find("neither in cells nor in fingerprints"), std::string::npos);
  }
  EXPECT_TRUE(explore_states(simulation, programs::one_lock(2, 1), {.data_in_cells = true}, {}).reservations.empty());
}

TEST(StatesOfData, FingerprintThatLeavesOutALoopCounter_IsRefusedByPlaceAndIsNoLivelock) {
  const Program program = [](Simulation& sim) {
    const core::LockId m = sim.create_lock(programs::plain("m"));
    programs::run_all(sim, {[&] {
                        const core::Mark begin = sim.mark();
                        for (int i = 0; i < 300; ++i) {
                          sim.checkpoint(begin, [](core::StateSink&) {});
                          sim.lock(m);
                          sim.unlock(m);
                        }
                      }});
  };
  for (const bool check_keys : {false, true}) {
    Simulation simulation;
    try {
      (void)explore_states(simulation, program, {.check_keys = check_keys}, {});
      ADD_FAILURE() << "it was believed";
    } catch (const std::logic_error& refusal) {
      const std::string what = refusal.what();
      EXPECT_NE(what.find("fingerprint leaves something out"), std::string::npos) << what;
      EXPECT_NE(what.find("exhaustive_claims_test.cc"), std::string::npos) << what;
    }
  }
}

Program uses_guarded_cell(const std::function<void(core::Shared<int>&)>& use, Sharing sharing = Sharing::racy) {
  return [=](Simulation& sim) {
    const core::LockId m = sim.create_lock(programs::plain("m"));
    core::Shared<int> cell(sim, {.name = "cell", .sharing = sharing, .guard = m}, 0);
    const auto in_order = [&] {
      sim.lock(m);
      cell.write(cell.read() + 1);
      sim.unlock(m);
    };
    programs::run_all(sim, {in_order, [&] { use(cell); }});
    cell.write(7);
  };
}

TEST(GuardedCell, UsedWithoutItsLock_BreaksARuleInASearch) {
  const auto broken = [](const Program& program) {
    Simulation simulation;
    DepthFirst strategy;
    return explore(simulation, program, strategy, {}).broken_rules;
  };
  EXPECT_TRUE(broken(uses_guarded_cell([](core::Shared<int>&) {})).empty());
  EXPECT_TRUE(broken(uses_guarded_cell([](core::Shared<int>& cell) { (void)cell.peek(); })).empty());
  const auto written = broken(uses_guarded_cell([](core::Shared<int>& cell) { cell.write(1); }));
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written.front().what.rule, lockcheck::Rule::guard);
  EXPECT_EQ(written.front().what.what, "writes cell without m");
  const auto read = broken(uses_guarded_cell([](core::Shared<int>& cell) { (void)cell.read(); }, Sharing::locked));
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read.front().what.what, "reads cell without m");
}

}  // namespace
}  // namespace zoneknot::sim
