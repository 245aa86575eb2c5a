// The point of no return of a witness of the workload. Used by check, explain, replay and shrink; one thread.
#pragma once

#include "lockcheck/verdict/verdict.h"
#include "sim/witness/witness.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

// Looks for it if the verdict is a hang and a user has not lost his patience meanwhile (Ctrl-C).
void add_point_of_no_return(const Instance& instance, const sim::Witness& witness, lockcheck::Verdict& verdict);

}  // namespace zoneknot::tools
