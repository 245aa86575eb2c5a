// POS, partial order sampling (Yuan, Yang, Gu: Partial Order Aware Concurrency Sampling, CAV 2018). Every pending
// operation has a random priority, and the highest goes first. When one is done, those that depend on it and the next
// of the same task draw new ones: so the order of each pair of dependent operations is as good as a coin of its own,
// however many independent operations lie between them. Draws of the program are uniform.
#pragma once

#include "sim/run/actor_table.h"
#include "sim/run/strategy.h"
#include "sim/strategy/random_walk.h"

namespace zoneknot::sim {

class PartialOrderSampling final : public Strategy {
 public:
  explicit PartialOrderSampling(std::uint64_t base_seed) : seeds_(base_seed) {}
  explicit PartialOrderSampling(const core::Schedule& again) : seeds_(again) {}

  [[nodiscard]] StrategyDescription describe() const override { return {.name = "POS", .samples = true}; }
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return choice_.below(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return choice_.chance(p); }
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true}; }
  [[nodiscard]] std::optional<core::Schedule> schedule() const override {
    return core::Schedule{.baseline = core::Baseline::partial_order, .seed = seeds_.last()};
  }

 private:
  ExecutionSeeds seeds_;
  RandomChoice choice_;
  ActorTable<std::uint64_t> priorities_;  // of the pending operation; 0: not drawn yet
};

}  // namespace zoneknot::sim
