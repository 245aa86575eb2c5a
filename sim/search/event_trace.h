// The recorded steps of a simulated execution as text: all of them for --trace, or those that led the stuck tasks where
// they are. Called while the names are still known: after the execution, before the next one.
#pragma once

#include <string>
#include <vector>

#include "lockcheck/verdict/verdict.h"
#include "lockcheck/watch/lock_watch.h"
#include "sim/run/outcome.h"
#include "sim/search/explorer.h"

namespace zoneknot::sim {

// One line a step: number, who, what, on what, where. Equal executions give equal texts.
std::string event_trace_text(const Recording& recording, const lockcheck::LockWatch& watch);

// "try_lock zone 3 in adjust_block at block_adjuster.cc:32".
std::string op_text(const Op& op, const lockcheck::LockWatch& watch);

// What the stuck tasks, and those that have ended with something of theirs, did with the locks that the stuck ones hold
// or wait for, and what anybody did with the condition variables and semaphores that they wait for, in its order. Steps
// are numbered by the recording; a wait is that of the step in which it began.
std::vector<lockcheck::StepInVerdict> steps_to_hang(const Recording& recording, const lockcheck::LockWatch& watch,
                                                    const lockcheck::StuckCore& stuck);

// Fills `taken` of what the tasks of a hang own, as far as the recording knows.
void add_places_of_holds(const Recording& recording, const lockcheck::LockWatch& watch,
                         std::vector<lockcheck::TaskInVerdict>& tasks);

// One of the recorded steps, in words as above; an event's task has no name of its own: "completion of an I/O".
lockcheck::StepInVerdict step_in_verdict(const Recording& recording, std::size_t at, const lockcheck::LockWatch& watch);

// Where a program did not repeat itself, in one line: the step, and both operations with their places, as far as they
// are known. `watch` is that of the later execution.
std::string difference_text(const Difference& difference, const lockcheck::LockWatch& watch);

}  // namespace zoneknot::sim
