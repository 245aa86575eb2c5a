// A run as JSON, for pages and traces. Pure; any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "lockcheck/verdict/run_in_verdict.h"

namespace zoneknot::lockcheck {

nlohmann::ordered_json json_of_run(const RunInVerdict& run);

// The run as a trace in the Trace Event Format (JSON), which ui.perfetto.dev opens: a process for the run, a thread for
// each task, one microsecond for a step. Holds and I/Os are asynchronous events, for they overlap.
std::string to_perfetto(const RunInVerdict& run, const std::string& name);

}  // namespace zoneknot::lockcheck
