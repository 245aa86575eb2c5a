// What a simulated run tells a listener of its LockWatch, besides locks and waits: once each, in the order in which it
// happens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/condition_variable.h"
#include "core/semaphore.h"
#include "core/shared.h"
#include "sim/dpor/depth_first.h"
#include "sim/search/explorer.h"
#include "t/device/real/event_log.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using core::ConditionVariable;
using core::Mutex;
using core::ScopedLock;
using core::Semaphore;
using programs::plain;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr std::uint64_t kShortWait = 1000;  // ns

// The first execution of a depth-first search: every task runs as far as it can.
std::vector<std::string> told(const Program& program, bool accesses = false) {
  device::EventLog log;
  if (accesses) log.want_accesses();
  Simulation simulation;
  simulation.watch().add_listener(log);
  DepthFirst strategy;
  EXPECT_TRUE(strategy.begin());
  simulation.run([&] { program(simulation); }, strategy);
  return log.lines();
}

// The lines from `first` to `last`, each the first of its kind.
std::vector<std::string> between(const std::vector<std::string>& lines, const std::string& first,
                                 const std::string& last) {
  const auto begin = std::ranges::find(lines, first);
  const auto end = std::find(begin, lines.end(), last);
  if (end == lines.end()) return {"no line: " + first + " … " + last};
  return {begin, end + 1};
}

TEST(ToldEvents, AForkIsToldBeforeTheChildDoesAnything_AndAJoinWhenItEnds) {
  const auto lines = told([](Simulation& sim) {
    Mutex mutex(sim, plain());
    const core::TaskId child = sim.spawn("child", [&] { const ScopedLock lock(mutex); });
    sim.join(child);
    sim.join(child);
  });
  EXPECT_THAT(between(lines, "started 1 child", "ended 0"),
              ElementsAre("started 1 child", "forked 0 1", "waits 0 join", "wants 1 0", "got 1 0", "gave 1 0",
                          "ended 1", "waited 0", "joined 0 1", "joined 0 1", "ended 0"));
}

TEST(ToldEvents, WhoeverDoesNotGetALockIsToldOfOnce) {
  const auto lines = told([](Simulation& sim) {
    Mutex mutex(sim, plain());
    const ScopedLock lock(mutex);
    const core::TaskId child = sim.spawn("child", [&] {
      static_cast<void>(mutex.try_lock());
      static_cast<void>(mutex.try_lock_for(kShortWait));
      static_cast<void>(mutex.try_lock_for(0));
    });
    sim.join(child);
  });
  EXPECT_THAT(between(lines, "forked 0 1", "ended 1"),
              ElementsAre("forked 0 1", "waits 0 join", "refused 1 0", "waits 1 lock", "waited 1", "refused 1 0",
                          "refused 1 0", "ended 1"));
}

TEST(ToldEvents, AWaiterIsEntered_Signalled_AndWoken) {
  const auto lines = told([](Simulation& sim) {
    Mutex mutex(sim, plain());
    ConditionVariable changed(sim, "changed");
    bool ready = false;
    const core::TaskId child = sim.spawn("child", [&] {
      const ScopedLock lock(mutex);
      ready = true;
      changed.signal();
      changed.broadcast();
    });
    {
      const ScopedLock lock(mutex);
      changed.wait_until(mutex, [&] { return ready; });
    }
    sim.join(child);
  });
  EXPECT_THAT(between(lines, "entered 0 0", "ended 1"),
              ElementsAre("entered 0 0", "gave 0 0", "waits 0 condition", "waited 1", "got 1 0", "signalled 1 0",
                          "woke 1 0", "waited 0", "broadcast 1 0", "gave 1 0", "ended 1"));
}

TEST(ToldEvents, UnitsAreToldWithWhoTakesAndWhoAddsThem) {
  const auto lines = told([](Simulation& sim) {
    Semaphore slots(sim, "slots", 1);
    slots.acquire();
    const core::TaskId child = sim.spawn("child", [&] {
      static_cast<void>(slots.try_acquire());
      static_cast<void>(slots.acquire_for(kShortWait));
      slots.release(2);
    });
    slots.acquire();
    sim.join(child);
  });
  EXPECT_THAT(lines, IsSupersetOf({"unit 0 0", "no unit 1 0", "units 1 0 2"}));
  EXPECT_EQ(std::ranges::count(lines, "unit 0 0"), 2);
  EXPECT_EQ(std::ranges::count(lines, "no unit 1 0"), 2);
}

TEST(ToldEvents, AccessesAreToldWhereTheListenerWantsThem) {
  const Program program = [](Simulation& sim) {
    core::Shared<int> locked(sim, "locked", core::Sharing::locked, 1);
    core::Shared<int> racy(sim, "racy", core::Sharing::racy, 1);
    static_cast<void>(locked.read());
    locked.write(2);
    static_cast<void>(racy.peek());
    racy.update([](int value) { return value + 1; });
  };
  EXPECT_THAT(between(told(program, true), "wrote 0 0", "ended 0"),
              ElementsAre("wrote 0 0", "cell 1 racy", "wrote 0 1", "read 0 0", "wrote 0 0", "read 0 1", "read 0 1",
                          "wrote 0 1", "ended 0"));
  EXPECT_THAT(told(program), Not(Contains(::testing::StartsWith("read"))));
  EXPECT_THAT(told(program), Not(Contains(::testing::StartsWith("wrote"))));
}

TEST(ToldEvents, NothingIsToldOfAnExecutionThatIsGivenUp) {
  const auto lines = told([](Simulation& sim) {
    Mutex mutex(sim, plain());
    Semaphore slots(sim, "slots", 0);
    const ScopedLock lock(mutex);
    slots.acquire();  // for ever
  });
  EXPECT_EQ(lines.back(), "waits 0 semaphore");
}

}  // namespace
}  // namespace zoneknot::sim
