// The command line of `zoneknot` as a value: the options of the command that was named, a struct for each. Texts are
// parsed further by the commands.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace zoneknot::tools {

enum class Format : std::uint8_t { text, json };

// The program that a job file becomes.
struct ProgramOptions {
  std::optional<std::string> fixes;  // nothing: series
  std::string device;                // empty: by ${ZONED}
  std::string faults;                // path, empty: none
};

// A run on a real device or a file.
struct RealRunOptions {
  bool destroy_data = false;
  bool destroy_partitions = false;
  bool dry_run = false;
  std::string emulate_zones;  // keys of the zones, "true" for none; empty: the device has its own
  std::optional<double> watchdog_seconds;
  std::string perturb;  // seed, "true" for any; empty: no delays
};

struct SearchOptions {
  std::string bound;     // empty: none
  std::string strategy;  // empty: the command's own choice
  std::optional<std::uint64_t> executions;
  std::optional<std::uint64_t> max_steps;  // scheduling points of one execution
  std::optional<std::uint64_t> seed;
  std::optional<std::chrono::milliseconds> time;
  bool order_check = true;   // predict deadlocks
  bool predictions = false;  // show and try what is predicted beside hangs
};

// Where to write the verdict, and the run that it shows, in other forms. Empty: nowhere.
struct GraphOptions {
  std::string dot;
  std::string svg;
  std::string html;
  std::string perfetto;
  std::string sarif;

  // They show the steps of the run.
  [[nodiscard]] bool want_run() const { return !html.empty() || !perfetto.empty(); }
};

// A witness, and what a witness line needs beside it.
struct WitnessOptions {
  std::vector<std::string> inputs;  // the witness, and perhaps its job file
  ProgramOptions program;
  std::string bound;
  std::optional<std::uint64_t> seed;
};

// In all of them `output` is the path after -o, empty: none.

struct MatrixOptions {
  std::vector<std::string> inputs;  // JOB or JOB@FAULTS
  std::vector<std::string> rows;    // sets of fixes; without these and releases: what the series does
  std::string releases;             // "3.26-3.33", "all"; empty: none
  std::string device;               // empty: by ${ZONED}
  SearchOptions search;
  Format format = Format::text;
  std::string output;     // the table
  std::string witnesses;  // folder for witness files, empty: none
  bool verbose = false;   // print the witnesses behind the table
  std::string expect;     // file with the expected table
};

struct CheckOptions {
  std::string job;
  ProgramOptions program;
  SearchOptions search;
  std::optional<std::uint64_t> memory;  // bytes for states, about
  bool verbose = false;
  Format format = Format::text;
  std::string output;  // the witness
  GraphOptions graphs;
};

struct ProveOptions {
  std::string job;       // empty: `classes`
  bool classes = false;  // the table of all kinds of jobs
  std::optional<std::string> fixes;
  std::string device;
  std::string bound;
  std::string errors;                   // none, device, engine
  std::optional<std::uint64_t> memory;  // bytes for states, about
  std::optional<std::chrono::milliseconds> time;
  bool verbose = false;
  Format format = Format::text;
  std::string output;  // the witness, or the table
};

struct ReplayOptions {
  WitnessOptions witness;
  RealRunOptions real;
  std::string trace;       // where to write the event trace
  std::string lock_trace;  // where to record the lock trace
  bool verbose = false;
  Format format = Format::text;
  std::string output;
  GraphOptions graphs;
};

struct ShrinkOptions {
  WitnessOptions witness;
  std::optional<std::uint64_t> executions;
  std::optional<std::chrono::milliseconds> time;
  bool verbose = false;
  Format format = Format::text;
  std::string output;  // the witness
};

struct FixesOptions {
  std::vector<std::string> sets;  // none: everything; one: what is on in it; two: what lies between them
  Format format = Format::text;
  std::string output;
};

struct BisectOptions {
  std::string job;
  std::string from = "fio-3.18";
  std::string to = "fio-newest";
  std::string device;
  std::string faults;
  SearchOptions search;
  Format format = Format::text;
  std::string output;  // what the names of witnesses begin with
};

struct RunOptions {
  std::string job;
  ProgramOptions program;
  std::optional<std::uint64_t> seed;
  RealRunOptions real;
  bool order_check = true;
  std::string lock_trace;  // where to record the lock trace
  bool verbose = false;
  Format format = Format::text;
  std::string output;
  GraphOptions graphs;
};

// How sure a prediction has to be for lockcheck to fail.
enum class FailOn : std::uint8_t { sound, possible, ordered };

struct LockcheckOptions {
  std::string trace;
  std::string export_as;                    // std or binary, empty: check
  std::string export_run;                   // where to write the run of a sound prediction
  std::optional<std::uint64_t> prediction;  // of which one, counted from 1; else the first that is sound
  std::optional<std::chrono::milliseconds> time;
  FailOn fail_on = FailOn::possible;
  bool inversions = false;
  bool verbose = false;
  Format format = Format::text;
  std::string output;
  GraphOptions graphs;
};

struct DeviceOptions {
  std::string target;
  std::string script;       // path, empty or "-": standard input, a prompt if that is a terminal
  bool report = false;      // instead of a script
  bool dialects = false;    // instead of a target: the table of dialects
  std::string report_only;  // a condition as zbd-utils writes it, empty: all zones
  bool csv = false;         // the report as zbd-utils' CSV
  bool destroy_data = false;
  Format format = Format::text;
  std::string output;
};

struct ExplainOptions {
  std::string backtrace;
  std::string job;
  ProgramOptions program;  // without fixes: every release
  std::optional<std::chrono::milliseconds> time;
  bool functions = false;  // instead: the table of fio's functions
  bool verbose = false;
  Format format = Format::text;
  std::string output;  // the witness
  GraphOptions graphs;
};

struct RecordOptions {
  std::vector<std::string> program;  // and its arguments
  std::string output = "zoneknot.trace";
  std::uint64_t limit = std::uint64_t{1} << 30U;  // bytes that each process may note
};

using CommandLine =
    std::variant<MatrixOptions, CheckOptions, ProveOptions, ReplayOptions, ShrinkOptions, RunOptions, LockcheckOptions,
                 DeviceOptions, FixesOptions, BisectOptions, RecordOptions, ExplainOptions>;

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
