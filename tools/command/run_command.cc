#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "lockcheck/picture/order_picture.h"
#include "sim/strategy/due_order.h"
#include "sim/strategy/random_walk.h"
#include "tools/cli/delivery.h"
#include "tools/cli/graph_files.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/named_files.h"
#include "tools/command/commands.h"
#include "tools/command/real_run.h"
#include "tools/command/shown_run.h"
#include "tools/instance/run_report.h"
#include "tools/instance/search_verdict.h"
#include "tools/witness/trace_file.h"

namespace zoneknot::tools {
namespace {

using lockcheck::Verdict;
using lockcheck::VerdictWord;

// Scheduling points of one simulated run; a loop without progress comes to them within a minute or so.
constexpr std::uint64_t kRunMaxSteps = 100'000'000;

lockcheck::OrderChecks order_checks(const RunOptions& options) {
  return options.order_check ? lockcheck::OrderChecks::on : lockcheck::OrderChecks::off;
}

// With a latency profile, things happen when it is time; without, at any time, as in a search.
std::unique_ptr<sim::Strategy> schedule_of_run(const Instance& instance, const sim::SimWorld& world) {
  const std::uint64_t seed = instance.seed.value_or(1);
  if (instance.device.latency) return std::make_unique<sim::DueOrder>(seed, world.due_times());
  return std::make_unique<sim::RandomWalk>(seed);
}

// What a device that is real cannot be made to do.
std::optional<InputError> check_real_faults(const Instance& instance, const std::string& plan_name) {
  for (const device::Fault& fault : instance.faults.faults) {
    const bool degrades = fault.kind == device::FaultKind::read_only || fault.kind == device::FaultKind::offline;
    if (fault.kind < device::FaultKind::late || degrades) continue;
    return InputError{.file = plan_name,
                      .message = "kind = \"" + std::string(word_of(fault.kind)) +
                                 "\" goes with the simulated device; a real one answers when it answers"};
  }
  return std::nullopt;
}

// Runs the workload once on the simulator, under one random schedule.
RunOutcome run_simulated(const Instance& instance, const RunOptions& options) {
  SimulatedWorkload workload(instance, instance.device.latency ? sim::TimeOrder::by_due : sim::TimeOrder::any);
  sim::Simulation& simulation = workload.simulation();
  RunOutcome run{.verdict = verdict_about(instance)};
  workload.keep_results();
  simulation.watch().set_order_checks(order_checks(options));
  const std::unique_ptr<sim::Strategy> strategy = schedule_of_run(instance, workload.world());
  (void)strategy->begin();
  std::optional<TraceRecording> recording;
  if (!options.lock_trace.empty()) recording.emplace(options.lock_trace, simulation.watch());
  std::optional<ShownRun> shown;
  if (options.graphs.want_run()) shown.emplace(instance, simulation.watch());
  const sim::Outcome outcome = simulation.run([&] { workload.program()(simulation); }, *strategy,
                                              {.max_steps = kRunMaxSteps, .stop = &interrupted()});
  if (recording) run.trace_error = recording->close();
  if (shown) run.shown = shown->run();
  lockcheck::describe_order(simulation.watch(), run.verdict.order);
  sim::conclude_execution(workload.examined(), outcome, nullptr, sim::AtLimit::unfinished, run.verdict);
  if (outcome.kind == sim::OutcomeKind::finished) forgive_order(run.verdict);
  run.time = RunTime::virtual_time;
  run.results = workload.results();
  run.end_ns = simulation.now_ns();
  run.interrupted = outcome.kind == sim::OutcomeKind::stopped;
  run.verdict.scene.next = {keeping_witness(check_command(instance), instance)};
  return run;
}

// A job that names a file of its own means that file; it is not simulated instead, nor written to without being asked.
std::optional<InputError> check_named(const Instance& instance) {
  if (!instance.source.device.empty() || instance.device_option.kind != DeviceKind::sim) return std::nullopt;
  for (const core::JobSpec& job : instance.jobs) {
    if (job.filename == "sim" || job.filename.starts_with("sim:")) continue;
    return InputError{.file = instance.source.job_path,
                      .message = "filename=" + job.filename +
                                 ": say --device=file:PATH or --device=/dev/…, or --device=sim to simulate it"};
  }
  return std::nullopt;
}

std::string dry_run_text(const Instance& instance, const std::vector<std::string>& overwritten) {
  std::string text;
  for (const std::string& line : overwritten) text += line + "\n";
  const std::string& path = instance.device_option.path;
  if (!path.empty() && text.empty())
    text = path + ": a file of " + std::to_string(instance.device.zone_size * instance.device.zones) + " bytes\n";
  return text + "nothing was changed: --dry-run\n";
}

}  // namespace

int run_command(const RunOptions& options) {
  InstanceSource source{.job_path = options.job,
                        .faults_path = options.program.faults,
                        .fixes = options.program.fixes.value_or(""),
                        .device = options.program.device,
                        .bound = "",
                        .seed = options.seed};
  add_real_options(options.real, source);
  auto instance = load_instance(source);
  if (!instance) return refuse(instance.error());
  const DeviceOption& device = instance->device_option;
  if (const auto error = check_named(*instance)) return refuse(*error);
  if (const auto error = check_named_files({{"JOB", options.job},
                                            {"--faults", options.program.faults},
                                            {"--device", device.path, FileUse::device},
                                            {"--lock-trace", options.lock_trace, FileUse::written},
                                            {"--output", options.output, FileUse::written}},
                                           named_graph_files(options.graphs))) {
    return refuse(*error);
  }
  if (const auto error = check_dot_program(options.graphs)) return refuse(*error);
  catch_interrupts();
  if (device.kind == DeviceKind::sim) {
    print_notes(instance->notes);
    RunOutcome run = run_simulated(*instance, options);
    return report_run(
        run,
        {.format = options.format, .output = options.output, .graphs = options.graphs, .verbose = options.verbose});
  }
  if (const auto error = check_real_faults(*instance, options.program.faults)) return refuse(*error);
  const std::vector<std::string> overwritten = overwritten_lines(*instance);
  const auto perturbation = perturbation_of(options.real, instance->notes);
  if (!perturbation) return refuse(perturbation.error());
  auto world = open_real_world(*instance, options.real, nullptr, perturbation->get());
  if (!world) return refuse(world.error());
  print_notes(instance->notes);
  if (options.real.dry_run) return deliver(dry_run_text(*instance, overwritten), options.output, 0);
  print_notes(overwritten);
  print_notes((*world)->notes());
  try {
    RunOutcome run = run_for_real(
        *instance, **world, options.real,
        {.lock_trace = options.lock_trace, .order_check = options.order_check, .shown = options.graphs.want_run()});
    return report_run(
        run,
        {.format = options.format, .output = options.output, .graphs = options.graphs, .verbose = options.verbose});
  } catch (...) {
    (*world)->forget_files();
    throw;
  }
}

}  // namespace zoneknot::tools
