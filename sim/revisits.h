// Watches a replay for a state that comes again: the proof of a livelock's witness. A Strategy around another one, for
// one execution of a Simulation that tracks.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/simulation.h"

namespace zoneknot::sim {

class Revisits final : public Strategy {
 public:
  Revisits(Simulation& simulation, Strategy& of) : simulation_(simulation), of_(of) {}

  [[nodiscard]] bool begin() override { return of_.begin(); }
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return of_.draw(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return of_.chance(p); }
  void ended(const Outcome& outcome) override { of_.ended(outcome); }
  [[nodiscard]] bool sees_every_step() const override { return true; }

  // After an execution that was cut: it ended in a state in which it had been before, and achieved nothing since.
  // Cycles on which somebody always could go on and never does are not told apart: a search has looked for that.
  [[nodiscard]] bool came_back() const;

 private:
  Simulation& simulation_;
  Strategy& of_;
  std::vector<StateHash> states_;
  std::size_t achieved_ = 0;  // states before the last I/O that reached the device or ended
};

}  // namespace zoneknot::sim
