// A random walk on which time passes in order: a sleeper wakes when it is due, when nothing else is left to happen, or
// when everybody else goes round in a loop (VirtualTime::may_fire()). What a job does within its runtime, and after it,
// is seen on such walks alone. Every other execution goes on with one task for long, so that it is easy to follow.
#pragma once

#include "sim/run/simulation.h"
#include "sim/run/strategy.h"
#include "sim/strategy/random_walk.h"

namespace zoneknot::sim {

class TimelyWalk final : public Strategy {
 public:
  // `simulation` is the one that runs the search.
  TimelyWalk(const Simulation& simulation, std::uint64_t base_seed) : simulation_(simulation), seeds_(base_seed) {}

  [[nodiscard]] StrategyDescription describe() const override { return {.name = "walk in the order of time"}; }
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return choice_.below(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return choice_.chance(p); }

 private:
  // Among the candidates; their number: none sleeps.
  [[nodiscard]] std::uint32_t sleeper(const Candidates& candidates) const;

  const Simulation& simulation_;
  ExecutionSeeds seeds_;
  RandomChoice choice_;
  bool orderly_ = false;
};

}  // namespace zoneknot::sim
