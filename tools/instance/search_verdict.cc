#include "tools/instance/search_verdict.h"

#include <fmt/core.h>

#include "core/fix_table.h"
#include "tools/text/shell_word.h"

namespace zoneknot::tools {

using lockcheck::Verdict;
using lockcheck::VerdictWord;

namespace {

// That nothing was found is said of what was done.
bool holds(VerdictWord word) { return word == VerdictWord::verified || word == VerdictWord::clean; }

}  // namespace

tl::expected<std::vector<sim::SearchStage>, InputError> stages_of(const std::string& option, bool bounded) {
  if (option.empty() && bounded) return std::vector{sim::drawing_stage(), *parse_strategy("stateful")};
  if (option.empty()) return std::vector{sim::drawing_stage()};
  auto parsed = parse_strategy(option);
  if (!parsed) return tl::make_unexpected(parsed.error());
  return std::vector{*std::move(parsed)};
}

std::optional<InputError> must_be_simulated(const Instance& instance) {
  // A real device that only the environment names is not meant here.
  if (instance.source.device.empty() || instance.device_option.kind != DeviceKind::file) return std::nullopt;
  return InputError{
      .file = "--device",
      .message = "this command searches on a simulated device, also one like /dev/…; 'zoneknot run' uses files"};
}

Verdict verdict_about(const Instance& instance) {
  Verdict verdict;
  verdict.subject.job = instance.name;
  verdict.subject.fix_set = instance.fixes.to_string();
  for (const core::Fix fix : instance.fixes.list()) verdict.subject.fixes.emplace_back(core::row_of(fix).name);
  verdict.subject.device = "sim:" + instance.device.short_text();
  verdict.subject.bounds = instance.bounds;
  verdict.subject.draws_by = instance.seed ? lockcheck::DrawsBy::one_seed : lockcheck::DrawsBy::search;
  verdict.subject.seed = instance.seed.value_or(0);
  verdict.subject.dropped = instance.dropped;
  verdict.assumptions = instance.assumed;
  return verdict;
}

sim::Conclusion search(const Instance& instance, const sim::SearchPlan& plan) {
  SimulatedWorkload workload(instance);
  sim::SearchPlan of_workload = plan;
  of_workload.stateful.data_in_cells = true;  // docs/protocol.md lists what core tells a search
  sim::Conclusion conclusion = sim::conclude(workload.examined(), of_workload, verdict_about(instance));
  Verdict& verdict = conclusion.verdict;
  if (holds(verdict.word) && !idle_jobs(verdict.search).empty()) verdict.word = VerdictWord::incomplete;
  return conclusion;
}

namespace {

// The job file and the options that make the instance.
std::string arguments_of(const Instance& instance) {
  const InstanceSource& source = instance.source;
  std::string arguments = shell_word(source.job_path);
  arguments += " --fixes=" + instance.fixes.to_string();
  if (!source.device.empty()) arguments += " --device=" + shell_word(source.device);
  if (!source.faults_path.empty()) arguments += " --faults=" + shell_word(source.faults_path);
  if (!source.bound.empty()) arguments += " --bound " + shell_word(source.bound);
  if (instance.seed) arguments += fmt::format(" --seed={}", *instance.seed);
  return arguments;
}

}  // namespace

std::string check_command(const Instance& instance) { return program_word() + " check " + arguments_of(instance); }

std::string prove_command(const Instance& instance) {
  const InstanceSource& source = instance.source;
  std::string command = program_word() + " prove " + shell_word(source.job_path);
  command += " --fixes=" + instance.fixes.to_string();
  if (!source.device.empty()) command += " --device=" + shell_word(source.device);
  // A proof knows no plan of faults, but that they may come.
  return source.faults_path.empty() ? command : command + " --errors=device";
}

std::vector<std::string> next_commands(const Instance& instance, const std::string& output) {
  if (output.empty()) return {keeping_witness(check_command(instance), instance)};
  const std::string file = shell_word(output);
  return {program_word() + " shrink " + file + " -o " + output_word(with_infix(output, "small"), {output}),
          program_word() + " replay " + file + " --html=" + output_word(output + ".html", {output})};
}

std::string keeping_witness(const std::string& command, const Instance& instance, const std::string& read) {
  return command + " -o " + output_word("hang.witness", {instance.source.job_path, instance.source.faults_path, read});
}

std::string replay_command(const Instance& instance, const std::string& line, const std::string& output) {
  const std::string replay = program_word() + " replay ";
  if (!output.empty()) return replay + shell_word(output);
  return line.empty() ? line : replay + "'" + line + "' " + arguments_of(instance);
}

}  // namespace zoneknot::tools
