#include "sim/conclude/no_return.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;

// Every continuation of some decisions, one after the other, with nothing left out: the last alternative that has a
// next one takes it.
class EveryContinuation final : public Strategy {
 public:
  explicit EveryContinuation(std::vector<std::uint32_t> first) : fixed_(first.size()), path_(std::move(first)) {
    bounds_.assign(fixed_, 0);
  }

  [[nodiscard]] bool begin() override {
    at_ = 0;
    if (!std::exchange(begun_, true)) return true;
    while (path_.size() > fixed_ && path_.back() + 1 == bounds_.back()) {
      path_.pop_back();
      bounds_.pop_back();
    }
    if (path_.size() == fixed_) return false;
    ++path_.back();
    return true;
  }
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override { return next(candidates.size()); }
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return next(bound); }
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "every continuation"}; }

 private:
  std::uint32_t next(std::uint32_t alternatives) {
    if (at_ == path_.size()) {
      path_.push_back(0);
      bounds_.push_back(alternatives);
    }
    return path_[at_++];
  }

  std::size_t fixed_;
  std::vector<std::uint32_t> path_;
  std::vector<std::uint32_t> bounds_;
  std::size_t at_ = 0;
  bool begun_ = false;
};

struct HangFound {
  std::vector<std::uint32_t> decisions;
  Witness witness;
  lockcheck::SceneInVerdict scene;
  std::vector<std::size_t> step_of_decision;
};

class NoReturnBench {
 public:
  explicit NoReturnBench(Program program) : program_(std::move(program)) {}

  // What a random walk comes upon first.
  HangFound hang(std::uint64_t seed) {
    RandomWalk walk(seed);
    Outcome outcome;
    do {
      (void)walk.begin();
      outcome = run(walk);
    } while (outcome.kind != OutcomeKind::hang);
    HangFound found{.decisions = simulation_.decisions(), .witness = {}, .scene = {}, .step_of_decision = {}};
    Recording recording;
    found.witness = record_witness(simulation_, program_, {.execution = 1, .decisions = found.decisions}, 0, {},
                                   recording, &outcome);
    lockcheck::Verdict verdict;
    conclude_execution(examined(), outcome, nullptr, AtLimit::the_end, verdict);
    found.scene = verdict.scene;
    for (std::size_t i = 0; i < recording.steps.size(); ++i) {
      if (recording.steps[i].alternatives > 1) found.step_of_decision.push_back(i);
    }
    return found;
  }

  // The fewest decisions behind which everything hangs.
  std::size_t by_enumeration(const HangFound& hang) {
    std::size_t doomed = hang.decisions.size();
    while (doomed > 0 && all_hang({hang.decisions.begin(), hang.decisions.begin() + static_cast<long>(doomed) - 1})) {
      --doomed;
    }
    return doomed;
  }

  std::optional<lockcheck::NoReturnInVerdict> point(const HangFound& hang, const NoReturnLimits& limits = {}) {
    return point_of_no_return(examined(), hang.witness, hang.scene, limits);
  }

 private:
  Examined examined() { return {.simulation = simulation_, .program = program_}; }

  Outcome run(Strategy& strategy) {
    return simulation_.run([this] { program_(simulation_); }, strategy, {});
  }

  bool all_hang(const std::vector<std::uint32_t>& first) {
    EveryContinuation every(first);
    while (every.begin()) {
      if (run(every).kind != OutcomeKind::hang) return false;
    }
    return true;
  }

  Simulation simulation_;
  Program program_;
};

// The first task asks for b only if it draws 1 while it owns a.
void inversion_by_draw(Simulation& sim) {
  const core::LockId a = sim.create_lock(programs::plain("a"));
  const core::LockId b = sim.create_lock(programs::plain("b"));
  programs::run_all(sim, {[&] {
                            sim.lock(a);
                            if (sim.draw(3, core::Site::current()) == 1) {
                              sim.lock(b);
                              sim.unlock(b);
                            }
                            sim.unlock(a);
                          },
                          [&] {
                            sim.lock(b);
                            sim.lock(a);
                            sim.unlock(a);
                            sim.unlock(b);
                          }});
}

// A lock that its task leaves behind: from then on whoever comes is lost, however long that takes.
void left_behind(Simulation& sim) {
  const core::LockId a = sim.create_lock(programs::plain("a"));
  programs::run_all(sim, {[&] {
                            sim.lock(a);
                            if (sim.draw(2, core::Site::current()) == 1) sim.unlock(a);
                          },
                          [&] {
                            sim.lock(a);
                            sim.unlock(a);
                          }});
}

struct NamedProgram {
  const char* name;
  Program program;
};

class PointOfNoReturn : public testing::TestWithParam<NamedProgram> {};

TEST_P(PointOfNoReturn, IsWhereEnumerationHasIt) {
  NoReturnBench bench(GetParam().program);
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const HangFound hang = bench.hang(seed);
    const std::size_t doomed = bench.by_enumeration(hang);
    const auto found = bench.point(hang);
    ASSERT_TRUE(found) << seed;
    EXPECT_TRUE(found->exhausted) << seed;
    EXPECT_EQ(found->from_the_start, doomed == 0) << seed;
    if (doomed == 0) continue;
    EXPECT_EQ(found->step.step, hang.step_of_decision.at(doomed - 1)) << seed;
    ASSERT_TRUE(found->instead) << seed;
    EXPECT_TRUE(found->instead_ended) << seed;
    EXPECT_EQ(found->instead->step, found->step.step) << seed;
    EXPECT_NE(std::tie(found->instead->task.name, found->instead->what),
              std::tie(found->step.task.name, found->step.what))
        << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Programs, PointOfNoReturn,
    testing::Values(NamedProgram{"inversion", programs::inversion},
                    NamedProgram{"inversion_by_draw", inversion_by_draw}, NamedProgram{"left_behind", left_behind},
                    NamedProgram{"hidden_inversion", programs::hidden_inversion(2)},
                    NamedProgram{"two_philosophers", programs::philosophers(2, Forks::rotating, 1)},
                    NamedProgram{"three_philosophers", programs::philosophers(3, Forks::rotating, 1)}),
    [](const testing::TestParamInfo<NamedProgram>& named) { return named.param.name; });

TEST(PointOfNoReturnLimits, ProgramThatAlwaysHangs_IsLostFromTheStart) {
  NoReturnBench bench([](Simulation& sim) {
    const core::LockId lock = sim.create_lock(programs::plain());
    const auto take = [&sim, lock] { sim.lock(lock); };
    programs::run_all(sim, {take, take});
  });
  const auto found = bench.point(bench.hang(1));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->from_the_start);
  EXPECT_TRUE(found->exhausted);
  EXPECT_FALSE(found->instead);
}

TEST(PointOfNoReturnLimits, WithTooManyContinuations_SaysHowManyWereDrawn) {
  NoReturnBench bench(programs::philosophers(3, Forks::rotating));
  const auto found = bench.point(bench.hang(2), {.many = 50, .exhausting = 1});
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->exhausted);
  EXPECT_EQ(found->continuations, 50U);
}

// What is lost early shows late.
void left_behind_early(Simulation& sim) {
  const core::LockId a = sim.create_lock(programs::plain("a"));
  const core::LockId busy = sim.create_lock(programs::plain("busy"));
  const auto go_on = [&sim, busy] {
    for (int i = 0; i < 8; ++i) {
      sim.lock(busy);
      sim.unlock(busy);
    }
  };
  programs::run_all(sim, {[&] {
                            sim.lock(a);
                            if (sim.draw(2, core::Site::current()) == 1) sim.unlock(a);
                            go_on();
                          },
                          [&] {
                            go_on();
                            sim.lock(a);
                            sim.unlock(a);
                          }});
}

TEST(PointOfNoReturnLimits, WithTimeForFewContinuations_SaysWhereItIsAtTheLatest) {
  NoReturnBench bench(left_behind_early);
  std::size_t at_latest = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const HangFound hang = bench.hang(seed);
    const auto point = bench.point(hang);
    ASSERT_TRUE(point);
    EXPECT_FALSE(point->at_latest);
    for (const std::uint64_t steps : {200, 400, 800, 1600}) {
      const auto found = bench.point(hang, {.few = 4, .steps = steps});
      if (!found || !found->at_latest) continue;
      ++at_latest;
      EXPECT_FALSE(found->exhausted);
      EXPECT_GT(found->continuations, 0U);
      EXPECT_GE(found->step.step, point->step.step) << seed;
    }
  }
  EXPECT_GT(at_latest, 0U);
}

TEST(PointOfNoReturnLimits, WithoutTime_NothingIsSaid) {
  NoReturnBench bench(programs::inversion);
  EXPECT_FALSE(bench.point(bench.hang(1), {.time_is_over = [] { return true; }}));
}

TEST(PointOfNoReturnLimits, NamesWhoOwnsAndWantsWhat) {
  NoReturnBench bench(programs::inversion);
  const auto found = bench.point(bench.hang(1));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->tasks.size(), 2U);
  std::set<std::string> owned;
  std::set<std::string> wanted;
  for (const lockcheck::TaskAtNoReturn& task : found->tasks) {
    ASSERT_EQ(task.holds.size(), 1U);
    owned.insert(task.holds[0].lock.name);
    wanted.insert(task.wants.name);
  }
  EXPECT_EQ(owned, wanted);
}

}  // namespace
}  // namespace zoneknot::sim
