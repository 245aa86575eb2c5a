// What happens to a program's stacks when its execution is given up.

#include <gtest/gtest.h>

#include <memory>

#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

struct Counted {
  explicit Counted(int& counter) : live(&counter) { ++*live; }
  ~Counted() { --*live; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  int* live;
};

Outcome run(Simulation& simulation, Strategy& strategy, const std::function<void()>& main,
            const ExecutionOptions& options = {}) {
  EXPECT_TRUE(strategy.begin());
  return simulation.run(main, strategy, options);
}

TEST(Abandoning, AHang_DestroysWhatIsOnTheStacksOfAllTasks) {
  Simulation simulation;
  int live = 0;
  Replay steady{core::Schedule{}};
  const Outcome outcome = run(simulation, steady, [&] {
    const Counted on_main(live);
    const core::LockId lock = simulation.create_lock(programs::plain());
    simulation.lock(lock);
    std::vector<std::function<void()>> bodies(3, [&, held = std::make_shared<Counted>(live)] {
      const Counted on_task(live);
      simulation.lock(lock);
    });
    programs::run_all(simulation, std::move(bodies));
  });
  EXPECT_EQ(outcome.kind, OutcomeKind::hang);
  EXPECT_EQ(live, 0);
}

TEST(Abandoning, TasksThatNeverRan_AreDroppedWithWhatTheyWouldHaveUsed) {
  Simulation simulation;
  int live = 0;
  bool ran = false;
  Replay steady{core::Schedule{}};
  const Outcome outcome = run(simulation, steady,
                              [&] {
                                const core::TaskId task = simulation.spawn(
                                    "never", [&ran, held = std::make_shared<Counted>(live)] { ran = true; });
                                simulation.join(task);
                              },
                              {.max_steps = 1});
  EXPECT_EQ(outcome.kind, OutcomeKind::cut);
  EXPECT_FALSE(ran);
  EXPECT_EQ(live, 0);
}

TEST(Abandoning, CallsWhileUnwinding_DoNothing) {
  struct CallsInDestructor {
    Simulation& simulation;
    core::LockId lock;
    bool& reached;
    ~CallsInDestructor() {
      simulation.unlock(lock);
      simulation.lock(lock);
      EXPECT_FALSE(simulation.try_lock(lock));
      simulation.access(0, core::Access::write);
      simulation.sleep(1, core::Site::current());
      EXPECT_EQ(simulation.draw(10, core::Site::current()), 0U);
      reached = true;
    }
  };
  Simulation simulation;
  bool reached = false;
  Replay steady{core::Schedule{}};
  run(simulation, steady, [&] {
    const core::LockId lock = simulation.create_lock(programs::plain());
    simulation.lock(lock);
    const CallsInDestructor calls{simulation, lock, reached};
    simulation.lock(lock);
  });
  EXPECT_TRUE(reached);
  EXPECT_TRUE(simulation.watch().broken_rules().size() == 1) << "the self-wait, and nothing from unwinding";
}

TEST(Abandoning, TaskSuspendedInUnlock_EndsAtItsNextCall) {
  Simulation simulation;
  int passes = 0;
  Replay steady{core::Schedule{}};
  const Outcome outcome = run(simulation, steady,
                              [&] {
                                const core::LockId lock = simulation.create_lock(programs::plain());
                                for (;;) {
                                  simulation.lock(lock);
                                  simulation.unlock(lock);
                                  ++passes;
                                }
                              },
                              {.max_steps = 3});
  EXPECT_EQ(outcome.kind, OutcomeKind::cut);
  EXPECT_LE(passes, 2);
}

TEST(Abandoning, ScopedLocksOfChildren_ComeBeforeTheMutexOnTheStackOfMain) {
  Simulation simulation;
  Replay steady{core::Schedule{}};
  const Outcome outcome = run(simulation, steady,
                              [&] {
                                core::Mutex mutex(simulation, programs::plain());
                                const core::CellId cell = simulation.create_cell({.name = "cell"});
                                const core::TaskId task = simulation.spawn("child", [&] {
                                  const core::ScopedLock held(mutex);
                                  for (;;) simulation.access(cell, core::Access::read);
                                });
                                simulation.join(task);
                              },
                              {.max_steps = 4});
  EXPECT_EQ(outcome.kind, OutcomeKind::cut);
}

TEST(Abandoning, AThousandHangs_LeaveNothingBehindAndNeedNoMoreStacks) {
  Simulation simulation;
  RandomWalk walk(1);
  int live = 0;
  int hangs = 0;
  for (int i = 0; i < 1000; ++i) {
    const Outcome outcome = run(simulation, walk, [&] {
      const core::LockId a = simulation.create_lock(programs::plain());
      const core::LockId b = simulation.create_lock(programs::plain());
      const auto body = [&](core::LockId first, core::LockId second) {
        return [&, first, second] {
          const Counted on_task(live);
          const std::string long_enough_for_the_heap(100, 'x');
          simulation.lock(first);
          simulation.lock(second);
          simulation.unlock(second);
          simulation.unlock(first);
        };
      };
      programs::run_all(simulation, {body(a, b), body(b, a)});
    });
    hangs += outcome.kind == OutcomeKind::hang ? 1 : 0;
    ASSERT_EQ(live, 0);
  }
  EXPECT_GT(hangs, 100);
  EXPECT_LT(hangs, 900);
}

}  // namespace
}  // namespace zoneknot::sim
