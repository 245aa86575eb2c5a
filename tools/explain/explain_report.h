// An Explanation as text for a terminal and as JSON (docs/zoneknot.explain-1.schema.json). Pure; any thread.
#pragma once

#include <string>

#include "tools/explain/explanation.h"

namespace zoneknot::tools {

// In lines of at most 80 characters, but for what is there to be pasted. `verbose`: all threads by name, and the whole
// report of what was found.
std::string explanation_text(const Explanation& explanation, bool verbose);

std::string explanation_json(const Explanation& explanation);

// Somebody waits who may be part of a hang that the workload has.
bool anybody_waits(const Explanation& explanation);

// INCOMPLETE: not reproduced.
lockcheck::VerdictWord word_of(const Explanation& explanation);

}  // namespace zoneknot::tools
