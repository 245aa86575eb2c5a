// The point of no return of a witness of the workload. Used by check, explain, replay and shrink; one thread.
#pragma once

#include <functional>

#include "lockcheck/verdict/verdict.h"
#include "sim/witness/witness.h"
#include "tools/cli/interrupt.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

// Looks for it if the verdict is a hang, until `time_is_over`: by default when a user has lost his patience (Ctrl-C).
void add_point_of_no_return(
    const Instance& instance, const sim::Witness& witness, lockcheck::Verdict& verdict,
    const std::function<bool()>& time_is_over = [] { return interrupted().load(); });

}  // namespace zoneknot::tools
