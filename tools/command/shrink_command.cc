#include <fmt/core.h>

#include <chrono>

#include "lockcheck/report/report_json.h"
#include "sim/strategy/replay.h"
#include "tools/cli/delivery.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/named_files.h"
#include "tools/cli/progress_line.h"
#include "tools/cli/report_form.h"
#include "tools/cli/search_limits.h"
#include "tools/command/commands.h"
#include "tools/instance/search_verdict.h"
#include "tools/instance/simulated.h"
#include "tools/text/shell_word.h"
#include "tools/text/whole_file.h"
#include "tools/witness/no_return.h"
#include "tools/witness/shrink_report.h"
#include "tools/witness/shrink_witness.h"
#include "tools/witness/witness_file.h"
#include "tools/witness/witness_input.h"
#include "tools/witness/witness_place.h"

namespace zoneknot::tools {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kExitStopped = 3;

ShrinkPlan plan_of(const ShrinkOptions& options) {
  ShrinkPlan plan;
  plan.stop = &interrupted();
  if (options.executions) plan.walks = *options.executions;
  plan.time_is_over = deadline(options.time);
  if (ProgressLine line; line.shown()) {
    plan.progress = [line](const WitnessSize& size, std::uint64_t executions) mutable {
      line.show([&](double) {
        return fmt::format("shrink: {} executions; {} preemptions, {} jobs, {} steps", executions,
                           size.schedule.preemptions, size.jobs, size.schedule.steps);
      });
    };
  }
  return plan;
}

// A witness of what is left, made by running it once more.
sim::Witness witness_of(const ShrunkWitness& shrunk) {
  SimulatedWorkload workload(shrunk.instance);
  sim::Recording recording;
  return sim::record_witness(workload.simulation(), workload.program(),
                             {.execution = 1, .decisions = shrunk.kept.decisions}, shrunk.instance.identity(),
                             {.max_steps = shrunk.kept.size.steps}, recording);
}

// The report of the shrunk finding, from a replay of its witness.
tl::expected<Replayed, InputError> describe(const ShrunkWitness& shrunk, const sim::Witness& witness,
                                            const ShrinkOptions& options) {
  auto replayed = replay_exactly({shrunk.instance, witness, {}}, options.witness.inputs[0]);
  if (!replayed) return replayed;
  lockcheck::Verdict& verdict = replayed->verdict;
  verdict.search.strategy = "shrink, then replay";
  add_point_of_no_return(shrunk.instance, witness, verdict);
  if (const auto text = sim::to_line(witness)) verdict.scene.witness = *text;
  verdict.scene.replay_command = replay_command(shrunk.instance, verdict.scene.witness, options.output);
  if (!options.output.empty()) {
    verdict.scene.next = {verdict.scene.replay_command +
                          " --html=" + output_word(options.output + ".html", {options.output})};
  }
  return replayed;
}

}  // namespace

int run_command(const ShrinkOptions& options) {
  if (!is_witness_line(options.witness.inputs[0]) && options.witness.program.fixes) {
    return refuse({.file = "--fixes", .message = "belongs to a witness line; a witness file brings its own"});
  }
  const auto loaded = load_witness(options.witness);
  if (!loaded) return refuse(loaded.error());
  std::vector<NamedFile> files = named_inputs(options.witness);
  files.push_back({"--output", options.output, FileUse::written});
  if (const auto error = check_named_files(files)) return refuse(*error);
  if (const auto error = check_witness_place(options.output)) return refuse(*error);
  const auto replayed = replay_exactly(*loaded, options.witness.inputs[0]);
  if (!replayed) return refuse(replayed.error());
  if (!replayed->kind) {
    return refuse({.file = is_witness_line(options.witness.inputs[0]) ? "WITNESS" : options.witness.inputs[0],
                   .message = "shows neither a hang nor a livelock, a broken rule or a job that ends early or late: "
                              "there is nothing to keep"});
  }

  catch_interrupts();
  const auto begin = SteadyClock::now();
  const ShrunkWitness shrunk = shrink_witness(loaded->instance, loaded->witness, *replayed->kind, plan_of(options));
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  clear_progress();

  const sim::Witness witness = witness_of(shrunk);
  const auto described = describe(shrunk, witness, options);
  if (!described) return refuse(described.error());
  const lockcheck::Verdict& verdict = described->verdict;
  const std::string verdict_json = lockcheck::to_json(verdict);
  LostOutputs lost;
  if (!options.output.empty()) {
    lost.add(write_file(options.output, to_witness_file(shrunk.instance, witness, verdict_json, described->trace)));
  }
  const std::string report = options.format == Format::json
                                 ? shrink_json(shrunk, seconds, verdict_json)
                                 : shrink_text(shrunk, seconds) + report_of(verdict, options.format, options.verbose);
  return deliver(report, "", shrunk.interrupted ? kExitStopped : lockcheck::exit_code(verdict.word), lost);
}

}  // namespace zoneknot::tools
