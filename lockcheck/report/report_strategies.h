// The part of the text report that says what each strategy of a search has done and what that is worth. Pure functions;
// any thread.
#pragma once

#include <string>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// A heading and an item for each strategy; empty where a single execution was made.
std::string text_of_strategies(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
