// A random walk in which one task at a time owns locks: who owns any goes on, with the I/Os and timers that it waits
// for, until it owns none. So nobody waits for a lock that another owns, and an execution comes to its end even of a
// program that hangs in nearly every other one. Draws are uniform.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/run/strategy.h"
#include "sim/strategy/random_walk.h"

namespace zoneknot::sim {

class OneOwnerWalk final : public Strategy {
 public:
  explicit OneOwnerWalk(std::uint64_t base_seed) : seeds_(base_seed) {}

  [[nodiscard]] StrategyDescription describe() const override { return {.name = "one-owner walk"}; }
  void look_at(const lockcheck::LockWatch& watch) override { watch_ = &watch; }
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return choice_.below(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return choice_.chance(p); }

 private:
  [[nodiscard]] bool owns_locks(core::TaskId task) const;
  [[nodiscard]] bool an_owner_waits() const;

  ExecutionSeeds seeds_;
  RandomChoice choice_;
  const lockcheck::LockWatch* watch_ = nullptr;
  std::vector<std::uint32_t> events_;  // of the candidates, while one is picked
};

}  // namespace zoneknot::sim
