// URW, a random walk that is uniform over whole interleavings instead of over the next step: a task with more left to
// do is chosen more often, in proportion. What each task does in an execution is taken from the mean of the earlier
// ones; the first is a plain random walk. A task's work includes that of tasks it has still to start, and the ends of
// its I/Os. For tasks that never wait and always do the same, all interleavings are equally likely (see Zhao et al.,
// Selectively Uniform Concurrency Testing, ASPLOS 2025). Draws of the program are uniform.
#pragma once

#include <vector>

#include "sim/run/actor_table.h"
#include "sim/run/strategy.h"
#include "sim/strategy/random_walk.h"

namespace zoneknot::sim {

class RemainingWorkWalk final : public Strategy {
 public:
  explicit RemainingWorkWalk(std::uint64_t base_seed) : seeds_(base_seed) {}
  // Parameters: for each task how much it is expected to do, and who starts it, plus 1 (0: unknown); none of a first
  // execution.
  explicit RemainingWorkWalk(const core::Schedule& again);
  [[nodiscard]] static bool fits(const std::vector<std::uint64_t>& parameters);

  [[nodiscard]] StrategyDescription describe() const override { return {.name = "URW", .samples = true}; }
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return choice_.below(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return choice_.chance(p); }
  void ended(const Outcome& outcome) override;
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true}; }
  [[nodiscard]] std::optional<core::Schedule> schedule() const override;

 private:
  // Steps are counted in these, so that means keep a fraction.
  static constexpr std::uint64_t kStep = 16;
  // So that the work of all tasks can be added up.
  static constexpr std::uint64_t kMostExpected = std::uint64_t{1} << 40U;

  struct Work {
    std::uint64_t all_steps = 0;        // of all executions so far, with the ends of its I/Os
    std::uint64_t done = 0;             // of those, in this execution
    std::uint64_t expected = 0;         // in units of kStep
    std::uint64_t with_children = 0;    // the same with all tasks that come from it
    std::uint64_t not_started = 0;      // of that, what belongs to tasks that are not there yet
    core::TaskId parent = core::kNoId;  // who started it, in earlier executions
    bool seen = false;                  // in this execution
  };

  void expect_the_mean();
  void notice(core::TaskId task);
  [[nodiscard]] std::uint64_t left_of(ActorId actor);
  void did(ActorId actor, const Op& op);

  ExecutionSeeds seeds_;
  RandomChoice choice_;
  std::vector<std::uint64_t> expectation_;  // the parameters of this execution
  bool again_ = false;                      // they were given
  std::vector<Work> work_;                  // by TaskId
  std::vector<std::uint64_t> left_;         // by candidate
  std::uint64_t executions_ = 0;
  core::TaskId last_ = core::kNoId;  // the task that made the last step
};

}  // namespace zoneknot::sim
