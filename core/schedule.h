// A schedule: which alternative is taken at each decision of a run. A decision is a point with two or more
// alternatives: which task or event goes next, or which value a draw has. Decisions are numbered from 0; alternatives
// of one decision too. A schedule is a baseline that answers every decision, and the decisions that deviate from it.
#pragma once

#include <cstdint>
#include <vector>

namespace zoneknot::core {

enum class Baseline : std::uint8_t {
  steady,  // the task that ran last goes on if it can, else alternative 0; a draw is 0
  random,  // SplitMix64 of `seed`, one number for each decision
  // What these strategies of the search do with `seed` and `parameters`.
  partial_order,
  priority_changes,
  remaining_work,
};

struct Deviation {
  std::uint32_t decision = 0;
  std::uint32_t alternative = 0;
  bool operator==(const Deviation&) const = default;
};

struct Schedule {
  Baseline baseline = Baseline::steady;
  std::uint64_t seed = 0;                   // not of steady
  std::vector<std::uint64_t> parameters{};  // of the last two baselines
  std::vector<Deviation> deviations{};      // by ascending decision
  bool operator==(const Schedule&) const = default;
};

}  // namespace zoneknot::core
