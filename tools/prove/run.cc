#include "tools/prove/run.h"

#include <set>

#include "core/workload.h"
#include "lockcheck/text/site.h"

namespace zoneknot::tools {

std::vector<JobProof> run_proof(const ProofInstance& instance, core::FixSet fixes, sim::ProofFaults faults,
                                const sim::ProofLimits& limits) {
  std::vector<JobProof> proofs;
  for (const std::size_t job : different_jobs(instance.jobs)) {
    const auto program = [&](sim::ProofRuntime& runtime) {
      sim::ProofWorld world(runtime, instance.device, faults);
      core::Workload workload(world, instance.jobs, fixes);
      workload.run();
    };
    proofs.push_back({.job = job, .result = sim::search_proof(program, static_cast<std::uint32_t>(job), limits)});
    if (proofs.back().result.end != sim::ProofEnd::closed) break;
  }
  return proofs;
}

std::vector<std::string> chain_shapes(const std::vector<JobProof>& proofs) {
  std::set<std::string> shapes;
  for (const JobProof& proof : proofs) {
    for (const sim::LockChain& chain : proof.result.findings.chains) {
      // Locks are numbered in the order of their creation: M of a table, then its zones upward.
      const std::uint64_t below = (std::uint64_t{1} << std::min<core::LockId>(chain.wanted, 63)) - 1;
      std::string shape(chain.file.substr(chain.file.find_last_of('/') + 1));
      shape += ":" + std::to_string(chain.line);
      if ((chain.owned & below) != 0) shape += " owning smaller";
      if ((chain.owned & ~below) != 0) shape += " owning greater";
      shapes.insert(shape);
    }
  }
  return {shapes.begin(), shapes.end()};
}

}  // namespace zoneknot::tools
