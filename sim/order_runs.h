// Beside a search: a few runs that are looked at for the order of their waits. The search itself leaves that out, for
// it makes too many executions and learns too little from each. Used by one thread, between searches.
#pragma once

#include <cstdint>

#include "lockcheck/verdict.h"
#include "sim/explorer.h"
#include "sim/simulation.h"

namespace zoneknot::sim {

inline constexpr std::uint32_t kOrderRuns = 8;

// Runs the program once as SteadyWalk does, and then kOrderRuns - 1 times at random, from the seed. Adds what those
// runs predict that came to their end, and what holds for classes of locks in all of them. Runs end after `max_steps`
// steps.
void observe_order(Simulation& simulation, const Program& program, std::uint64_t seed, std::uint64_t max_steps,
                   lockcheck::Verdict& verdict);

// What the search has answered meanwhile: everything that could happen was covered and nothing hangs, so it cannot come
// to what is predicted; or the verdict would say less than the prediction, and then the prediction is it.
void weigh_predictions(lockcheck::Verdict& verdict);

}  // namespace zoneknot::sim
