// Predicted deadlocks put to the test: directed executions towards each, which confirm it if one of them hangs on just
// what was predicted. Used by one thread, between searches.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lockcheck/verdict/verdict.h"
#include "sim/predict/order_runs.h"
#include "sim/run/simulation.h"
#include "sim/search/explorer.h"
#include "sim/search/hang_log.h"

namespace zoneknot::sim {

inline constexpr std::uint64_t kExecutionsForAPrediction = 500;
inline constexpr std::uint64_t kStepsForAPrediction = 100'000;  // of all these; at least one execution is made
inline constexpr std::size_t kPredictionsOfAKind = 3;           // so many are tried until one is confirmed
inline constexpr std::size_t kKindsDriven = 64;                 // the first so many; the others stay as they are

struct DrivenRuns {
  std::uint64_t executions = 0;
  std::uint64_t steps = 0;
  std::optional<FirstSeen> first_hang;          // whatever it hangs on
  lockcheck::StuckCore stuck;                   // of that
  std::vector<lockcheck::LinkInVerdict> waits;  // of that
};

// Drives some predictions of each kind (lockcheck/verdict/deadlock_kind.h). One that is confirmed gets its witness, for
// a program of this identity, and is told before the others. What is still open then and of a kind that the search
// itself has found is confirmed by that. `options`: those of the search.
DrivenRuns drive_predictions(Simulation& simulation, const Program& program, std::uint64_t seed, std::uint64_t identity,
                             const ExecutionOptions& options, const HangLog& found, lockcheck::Verdict& verdict);

}  // namespace zoneknot::sim
