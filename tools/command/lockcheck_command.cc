#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lockcheck/offline/predicted_run.h"
#include "lockcheck/offline/trace_check.h"
#include "lockcheck/offline/trace_story.h"
#include "lockcheck/text/columns.h"
#include "lockcheck/trace/std_trace.h"
#include "tools/cli/delivery.h"
#include "tools/cli/graph_files.h"
#include "tools/cli/named_files.h"
#include "tools/cli/report_form.h"
#include "tools/command/commands.h"
#include "tools/text/shell_word.h"
#include "tools/text/whole_file.h"
#include "tools/witness/trace_file.h"

namespace zoneknot::tools {
namespace {

constexpr const char* kCut = "the trace was cut short; it was read up to what is whole of it";

lockcheck::TraceCheckOptions check_options(const LockcheckOptions& options) {
  lockcheck::TraceCheckOptions checks{.count_inversions = options.inversions || options.fail_on == FailOn::ordered};
  if (options.time) {
    const auto begin = std::chrono::steady_clock::now();
    checks.time_used = [begin, all = std::max(*options.time, std::chrono::milliseconds(1))] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin) / all;
    };
  }
  return checks;
}

// A prediction that is not sure enough for --fail-on is no failure.
int exit_code(const lockcheck::Verdict& verdict, const LockcheckOptions& options) {
  using lockcheck::PredictionStatus;
  if (verdict.word != lockcheck::VerdictWord::possible || options.fail_on != FailOn::sound) {
    return lockcheck::exit_code(verdict.word);
  }
  const bool sound = std::ranges::any_of(verdict.order.predictions, [](const lockcheck::PredictionInVerdict& each) {
    return each.status == PredictionStatus::sound;
  });
  return sound ? lockcheck::exit_code(verdict.word) : 0;
}

// Null: it is not sound, or there is none.
const lockcheck::PredictedRun* run_predicted(const LockcheckOptions& options, const lockcheck::TraceCheck& check) {
  const std::vector<lockcheck::PredictedRun>& runs = check.runs();
  if (options.prediction) {
    const std::uint64_t number = *options.prediction;
    return number <= runs.size() && !runs[number - 1].lengths.empty() ? &runs[number - 1] : nullptr;
  }
  const auto sound = std::ranges::find_if(runs, [](const auto& run) { return !run.lengths.empty(); });
  return sound == runs.end() ? nullptr : &*sound;
}

// The trace is read again: what a check keeps of it are no events.
std::optional<InputError> write_run(const LockcheckOptions& options, const lockcheck::TraceCheck& check) {
  const lockcheck::PredictedRun* const run = run_predicted(options, check);
  if (run == nullptr) {
    print_notes({fmt::format("{} is not written: {}", options.export_run,
                             options.prediction ? "no prediction of that number is sound" : "nothing is sound")});
    return std::nullopt;
  }
  OutputFile out(options.export_run);
  lockcheck::StdWriter writer(out.stream());
  lockcheck::PredictedRunTrace events(*run, writer);
  lockcheck::TraceNames names;
  if (const auto end = read_trace_file(options.trace, names, events); !end) return end.error();
  events.finish(names);
  for (const lockcheck::PredictedRun::Wait& wait : run->waits) {
    if (!lockcheck::is_task_end(wait.wanted)) continue;
    out.stream() << "# and " << in_quotes(names.tasks[wait.task]) << " waits for the end of "
                 << in_quotes(names.tasks[lockcheck::task_that_ends(wait.wanted)]) << "\n";
  }
  return out.keep();
}

std::vector<std::string> next_of_trace(const LockcheckOptions& options, const lockcheck::Verdict& verdict) {
  if (options.trace == kStandardInput) return {};
  const std::string again = program_word() + " lockcheck " + shell_word(options.trace);
  using lockcheck::VerdictWord;
  switch (verdict.word) {
    case VerdictWord::incomplete:
      return {again + " --time=10m"};
    case VerdictWord::clean:
      if (!verdict.order.predictions.empty()) return {again + " --inversions"};
      return {program_word() + " record -o " + output_word(options.trace + ".2", {options.trace}) +
              " -- PROGRAM ARGS..."};
    default:
      return {again + " --html=" + output_word(options.trace + ".html", {options.trace})};
  }
}

// For pictures: what hangs, or else what would. The trace is read again, a long one twice: then it is known what lasts.
tl::expected<lockcheck::RunInVerdict, InputError> run_to_show(const LockcheckOptions& options,
                                                              const lockcheck::TraceCheck& check,
                                                              const lockcheck::Verdict& verdict) {
  const bool hangs = verdict.word == lockcheck::VerdictWord::hang;
  const lockcheck::PredictedRun* const predicted = hangs ? nullptr : run_predicted(options, check);
  const auto once = [&](const lockcheck::RunInVerdict* seen) -> tl::expected<lockcheck::RunInVerdict, InputError> {
    lockcheck::TraceStory story(predicted);
    story.keep(verdict.order);
    if (seen != nullptr) story.keep_what_lasts(*seen);
    lockcheck::TraceNames names;
    if (const auto end = read_trace_file(options.trace, names, story); !end) return tl::make_unexpected(end.error());
    return story.finish(names);
  };
  auto run = once(nullptr);
  if (run && run->left_out.spans > 0) run = once(&*run);
  if (run && predicted != nullptr) run->prediction = static_cast<std::size_t>(predicted - check.runs().data());
  return run;
}

int check_trace(const LockcheckOptions& options) {
  lockcheck::TraceNames names;
  lockcheck::TraceCheck check;
  const auto end = read_trace_file(options.trace, names, check);
  if (!end) return refuse(end.error());
  if (end->events == 0) return refuse({.file = options.trace, .message = "has no event, so nothing can be said of it"});
  lockcheck::Verdict verdict;
  verdict.subject.job = std::filesystem::path(options.trace).filename();
  verdict.search.strategy =
      fmt::format("recorded trace: {} of {} and {}", lockcheck::counted(end->events, "event"),
                  lockcheck::counted(names.tasks.size(), "task"), lockcheck::counted(names.locks.size(), "lock"));
  check.conclude(names, verdict, check_options(options));
  if (!end->whole) verdict.assumptions.emplace_back(kCut);
  if (end->moved > 0) {
    verdict.assumptions.push_back(fmt::format(
        "{} {} out of order in the trace, the first at line {}, and {} taken to be where a lock, a fork or a join has "
        "{}",
        end->moved, end->moved == 1 ? "event stood" : "events stood", end->moved_at, end->moved == 1 ? "was" : "were",
        end->moved == 1 ? "it" : "them"));
  }
  verdict.scene.next = next_of_trace(options, verdict);
  LostOutputs lost;
  if (!options.export_run.empty()) lost.add(write_run(options, check));
  std::optional<lockcheck::RunInVerdict> shown;
  if (options.graphs.want_run()) {
    auto run = run_to_show(options, check, verdict);
    if (!run) return refuse(run.error());
    shown = *std::move(run);
  }
  lost.add(write_graph_files(verdict, options.graphs, shown));
  return deliver(report_of(verdict, options.format, options.verbose), options.output, exit_code(verdict, options),
                 lost);
}

int export_trace(const LockcheckOptions& options) {
  OutputFile out(options.output);
  const TraceForm form = options.export_as == "std" ? TraceForm::std_text : TraceForm::binary;
  const auto done = convert_trace_file(options.trace, form, out.stream());
  if (!done) return refuse(done.error());
  if (const auto error = out.keep()) return refuse(*error);
  if (done->left_out > 0) {
    print_notes({fmt::format("{} events were left out, which STD has no words for", done->left_out)});
  }
  if (!done->end.whole) print_notes({kCut});
  return 0;
}

}  // namespace

int run_command(const LockcheckOptions& options) {
  if (!options.export_as.empty() && options.output.empty()) {
    return refuse({.file = "--export", .message = "needs -o FILE"});
  }
  if (const auto error = check_named_files({{"TRACE", options.trace},
                                            {"--output", options.output, FileUse::written},
                                            {"--export-run", options.export_run, FileUse::written}},
                                           named_graph_files(options.graphs))) {
    return refuse(*error);
  }
  if (const auto error = check_dot_program(options.graphs)) return refuse(*error);
  return options.export_as.empty() ? check_trace(options) : export_trace(options);
}

}  // namespace zoneknot::tools
