// The uniform random walk: every decision is drawn from SplitMix64, one number for each. Execution i of a search with
// base seed s starts at mix(s + i), so that it can be repeated from that number alone (core::Baseline::random).
#pragma once

#include "core/random.h"
#include "sim/strategy.h"

namespace zoneknot::sim {

// What RandomWalk and replays of it share: how one number answers one decision.
class RandomChoice {
 public:
  explicit RandomChoice(std::uint64_t seed = 0) : generator_(seed) {}

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(generator_.below(bound)); }
  std::uint32_t chance(double p) {
    constexpr double kTwoTo53 = 9007199254740992.0;
    return generator_.next() >> 11U < static_cast<std::uint64_t>(p * kTwoTo53) ? 1 : 0;
  }

 private:
  core::SplitMix64 generator_;
};

class RandomWalk final : public Strategy {
 public:
  explicit RandomWalk(std::uint64_t base_seed) : base_seed_(base_seed) {}

  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override { return choice_.below(candidates.size()); }
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return choice_.below(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return choice_.chance(p); }
  [[nodiscard]] const std::uint64_t* seed() const override { return &seed_; }

 private:
  std::uint64_t base_seed_;
  std::uint64_t execution_ = 0;
  std::uint64_t seed_ = 0;
  RandomChoice choice_;
};

}  // namespace zoneknot::sim
