// The seam through which core meets chance: one stream of numbers for each job, used by that job's task alone. In the
// real world a generator; in the simulator either that same generator or a choice of the search, by how the World was
// made.
#pragma once

#include <cstdint>

#include "core/runtime.h"

namespace zoneknot::core {

class Random {
 public:
  Random() = default;
  virtual ~Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;

  // A number in [0, bound). bound >= 1; with bound 1 nothing is drawn.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound, Site site = Site::current()) {
    return bound <= 1 ? 0 : do_below(bound, site);
  }

  // True with a probability of `percent` in 100. 0 and 100 draw nothing.
  [[nodiscard]] bool percent(std::uint32_t percent, Site site = Site::current()) {
    return percent >= 100 || (percent > 0 && do_percent(percent, site));
  }

  // Starts the stream again from the beginning of `seed`'s. Without effect where draws are choices of the search.
  void reseed(std::uint64_t seed) { do_reseed(seed); }

  // What decides the numbers to come, as far as the stream itself does.
  void describe(StateSink& sink) const { do_describe(sink); }

 private:
  virtual std::uint64_t do_below(std::uint64_t bound, Site site) = 0;
  virtual bool do_percent(std::uint32_t percent, Site site) { return do_below(100, site) < percent; }
  virtual void do_reseed(std::uint64_t seed) = 0;
  virtual void do_describe(StateSink& sink) const = 0;
};

// SplitMix64 (Steele, Lea, Flood 2014; public domain): eight bytes of state, equal on every machine.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed = 0) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    return mix(state_);
  }

  // A number in [0, bound), bound >= 1, by multiplication: no division, no loop, bias below bound / 2^64.
  std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64U);
  }

  // True with probability p, as far as 53 bits can tell probabilities apart.
  bool chance(double p) { return static_cast<double>(next() >> 11U) < p * 0x1p53; }

  [[nodiscard]] std::uint64_t state() const { return state_; }

  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

 private:
  std::uint64_t state_;
};

// The Random of the real world, and of the simulator when draws are fixed by a seed.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : generator_(seed) {}

 private:
  std::uint64_t do_below(std::uint64_t bound, Site) override { return generator_.below(bound); }
  void do_reseed(std::uint64_t seed) override { generator_ = SplitMix64(seed); }
  void do_describe(StateSink& sink) const override { sink.add(generator_.state()); }

  SplitMix64 generator_;
};

}  // namespace zoneknot::core
