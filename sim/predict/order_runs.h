// A few runs beside a search that are looked at for the order of their waits. The search itself leaves that out, for it
// makes too many executions and learns too little from each. Used by one thread, between searches.
#pragma once

#include <cstdint>

#include "lockcheck/verdict/verdict.h"
#include "sim/run/simulation.h"
#include "sim/search/explorer.h"

namespace zoneknot::sim {

inline constexpr std::uint32_t kRandomRuns = 48;
inline constexpr std::uint32_t kOneOwnerRuns = 8;
inline constexpr std::uint64_t kOrderRunSteps = 50'000;  // of one run; enough to see what a task does

// Runs the program kRandomRuns times at random and kOneOwnerRuns times as OneOwnerWalk does, from the seed, and once as
// SteadyWalk does. Adds what all of them together predict (run_numbers.h; else what each of them does), and what holds
// for classes of locks in all of them. A run that hangs is looked at up to the step before: what it predicts is not its
// own hang. `options`: those of the search.
void observe_order(Simulation& simulation, const Program& program, std::uint64_t seed, const ExecutionOptions& options,
                   lockcheck::Verdict& verdict);

// Holds the predictions against what the search has answered meanwhile. If it covered everything that could happen,
// what it did not come to is refuted; if its word says less than a prediction that stands, the word becomes POSSIBLE.
void weigh_predictions(lockcheck::Verdict& verdict);

}  // namespace zoneknot::sim
