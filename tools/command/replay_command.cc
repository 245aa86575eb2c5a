#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "sim/search/event_trace.h"
#include "sim/strategy/follow.h"
#include "sim/strategy/replay.h"
#include "tools/cli/delivery.h"
#include "tools/cli/graph_files.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/report_form.h"
#include "tools/cli/search_limits.h"
#include "tools/command/commands.h"
#include "tools/command/real_run.h"
#include "tools/instance/search_verdict.h"
#include "tools/instance/simulated.h"
#include "tools/option/device_option.h"
#include "tools/option/fixes_option.h"
#include "tools/text/whole_file.h"
#include "tools/witness/no_return.h"
#include "tools/witness/recorded_steps.h"
#include "tools/witness/run_of_witness.h"
#include "tools/witness/trace_file.h"
#include "tools/witness/witness_input.h"

namespace zoneknot::tools {
namespace {

int report(const Replayed& replayed, const ReplayOptions& options, LostOutputs lost = {},
           const std::optional<lockcheck::RunInVerdict>& run = std::nullopt) {
  if (!options.trace.empty()) lost.add(write_file(options.trace, replayed.trace));
  const lockcheck::Verdict& verdict = replayed.verdict;
  lost.add(write_graph_files(verdict, options.graphs, run));
  return deliver(report_of(verdict, options.format, options.verbose), options.output,
                 lockcheck::exit_code(verdict.word), lost);
}

// A witness line needs its job file: to go on with it, a file is made of it first.
std::vector<std::string> next_of_replay(const Instance& instance, const Replayed& replayed, const std::string& input) {
  if (!replayed.kind) return {check_command(instance)};
  return next_commands(instance, is_witness_line(input) || input == kStandardInput ? "" : input);
}

// What the recorded task does instead, under the other fixes.
std::string departure_text(const sim::Departure& departure, const Replayed& recorded, const Instance& instance,
                           const lockcheck::LockWatch& watch) {
  std::string text = fmt::format("followed for {} steps; ", departure.step);
  if (!departure.wanted) return text + "then the record had ended, and with these fixes it goes on\n";
  const sim::ActorId actor = departure.wanted->actor;
  const std::string who = actor < instance.task_names.size() ? instance.task_names[actor] : "an I/O";
  text += fmt::format("then {} departs: recorded was {}", who, recorded.words(departure.step));
  return text + (departure.instead
                     ? fmt::format(", with these fixes it is {}\n", sim::op_text(*departure.instead, watch))
                     : ", with these fixes it cannot go on there\n");
}

// Takes the recorded steps under other fixes, as long as they fit.
int follow(const LoadedWitness& loaded, const Replayed& recorded, const ReplayOptions& options) {
  Instance other = loaded.instance;
  const auto fixes = parse_fixes(*options.witness.program.fixes);
  if (!fixes) return refuse(fixes.error());
  other.fixes = *fixes;
  sim::Follow strategy(recorded.recording.steps);
  std::string departure = "followed to the end: the recorded steps fit these fixes as well\n";
  Replayed replayed = replay(other, strategy, kDefaultMaxSteps, [&](const lockcheck::LockWatch& watch) {
    if (strategy.departure()) departure = departure_text(*strategy.departure(), recorded, other, watch);
  });
  std::fputs(departure.c_str(), stderr);
  std::optional<lockcheck::RunInVerdict> run;
  if (options.graphs.want_run()) {
    sim::Follow again(recorded.recording.steps);
    run = run_of(other, again, kDefaultMaxSteps);
  }
  replayed.verdict.scene.next = {check_command(other)};
  return report(replayed, options, {}, run);
}

// Runs the witness once more, for its lock trace.
std::optional<InputError> record_lock_trace(const LoadedWitness& loaded, const std::string& path) {
  SimulatedWorkload workload(loaded.instance);
  sim::Simulation& simulation = workload.simulation();
  sim::Replay strategy(loaded.witness.schedule, loaded.witness.checks);
  (void)strategy.begin();
  TraceRecording recording(path, simulation.watch());
  simulation.run([&] { workload.program()(simulation); }, strategy,
                 {.max_steps = std::max<std::uint64_t>(loaded.witness.steps, 1)});
  return recording.close();
}

// The device of --device, if it is a real one: then the witness is followed on it.
tl::expected<std::optional<DeviceOption>, InputError> real_device(const ReplayOptions& options) {
  const std::string& text = options.witness.program.device;
  if (text.empty()) return std::nullopt;
  auto device = parse_device_option(text);
  if (!device) return tl::unexpected(device.error());
  if (device->kind == DeviceKind::sim) return std::nullopt;
  device->emulated = !options.real.emulate_zones.empty();
  return *std::move(device);
}

// The witness with a real device in place of the simulated one.
tl::expected<LoadedWitness, InputError> load_for(const ReplayOptions& options, const DeviceOption& device) {
  WitnessOptions witness = options.witness;
  if (!is_witness_line(witness.inputs[0])) witness.program.device.clear();
  auto loaded = load_witness(witness);
  if (loaded) loaded->instance.device_option = device;
  return loaded;
}

std::string head_of(const device::ScheduleGate& gate, const std::string& path) {
  if (const std::string failure = gate.failure(); !failure.empty()) {
    return fmt::format("{} does not follow the witness: {}\n\n", path, failure);
  }
  return fmt::format("{} steps of the witness were followed on {}, by real threads\n\n", gate.steps(), path);
}

// Real threads make the steps of the witness, and go on by themselves where it ends. Under other fixes they make those
// that the simulator makes when it follows the witness.
int follow_on(const DeviceOption& device, const ReplayOptions& options) {
  auto loaded = load_for(options, device);
  if (!loaded) return refuse(loaded.error());
  const std::string& input = options.witness.inputs[0];
  const auto replayed = replay_exactly(*loaded, input);
  if (!replayed) return refuse(replayed.error());
  Instance& instance = loaded->instance;
  std::unique_ptr<sim::Strategy> strategy = std::make_unique<sim::Replay>(loaded->witness.schedule);
  std::uint64_t most_steps = std::max<std::uint64_t>(loaded->witness.steps, 1);
  if (!is_witness_line(input) && options.witness.program.fixes) {
    const auto fixes = parse_fixes(*options.witness.program.fixes);
    if (!fixes) return refuse(fixes.error());
    instance.fixes = *fixes;
    strategy = std::make_unique<sim::Follow>(replayed->recording.steps);
    most_steps = kDefaultMaxSteps;
  }
  const auto recorded = record_steps(instance, *strategy, most_steps);
  if (!recorded) return refuse(recorded.error());
  if (recorded->end != sim::OutcomeKind::hang && recorded->end != sim::OutcomeKind::finished) {
    return refuse(
        {.file = "WITNESS", .message = "it ends neither in a hang nor by itself, so real threads would not end"});
  }
  catch_interrupts();
  device::ScheduleGate gate(recorded->steps, instance.task_names);
  const std::vector<std::string> overwritten = overwritten_lines(instance);
  auto world = open_real_world(instance, options.real, &gate);
  if (!world) return refuse(world.error());
  print_notes(overwritten);
  print_notes((*world)->notes());
  if (options.real.dry_run) return deliver("nothing was changed: --dry-run\n", options.output, 0);
  RunOutcome run = run_for_real(instance, **world, options.real,
                                {.lock_trace = options.lock_trace, .shown = options.graphs.want_run()});
  run.time = RunTime::virtual_time;  // the list says what time it is
  if (!instance.seed) run.verdict.subject.draws_by = lockcheck::DrawsBy::search;
  if (!gate.failure().empty()) run.verdict.word = lockcheck::VerdictWord::incomplete;
  return report_run(run, {.format = options.format,
                          .output = options.output,
                          .graphs = options.graphs,
                          .verbose = options.verbose,
                          .strategy = "replay on real threads",
                          .head = head_of(gate, device.path)});
}

}  // namespace

int run_command(const ReplayOptions& options) {
  const std::string& input = options.witness.inputs[0];
  const auto device = real_device(options);
  if (!device) return refuse(device.error());
  if (*device) return follow_on(**device, options);
  const auto loaded = load_witness(options.witness);
  if (!loaded) return refuse(loaded.error());
  const bool follows = !is_witness_line(input) && options.witness.program.fixes;
  if (follows && !options.lock_trace.empty()) {
    return refuse({.file = "--lock-trace", .message = "records the witness as it is, without --fixes"});
  }
  std::vector<NamedFile> files = named_inputs(options.witness);
  files.insert(files.end(), {{"--trace", options.trace, FileUse::written},
                             {"--lock-trace", options.lock_trace, FileUse::written},
                             {"--output", options.output, FileUse::written}});
  if (const auto error = check_named_files(files, named_graph_files(options.graphs))) return refuse(*error);
  if (const auto error = check_dot_program(options.graphs)) return refuse(*error);
  auto replayed = replay_exactly(*loaded, input);
  if (!replayed) return refuse(replayed.error());
  // A line is looked up with the fixes that belong to it; with a file, other fixes are a question of their own.
  if (follows) return follow(*loaded, *replayed, options);
  LostOutputs lost;
  if (!options.lock_trace.empty()) lost.add(record_lock_trace(*loaded, options.lock_trace));
  catch_interrupts();
  add_point_of_no_return(loaded->instance, loaded->witness, replayed->verdict);
  replayed->verdict.scene.next = next_of_replay(loaded->instance, *replayed, input);
  std::optional<lockcheck::RunInVerdict> run;
  if (options.graphs.want_run()) run = run_of(loaded->instance, loaded->witness);
  return report(*replayed, options, lost, run);
}

}  // namespace zoneknot::tools
