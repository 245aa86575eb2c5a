// Deals the executions of a search out to several strategies, in turn: no single one finds everything, and which one
// does is not known beforehand. The parts do not share anything. When one of them has covered everything the search is
// over; one that has nothing left within its own bound is left out from then on.
#pragma once

#include <memory>
#include <vector>

#include "sim/strategy/strategy_wrapper.h"

namespace zoneknot::sim {

// Around the part whose turn it is.
class Portfolio final : public StrategyWrapper {
 public:
  // At least one part.
  explicit Portfolio(std::vector<std::unique_ptr<Strategy>> parts);

  // "portfolio of random walk, POS and URW"; samples if every part does, for the rule of three holds for the mixture.
  [[nodiscard]] StrategyDescription describe() const override;
  // What a part is made with, so that no two of them draw the same: the first execution of some is a random walk.
  [[nodiscard]] static std::uint64_t seed_of_part(std::uint64_t seed, std::size_t part);

  void look_at(const lockcheck::LockWatch& watch) override;
  void stop_when(const std::function<bool()>& stop) override;
  [[nodiscard]] bool begin() override;

 private:
  std::vector<std::unique_ptr<Strategy>> parts_;
  std::vector<Strategy*> with_work_;  // those that have something left
  std::size_t next_ = 0;              // among them: whose turn it is
};

}  // namespace zoneknot::sim
