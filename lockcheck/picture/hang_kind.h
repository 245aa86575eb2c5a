// What sort of finding an execution ended in, so that two executions, also of programs of different size, can be
// compared: shrinking a witness must not turn one hang into another. Pure functions over a LockWatch that stands still.
#pragma once

#include <string>

#include "lockcheck/stuck/wait_state.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

// Two hangs are of one kind when their stuck cores have equally many tasks, and these, in some order, wait for the
// same (a lock of the same class, or a completion, timer or end of a task) in the same functions, own locks of the same
// classes, and have the same to hope for (an owner that still runs or has ended). Which zones and how many of them,
// names of tasks, and who is stuck behind the core does not count.
//
// One line: "convert_to_open_zone waits for zone, owns zone; …", sorted. `stuck` is not empty.
std::string hang_kind(const LockWatch& watch, const StuckCore& stuck);

// Two broken rules are of one kind when it is the same rule, broken at the same place: "rule g in adjust_block
// block_adjuster.cc:32".
std::string rule_kind(const RuleBreak& broken);

}  // namespace zoneknot::lockcheck
