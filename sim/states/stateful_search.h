// A whole stateful search: explore() with a Stateful strategy, and what it has found as a SearchResult, a livelock with
// an execution that shows it.
#pragma once

#include "sim/search/explorer.h"
#include "sim/states/stateful.h"

namespace zoneknot::sim {

// Executions are tracked. A livelock ends the search. Throws std::logic_error when a livelock does not
// come about again, or when equal keys were seen to differ (StatefulOptions::check_keys).
SearchResult explore_states(Simulation& simulation, const Program& program, const StatefulOptions& options,
                            const SearchLimits& limits);

}  // namespace zoneknot::sim
