#include "tools/prove/run.h"

#include "core/workload/workload.h"

namespace zoneknot::tools {

std::vector<JobProof> run_proof(const ProofInstance& instance, core::FixSet fixes, sim::ProofFaults faults,
                                const sim::ProofLimits& limits) {
  std::vector<JobProof> proofs;
  for (const std::size_t job : different_jobs(instance.jobs)) {
    const auto program = [&](sim::ProofRuntime& runtime) {
      runtime.set_forgetful(instance.forgetful);
      sim::ProofWorld world(runtime, instance.device, faults);
      core::Workload workload(world, instance.jobs, fixes);
      workload.run();
    };
    proofs.push_back({.job = job, .result = sim::search_proof(program, static_cast<std::uint32_t>(job), limits)});
    if (proofs.back().result.end != sim::ProofEnd::closed) break;
  }
  return proofs;
}

}  // namespace zoneknot::tools
