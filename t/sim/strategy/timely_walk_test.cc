#include "sim/strategy/timely_walk.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/run/virtual_clock.h"
#include "sim/strategy/random_walk.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;

// One task works while another sleeps: how long the work took when the sleeper woke.
struct WorkAndSleep {
  Simulation simulation;
  VirtualClock clock{simulation};
  core::Clock& time = clock;
  std::uint64_t work_done = 0;

  void run() {
    core::Mutex lock(simulation, programs::plain("a"));
    work_done = 0;
    std::uint64_t done = 0;
    programs::run_all(simulation, {[&] {
                                     for (int i = 0; i < 5000; ++i) {
                                       const core::ScopedLock guard(lock);
                                       simulation.advance_ns(kSecondNs / 1000);
                                       ++done;
                                     }
                                   },
                                   [&] {
                                     time.sleep(2 * kSecondNs);
                                     work_done = done;
                                   }});
  }
};

TEST(TimelyWalk, SleeperWakesWhenItIsDue) {
  WorkAndSleep program;
  TimelyWalk walk(program.simulation, 1);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(walk.begin());
    const Outcome outcome = program.simulation.run([&] { program.run(); }, walk);
    EXPECT_EQ(outcome.kind, OutcomeKind::finished);
    EXPECT_TRUE(outcome.timely);
    EXPECT_GE(program.work_done, 1900U);
    EXPECT_LE(program.work_done, 2200U);
  }
}

TEST(TimelyWalk, TimerThatFiresBeforeItsTime_IsNoticed) {
  WorkAndSleep program;
  RandomWalk walk(1);
  int timely = 0;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(walk.begin());
    timely += program.simulation.run([&] { program.run(); }, walk).timely ? 1 : 0;
  }
  EXPECT_LT(timely, 5);
}

// Nobody sleeps, but one of two stands still for a second.
TEST(TimelyWalk, TaskThatIsKeptWaiting_IsNoticed) {
  Simulation simulation;
  class Unfair final : public Strategy {
   public:
    [[nodiscard]] StrategyDescription describe() const override { return {.name = "unfair"}; }
    [[nodiscard]] bool begin() override { return true; }
    [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override { return candidates.steady(); }
    [[nodiscard]] std::uint32_t draw(std::uint32_t) override { return 0; }
  } unfair;
  const auto program = [&] {
    core::Mutex lock(simulation, programs::plain("a"));
    const auto work = [&] {
      for (int i = 0; i < 1000; ++i) {
        const core::ScopedLock guard(lock);
        simulation.advance_ns(kSecondNs / 1000);
      }
    };
    programs::run_all(simulation, {work, work});
  };
  EXPECT_FALSE(simulation.run(program, unfair).timely);
}

// Somebody waits in a loop for the sleeper, and is let wait.
TEST(TimelyWalk, LoopThatWaitsForASleeper_EndsInTime) {
  Simulation simulation;
  VirtualClock clock(simulation);
  core::Clock& time = clock;
  TimelyWalk walk(simulation, 1);
  ASSERT_TRUE(walk.begin());
  const Outcome outcome = simulation.run(
      [&] {
        core::Mutex lock(simulation, programs::plain("a"));
        bool woken = false;
        programs::run_all(simulation, {[&] {
                                         for (bool seen = false; !seen;) {
                                           const core::ScopedLock guard(lock);
                                           seen = woken;
                                         }
                                       },
                                       [&] {
                                         time.sleep(kSecondNs);
                                         const core::ScopedLock guard(lock);
                                         woken = true;
                                       }});
      },
      walk);
  EXPECT_EQ(outcome.kind, OutcomeKind::finished);
  EXPECT_TRUE(outcome.timely);
}

}  // namespace
}  // namespace zoneknot::sim
