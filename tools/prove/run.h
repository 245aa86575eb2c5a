// One proof of a job file: each of its different jobs alone in the most general environment, at one size and for one
// class of faults.
#pragma once

#include <cstdint>
#include <vector>

#include "core/fix_set.h"
#include "sim/proof/search.h"
#include "sim/proof/world.h"
#include "tools/prove/instance.h"

namespace zoneknot::tools {

struct JobProof {
  std::size_t job = 0;  // index
  sim::ProofSearchResult result;
};

// Every different job, until a limit ends one of them.
std::vector<JobProof> run_proof(const ProofInstance& instance, core::FixSet fixes, sim::ProofFaults faults,
                                const sim::ProofLimits& limits);

}  // namespace zoneknot::tools
