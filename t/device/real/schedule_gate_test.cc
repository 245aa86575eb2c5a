// Real threads that go through a list of steps.
#include "device/real/schedule_gate.h"

#include <gtest/gtest.h>

#include <mutex>
#include <string>

#include "core/semaphore.h"
#include "device/real/thread_runtime.h"
#include "device/real/watchdog.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::device {
namespace {

using core::ScheduledStep;
using core::StepKind;

constexpr std::uint64_t kShortPatience = 500'000'000;

// Tasks 1 and 2 take locks 0 and 1, each in its own order; task 0 starts them and waits for both.
struct Gated {
  explicit Gated(core::StepList steps) : gate(std::move(steps), {"main", "first", "second"}, kShortPatience) {
    gate.attach([this] { runtime.abandon(); }, [this] { return runtime.abandoned(); });
    runtime.set_hook(gate);
  }

  // What the tasks did, a letter for the task and a number for the lock.
  std::string run(bool inverted) {
    const auto take_both = [this](const char* name, core::Mutex& outer, core::Mutex& inner) {
      const core::ScopedLock one(outer);
      note(name + std::to_string(outer.id()));
      const core::ScopedLock two(inner);
      note(name + std::to_string(inner.id()));
    };
    runtime.run("main", [&] {
      core::Mutex a(runtime, {.lock_class = "zone", .order_key = {}});
      core::Mutex b(runtime, {.lock_class = "zone", .order_key = {}});
      runtime.spawn("first", [&] { take_both("f", a, b); });
      runtime.spawn("second", [&] { inverted ? take_both("s", b, a) : take_both("s", a, b); });
      runtime.join(1);
      runtime.join(2);
    });
    return done;
  }

  void note(const std::string& what) {
    const std::lock_guard guard(mutex);
    done += what + " ";
  }

  lockcheck::LockWatch watch{lockcheck::Threads::many};
  ThreadRuntime runtime{watch};
  ScheduleGate gate;
  std::mutex mutex;
  std::string done;
};

ScheduledStep step(core::TaskId task, StepKind kind, std::uint32_t object = 0) {
  return {.task = task, .kind = kind, .object = object};
}

TEST(ScheduleGate, ThreadsMakeTheStepsInTheOrderOfTheList) {
  for (int round = 0; round < 20; ++round) {
    Gated gated({step(0, StepKind::start), step(2, StepKind::start), step(2, StepKind::lock, 0),
                 step(2, StepKind::lock, 1), step(1, StepKind::start), step(2, StepKind::unlock, 1),
                 step(2, StepKind::unlock, 0), step(1, StepKind::lock, 0), step(1, StepKind::lock, 1)});
    EXPECT_EQ(gated.run(false), "s0 s1 f0 f1 ");
    EXPECT_EQ(gated.gate.failure(), "");
    EXPECT_FALSE(gated.gate.following());
  }
}

TEST(ScheduleGate, HangOfTheList_IsOneOfRealThreadsEveryTime) {
  for (int round = 0; round < 10; ++round) {
    Gated gated({step(0, StepKind::start), step(1, StepKind::start), step(1, StepKind::lock, 0),
                 step(2, StepKind::start), step(2, StepKind::lock, 1)});
    std::size_t stuck = 0;
    {
      const Watchdog dog(
          gated.watch, gated.runtime, [&](const lockcheck::StuckCore& core) { stuck = core.core.size(); }, 50'000'000);
      EXPECT_EQ(gated.run(true), "f0 s1 ");
    }
    EXPECT_EQ(stuck, 2U);
    EXPECT_EQ(gated.gate.failure(), "");
  }
}

// Two wait for a unit, which comes when both do; whoever the list says gets it.
TEST(ScheduleGate, UnitsOfASemaphore_GoToWhomTheListSays) {
  for (const core::TaskId taker : {1U, 2U, 1U, 2U}) {
    Gated gated({step(0, StepKind::start), step(1, StepKind::start), step(2, StepKind::start),
                 step(0, StepKind::release, 0), step(taker, StepKind::acquire, 0)});
    gated.runtime.run("main", [&] {
      core::Semaphore units(gated.runtime, "units", 0);
      for (const char* name : {"first", "second"}) {
        gated.runtime.spawn(name, [&gated, &units, name] {
          units.acquire();
          gated.note(name);
        });
      }
      units.release();
      units.release();
      gated.runtime.join(1);
      gated.runtime.join(2);
    });
    EXPECT_EQ(gated.done, taker == 1 ? "first second " : "second first ");
    EXPECT_EQ(gated.gate.failure(), "");
  }
}

TEST(ScheduleGate, AnotherStepThanThatOfTheList_EndsTheRunAndIsNamed) {
  Gated gated({step(0, StepKind::start), step(1, StepKind::start), step(1, StepKind::lock, 1)});
  gated.run(false);
  EXPECT_TRUE(gated.runtime.abandoned());
  EXPECT_EQ(gated.gate.failure().substr(0, 42), "step 2 of 3: wanted is 'lock 1' of first a") << gated.gate.failure();
  EXPECT_NE(gated.gate.failure().find("it comes to 'lock 0' of first at schedule_gate_test.cc:"), std::string::npos)
      << gated.gate.failure();
}

TEST(ScheduleGate, StepThatDoesNotCome_EndsTheRunAndIsNamed) {
  Gated gated({step(0, StepKind::start), step(2, StepKind::start), step(2, StepKind::lock, 0), step(1, StepKind::start),
               step(1, StepKind::lock, 0), step(2, StepKind::lock, 1)});
  gated.run(false);
  EXPECT_NE(gated.gate.failure().find("step 5 of 6: 'lock 1' of second"), std::string::npos) << gated.gate.failure();
  EXPECT_NE(gated.gate.failure().find("first has not returned from the step before it"), std::string::npos)
      << gated.gate.failure();
}

TEST(ScheduleGate, TaskThatEndsTooEarly_EndsTheRunAndIsNamed) {
  Gated gated({step(0, StepKind::start), step(1, StepKind::start), step(1, StepKind::lock, 0),
               step(1, StepKind::lock, 1), step(1, StepKind::unlock, 1), step(1, StepKind::unlock, 0),
               step(1, StepKind::lock, 0)});
  gated.run(false);
  EXPECT_NE(gated.gate.failure().find("wanted is 'lock 0' of first at"), std::string::npos) << gated.gate.failure();
  EXPECT_NE(gated.gate.failure().find("it has ended"), std::string::npos) << gated.gate.failure();
}

}  // namespace
}  // namespace zoneknot::device
