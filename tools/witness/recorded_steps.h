// A simulated execution as the list of steps that real threads can follow. Pure but for the execution that it makes.
#pragma once

#include <tl/expected.hpp>

#include "core/scheduled_step.h"
#include "sim/run/strategy.h"
#include "tools/instance/instance.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

struct RecordedSteps {
  core::StepList steps;
  sim::OutcomeKind end = sim::OutcomeKind::finished;
};

// Makes one execution of the instance under a strategy. The error: it does something that only a simulator can be told
// to do.
tl::expected<RecordedSteps, InputError> record_steps(const Instance& instance, sim::Strategy& strategy,
                                                     std::uint64_t max_steps);

}  // namespace zoneknot::tools
