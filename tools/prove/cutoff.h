// The cutoff: for which jobs a proof on a few zones, with a short queue, is one for any queue depth, any number of
// zones and of blocks in a zone. The argument stands in docs/proof.md; here are its conditions. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/proof/world.h"
#include "tools/prove/instance.h"
#include "tools/prove/run.h"

namespace zoneknot::tools {

// What of a job file the argument says nothing about, as a reason: "verify is used"; nothing: it holds.
std::optional<std::string> outside_of_cutoff(const Instance& instance, sim::ProofFaults faults);

// The size whose proof stands for all, and those with one more of each, as far as the jobs have more.
std::vector<ProofSize> cutoff_sizes(const Instance& instance, sim::ProofFaults faults);

// Of that size, forgetful.
tl::expected<ProofInstance, InputError> cutoff_instance(const Instance& instance, const ProofSize& size);

// What the argument asks of that proof beside that it closes and breaks nothing: whoever waits for a zone owns none.
bool waits_empty_handed(const std::vector<JobProof>& proofs);

}  // namespace zoneknot::tools
