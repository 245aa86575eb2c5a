// The stages of a search, made one after the other, and their results added up. Used by one thread.
#pragma once

#include <string>

#include "sim/conclude/search_plan.h"
#include "sim/search/explorer.h"

namespace zoneknot::sim {

struct Searched {
  SearchResult result;     // of all stages together; what was covered is what the last one says
  SearchResult drawn;      // of the stages before those that exhaust, or of all but the last
  std::string strategies;  // their names, with the seed
};

// `limits` are those of the plan with what else is to be told of.
Searched search_in_stages(Simulation& simulation, const Program& program, const SearchPlan& plan,
                          const SearchLimits& limits);

}  // namespace zoneknot::sim
