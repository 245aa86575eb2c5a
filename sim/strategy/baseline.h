// The strategies that a schedule can have as its baseline. Pure functions.
#pragma once

#include <memory>

#include "core/schedule.h"
#include "sim/run/strategy.h"

namespace zoneknot::sim {

// Schedules with this baseline have parameters.
[[nodiscard]] inline bool has_parameters(core::Baseline baseline) { return baseline > core::Baseline::partial_order; }

// The baseline has such parameters; of a schedule that was read, before anything is made of it.
[[nodiscard]] bool fits_baseline(const core::Schedule& schedule);

// Makes the execution of the schedule, without its deviations. Null: the baseline is steady.
[[nodiscard]] std::unique_ptr<Strategy> baseline_strategy(const core::Schedule& schedule);

}  // namespace zoneknot::sim
