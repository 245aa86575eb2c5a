#include <fmt/core.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tools/cli/delivery.h"
#include "tools/cli/named_files.h"
#include "tools/command/commands.h"
#include "tools/record/program.h"
#include "tools/record/recording.h"
#include "tools/record/run_program.h"
#include "tools/text/shell_word.h"

namespace zoneknot::tools {
namespace {

std::string times(std::uint64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// What a reader of the trace has to know: it says less than what happened.
std::vector<std::string> warnings(const std::vector<RecordedProcess>& processes) {
  std::vector<std::string> notes;
  for (const RecordedProcess& process : processes) {
    if (process.is_full) {
      notes.push_back(fmt::format("{} was cut: there was no more room (--limit); {} not in it", process.trace,
                                  times(process.lost, "later event")));
    } else if (process.lost > 0) {
      notes.push_back(fmt::format("{}: {} could not be noted", process.trace, times(process.lost, "event")));
    }
    if (process.made.too_much)
      notes.push_back(fmt::format("{} was cut: there was more than a trace may have", process.trace));
    if (process.still_runs)
      notes.push_back(fmt::format("{} was cut: process {} still runs", process.trace, process.pid));
    if (process.made.repaired > 0) {
      notes.push_back(fmt::format("{}: {} taken while another thread had it, as it seemed; the release was not seen",
                                  process.trace, times(process.made.repaired, "lock was")));
    }
  }
  return notes;
}

std::vector<std::string> summary(const std::vector<RecordedProcess>& processes) {
  std::vector<std::string> notes;
  notes.reserve(processes.size() + 1);
  for (const RecordedProcess& process : processes) {
    notes.push_back(fmt::format("{}: {} of process {}, {}", process.trace, times(process.made.events, "event"),
                                process.pid, process.program));
  }
  if (!processes.empty())
    notes.push_back(fmt::format("next: zoneknot lockcheck {}", shell_word(processes.front().trace)));
  return notes;
}

}  // namespace

int run_command(const RecordOptions& options) {
  if (options.program.empty()) {
    return refuse({.file = "record", .message = "needs a program: zoneknot record [-o TRACE] -- PROGRAM ARGS..."});
  }
  if (const auto error = check_named_files({{"--output", options.output, FileUse::written}}, {})) return refuse(*error);
  const auto program = find_program(options.program.front());
  if (!program) return refuse(program.error());
  const auto library = find_library();
  if (!library) return refuse(library.error());
  auto recording = Recording::begin(options.output);
  if (!recording) return refuse(recording.error());
  const auto end = run_program(*program, options.program, recording->environment(*library, options.limit));
  if (!end) return refuse(end.error());
  const auto processes = recording->make_traces(end->pid);
  if (!processes) {
    print_notes({processes.error().to_string()});
    return kExitOwnFault;
  }
  if (processes->empty()) {
    print_notes({fmt::format("{} ran, but nothing could be loaded into it: there is no trace", *program)});
    return kExitOwnFault;
  }
  print_notes(warnings(*processes));
  // Who reads our program's errors from a file or a pipe finds nothing of ours in them.
  if (isatty(STDERR_FILENO) == 1) print_notes(summary(*processes));
  // The folder goes before this process may, by the program's signal.
  {
    const Recording done = *std::move(recording);
  }
  return end_as(*end);
}

}  // namespace zoneknot::tools
