// The limits of a proof from the options of the command line, with Ctrl-C and a progress line on a terminal.
#pragma once

#include <string>

#include "sim/proof/search.h"
#include "tools/cli/command_line.h"

namespace zoneknot::tools {

// `what` stands at the head of the progress line. --time counts from this call.
sim::ProofLimits proof_limits(const ProveOptions& options, const std::string& what);

}  // namespace zoneknot::tools
