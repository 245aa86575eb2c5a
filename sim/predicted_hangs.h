// Predicted deadlocks put to the test: directed executions towards each, which confirm it if one of them hangs on just
// what was predicted. Used by one thread, between searches.
#pragma once

#include <cstdint>
#include <optional>

#include "lockcheck/verdict.h"
#include "sim/explorer.h"
#include "sim/simulation.h"

namespace zoneknot::sim {

inline constexpr std::uint64_t kExecutionsForAPrediction = 50;
inline constexpr std::size_t kPredictionsDriven = 8;  // the first so many; the others stay as they are

struct DrivenRuns {
  std::uint64_t executions = 0;
  std::uint64_t steps = 0;
  std::optional<FirstSeen> first_hang;  // whatever it hangs on
};

// A prediction that is confirmed gets its witness, for a program of this identity.
DrivenRuns drive_predictions(Simulation& simulation, const Program& program, std::uint64_t seed, std::uint64_t identity,
                             std::uint64_t max_steps, lockcheck::Verdict& verdict);

}  // namespace zoneknot::sim
