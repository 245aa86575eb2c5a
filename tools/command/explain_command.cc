#include <chrono>
#include <cstdio>

#include "lockcheck/report/report_json.h"
#include "lockcheck/text/fio_names.h"
#include "tools/cli/delivery.h"
#include "tools/cli/graph_files.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/named_files.h"
#include "tools/command/commands.h"
#include "tools/explain/backtrace.h"
#include "tools/explain/explain_report.h"
#include "tools/explain/explanation.h"
#include "tools/instance/search_verdict.h"
#include "tools/text/shell_word.h"
#include "tools/text/whole_file.h"
#include "tools/witness/run_of_witness.h"
#include "tools/witness/witness_file.h"
#include "tools/witness/witness_place.h"

namespace zoneknot::tools {
namespace {

constexpr std::chrono::seconds kDefaultTime{60};

tl::expected<Backtrace, InputError> load_backtrace(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return tl::make_unexpected(text.error());
  return parse_backtrace(*text, path == kStandardInput ? "standard input" : path);
}

std::vector<FixesToTry> fixes_of(const ExplainOptions& options, const Instance& instance) {
  if (options.program.fixes) return {{.name = *options.program.fixes, .set = instance.fixes}};
  return released_fixes();
}

std::string on_the_program(std::string text, const ExplainOptions& options, const std::string& fixes) {
  if (!fixes.empty()) text += " --fixes=" + fixes.substr(0, fixes.find(' '));
  if (!options.program.device.empty()) text += " --device=" + shell_word(options.program.device);
  if (!options.program.faults.empty()) text += " --faults=" + shell_word(options.program.faults);
  return text;
}

std::string command_again(const ExplainOptions& options, const std::string& fixes) {
  return on_the_program(program_word() + " explain " + shell_word(options.backtrace) + " " + shell_word(options.job),
                        options, fixes);
}

// Without anybody who waits it may be a loop without progress, an assertion, or a job that ended early.
std::string command_without_finding(const ExplainOptions& options, const Explanation& explanation) {
  const std::string fixes = options.program.fixes.value_or("");
  if (anybody_waits(explanation)) return command_again(options, fixes) + " --time=10m";
  return on_the_program(program_word() + " check " + shell_word(options.job), options, fixes);
}

// Writes the witness, and says in the verdict how to go on with it. `again` is the command that was given,
// which reads `backtrace`.
void keep_witness(Explanation::Finding& finding, const std::string& path, const std::string& again,
                  const std::string& backtrace, LostOutputs& lost) {
  lockcheck::Verdict& verdict = finding.verdict;
  std::string written = path;
  if (!path.empty()) {
    const std::string file =
        to_witness_file(finding.instance, finding.witness, lockcheck::to_json(verdict), finding.trace);
    if (const auto error = write_file(path, file)) {
      lost.add(error);
      written.clear();
    }
  }
  verdict.scene.replay_command = replay_command(finding.instance, verdict.scene.witness, written);
  verdict.scene.next = written.empty() ? std::vector{keeping_witness(again, finding.instance, backtrace)}
                                       : next_commands(finding.instance, written);
}

}  // namespace

int run_command(const ExplainOptions& options) {
  if (options.functions) return deliver(lockcheck::fio_names_markdown(), "", 0);
  if (options.backtrace.empty())
    return refuse({.file = "BACKTRACE", .message = "is needed: a file, or - for standard input"});
  if (options.job.empty()) return refuse({.file = "JOB", .message = "is needed: the job file that hung"});
  if (options.backtrace == kStandardInput && options.job == kStandardInput) {
    return refuse({.file = "JOB", .message = "standard input is the backtrace already"});
  }
  const auto backtrace = load_backtrace(options.backtrace);
  if (!backtrace) return refuse(backtrace.error());
  const auto instance = load_instance({.job_path = options.job,
                                       .faults_path = options.program.faults,
                                       .fixes = options.program.fixes.value_or("fio-newest"),
                                       .device = options.program.device,
                                       .bound = "",
                                       .seed = std::nullopt});
  if (!instance) return refuse(instance.error());
  if (const auto error = must_be_simulated(*instance)) return refuse(*error);
  if (const auto error = check_named_files({{"BACKTRACE", options.backtrace},
                                            {"JOB", options.job},
                                            {"--faults", options.program.faults},
                                            {"--output", options.output, FileUse::written}},
                                           named_graph_files(options.graphs))) {
    return refuse(*error);
  }
  if (const auto error = check_witness_place(options.output)) return refuse(*error);
  if (const auto error = check_dot_program(options.graphs)) return refuse(*error);
  print_notes(instance->notes);

  catch_interrupts();
  Explanation explanation =
      explain(*instance, place_threads(*backtrace), fixes_of(options, *instance), options.time.value_or(kDefaultTime));
  LostOutputs lost;
  if (explanation.finding) {
    keep_witness(*explanation.finding, options.output, command_again(options, explanation.finding->fixes),
                 options.backtrace, lost);
    std::optional<lockcheck::RunInVerdict> run;
    if (options.graphs.want_run()) run = run_of(explanation.finding->instance, explanation.finding->witness);
    lost.add(write_graph_files(explanation.finding->verdict, options.graphs, run));
  } else {
    explanation.next = command_without_finding(options, explanation);
    print_notes(remove_old_witness(options.output));
  }
  return deliver(
      options.format == Format::json ? explanation_json(explanation) : explanation_text(explanation, options.verbose),
      "", lockcheck::exit_code(word_of(explanation)), lost);
}

}  // namespace zoneknot::tools
