// Who is stuck where a task may need several others, all of them: a writer waits for every reader. A pure function.
#pragma once

#include "lockcheck/stuck/wait_graph.h"
#include "lockcheck/stuck/wait_state.h"

namespace zoneknot::lockcheck {

// What stuck_core() promises. If all of the core is about locks, joins and what nobody gives, it is a smallest one; if
// it takes pools or "anybody", no part of it would be stuck without the rest, but there may be another with fewer
// tasks. Takes a walk of the graph for each stuck task.
StuckCore stuck_where_all_are_needed(const WaitGraph& graph);

}  // namespace zoneknot::lockcheck
