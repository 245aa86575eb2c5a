#include "sim/run/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

Outcome run_steadily(Simulation& simulation, const std::function<void()>& main, const ExecutionOptions& options = {}) {
  Replay steady{core::Schedule{}};
  EXPECT_TRUE(steady.begin());
  return simulation.run(main, steady, options);
}

Outcome run_steadily(Simulation& simulation, const Program& program) {
  return run_steadily(simulation, [&] { program(simulation); });
}

TEST(Simulation, ProgramWithoutTasks_Finishes) {
  Simulation simulation;
  bool ran = false;
  const Outcome outcome = run_steadily(simulation, [&ran] { ran = true; });
  EXPECT_TRUE(ran);
  EXPECT_EQ(outcome.kind, OutcomeKind::finished);
  EXPECT_EQ(outcome.decisions, 0U);
}

TEST(Simulation, PlainLockTakenTwiceByOneTask_IsAHangOfOne) {
  Simulation simulation;
  const Outcome outcome = run_steadily(simulation, [&simulation] {
    const core::LockId lock = simulation.create_lock(programs::plain());
    simulation.lock(lock);
    simulation.lock(lock);
  });
  EXPECT_EQ(outcome.kind, OutcomeKind::hang);
  EXPECT_EQ(outcome.stuck.core, std::vector<core::TaskId>{0});
}

TEST(Simulation, LockOwnedByATaskThatEnded_HangsWhoWaitsForIt) {
  Simulation simulation;
  const Outcome outcome = run_steadily(simulation, [&simulation] {
    const core::LockId lock = simulation.create_lock(programs::plain());
    const core::TaskId leaker = simulation.spawn("leaker", [&] { simulation.lock(lock); });
    simulation.join(leaker);
    simulation.lock(lock);
  });
  EXPECT_EQ(outcome.kind, OutcomeKind::hang);
  EXPECT_EQ(outcome.stuck.core, std::vector<core::TaskId>{0});
  ASSERT_EQ(simulation.watch().broken_rules().size(), 1U);
  EXPECT_EQ(simulation.watch().broken_rules()[0].rule, lockcheck::Rule::lock_outlives_task);
}

TEST(Simulation, TaskThatEndsWithALockAnotherAlreadyWaitsFor_IsAHangAtOnce) {
  Simulation simulation;
  RandomWalk walk(1);
  ASSERT_TRUE(walk.begin());
  const Outcome outcome = simulation.run(
      [&simulation] {
        const core::LockId lock = simulation.create_lock(programs::plain());
        const core::CellId cell = simulation.create_cell({.name = "cell"});
        const core::TaskId leaker = simulation.spawn("leaker", [&simulation, lock, cell] {
          simulation.lock(lock);
          simulation.spawn("waiter", [&simulation, lock] { simulation.lock(lock); });
          while (simulation.watch().tasks().at(2).state != lockcheck::TaskState::waiting) {
            simulation.access(cell, core::Access::read);
          }
        });
        simulation.join(leaker);
        ADD_FAILURE() << "went on after the hang";
      },
      walk);
  EXPECT_EQ(outcome.kind, OutcomeKind::hang);
  EXPECT_EQ(outcome.stuck.core, std::vector<core::TaskId>{2});
}

TEST(Simulation, UnlockOfALockOfAnotherTask_IsReportedAndHasNoEffect) {
  Simulation simulation;
  run_steadily(simulation, [&simulation] {
    const core::LockId lock = simulation.create_lock(programs::plain());
    simulation.lock(lock);
    const core::TaskId other = simulation.spawn("other", [&] {
      simulation.unlock(lock);
      EXPECT_FALSE(simulation.try_lock(lock));
    });
    simulation.join(other);
    simulation.unlock(lock);
  });
  ASSERT_EQ(simulation.watch().broken_rules().size(), 1U);
  EXPECT_EQ(simulation.watch().broken_rules()[0].rule, lockcheck::Rule::released_by_owner);
}

TEST(Simulation, TwoStuckTasksOfThree_AreAHangWhileTheThirdStillRuns) {
  Simulation simulation;
  RandomWalk walk(1);
  Outcome outcome;
  do {
    ASSERT_TRUE(walk.begin());
    outcome = simulation.run(
        [&simulation] {
          const core::CellId cell = simulation.create_cell({.name = "spin"});
          simulation.spawn("spinner", [&simulation, cell] {
            for (;;) simulation.access(cell, core::Access::read);
          });
          programs::inversion(simulation);
        },
        walk, {.max_steps = 10'000});
  } while (outcome.kind != OutcomeKind::hang);
  EXPECT_EQ(outcome.stuck.core, (std::vector<core::TaskId>{2, 3}));
  EXPECT_EQ(outcome.stuck.bystanders, (std::vector<core::TaskId>{0}));
}

TEST(Simulation, StepLimit_CutsAProgramThatNeverEnds) {
  Simulation simulation;
  const Outcome outcome = run_steadily(simulation,
                                       [&simulation] {
                                         const core::CellId cell = simulation.create_cell({.name = "cell"});
                                         for (;;) simulation.access(cell, core::Access::write);
                                       },
                                       {.max_steps = 100});
  EXPECT_EQ(outcome.kind, OutcomeKind::cut);
  EXPECT_EQ(outcome.steps, 100U);
}

TEST(Simulation, OptionsOfAnExecution_AreNotThoseOfTheNext) {
  Simulation simulation;
  const Program program = programs::one_lock(2, 3);
  Recording recording;
  TraceHash trace;
  const std::atomic<bool> stop = true;
  const auto main = [&] { program(simulation); };
  EXPECT_EQ(run_steadily(simulation, main, {.stop = &stop}).kind, OutcomeKind::stopped);
  EXPECT_EQ(run_steadily(simulation, main, {.max_steps = 4, .recording = &recording, .trace_hash = &trace}).kind,
            OutcomeKind::cut);
  const std::uint64_t cut_trace = trace.value();
  EXPECT_EQ(run_steadily(simulation, main).kind, OutcomeKind::finished);
  EXPECT_EQ(recording.steps.size(), 4U);
  EXPECT_EQ(trace.value(), cut_trace);
}

TEST(Simulation, LoopThatPassesOnlyCheckpoints_ComesToTheStepLimit) {
  Simulation simulation;
  const Outcome outcome = run_steadily(simulation,
                                       [&simulation] {
                                         for (;;) simulation.checkpoint();
                                       },
                                       {.max_steps = 100});
  EXPECT_EQ(outcome.kind, OutcomeKind::cut);
}

TEST(Simulation, StopFlag_EndsTheExecution) {
  Simulation simulation;
  std::atomic<bool> stop = false;
  const Outcome outcome = run_steadily(simulation,
                                       [&] {
                                         const core::CellId cell = simulation.create_cell({.name = "cell"});
                                         for (;;) {
                                           simulation.access(cell, core::Access::write);
                                           stop = true;
                                         }
                                       },
                                       {.stop = &stop});
  EXPECT_EQ(outcome.kind, OutcomeKind::stopped);
}

TEST(Simulation, ExceptionOfATask_ComesOutOfRunAndTheNextRunIsFine) {
  Simulation simulation;
  const auto failing = [&simulation] {
    const core::LockId lock = simulation.create_lock(programs::plain());
    simulation.lock(lock);
    simulation.spawn("failing", [] { throw std::runtime_error("told so"); });
    simulation.lock(simulation.create_lock(programs::plain()));
    simulation.spawn("never joined", [&simulation, lock] { simulation.lock(lock); });
    simulation.join(1);
  };
  EXPECT_THROW(run_steadily(simulation, failing), std::runtime_error);
  EXPECT_EQ(run_steadily(simulation, programs::inversion).kind, OutcomeKind::finished);
}

TEST(Simulation, ExceptionsInHandlersOfSeveralTasks_DoNotMix) {
  Simulation simulation;
  RandomWalk walk(3);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(walk.begin());
    std::vector<std::string> caught(3);
    simulation.run(
        [&] {
          const core::CellId cell = simulation.create_cell({.name = "cell"});
          std::vector<std::function<void()>> bodies;
          for (std::size_t task = 0; task < caught.size(); ++task) {
            bodies.emplace_back([&, task] {
              try {
                throw std::runtime_error("task " + std::to_string(task));
              } catch (...) {
                simulation.access(cell, core::Access::write);
                try {
                  throw;
                } catch (const std::runtime_error& error) {
                  simulation.access(cell, core::Access::write);
                  caught[task] = error.what();
                }
              }
              EXPECT_EQ(std::uncaught_exceptions(), 0);
            });
          }
          programs::run_all(simulation, std::move(bodies));
        },
        walk);
    EXPECT_EQ(caught, (std::vector<std::string>{"task 0", "task 1", "task 2"}));
  }
}

TEST(Simulation, SleepersWakeInTheOrderOfTheirDeadlinesThenOfFallingAsleep) {
  Simulation simulation;
  RandomWalk walk(5);
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(walk.begin());
    std::set<std::pair<std::uint64_t, int>> asleep;
    int falls = 0;
    simulation.run(
        [&] {
          std::vector<std::function<void()>> bodies;
          for (const std::uint64_t duration : {30U, 10U, 20U, 10U}) {
            bodies.emplace_back([&, duration] {
              const auto self = std::pair(simulation.now_ns() + duration, falls++);
              asleep.insert(self);
              simulation.sleep(duration, core::Site::current());
              EXPECT_EQ(*asleep.begin(), self);
              EXPECT_GE(simulation.now_ns(), self.first);
              asleep.erase(self);
            });
          }
          programs::run_all(simulation, std::move(bodies));
        },
        walk);
    EXPECT_TRUE(asleep.empty());
  }
}

TEST(Simulation, VirtualTime_StandsStillButForSleepers) {
  Simulation simulation;
  run_steadily(simulation, [&simulation] {
    EXPECT_EQ(simulation.now_ns(), 0U);
    simulation.sleep(1'000'000'000'000, core::Site::current());
    EXPECT_EQ(simulation.now_ns(), 1'000'000'000'000U);
    simulation.sleep(UINT64_MAX, core::Site::current());
    EXPECT_EQ(simulation.now_ns(), UINT64_MAX);
  });
}

// A draw from so many is made of two, which together could be more.
TEST(Simulation, DrawsFromMoreThanTwoToThe31_StayBelowTheirBound) {
  constexpr std::uint64_t kBound = (std::uint64_t{1} << 31U) + 1;
  Simulation simulation;
  RandomWalk walk(1);
  std::uint64_t most = 0;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(walk.begin());
    simulation.run([&] { most = std::max(most, simulation.draw(kBound, core::Site::current())); }, walk);
  }
  EXPECT_EQ(most, kBound - 1);
}

TEST(Simulation, WhatIsToldOfAHang_SeesLocksAndTasksAsTheyAre) {
  Simulation simulation;
  int calls = 0;
  const auto look = [&](const lockcheck::StuckCore& stuck) {
    ++calls;
    EXPECT_EQ(stuck.core, (std::vector<core::TaskId>{1, 2}));
    EXPECT_EQ(simulation.watch().tasks().at(1).holds.size(), 1U);
    EXPECT_EQ(simulation.watch().tasks().at(1).state, lockcheck::TaskState::waiting);
  };
  RandomWalk walk(1);
  for (;;) {
    ASSERT_TRUE(walk.begin());
    const Outcome outcome = simulation.run(
        [&] {
          simulation.at_hang(look);
          programs::inversion(simulation);
        },
        walk);
    if (outcome.kind == OutcomeKind::hang) break;
  }
  EXPECT_EQ(calls, 1);
  // It was asked for in that execution only.
  Outcome outcome;
  do {
    ASSERT_TRUE(walk.begin());
    outcome = simulation.run([&] { programs::inversion(simulation); }, walk);
  } while (outcome.kind != OutcomeKind::hang);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace zoneknot::sim
