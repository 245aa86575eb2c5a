// One run in which virtual time means something: who can go on now goes on now, in an order that is drawn; if nobody
// can, what is due first happens: an I/O ends, a sleeper wakes, a wait is over. Tasks take no time themselves, so one
// that spins without end is made to wait for what is due now and then.
#pragma once

#include "sim/run/due_times.h"
#include "sim/strategy/random_walk.h"

namespace zoneknot::sim {

class DueOrder final : public Strategy {
 public:
  // `due` outlives this.
  DueOrder(std::uint64_t seed, const DueTimes& due) : due_(due), choice_(seed) {}

  [[nodiscard]] StrategyDescription describe() const override { return {.name = "order of virtual time"}; }
  [[nodiscard]] bool begin() override { return true; }
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return choice_.below(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return choice_.chance(p); }

 private:
  static constexpr std::uint32_t kMostInARow = 10'000;  // steps of tasks while something is due

  const DueTimes& due_;
  RandomChoice choice_;
  std::uint32_t in_a_row_ = 0;
};

}  // namespace zoneknot::sim
