#include <fmt/core.h>

#include <filesystem>
#include <string>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/report/report_json.h"
#include "lockcheck/report/report_text.h"
#include "tools/cli/delivery.h"
#include "tools/cli/graph_files.h"
#include "tools/cli/named_files.h"
#include "tools/command/commands.h"
#include "tools/text/whole_file.h"
#include "tools/witness/trace_file.h"

namespace zoneknot::tools {
namespace {

int check_trace(const LockcheckOptions& options) {
  lockcheck::TraceNames names;
  lockcheck::TraceCheck check;
  const auto end = read_trace_file(options.trace, names, check);
  if (!end) return refuse(end.error());
  if (end->events == 0) return refuse({.file = options.trace, .message = "has no event, so nothing can be said of it"});
  lockcheck::Verdict verdict;
  verdict.subject.job = std::filesystem::path(options.trace).filename();
  verdict.search.strategy = fmt::format("recorded trace: {} events of {} tasks and {} locks", end->events,
                                        names.tasks.size(), names.locks.size());
  check.conclude(names, verdict);
  if (!end->whole) {
    verdict.assumptions.emplace_back("the trace was cut short; it was read up to its last whole record");
  }
  LostOutputs lost;
  lost.add(write_graph_files(verdict, options.graphs));
  return deliver(options.format == Format::json ? lockcheck::to_json(verdict) : lockcheck::to_text(verdict),
                 options.output, lockcheck::exit_code(verdict.word), lost);
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
  if (!done->end.whole) print_notes({"the trace was cut short; it was read up to its last whole record"});
  return 0;
}

}  // namespace

int run_command(const LockcheckOptions& options) {
  if (!options.export_as.empty() && options.output.empty()) {
    return refuse({.file = "--export", .message = "needs -o FILE"});
  }
  if (const auto error = check_named_files({{"TRACE", options.trace}, {"--output", options.output, FileUse::written}},
                                           named_graph_files(options.graphs))) {
    return refuse(*error);
  }
  if (const auto error = check_dot_program(options.graphs)) return refuse(*error);
  return options.export_as.empty() ? check_trace(options) : export_trace(options);
}

}  // namespace zoneknot::tools
