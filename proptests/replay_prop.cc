// Any execution of any program comes back from its witness, step by step.
#include <string>

#include "proptests/any_workload.h"
#include "proptests/lock_program.h"
#include "sim/strategy/random_walk.h"
#include "sim/witness/witness.h"

namespace zoneknot::proptests {
namespace {

constexpr std::uint64_t kIdentity = 0x2f0c1e;
constexpr std::uint64_t kMaxSteps = 5000;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct Recorded {
  sim::Outcome outcome;
  sim::Recording recording;
};

Recorded run(sim::Simulation& simulation, const sim::Program& program, sim::Strategy& strategy) {
  Recorded recorded;
  RC_ASSERT(strategy.begin());
  recorded.outcome = simulation.run([&] { program(simulation); }, strategy,
                                    {.max_steps = kMaxSteps, .recording = &recorded.recording});
  return recorded;
}

// A walk with this seed, made into a witness with or without telling the seed, written as a line and read again.
void expect_replayed(sim::Simulation& simulation, const sim::Program& program, std::uint64_t seed, bool tell_seed) {
  sim::RandomWalk walk(seed);
  const Recorded first = run(simulation, program, walk);
  sim::FirstSeen seen{.execution = 1, .decisions = simulation.decisions()};
  if (tell_seed) seen.schedule = walk.schedule();
  sim::Recording recording;
  const sim::Witness witness =
      sim::record_witness(simulation, program, seen, kIdentity, {.max_steps = kMaxSteps}, recording);
  RC_ASSERT(witness.steps == first.outcome.steps);
  RC_ASSERT(witness.trace_hash == first.outcome.trace_hash);

  const auto line = sim::to_line(witness);
  RC_PRE(line.has_value());  // else too long for a line
  const auto read = sim::parse_line(*line);
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == sim::for_line(witness));

  sim::Replay replay(read->schedule, read->checks);
  const Recorded again = run(simulation, program, replay);
  RC_ASSERT(again.outcome.kind == first.outcome.kind);
  RC_ASSERT(again.outcome.steps == witness.steps);
  RC_ASSERT(again.outcome.decisions == witness.decisions);
  RC_ASSERT(again.outcome.trace_hash == witness.trace_hash);
  RC_ASSERT(!sim::first_difference(first.recording.steps, again.recording.steps).has_value());
}

RC_GTEST_PROP(ReplayProperty, WitnessOfALockProgram_GivesTheExecutionAgain, (std::uint64_t seed, bool tell_seed)) {
  const LockProgram program = *any_lock_program({6, 6, 6});
  sim::Simulation simulation;
  expect_replayed(simulation, on_simulator(program, [](const FinalState&) {}), seed, tell_seed);
}

RC_GTEST_PROP(ReplayProperty, WitnessOfAWorkload_GivesTheExecutionAgain, (bool tell_seed)) {
  const AnyWorkload workload = *any_workload();
  WorkloadBench bench(workload);
  expect_replayed(bench.simulation, bench.program(), workload.schedule_seed, tell_seed);
}

RC_GTEST_PROP(ReplayProperty, LineWithAChangedCharacter_IsRefused, (std::uint64_t seed)) {
  sim::Simulation simulation;
  const LockProgram program = *any_lock_program({6, 6, 6});
  sim::RandomWalk walk(seed);
  (void)run(simulation, on_simulator(program, [](const FinalState&) {}), walk);
  sim::Recording recording;
  const sim::Witness witness = sim::record_witness(simulation, on_simulator(program, [](const FinalState&) {}),
                                                   {.execution = 1, .decisions = simulation.decisions()}, kIdentity,
                                                   {.max_steps = kMaxSteps}, recording);
  std::string line = *sim::to_line(witness);
  const auto at = *rc::gen::inRange<std::size_t>(0, line.size());
  line[at] = *rc::gen::suchThat(rc::gen::elementOf(std::string(kAlphabet)), [&](char c) { return c != line[at]; });
  RC_ASSERT(!sim::parse_line(line).has_value());
}

}  // namespace
}  // namespace zoneknot::proptests
