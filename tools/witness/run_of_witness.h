// A run of the simulator, step by step, for pictures. One thread.
#pragma once

#include <cstdint>

#include "lockcheck/verdict/run_in_verdict.h"
#include "sim/run/strategy.h"
#include "sim/witness/witness.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

// Makes the run once more.
lockcheck::RunInVerdict run_of(const Instance& instance, const sim::Witness& witness);
// The run that the instance makes under a strategy that has not begun.
lockcheck::RunInVerdict run_of(const Instance& instance, sim::Strategy& strategy, std::uint64_t max_steps);

}  // namespace zoneknot::tools
