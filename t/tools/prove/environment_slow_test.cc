// The environment of a proof has to be general enough for everything that real jobs do to each other: whatever lock
// chain, cell value and write pointer a random run of three jobs shows is among those that the proof of one of them has
// met. Cases are drawn: kinds of jobs, sets of fixes, faults, conventional zones.

#include <gtest/gtest.h>

#include "core/random.h"
#include "core/workload/workload.h"
#include "sim/strategy/random_walk.h"
#include "t/tools/prove/spy_world.h"
#include "tools/prove/classes.h"
#include "tools/prove/run.h"

namespace zoneknot::tools {
namespace {

constexpr std::uint64_t kMostSteps = 20'000;  // of one real run
constexpr int kRuns = 100;                    // for each proof
constexpr int kCases = 16;

struct DrawnCase {
  WorkloadClass kind;
  ProofSize size = {.depth = 2, .zones = 2, .blocks = 1};
  std::uint32_t conventional = 0;
  bool faults = false;
  core::FixSet fixes = core::FixSet::none();

  [[nodiscard]] std::string text() const {
    return kind.name + ", fixes " + fixes.to_string() + ", " + std::to_string(conventional) + " conventional zones" +
           (faults ? ", faults" : "");
  }
};

DrawnCase draw_case(core::SplitMix64& numbers) {
  const auto kinds = workload_classes();
  DrawnCase drawn{.kind = kinds[numbers.below(kinds.size())]};
  drawn.size.zones = 2 + static_cast<std::uint32_t>(numbers.below(2));
  drawn.conventional = numbers.below(4) == 0 ? 1 : 0;
  drawn.faults = numbers.below(3) == 0;
  using enum core::Fix;
  for (const core::Fix fix : {adjust_trylock, swd_skip, reset_one_zone, zone_lock, cleanup_aio, quiesce_all, find_lock,
                              file_reset_quiesce, accept_conventional, replay_order_wrap}) {
    if (numbers.below(2) == 1) drawn.fixes = drawn.fixes.with(fix);
  }
  return drawn;
}

ProofInstance instance_of(const DrawnCase& one) {
  const std::string text =
      "[job]\nfilename=disk\nzonemode=zbd\nzonesize=1M\nmax_open_zones=2\nioengine=libaio\nbs=16k\niodepth=4\nsize=4z\n"
      "numjobs=3\n" +
      one.kind.options;
  const std::string device = "sim:conventional=" + std::to_string(one.conventional);
  const auto instance =
      make_instance({.job_path = "any.fio", .fixes = "series", .device = device, .environment = {{}}}, text, {});
  return proof_instance(instance.value(), one.size).value();
}

device::FaultPlan some_faults() {
  using device::FaultTarget;
  device::FaultPlan plan;
  for (const FaultTarget target : {FaultTarget::read, FaultTarget::write, FaultTarget::reset}) {
    plan.faults.push_back({.target = target, .error = 5, .probability = 0.1});
  }
  plan.faults.push_back({.target = FaultTarget::write,
                         .kind = device::FaultKind::busy,
                         .moment = device::FaultMoment::queue,
                         .probability = 0.1});
  plan.faults.push_back({.target = FaultTarget::write,
                         .kind = device::FaultKind::short_transfer,
                         .moment = device::FaultMoment::complete,
                         .transferred = 4096,
                         .probability = 0.1});
  return plan;
}

void expect_met(const SpyRuntime& spy, const sim::ProofFindings& proof) {
  for (const sim::LockChain& chain : spy.chains()) {
    EXPECT_TRUE(proof.chains.contains(chain)) << "lock " << chain.wanted << " is wanted at " << chain.file << ":"
                                              << chain.line << " by an owner of the set " << chain.owned;
  }
  for (std::size_t cell = 0; cell < spy.cells().size(); ++cell) {
    const SpyRuntime::Cell& seen = spy.cells()[cell];
    if (seen.info.values.examples) continue;  // each stands for others
    for (const std::uint64_t value : seen.loaded) {
      EXPECT_TRUE(cell < proof.loaded.size() && proof.loaded[cell].contains(value))
          << seen.info.name << " (cell " << cell << ") has the value " << value;
    }
  }
}

// Returns how many different chains were seen.
std::size_t compare_real_runs(const DrawnCase& one, const ProofInstance& small, const sim::ProofFindings& proof,
                              std::uint64_t seed) {
  sim::Simulation simulation;
  const sim::WorldConfig config{.device = small.device, .faults = one.faults ? some_faults() : device::FaultPlan{}};
  sim::SimWorld world(simulation, config);
  sim::RandomWalk walk(seed);
  std::set<sim::LockChain> seen;
  for (int run = 0; run < kRuns && walk.begin(); ++run) {
    SpyRuntime spy(simulation);
    SpyWorld spied(world, spy);
    const auto program = [&] {
      world.begin_execution();
      core::Workload workload(spied, small.jobs, one.fixes);
      workload.run();
    };
    walk.ended(simulation.run(program, walk, {.max_steps = kMostSteps}));
    expect_met(spy, proof);
    seen.insert(spy.chains().begin(), spy.chains().end());
  }
  return seen.size();
}

TEST(ProofEnvironment, HasMetWhateverRealJobsDoToEachOther) {
  core::SplitMix64 numbers(20260101);
  std::size_t chains = 0;
  int compared = 0;
  for (int number = 0; number < kCases; ++number) {
    const DrawnCase one = draw_case(numbers);
    SCOPED_TRACE(one.text());
    const ProofInstance small = instance_of(one);
    // A device without faults, too, fails I/O that the jobs' books send to the wrong place.
    const auto proofs = run_proof(small, one.fixes, sim::ProofFaults::device, {.states = 8'000});
    if (proofs.front().result.end != sim::ProofEnd::closed) continue;
    ++compared;
    chains += compare_real_runs(one, small, proofs.front().result.findings, static_cast<std::uint64_t>(number));
    if (HasFailure()) return;
  }
  EXPECT_GT(compared, kCases / 2);
  EXPECT_GT(chains, static_cast<std::size_t>(compared));
}

}  // namespace
}  // namespace zoneknot::tools
