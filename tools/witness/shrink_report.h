// What `zoneknot shrink` has to say beside the verdict: how large the witness was and is. Pure functions.
#pragma once

#include <string>

#include "tools/witness/shrink_witness.h"

namespace zoneknot::tools {

// The table before the report.
std::string shrink_text(const ShrunkWitness& shrunk, double seconds);

// The whole report, "schema": "zoneknot.shrink/1"; `verdict_json` becomes its last field.
std::string shrink_json(const ShrunkWitness& shrunk, double seconds, const std::string& verdict_json);

}  // namespace zoneknot::tools
