#include <algorithm>
#include <chrono>
#include <optional>

#include "core/workload.h"
#include "device/real/real_world.h"
#include "device/real/watchdog.h"
#include "lockcheck/picture/hang_picture.h"
#include "lockcheck/picture/order_picture.h"
#include "lockcheck/report/report_json.h"
#include "lockcheck/report/report_text.h"
#include "sim/strategy/random_walk.h"
#include "tools/cli/delivery.h"
#include "tools/cli/graph_files.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/named_files.h"
#include "tools/command/commands.h"
#include "tools/instance/run_report.h"
#include "tools/instance/search_verdict.h"
#include "tools/instance/workload_report.h"
#include "tools/text/whole_file.h"
#include "tools/witness/trace_file.h"

namespace zoneknot::tools {
namespace {

using lockcheck::Verdict;
using lockcheck::VerdictWord;

// Scheduling points of one simulated run; a loop without progress comes to them within a minute or so.
constexpr std::uint64_t kRunMaxSteps = 100'000'000;

struct RunOutcome {
  Verdict verdict;
  std::vector<JobResult> results;
  std::uint64_t end_ns = 0;
  RunTime time = RunTime::real;
  bool interrupted = false;
  std::optional<InputError> trace_error;  // the lock trace could not be written
};

lockcheck::OrderChecks order_checks(const RunOptions& options) {
  return options.order_check ? lockcheck::OrderChecks::on : lockcheck::OrderChecks::off;
}

// A run that came to its end has not been harmed by an order of locks that could have: it is told, and no failure.
void forgive_order(Verdict& verdict) {
  const auto is_order = [](const lockcheck::RuleInVerdict& broken) { return broken.rule == lockcheck::Rule::order; };
  if (verdict.word != VerdictWord::rule || !std::ranges::all_of(verdict.scene.rules, is_order)) return;
  verdict.word = lockcheck::any_prediction_stands(verdict.order) ? VerdictWord::possible : VerdictWord::clean;
}

// Runs the workload once on the simulator, under one random schedule.
RunOutcome run_simulated(const Instance& instance, const RunOptions& options) {
  SimulatedWorkload workload(instance);
  sim::Simulation& simulation = workload.simulation();
  RunOutcome run{.verdict = verdict_about(instance)};
  workload.keep_results();
  simulation.watch().set_order_checks(order_checks(options));
  sim::RandomWalk strategy(instance.seed.value_or(1));
  (void)strategy.begin();
  std::optional<TraceRecording> recording;
  if (!options.lock_trace.empty()) recording.emplace(options.lock_trace, simulation.watch());
  const sim::Outcome outcome = simulation.run([&] { workload.program()(simulation); }, strategy,
                                              {.max_steps = kRunMaxSteps, .stop = &interrupted()});
  if (recording) run.trace_error = recording->close();
  lockcheck::describe_order(simulation.watch(), run.verdict.order);
  sim::conclude_execution(workload.examined(), outcome, nullptr, sim::AtLimit::unfinished, run.verdict);
  if (outcome.kind == sim::OutcomeKind::finished) forgive_order(run.verdict);
  run.time = RunTime::virtual_time;
  run.results = workload.results();
  run.end_ns = simulation.now_ns();
  run.interrupted = outcome.kind == sim::OutcomeKind::stopped;
  return run;
}

// Runs the workload once on real threads. A hang becomes a report; the threads are then taken out of it, so that the
// statistics can be read.
RunOutcome run_for_real(const Instance& instance, device::RealWorld& world, const RunOptions& options) {
  RunOutcome run{.verdict = verdict_about(instance)};
  run.verdict.subject.device = "file:" + instance.device_option.path;
  run.verdict.subject.draws_by = lockcheck::DrawsBy::job_seeds;
  std::optional<core::Workload> workload;
  bool hang = false;
  {
    const auto on_hang = [&](const lockcheck::StuckCore& stuck) {
      hang = true;
      lockcheck::describe_hang(world.watch(), stuck, run.verdict.scene);
      run.verdict.scene.zones = lockcheck::zones_of_hang(world.watch(), stuck, zone_lookup(*workload));
    };
    const double seconds =
        options.watchdog_seconds.value_or(static_cast<double>(device::Watchdog::kDefaultTimeoutNs) / 1e9);
    std::optional<TraceRecording> recording;
    if (!options.lock_trace.empty()) recording.emplace(options.lock_trace, world.watch());
    world.watch().set_order_checks(order_checks(options));
    workload.emplace(world, instance.jobs, instance.fixes);
    const device::Watchdog watchdog(world.watch(), world.thread_runtime(), on_hang,
                                    static_cast<std::uint64_t>(seconds * 1e9), &interrupted());
    world.thread_runtime().run("main", [&] { workload->run(); });
    if (recording) run.trace_error = recording->close();
  }
  lockcheck::describe_rules(world.watch().broken_rules(), instance.task_names, run.verdict.scene);
  lockcheck::describe_order(world.watch(), run.verdict.order);
  run.verdict.word = sim::word_of_run(hang, run.verdict);
  if (!hang && !interrupted()) forgive_order(run.verdict);
  run.results = job_results(*workload, instance.task_names);
  run.end_ns = world.clock().now_ns();
  run.interrupted = interrupted();
  return run;
}

// A job that names a file of its own means that file; it is not simulated instead, nor written to without being asked.
std::optional<InputError> check_named(const Instance& instance) {
  if (!instance.source.device.empty() || instance.device_option.kind != DeviceKind::sim) return std::nullopt;
  for (const core::JobSpec& job : instance.jobs) {
    if (job.filename == "sim" || job.filename.starts_with("sim:")) continue;
    return InputError{
        .file = instance.source.job_path,
        .message = "filename=" + job.filename + ": say --device=file:PATH, or --device=sim to simulate it"};
  }
  return std::nullopt;
}

int report(RunOutcome& run, const RunOptions& options) {
  LostOutputs lost;
  lost.add(run.trace_error);
  bool failed = false;
  for (const JobResult& result : run.results) failed |= result.error != 0;
  Verdict& verdict = run.verdict;
  verdict.search.strategy = "one run";
  verdict.search.executions = 1;
  for (const JobResult& result : run.results) {
    verdict.scene.jobs.push_back({result.task, result.error, result.aborted, ended_by(result.stats, run.end_ns)});
  }
  for (JobResult& result : run.results) {
    result.stuck = verdict.word == VerdictWord::hang && result.stats.end_ns == 0;
  }
  std::string text = run_report_text(run.results, run.end_ns, run.time);
  if (verdict.word != VerdictWord::clean || !verdict.scene.rules.empty()) text += "\n" + lockcheck::to_text(verdict);
  if (options.format == Format::json) text = lockcheck::to_json(verdict);
  lost.add(write_graph_files(verdict, options.graphs));
  int code = lockcheck::exit_code(verdict.word);
  if (code == 0 && failed) code = 1;
  if (code == 0 && run.interrupted) code = lockcheck::exit_code(VerdictWord::incomplete);
  return deliver(text, options.output, code, lost);
}

}  // namespace

int run_command(const RunOptions& options) {
  auto instance = load_instance({.job_path = options.job,
                                 .faults_path = options.program.faults,
                                 .fixes = options.program.fixes.value_or(""),
                                 .device = options.program.device,
                                 .bound = "",
                                 .seed = options.seed});
  if (!instance) return refuse(instance.error());
  const DeviceOption& device = instance->device_option;
  if (device.kind == DeviceKind::block) {
    return refuse({.file = "--device", .message = device.path + ": block devices are not supported yet"});
  }
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
    return report(run, options);
  }
  auto world = device::RealWorld::open(instance->jobs, {.path = device.path,
                                                        .config = instance->device,
                                                        .faults = instance->faults,
                                                        .fault_seed = options.seed.value_or(0),
                                                        .destroy_data = options.destroy_data,
                                                        .stop = &interrupted()});
  if (!world) return refuse({.file = "--device", .message = world.error()});
  print_notes(instance->notes);
  print_notes((*world)->notes());
  try {
    RunOutcome run = run_for_real(*instance, **world, options);
    return report(run, options);
  } catch (...) {
    (*world)->forget_files();
    throw;
  }
}

}  // namespace zoneknot::tools
