// The verdict of a proof: what holds under which assumptions, and what could not be shown. Pure functions.
#pragma once

#include <vector>

#include "lockcheck/verdict/verdict.h"
#include "tools/prove/instance.h"
#include "tools/prove/run.h"

namespace zoneknot::tools {

// "none", "device", "engine".
tl::expected<sim::ProofFaults, InputError> parse_faults(const std::string& text);

// Every place at which an obligation was seen broken, of whichever job, assertions included.
std::vector<sim::ProofBreak> all_breaks(const std::vector<JobProof>& proofs);

// PROVED, POSSIBLE or INCOMPLETE: nothing was run for it but the proof. `seconds` and `evidence` are the caller's.
lockcheck::Verdict proof_verdict(const Instance& instance, const ProofInstance& small, const ProofSize& size,
                                 sim::ProofFaults faults, const std::vector<JobProof>& proofs);

}  // namespace zoneknot::tools
