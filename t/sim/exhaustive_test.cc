// What every exhaustive search has to count right.
#include <gtest/gtest.h>

#include <set>

#include "core/shared.h"
#include "sim/depth_first.h"
#include "sim/optimal_dpor.h"
#include "sim/source_dpor.h"
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
      bodies.emplace_back([&sim] {
        const core::LockId own = sim.create_lock(programs::plain());
        sim.lock(own);
        sim.unlock(own);
      });
    }
    programs::run_all(sim, std::move(bodies));
  });
  EXPECT_EQ(result.traces, 1U);
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
  limits.max_steps = 8;
  const SearchResult result = explore(simulation, programs::philosophers(3, Forks::ordered), strategy, limits);
  EXPECT_EQ(result.end, SearchEnd::exhausted);
  EXPECT_GT(result.cut, 0U);
  EXPECT_FALSE(result.exhaustive);
}

}  // namespace
}  // namespace zoneknot::sim
