// The uniform random walk: every decision is drawn from SplitMix64, one number for each, but that a task starts before
// anybody else does anything. Execution i of a search with base seed s starts at mix(mix(s) + i), so that it can be
// repeated from that number alone (core::Baseline::random), and searches with other seeds have other executions.
#pragma once

#include "core/random.h"
#include "sim/run/strategy.h"

namespace zoneknot::sim {

// What all strategies that draw numbers share, and replays of them: how one number answers one decision.
class RandomChoice {
 public:
  explicit RandomChoice(std::uint64_t seed = 0) : generator_(seed) {}

  std::uint64_t number() { return generator_.next(); }

  // One of those who have not started, at least one: which of them is first decides the numbers of what they create,
  // and nothing else. When they start is nobody's business, and chances that are spent on it are lost to the rest.
  std::uint32_t one_that_starts(const Candidates& candidates);

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(generator_.below(bound)); }
  std::uint64_t below64(std::uint64_t bound) { return generator_.below(bound); }
  std::uint32_t chance(double p) { return generator_.chance(p) ? 1 : 0; }

 private:
  core::SplitMix64 generator_;
};

// The seeds of the executions of one search; or that of a single one, which is to be repeated.
class ExecutionSeeds {
 public:
  explicit ExecutionSeeds(std::uint64_t base_seed) : base_seed_(base_seed) {}
  explicit ExecutionSeeds(const core::Schedule& again) : base_seed_(0), last_(again.seed), again_(true) {}

  std::uint64_t next() {
    if (!again_) last_ = core::SplitMix64::mix(core::SplitMix64::mix(base_seed_) + execution_++);
    return last_;
  }
  [[nodiscard]] std::uint64_t last() const { return last_; }

 private:
  std::uint64_t base_seed_;
  std::uint64_t execution_ = 0;
  std::uint64_t last_ = 0;
  bool again_ = false;
};

class RandomWalk final : public Strategy {
 public:
  explicit RandomWalk(std::uint64_t base_seed) : seeds_(base_seed) {}
  explicit RandomWalk(const core::Schedule& again) : seeds_(again) {}

  [[nodiscard]] StrategyDescription describe() const override { return {.name = "random walk", .samples = true}; }
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override {
    return candidates.starting() > 0 ? choice_.one_that_starts(candidates) : choice_.below(candidates.size());
  }
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return choice_.below(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return choice_.chance(p); }
  [[nodiscard]] std::optional<core::Schedule> schedule() const override {
    return core::Schedule{.baseline = core::Baseline::random, .seed = seeds_.last()};
  }

 private:
  ExecutionSeeds seeds_;
  RandomChoice choice_;
};

}  // namespace zoneknot::sim
