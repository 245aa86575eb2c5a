#include <algorithm>
#include <chrono>

#include "lockcheck/report/report_json.h"
#include "tools/cli/delivery.h"
#include "tools/cli/graph_files.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/named_files.h"
#include "tools/cli/progress_line.h"
#include "tools/cli/report_form.h"
#include "tools/cli/search_limits.h"
#include "tools/command/commands.h"
#include "tools/command/strongest_word.h"
#include "tools/explain/cause.h"
#include "tools/instance/search_verdict.h"
#include "tools/text/whole_file.h"
#include "tools/witness/no_return.h"
#include "tools/witness/run_of_witness.h"
#include "tools/witness/witness_file.h"
#include "tools/witness/witness_place.h"

namespace zoneknot::tools {
namespace {

InstanceSource source_of(const CheckOptions& options) {
  return {.job_path = options.job,
          .faults_path = options.program.faults,
          .fixes = options.program.fixes.value_or(""),
          .device = options.program.device,
          .bound = options.search.bound,
          .seed = options.search.seed};
}

// Something has said it already, and better.
bool names_next(const lockcheck::Verdict& verdict) {
  return std::ranges::any_of(verdict.proof.evidence,
                             [](const std::string& line) { return line.starts_with("next: "); });
}

std::vector<std::string> next_without_finding(const Instance& instance, const CheckOptions& options,
                                              const lockcheck::Verdict& verdict) {
  switch (verdict.word) {
    case lockcheck::VerdictWord::incomplete:
      if (names_next(verdict)) return {};
      return {next_check(instance, options, verdict)};
    case lockcheck::VerdictWord::clean:
    case lockcheck::VerdictWord::verified:
      return {prove_command(instance)};
    case lockcheck::VerdictWord::proved:
      return {prove_command(instance) + (options.program.faults.empty() ? " --errors=device" : "")};
    default:
      return next_commands(instance, "");
  }
}

void add_cause(const Instance& instance, lockcheck::Verdict& verdict) {
  if (verdict.word != lockcheck::VerdictWord::hang || interrupted().load()) return;
  verdict.scene.cause = cause_of(instance, verdict.scene, {.time_is_over = [] { return interrupted().load(); }});
}

}  // namespace

int run_command(const CheckOptions& options) {
  const auto instance = load_instance(source_of(options));
  if (!instance) return refuse(instance.error());
  const auto stages = stages_of(options.search.strategy, instance->bounds.any());
  if (!stages) return refuse(stages.error());
  if (const auto error = must_be_simulated(*instance)) return refuse(*error);
  if (const auto error = check_named_files(
          {{"JOB", options.job}, {"--faults", options.program.faults}, {"--output", options.output, FileUse::written}},
          named_graph_files(options.graphs))) {
    return refuse(*error);
  }
  if (const auto error = check_witness_place(options.output)) return refuse(*error);
  if (const auto error = check_dot_program(options.graphs)) return refuse(*error);
  print_notes(instance->notes);

  catch_interrupts();
  sim::SearchPlan plan{.stages = *stages,
                       .limits = {},
                       .time_is_the_budget = options.search.time && !options.search.executions,
                       .seed = options.search.seed.value_or(1),
                       .order_check = options.search.order_check,
                       .drive_beside_hangs = options.search.predictions};
  const std::uint64_t executions = plan.exhaustive() ? kDefaultExhaustiveExecutions : kDefaultExecutions;
  plan.limits = search_limits(options.search, executions, instance->name);
  if (plan.exhaustive() && !options.search.time && !options.search.executions && !options.memory) {
    plan.limits.time_is_over = deadline(kDefaultExhaustiveTime);
  }
  plan.limits.count_traces = true;
  plan.executions_of_others = std::min(plan.limits.executions, kExecutionsBeforeExhausting);
  if (options.memory) plan.stateful.max_bytes = *options.memory;
  const auto begin = std::chrono::steady_clock::now();
  sim::Conclusion report = is_plain(options.search) ? strongest_word(*instance, plan) : search(*instance, plan);
  clear_progress();
  lockcheck::Verdict& verdict = report.verdict;
  if (!report.finding) verdict.scene.next = next_without_finding(*instance, options, verdict);
  verdict.search.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  verdict.scene.replay_command = replay_command(*instance, verdict.scene.witness, report.finding ? options.output : "");
  if (report.finding) {
    add_point_of_no_return(*instance, report.finding->witness, verdict);
    add_cause(*instance, verdict);
    verdict.scene.next = next_commands(*instance, options.output);
  }
  LostOutputs lost;
  if (!report.finding) {
    print_notes(remove_old_witness(options.output));
  } else if (!options.output.empty()) {
    const std::string file =
        to_witness_file(*instance, report.finding->witness, lockcheck::to_json(verdict), report.finding->trace);
    if (const auto error = write_file(options.output, file)) {
      lost.add(error);
      verdict.scene.replay_command = replay_command(*instance, verdict.scene.witness, "");
      verdict.scene.next = next_commands(*instance, "");
    }
  }
  std::optional<lockcheck::RunInVerdict> run;
  if (report.finding && options.graphs.want_run()) run = run_of(*instance, report.finding->witness);
  lost.add(write_graph_files(verdict, options.graphs, run));
  return deliver(report_of(verdict, options.format, options.verbose), "", lockcheck::exit_code(verdict.word), lost);
}

}  // namespace zoneknot::tools
