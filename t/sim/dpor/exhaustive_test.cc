// What every exhaustive search has to count right.
#include <gtest/gtest.h>

#include <set>

#include "core/shared.h"
#include "sim/dpor/depth_first.h"
#include "sim/dpor/optimal_dpor.h"
#include "sim/dpor/source_dpor.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;

template <class Search>
class Exhaustive : public testing::Test {
 protected:
  static SearchResult exhaust(const Program& program) {
    Simulation simulation;
    Search strategy;
    SearchLimits limits;
    limits.first_hang_ends = false;
    return explore(simulation, program, strategy, limits);
  }
};

using Searches = testing::Types<DepthFirst, SourceDpor, OptimalDpor>;
TYPED_TEST_SUITE(Exhaustive, Searches);

std::uint64_t factorial(std::uint64_t n) { return n < 2 ? 1 : n * factorial(n - 1); }

TYPED_TEST(Exhaustive, RotatingPhilosophers_HaveTwoToTheNMinusOneTracesAndOneDeadlock) {
  for (unsigned n = 2; n <= 5; ++n) {
    const SearchResult result = this->exhaust(programs::philosophers(n, Forks::rotating));
    EXPECT_EQ(result.traces, (1U << n) - 1) << n;
    EXPECT_EQ(result.hangs, 1U) << n;
    EXPECT_TRUE(result.exhaustive);
  }
}

TYPED_TEST(Exhaustive, OrderedPhilosophers_HaveTwoToTheNMinusTwoTracesAndNoDeadlock) {
  for (unsigned n = 2; n <= 5; ++n) {
    const SearchResult result = this->exhaust(programs::philosophers(n, Forks::ordered));
    EXPECT_EQ(result.traces, (1U << n) - 2) << n;
    EXPECT_EQ(result.hangs, 0U) << n;
    EXPECT_TRUE(result.exhaustive);
  }
}

TYPED_TEST(Exhaustive, OneLockTakenKTimesByNTasks_HasEveryOrderOfItsHolders) {
  for (const auto& [n, k] : {std::pair{2U, 1U}, {2U, 3U}, {3U, 1U}, {3U, 2U}, {4U, 1U}, {4U, 2U}}) {
    std::uint64_t traces = factorial(n * k);
    for (unsigned i = 0; i < n; ++i) traces /= factorial(k);
    EXPECT_EQ(this->exhaust(programs::one_lock(n, k)).traces, traces) << n << " tasks, " << k << " times";
  }
}

TYPED_TEST(Exhaustive, TasksThatShareNothing_AreOneTrace) {
  const SearchResult result = this->exhaust([](Simulation& sim) {
    std::vector<std::function<void()>> bodies;
    for (unsigned i = 0; i < 4; ++i) {
      const core::LockId own = sim.create_lock(programs::plain());
      bodies.emplace_back([&sim, own] {
        sim.lock(own);
        sim.unlock(own);
      });
    }
    programs::run_all(sim, std::move(bodies));
  });
  EXPECT_EQ(result.traces, 1U);
}

TYPED_TEST(Exhaustive, TasksThatCreateLocks_ShareTheirNumbers) {
  const SearchResult result = this->exhaust([](Simulation& sim) {
    const std::vector<std::function<void()>> bodies(4, [&sim] {
      const core::LockId own = sim.create_lock(programs::plain());
      sim.lock(own);
      sim.unlock(own);
    });
    programs::run_all(sim, bodies);
  });
  EXPECT_EQ(result.traces, 24U);
}

TYPED_TEST(Exhaustive, RacyCounter_IsSeenWithAndWithoutTheLostUpdate) {
  std::set<int> finals;
  const SearchResult result = this->exhaust([&finals](Simulation& sim) {
    core::Shared<int> counter(sim, "counter", core::Sharing::racy, 0);
    const auto increment = [&counter] { counter.write(counter.peek() + 1); };
    programs::run_all(sim, {increment, increment});
    finals.insert(counter.read());
  });
  EXPECT_EQ(finals, (std::set<int>{1, 2}));
  // w1 before r2, w2 before r1, or neither: then the two writes have an order.
  EXPECT_EQ(result.traces, 4U);
}

TYPED_TEST(Exhaustive, TwoReadersOfACell_AreOneTrace) {
  const SearchResult result = this->exhaust([](Simulation& sim) {
    core::Shared<int> cell(sim, "cell", core::Sharing::racy, 0);
    const auto look = [&cell] { (void)cell.peek(); };
    programs::run_all(sim, {look, look});
  });
  EXPECT_EQ(result.traces, 1U);
}

TYPED_TEST(Exhaustive, Draws_TakeEveryValue) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  const SearchResult result = this->exhaust([&seen](Simulation& sim) {
    const std::uint64_t first = sim.draw(3, core::Site::current());
    const std::uint64_t second = first == 1 ? sim.draw(2, core::Site::current()) : 0;
    seen.insert({first, second});
  });
  EXPECT_EQ(result.traces, 4U);
  EXPECT_EQ(seen.size(), 4U);
}

TYPED_TEST(Exhaustive, DrawBesideALockRace_IsCombinedWithBothOrders) {
  const SearchResult result = this->exhaust([](Simulation& sim) {
    const core::LockId lock = sim.create_lock(programs::plain());
    const auto body = [&sim, lock] {
      sim.lock(lock);
      (void)sim.draw(2, core::Site::current());
      sim.unlock(lock);
    };
    programs::run_all(sim, {body, body});
  });
  EXPECT_EQ(result.traces, 8U);
}

TYPED_TEST(Exhaustive, SearchCutShort_IsNotCalledExhaustive) {
  Simulation simulation;
  TypeParam strategy;
  SearchLimits limits;
  limits.first_hang_ends = false;
  limits.execution.max_steps = 8;
  const SearchResult result = explore(simulation, programs::philosophers(3, Forks::ordered), strategy, limits);
  EXPECT_EQ(result.end, SearchEnd::exhausted);
  EXPECT_GT(result.cut, 0U);
  EXPECT_FALSE(result.exhaustive);
}

TYPED_TEST(Exhaustive, TaskThatGoesOnBesideADeadlock_IsExploredToItsEnd) {
  std::set<std::pair<bool, bool>> seen;
  const SearchResult result = this->exhaust([&seen](Simulation& sim) {
    // Whichever of the first two comes first, they wait on each other; what the third one does depends on them too.
    const core::LockId lock = sim.create_lock(programs::plain());
    core::Shared<bool> flag(sim, "flag", core::Sharing::racy, false);
    programs::run_all(sim, {[&] {
                              sim.lock(lock);
                              flag.write(true);
                              sim.join(2);
                            },
                            [&] { sim.join(1); },
                            [&] {
                              const bool early = flag.peek();
                              seen.insert({early, flag.peek()});
                            }});
  });
  EXPECT_EQ(result.hangs, result.traces);
  EXPECT_EQ(result.traces, 3U);
  EXPECT_EQ(seen, (std::set<std::pair<bool, bool>>{{false, false}, {false, true}, {true, true}}));
}

TYPED_TEST(Exhaustive, LockThatIsStillAwaitedInADeadlock_IsTriedBeforeItsHolder) {
  // The first task takes the lock and keeps it: that the second one could have been first shows in no step of it.
  std::set<core::TaskId> holders;
  const SearchResult result = this->exhaust([&holders](Simulation& sim) {
    const core::LockId lock = sim.create_lock(programs::plain());
    const auto body = [&sim, &holders, lock] {
      sim.lock(lock);
      holders.insert(sim.current());
    };
    programs::run_all(sim, {body, body});
  });
  EXPECT_EQ(result.traces, 2U);
  EXPECT_EQ(result.hangs, 2U);
  EXPECT_EQ(holders.size(), 2U);
}

TYPED_TEST(Exhaustive, FailedTryLocks_HaveNoOrderAmongThemselves) {
  const SearchResult result = this->exhaust([](Simulation& sim) {
    const core::LockId lock = sim.create_lock(programs::plain());
    sim.lock(lock);
    const auto look = [&sim, lock] { EXPECT_FALSE(sim.try_lock(lock)); };
    programs::run_all(sim, {look, look, look});
    sim.unlock(lock);
  });
  EXPECT_EQ(result.traces, 1U);
}

TEST(OptimalDpor, NeverBeginsAnExecutionInVain) {
  for (const Forks forks : {Forks::rotating, Forks::ordered}) {
    Simulation simulation;
    OptimalDpor strategy;
    SearchLimits limits;
    limits.first_hang_ends = false;
    const SearchResult result = explore(simulation, programs::philosophers(4, forks, 2), strategy, limits);
    EXPECT_TRUE(result.exhaustive);
    EXPECT_EQ(result.pruned, 0U);
    EXPECT_EQ(result.executions, result.traces);
    EXPECT_GT(result.traces, 100U);
  }
}

TEST(OptimalDpor, ObjectsCreatedSideBySide_AreCoveredInEveryOrder) {
  const Program program = [](Simulation& sim) {
    core::Shared<int> cell(sim, "cell", core::Sharing::racy, 0);
    const auto body = [&sim, &cell] {
      cell.write(1);
      const core::LockId own = sim.create_lock(programs::plain());
      sim.lock(own);
      sim.unlock(own);
    };
    programs::run_all(sim, {body, body});
  };
  Simulation simulation;
  SearchLimits limits;
  limits.first_hang_ends = false;
  OptimalDpor optimal;
  EXPECT_TRUE(explore(simulation, program, optimal, limits).exhaustive) << "the two writes order the creations";
  const Program unordered = [](Simulation& sim) {
    const auto body = [&sim] {
      const core::LockId own = sim.create_lock(programs::plain());
      sim.lock(own);
      sim.unlock(own);
    };
    programs::run_all(sim, {body, body});
  };
  OptimalDpor another;
  EXPECT_TRUE(explore(simulation, unordered, another, limits).exhaustive);
  SourceDpor source;
  EXPECT_TRUE(explore(simulation, unordered, source, limits).exhaustive);
}

TEST(SourceDpor, SleepsThatOverlap_AreNoClaimOfCompleteness) {
  const auto sleepers = [](unsigned count) {
    return Program([count](Simulation& sim) {
      const auto body = [&sim] { sim.sleep(1000, core::Site::current()); };
      programs::run_all(sim, std::vector<std::function<void()>>(count, body));
    });
  };
  Simulation simulation;
  SourceDpor alone;
  EXPECT_TRUE(explore(simulation, sleepers(1), alone, {}).exhaustive);
  SourceDpor together;
  const SearchResult result = explore(simulation, sleepers(2), together, {});
  EXPECT_EQ(result.end, SearchEnd::exhausted);
  EXPECT_FALSE(result.exhaustive);
  EXPECT_NE(together.describe().coverage, "");
}

}  // namespace
}  // namespace zoneknot::sim
