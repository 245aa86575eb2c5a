#include "tools/witness_input.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockcheck/hang_picture.h"
#include "sim/replay.h"
#include "tools/event_trace.h"
#include "tools/search_verdict.h"
#include "tools/simulated.h"
#include "tools/witness_file.h"

namespace zoneknot::tools {
namespace {

using lockcheck::VerdictWord;

tl::expected<LoadedWitness, InputError> load_line(const CommandLine& line) {
  if (line.inputs.size() != 2) {
    return tl::make_unexpected(
        InputError{.file = "WITNESS", .message = "a witness line needs its job file: zoneknot replay zk1:... JOB"});
  }
  auto witness = sim::parse_line(line.inputs[0]);
  if (!witness) return tl::make_unexpected(InputError{.file = "WITNESS", .message = witness.error()});
  auto instance = load_instance({.job_path = line.inputs[1],
                                 .faults_path = line.faults,
                                 .fixes = line.fixes.value_or("series"),
                                 .device = line.device,
                                 .bound = line.bound,
                                 .seed = line.seed});
  if (!instance) return tl::make_unexpected(instance.error());
  return LoadedWitness{std::move(*instance), std::move(*witness)};
}

tl::expected<LoadedWitness, InputError> load_file(const CommandLine& line) {
  const std::string& path = line.inputs[0];
  for (const auto& [given, option] :
       {std::pair{line.inputs.size() > 1, "JOB"}, std::pair{!line.device.empty(), "--device"},
        std::pair{!line.faults.empty(), "--faults"}, std::pair{!line.bound.empty(), "--bound"},
        std::pair{line.seed.has_value(), "--seed"}}) {
    if (given)
      return tl::make_unexpected(
          InputError{.file = option, .message = "belongs to a witness line; a witness file brings its own"});
  }
  const auto text = read_file(path);
  if (!text) return tl::make_unexpected(text.error());
  auto file = parse_witness_file(*text, path);
  if (!file) return tl::make_unexpected(file.error());
  auto instance = make_instance(file->source, file->job_text, file->faults_text);
  if (!instance) return tl::make_unexpected(instance.error());
  return LoadedWitness{std::move(*instance), std::move(file->witness)};
}

InputError not_the_same(const std::string& input, const std::string& what) {
  return {.file = is_witness_line(input) ? "WITNESS" : input,
          .message = what + ": the witness belongs to another program or another version of it"};
}

}  // namespace

// Of any version: parse_line() says which ones it reads.
bool is_witness_line(const std::string& input) {
  const std::size_t colon = input.find(':');
  return input.starts_with("zk") && colon != std::string::npos && colon > 2 &&
         input.find_first_not_of("0123456789", 2) == colon;
}

tl::expected<LoadedWitness, InputError> load_witness(const CommandLine& line) {
  return is_witness_line(line.inputs[0]) ? load_line(line) : load_file(line);
}

Replayed replay(const Instance& instance, sim::Strategy& strategy, std::uint64_t max_steps) {
  SimulatedWorkload workload(instance);
  sim::Simulation& simulation = workload.simulation();
  Replayed replayed{.verdict = verdict_about(instance)};
  simulation.set_max_steps(max_steps);
  simulation.set_recording(&replayed.recording);
  workload.describe_hangs_in(&replayed.verdict);
  (void)strategy.begin();
  replayed.outcome = simulation.run([&] { workload.program()(simulation); }, strategy);
  replayed.trace = event_trace_text(replayed.recording, simulation.watch());
  replayed.kind = finding_kind(replayed.outcome, simulation.watch());
  lockcheck::Verdict& verdict = replayed.verdict;
  const bool hangs = replayed.outcome.kind == sim::OutcomeKind::hang;
  if (hangs) verdict.steps_to_hang = steps_to_hang(replayed.recording, simulation.watch(), workload.stuck());
  lockcheck::describe_rules(simulation.watch().broken_rules(), instance.task_names, verdict);
  verdict.word = hangs ? VerdictWord::hang : verdict.rules.empty() ? VerdictWord::clean : VerdictWord::rule;
  verdict.strategy = "replay";
  verdict.executions = 1;
  verdict.executions_cut = replayed.outcome.kind == sim::OutcomeKind::cut ? 1 : 0;
  verdict.step_limit = max_steps;
  verdict.steps = replayed.outcome.steps;
  return replayed;
}

tl::expected<Replayed, InputError> replay_exactly(const LoadedWitness& loaded, const std::string& input) {
  if (loaded.witness.identity != loaded.instance.identity()) {
    return tl::make_unexpected(not_the_same(input, "job, fixes, device, faults or bounds differ"));
  }
  sim::Replay strategy(loaded.witness.schedule, loaded.witness.checkpoints);
  Replayed replayed = replay(loaded.instance, strategy, std::max<std::uint64_t>(loaded.witness.steps, 1));
  if (replayed.outcome.kind == sim::OutcomeKind::diverged) {
    return tl::make_unexpected(
        not_the_same(input, fmt::format("it departs before decision {}", replayed.outcome.decisions)));
  }
  if (replayed.outcome.steps != loaded.witness.steps || replayed.outcome.decisions != loaded.witness.decisions ||
      replayed.outcome.trace_hash != loaded.witness.trace_hash) {
    return tl::make_unexpected(not_the_same(input, fmt::format("it ends after {} steps instead of {}, or otherwise",
                                                               replayed.outcome.steps, loaded.witness.steps)));
  }
  return replayed;
}

}  // namespace zoneknot::tools
