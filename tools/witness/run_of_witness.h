// A witness's run, step by step, for pictures. One thread.
#pragma once

#include "lockcheck/verdict/run_in_verdict.h"
#include "sim/witness/witness.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

// Makes the run once more.
lockcheck::RunInVerdict run_of(const Instance& instance, const sim::Witness& witness);

}  // namespace zoneknot::tools
