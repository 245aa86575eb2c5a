// Whatever a program hangs in, its shrunk schedule hangs in the same way, is no larger, and cannot be shrunk again.
#include "lockcheck/picture/hang_kind.h"
#include "proptests/any_workload.h"
#include "proptests/lock_program.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "sim/witness/shrink.h"
#include "sim/witness/witness.h"

namespace zoneknot::proptests {
namespace {

constexpr std::uint64_t kShrinkSteps = 3000;
constexpr unsigned kWalks = 30;

std::optional<std::string> kind_of(const sim::Outcome& outcome, const lockcheck::LockWatch& watch) {
  if (outcome.kind != sim::OutcomeKind::hang) return std::nullopt;
  return lockcheck::hang_kind(watch, outcome.stuck);
}

void expect_shrinks(sim::Simulation& simulation, const sim::Program& program, std::uint64_t seed) {
  std::optional<std::string> kind;  // of the first hang; from then on, the one to keep
  const auto keep = [&kind](const sim::Outcome& outcome, const lockcheck::LockWatch& watch,
                            const std::optional<sim::Revisits::Round>&) {
    const auto now = kind_of(outcome, watch);
    if (!kind) kind = now;
    return now && now == kind;
  };
  sim::ScheduleShrinker shrinker(simulation, program, keep, {.execution = {.max_steps = kShrinkSteps}});
  sim::RandomWalk walk(seed);
  std::optional<sim::KeptExecution> found;
  for (unsigned i = 0; i < kWalks && !found; ++i) found = shrinker.run(walk);
  RC_PRE(found.has_value());

  const sim::KeptExecution shrunk = shrinker.shrink(*found);
  RC_ASSERT(shrunk.size <= found->size);
  RC_CLASSIFY(shrunk.size.preemptions < found->size.preemptions, "fewer preemptions");

  sim::Recording recording;
  const sim::Witness witness = sim::record_witness(simulation, program, {.execution = 1, .decisions = shrunk.decisions},
                                                   1, {.max_steps = kShrinkSteps}, recording);
  RC_ASSERT(witness.schedule.deviations.size() == shrunk.size.deviations);
  sim::Replay replay(witness.schedule, witness.checks);
  RC_ASSERT(replay.begin());
  const sim::Outcome outcome = simulation.run([&] { program(simulation); }, replay, {.max_steps = kShrinkSteps});
  RC_ASSERT(kind_of(outcome, simulation.watch()) == kind);
  RC_ASSERT(outcome.trace_hash == witness.trace_hash);

  sim::Replay from_witness(witness.schedule);
  const auto start = shrinker.run(from_witness);
  RC_ASSERT(start.has_value());
  RC_ASSERT(shrinker.shrink(*start).decisions == shrunk.decisions);
}

RC_GTEST_PROP(ShrinkProperty, HangOfALockProgram_StaysWhatItIsAndGetsNoLarger, (std::uint64_t seed)) {
  const LockProgram program = *any_lock_program({6, 6, 6});
  sim::Simulation simulation;
  expect_shrinks(simulation, on_simulator(program, [](const FinalState&) {}), seed);
}

RC_GTEST_PROP(ShrinkProperty, HangOfAWorkload_StaysWhatItIsAndGetsNoLarger, ()) {
  const AnyWorkload workload = *any_workload();
  WorkloadBench bench(workload);
  expect_shrinks(bench.simulation, bench.program(), workload.schedule_seed);
}

}  // namespace
}  // namespace zoneknot::proptests
