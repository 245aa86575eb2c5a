// The command line of `zoneknot` as a value: which command, and what its options were given. Texts are parsed further
// by the commands.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace zoneknot::tools {

enum class Command : std::uint8_t { matrix, check, prove, replay, shrink, run, lockcheck };
enum class Format : std::uint8_t { text, json };

struct CommandLine {
  Command command = Command::check;
  std::vector<std::string>
      inputs;  // job files (JOB@FAULTS for matrix), the witness and perhaps its job file, or the trace
  std::optional<std::string> fixes;
  std::vector<std::string> rows;        // matrix: sets of fixes, empty: what the series does
  std::string device;                   // empty: by ${ZONED}
  std::string faults;                   // path, empty: none
  std::string bound;                    // empty: none
  std::string errors;                   // prove: none, device, engine
  bool classes = false;                 // prove: the table of all kinds of jobs
  std::optional<std::uint64_t> memory;  // check and prove: bytes for states, about
  std::string strategy;                 // empty: the command's own choice
  std::optional<std::uint64_t> executions;
  std::optional<std::uint64_t> max_steps;  // scheduling points of one execution
  std::optional<std::chrono::milliseconds> time;
  std::optional<std::uint64_t> seed;
  Format format = Format::text;
  std::string output;                      // -o
  std::string dot;                         // check, replay, run: where to write the picture of the verdict
  std::string svg;                         // the same, drawn
  std::string trace;                       // replay: where to write the event trace
  std::string lock_trace;                  // run and replay: where to record the lock trace
  std::string export_as;                   // lockcheck: std or binary, empty: check
  std::string witnesses;                   // matrix: folder for witness files
  std::string expect;                      // matrix: file with the expected table
  bool no_order_check = false;             // check, matrix, run: predict nothing
  bool predictions = false;                // check, matrix: show and try what is predicted beside hangs
  std::optional<double> watchdog_seconds;  // run
  bool destroy_data = false;
};

// What to do instead of a command: text for standard output or standard error, and the exit code.
struct UsageExit {
  std::string text;
  int code = 0;
};

struct ParsedCommandLine {
  std::optional<CommandLine> command_line;
  UsageExit exit;  // without a command line
};

ParsedCommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace zoneknot::tools
