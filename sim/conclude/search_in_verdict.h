// What a search has done, as a verdict tells it. Pure functions.
#pragma once

#include "lockcheck/verdict/verdict.h"
#include "sim/conclude/search_plan.h"
#include "sim/conclude/stages.h"

namespace zoneknot::sim {

// The worst that was found, by its first execution. Null: nothing was.
const FirstSeen* what_was_found(const SearchResult& result);

// The first assertion of the program that was seen to fail; null: none was.
const BrokenRule* failed_assertion(const SearchResult& result);

// The word of a search, without what is predicted.
lockcheck::VerdictWord word_of(const Searched& searched, const SearchPlan& plan);

lockcheck::TaskAtPlace in_verdict(const CutPlace& cut);

// Fills what `verdict` says of the search, and the assumptions. The word is there already.
void describe_search(const Searched& searched, const SearchPlan& plan, lockcheck::Verdict& verdict);

}  // namespace zoneknot::sim
