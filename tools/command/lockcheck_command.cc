#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/report/report_json.h"
#include "lockcheck/report/report_text.h"
#include "tools/cli/delivery.h"
#include "tools/cli/graph_files.h"
#include "tools/command/commands.h"
#include "tools/instance/instance.h"
#include "tools/witness/trace_file.h"

namespace zoneknot::tools {
namespace {

int check_trace(const std::string& path, const CommandLine& line) {
  lockcheck::TraceNames names;
  lockcheck::TraceCheck check;
  const auto end = read_trace_file(path, names, check);
  if (!end) return refuse(end.error());
  if (end->events == 0) return refuse({.file = path, .message = "has no event, so nothing can be said of it"});
  lockcheck::Verdict verdict;
  verdict.job = std::filesystem::path(path).filename();
  verdict.strategy = fmt::format("recorded trace: {} events of {} tasks and {} locks", end->events, names.tasks.size(),
                                 names.locks.size());
  check.conclude(names, verdict);
  if (!end->whole) {
    verdict.assumptions.emplace_back("the trace was cut short; it was read up to its last whole record");
  }
  if (const auto error = write_graph_files(verdict, line)) return refuse(*error);
  return deliver(line.format == Format::json ? lockcheck::to_json(verdict) : lockcheck::to_text(verdict), line.output,
                 lockcheck::exit_code(verdict.word));
}

int export_trace(const std::string& path, const CommandLine& line) {
  std::ofstream out(line.output, std::ios::binary);
  const auto done = convert_trace_file(path, line.export_as == "std" ? TraceForm::std_text : TraceForm::binary, out);
  if (!done) return refuse(done.error());
  if (!out.flush()) return refuse({.file = line.output, .message = "cannot be written"});
  if (done->left_out > 0) {
    print_notes({fmt::format("{} events were left out, which STD has no words for", done->left_out)});
  }
  if (!done->end.whole) print_notes({"the trace was cut short; it was read up to its last whole record"});
  return 0;
}

}  // namespace

int run_lockcheck(const CommandLine& line) {
  const std::string& path = line.inputs[0];
  if (!line.export_as.empty() && line.output.empty()) {
    return refuse({.file = "--export", .message = "needs -o FILE"});
  }
  std::error_code error;
  if (!line.output.empty() && std::filesystem::equivalent(path, line.output, error)) {
    return refuse({.file = "--output", .message = "is the trace itself"});
  }
  if (const auto wrong = check_writable(line.output)) return refuse(*wrong);
  if (const auto wrong = check_graph_files(line)) return refuse(*wrong);
  return line.export_as.empty() ? check_trace(path, line) : export_trace(path, line);
}

}  // namespace zoneknot::tools
