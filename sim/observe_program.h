// What one plain run of a program shows, without a search: whether that run hangs or breaks a rule, and which deadlocks
// its order of locks predicts for other schedules. For programs that are too large to be searched, and as a quick look
// before a search. Pure but for the program; one thread.
#pragma once

#include <string>

#include "lockcheck/verdict/verdict.h"
#include "sim/check_program.h"

namespace zoneknot::sim {

// One execution, in which each task goes on until it has to wait. POSSIBLE: it went well, and another one need not.
// Takes from `options` the limits of one execution. Throws what the program throws, and std::runtime_error
// for one that does not do the same twice.
lockcheck::Verdict observe_program(const std::string& name, const ProgramOfRuntime& program,
                                   const CheckOptions& options = {});

}  // namespace zoneknot::sim
