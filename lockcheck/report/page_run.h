// What the script of a page gets: some facts of the verdict, and the run, packed so that a page has room for some
// 60,000 bars, and without some of its middle where it is longer than that. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "lockcheck/verdict/run_in_verdict.h"
#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// Leaves out bars that have ended until at most `most` are left: of the middle, and none that is needed as long as
// there are others. What wrote pointers did meanwhile goes with them.
void leave_out_middle(RunInVerdict& run, std::size_t most);

// As JSON that can stand in a script element, of at most `most_bytes` or a single bar. `kinds` are [kind, lane, object,
// for_end, name, place], `bars` three numbers each: the kind, the step after that at which the bar before began, and
// how long it lasts (-1: it has not ended). Write pointers are pairs: the step after that of the one before, and how
// much is written behind the zone's start.
std::string page_run(const Verdict& verdict, RunInVerdict run, std::size_t most_bytes);

std::string page_facts(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
