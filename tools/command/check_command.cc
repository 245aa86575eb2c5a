#include <chrono>

#include "lockcheck/report/report_json.h"
#include "lockcheck/report/report_text.h"
#include "tools/cli/delivery.h"
#include "tools/cli/graph_files.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/search_limits.h"
#include "tools/command/commands.h"
#include "tools/instance/search_verdict.h"
#include "tools/witness/witness_file.h"

namespace zoneknot::tools {
namespace {

InstanceSource source_of(const CommandLine& line) {
  return {.job_path = line.inputs[0],
          .faults_path = line.faults,
          .fixes = line.fixes.value_or("series"),
          .device = line.device,
          .bound = line.bound,
          .seed = line.seed};
}

}  // namespace

int run_check(const CommandLine& line) {
  const auto instance = load_instance(source_of(line));
  if (!instance) return refuse(instance.error());
  const auto strategies = strategies_of(line.strategy, instance->bounds.any());
  if (!strategies) return refuse(strategies.error());
  if (const auto error = must_be_simulated(*instance)) return refuse(*error);
  if (const auto error = check_writable(line.output)) return refuse(*error);
  if (const auto error = check_graph_files(line)) return refuse(*error);
  print_notes(instance->notes);

  catch_interrupts();
  SearchPlan plan{.strategies = *strategies,
                  .limits = {},
                  .time_is_the_budget = line.time && !line.executions,
                  .seed = line.seed.value_or(1),
                  .order_check = !line.no_order_check,
                  .drive_beside_hangs = line.predictions};
  const std::uint64_t executions = plan.exhaustive() ? kDefaultExhaustiveExecutions : kDefaultExecutions;
  plan.limits = search_limits(line, executions, instance->name);
  plan.limits.count_traces = true;
  if (line.memory) plan.stateful.max_bytes = *line.memory;
  const auto begin = std::chrono::steady_clock::now();
  SearchReport report = search(*instance, plan);
  clear_progress();
  lockcheck::Verdict& verdict = report.verdict;
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  verdict.replay_command = replay_command(*instance, verdict.witness, report.finding ? line.output : "");
  if (report.finding && !line.output.empty()) {
    const std::string file =
        to_witness_file(*instance, report.finding->witness, lockcheck::to_json(verdict), report.finding->trace);
    if (const auto error = write_file(line.output, file)) return refuse(*error);
  }
  if (const auto error = write_graph_files(verdict, line)) return refuse(*error);
  return deliver(line.format == Format::json ? lockcheck::to_json(verdict) : lockcheck::to_text(verdict), "",
                 lockcheck::exit_code(verdict.word));
}

}  // namespace zoneknot::tools
