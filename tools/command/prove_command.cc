#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "lockcheck/report/report_json.h"
#include "tools/cli/delivery.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/named_files.h"
#include "tools/cli/progress_line.h"
#include "tools/cli/report_form.h"
#include "tools/cli/search_limits.h"
#include "tools/command/commands.h"
#include "tools/instance/search_verdict.h"
#include "tools/prove/answer.h"
#include "tools/prove/classes.h"
#include "tools/prove/confirm.h"
#include "tools/prove/limits.h"
#include "tools/prove/verdict.h"
#include "tools/text/shell_word.h"
#include "tools/text/whole_file.h"
#include "tools/witness/witness_file.h"

namespace zoneknot::tools {
namespace {

using lockcheck::Confirmation;
using lockcheck::Verdict;
using lockcheck::VerdictWord;
using SteadyClock = std::chrono::steady_clock;

// Executions for each obligation that is to be made a real hang, with each of a few seeds.
constexpr std::uint64_t kExecutionsToConfirm = 1000;
constexpr std::uint64_t kWholeExecutionsToConfirm = 100;  // of the job file as it is

// An assertion that fails takes no proof away: the program ends there, it does not hang.
void raise_to(const sim::Conclusion& found, Verdict& verdict) {
  if (found.verdict.word != VerdictWord::hang && verdict.word == VerdictWord::hang) return;
  const bool still_proved = verdict.word == VerdictWord::proved && found.verdict.word >= VerdictWord::abort;
  if (!still_proved) verdict.word = found.verdict.word;
  verdict.scene.witness = found.verdict.scene.witness;
  verdict.scene.tasks = found.verdict.scene.tasks;
  verdict.scene.zones = found.verdict.scene.zones;
  verdict.scene.steps_to_hang = found.verdict.scene.steps_to_hang;
  verdict.scene.rules = found.verdict.scene.rules;
}

struct Confirmed {
  std::size_t instance = 0;
  sim::Conclusion report;
};

// The first hang in one of the instances, else the first run that breaks what the proof could not exclude.
std::optional<Confirmed> confirm_in(const std::vector<Instance>& instances, const sim::ProofBreak& broken,
                                    const std::function<bool()>& time_is_over) {
  std::optional<Confirmed> best;
  for (std::size_t i = 0; i < instances.size() && !interrupted(); ++i) {
    auto found = confirm(instances[i], broken,
                         i + 1 < instances.size() ? kExecutionsToConfirm : kWholeExecutionsToConfirm, time_is_over);
    if (!found) continue;
    const bool hangs = found->verdict.word == VerdictWord::hang;
    if (hangs || !best) best = {i, *std::move(found)};
    if (hangs) break;
  }
  return best;
}

// Searches real runs for what the proof could not exclude: small ones, where the job file can be made that small, then
// those of the job file as it is.
tl::expected<void, InputError> confirm_all(const Instance& instance, const ProofAnswer& found_by_proof,
                                           sim::ProofFaults faults, const std::string& output,
                                           const std::function<bool()>& time_is_over, Verdict& verdict,
                                           LostOutputs& lost) {
  const std::vector<sim::ProofBreak>& breaks = found_by_proof.breaks;
  std::vector<Instance> searched;
  if (auto small = instance_to_confirm(instance, found_by_proof.size, faults)) searched.push_back(*std::move(small));
  auto real = instance_to_confirm(instance, std::nullopt, faults);
  if (!real) return tl::make_unexpected(real.error());
  searched.push_back(*std::move(real));
  const Instance* shown = nullptr;
  const auto may_go_on = [&] { return !interrupted() && !(time_is_over && time_is_over()); };
  for (std::size_t i = 0; i < breaks.size() && may_go_on(); ++i) {
    const auto found = confirm_in(searched, breaks[i], time_is_over);
    const bool hangs = found && found->report.verdict.word == VerdictWord::hang;
    verdict.proof.obligations[i].confirmed = !found  ? Confirmation::none
                                             : hangs ? Confirmation::by_a_hang
                                                     : Confirmation::broken_in_a_run;
    if (!found || verdict.word == VerdictWord::hang) continue;
    shown = &searched[found->instance];
    raise_to(found->report, verdict);
    if (output.empty() || !found->report.finding) continue;
    const sim::Finding& finding = *found->report.finding;
    const std::string file = to_witness_file(*shown, finding.witness, lockcheck::to_json(verdict), finding.trace);
    const auto error = write_file(output, file);
    lost.add(error);
    if (!error) verdict.scene.replay_command = program_word() + " replay " + shell_word(output);
  }
  // The line alone replays where the job file is the one that was searched.
  if (shown != nullptr && verdict.scene.replay_command.empty() && shown->job_text == instance.job_text &&
      shown->faults_text.empty()) {
    verdict.scene.replay_command = replay_command(*shown, verdict.scene.witness, {});
  }
  return {};
}

// The way on, for the user to type.
std::string next_command(const ProveOptions& options, const ProofAnswer& answered) {
  std::string text = program_word() + " prove " + shell_word(options.job);
  if (options.fixes) text += " --fixes=" + shell_word(*options.fixes);
  if (!options.device.empty()) text += " --device=" + shell_word(options.device);
  if (!options.errors.empty()) text += " --errors=" + options.errors;
  return text + answered.next_options;
}

std::vector<std::string> next_of_proof(const ProveOptions& options, const Instance& instance,
                                       const ProofAnswer& answered, const Verdict& verdict) {
  switch (verdict.word) {
    case VerdictWord::incomplete:
      return {next_command(options, answered)};
    case VerdictWord::proved:
      // What the proof leaves out: errors; and what is no deadlock.
      if (options.errors.empty() || options.errors == "none") return {prove_command(instance) + " --errors=device"};
      return {check_command(instance)};
    case VerdictWord::possible:
      return {check_command(instance) + " --time=10m"};
    default:
      return next_commands(instance, options.output);
  }
}

int prove_job(const ProveOptions& options) {
  const auto instance =
      load_instance({.job_path = options.job, .fixes = options.fixes.value_or(""), .device = options.device});
  if (!instance) return refuse(instance.error());
  const auto size = parse_proof_size(options.bound, {});
  if (!size) return refuse(size.error());
  const auto faults = parse_faults(options.errors);
  if (!faults) return refuse(faults.error());
  if (const auto error = must_be_simulated(*instance)) return refuse(*error);
  if (const auto error = check_named_files({{"JOB", options.job}, {"--output", options.output, FileUse::written}})) {
    return refuse(*error);
  }
  print_notes(instance->notes);

  catch_interrupts();
  const auto begin = SteadyClock::now();
  const auto time_is_over = deadline(options.time);
  const ProofTask task{.first = *size,
                       .first_is_asked = !options.bound.empty(),
                       .limited = options.time || options.memory,
                       .faults = std::max(*faults, least_faults(*instance)),
                       .limits = proof_limits(options, instance->name)};
  auto answered = answer(*instance, task);
  if (!answered) return refuse(answered.error());
  Verdict verdict = std::move(answered->verdict);
  clear_progress();
  LostOutputs lost;
  if (!verdict.proof.obligations.empty()) {
    const auto done = confirm_all(*instance, *answered, *faults, options.output, time_is_over, verdict, lost);
    if (!done) return refuse(done.error());
  }
  // What was not looked at to the end is no finding.
  if (interrupted() && verdict.word == VerdictWord::possible) {
    verdict.word = VerdictWord::incomplete;
    verdict.search.stopped_by = lockcheck::StoppedBy::user;
  }
  verdict.scene.next = next_of_proof(options, *instance, *answered, verdict);
  verdict.search.seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  return deliver(report_of(verdict, options.format, options.verbose), "", lockcheck::exit_code(verdict.word), lost);
}

}  // namespace

int run_command(const ProveOptions& options) {
  if (options.classes != options.job.empty()) {
    return refuse({.file = "prove", .message = "name either a job file or --classes"});
  }
  if (options.classes && !options.errors.empty())
    return refuse({.file = "--errors", .message = "the table has a column for it"});
  if (options.classes && !options.device.empty())
    return refuse({.file = "--device", .message = "the table has its own"});
  return options.classes ? prove_classes(options) : prove_job(options);
}

}  // namespace zoneknot::tools
