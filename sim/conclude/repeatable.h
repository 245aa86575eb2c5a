// Whether what a search has found comes again when its executions are made again with the same choices: only that is a
// finding. A program that does something else now and then (a static counter, a clock, a thread of its own) hangs once
// in a while in a way that nobody can look at. Used by one thread, after a search.
#pragma once

#include <string>
#include <vector>

#include "sim/conclude/conclude.h"

namespace zoneknot::sim {

// The execution once more hangs on the same tasks.
bool hangs_again(const Examined& examined, const FirstSeen& seen, const lockcheck::StuckCore& stuck,
                 const ExecutionOptions& options);

// Takes out of `result` what does not come again: the first hang and broken rules. One line for each, which says what
// came instead. `options`: those of the search.
std::vector<std::string> drop_what_does_not_repeat(const Examined& examined, const ExecutionOptions& options,
                                                   SearchResult& result);

}  // namespace zoneknot::sim
