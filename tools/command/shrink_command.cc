#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "lockcheck/report/report_json.h"
#include "lockcheck/report/report_text.h"
#include "sim/strategy/replay.h"
#include "tools/cli/delivery.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/search_limits.h"
#include "tools/command/commands.h"
#include "tools/instance/search_verdict.h"
#include "tools/instance/simulated.h"
#include "tools/witness/shrink_report.h"
#include "tools/witness/shrink_witness.h"
#include "tools/witness/witness_file.h"
#include "tools/witness/witness_input.h"

namespace zoneknot::tools {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kExitStopped = 3;

ShrinkPlan plan_of(const CommandLine& line) {
  ShrinkPlan plan;
  plan.stop = &interrupted();
  if (line.executions) plan.walks = *line.executions;
  if (line.time) {
    plan.time_is_over = [deadline = SteadyClock::now() + *line.time] { return SteadyClock::now() >= deadline; };
  }
  if (isatty(STDERR_FILENO) != 0) {
    plan.progress = [](const WitnessSize& size, std::uint64_t executions) {
      std::fprintf(stderr, "\r\033[Kshrink: %llu executions; %llu preemptions, %u jobs, %llu steps",
                   static_cast<unsigned long long>(executions),
                   static_cast<unsigned long long>(size.schedule.preemptions), size.jobs,
                   static_cast<unsigned long long>(size.schedule.steps));
      std::fflush(stderr);
    };
  }
  return plan;
}

// A witness of what is left, made by running it once more.
sim::Witness witness_of(const ShrunkWitness& shrunk) {
  SimulatedWorkload workload(shrunk.instance);
  sim::Recording recording;
  workload.simulation().set_max_steps(shrunk.kept.size.steps);
  return sim::record_witness(workload.simulation(), workload.program(),
                             {.execution = 1, .decisions = shrunk.kept.decisions}, shrunk.instance.identity(),
                             recording);
}

// The report of the shrunk finding, from a replay of its witness.
tl::expected<Replayed, InputError> describe(const ShrunkWitness& shrunk, const sim::Witness& witness,
                                            const CommandLine& line) {
  auto replayed = replay_exactly({shrunk.instance, witness, {}}, line.inputs[0]);
  if (!replayed) return replayed;
  lockcheck::Verdict& verdict = replayed->verdict;
  verdict.strategy = "shrink, then replay";
  if (const auto text = sim::to_line(witness)) verdict.witness = *text;
  verdict.replay_command = replay_command(shrunk.instance, verdict.witness, line.output);
  return replayed;
}

}  // namespace

int run_shrink(const CommandLine& line) {
  if (!is_witness_line(line.inputs[0]) && line.fixes) {
    return refuse({.file = "--fixes", .message = "belongs to a witness line; a witness file brings its own"});
  }
  const auto loaded = load_witness(line);
  if (!loaded) return refuse(loaded.error());
  if (const auto error = check_writable(line.output)) return refuse(*error);
  const auto replayed = replay_exactly(*loaded, line.inputs[0]);
  if (!replayed) return refuse(replayed.error());
  if (!replayed->kind) {
    return refuse({.file = is_witness_line(line.inputs[0]) ? "WITNESS" : line.inputs[0],
                   .message = "shows neither a hang nor a livelock nor a broken rule: there is nothing to keep"});
  }

  catch_interrupts();
  const auto begin = SteadyClock::now();
  const ShrunkWitness shrunk = shrink_witness(loaded->instance, loaded->witness, *replayed->kind, plan_of(line));
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  clear_progress();

  const sim::Witness witness = witness_of(shrunk);
  const auto described = describe(shrunk, witness, line);
  if (!described) return refuse(described.error());
  const lockcheck::Verdict& verdict = described->verdict;
  const std::string verdict_json = lockcheck::to_json(verdict);
  if (!line.output.empty()) {
    const std::string file = to_witness_file(shrunk.instance, witness, verdict_json, described->trace);
    if (const auto error = write_file(line.output, file)) return refuse(*error);
  }
  const std::string report = line.format == Format::json ? shrink_json(shrunk, seconds, verdict_json)
                                                         : shrink_text(shrunk, seconds) + lockcheck::to_text(verdict);
  return deliver(report, "", shrunk.interrupted ? kExitStopped : lockcheck::exit_code(verdict.word));
}

}  // namespace zoneknot::tools
