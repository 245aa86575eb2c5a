// Looks for what a search that takes any order of time for possible does not see: a few executions in which time passes
// in order, for jobs that end early or late, and a look at whether those that do not come to an end go round in a loop.
// Used by one thread.
#pragma once

#include <cstdint>

#include "sim/search/explorer.h"

namespace zoneknot::sim {

// Adds to `result` what executions in the order of time come to: endings, a hang, broken rules. `limits`: those of the
// search; how much is done is said here, and depends on no clock.
void search_timely(Simulation& simulation, const Program& program, std::uint64_t seed, const SearchLimits& limits,
                   SearchResult& result);

// For a program that tells all that decides what its tasks do: adds a livelock to `result` where such an execution is
// cut, and goes round in a loop then.
void search_endless(Simulation& simulation, const Program& program, std::uint64_t seed, const SearchLimits& limits,
                    SearchResult& result);

}  // namespace zoneknot::sim
