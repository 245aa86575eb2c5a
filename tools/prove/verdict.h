// The verdict of a proof: what holds under which assumptions, and what could not be shown. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "lockcheck/verdict/verdict.h"
#include "tools/prove/instance.h"
#include "tools/prove/run.h"

namespace zoneknot::tools {

// "none", "device", "engine".
tl::expected<sim::ProofFaults, InputError> parse_faults(const std::string& text);

// Every place at which an obligation was seen broken, of whichever job, assertions included.
std::vector<sim::ProofBreak> all_breaks(const std::vector<JobProof>& proofs);

// Some job never hands an I/O to the device: of what it would do nothing is known.
bool any_idle(const std::vector<JobProof>& proofs);

// An assertion that fails stops the program, it does not hang.
bool prevents_proof(const sim::ProofBreak& broken);

// POSSIBLE where something breaks; PROVED where everything was covered and nothing of the jobs was cut, and each did
// I/O; else INCOMPLETE. Nothing was run for it but the proof. `seconds` and `evidence` are the caller's.
lockcheck::Verdict proof_verdict(const Instance& instance, const ProofInstance& small, const ProofSize& size,
                                 sim::ProofFaults faults, const std::vector<JobProof>& proofs);

// PROVED for any size: `small` is the verdict at a small size, `device` the jobs' own, `sizes` are those of the cutoff,
// `states` theirs.
lockcheck::Verdict cutoff_verdict(lockcheck::Verdict small, const std::string& device,
                                  const std::vector<ProofSize>& sizes, std::uint64_t states);

}  // namespace zoneknot::tools
