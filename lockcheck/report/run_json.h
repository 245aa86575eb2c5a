// A run as a trace for the viewer of Perfetto. Pure; any thread.
#pragma once

#include <string>

#include "lockcheck/verdict/run_in_verdict.h"

namespace zoneknot::lockcheck {

// The run as a trace in the Trace Event Format (JSON), which ui.perfetto.dev opens: a process for the run, a thread for
// each task, one microsecond for a step. Holds and I/Os are asynchronous events, for they overlap.
std::string to_perfetto(const RunInVerdict& run, const std::string& name);

}  // namespace zoneknot::lockcheck
