#include "tools/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <array>

#include "tools/option/strategy_option.h"
#include "tools/text/input_error.h"
#include "tools/text/nearest_word.h"
#include "tools/text/size_text.h"

namespace zoneknot::tools {
namespace {

constexpr const char* kVersion = "zoneknot " ZONEKNOT_VERSION;

// A time such as 500ms, 30s, 2m; a number alone is seconds.
std::chrono::milliseconds parse_time(const char* option, const std::string& text) {
  std::size_t used = 0;
  double value = 0;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  const std::string unit = text.substr(used);
  const double factor = unit == "ms"                  ? 1
                        : unit.empty() || unit == "s" ? 1000
                        : unit == "m"                 ? 60000
                        : unit == "h"                 ? 3600000
                                                      : 0;
  if (used == 0 || factor == 0 || !(value >= 0) || value * factor > 1e12) {
    throw CLI::ValidationError(option, tools::quoted(text) + " is no time; write for example 500ms, 30s or 2m");
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(value * factor));
}

std::uint64_t parse_bytes(const char* option, const std::string& text) {
  const auto amount = parse_amount(text);
  if (!amount || amount->in_zones || amount->number == 0) {
    throw CLI::ValidationError(option, tools::quoted(text) + " is no amount of memory; write for example 512m or 4g");
  }
  return amount->number;
}

std::string check_format(const std::string& text) {
  if (text == "text" || text == "json") return {};
  return "unknown format " + tools::quoted(text) + ", expected text or json";
}

class Parser {
 public:
  Parser() {
    app_.require_subcommand(0, 1);
    app_.set_version_flag("--version", kVersion);
    app_.failure_message(CLI::FailureMessage::simple);
    add_matrix();
    add_check();
    add_prove();
    add_replay();
    add_shrink();
    add_run();
    add_lockcheck();
  }

  ParsedCommandLine parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
      if (app_.get_subcommands().empty()) return {std::nullopt, {app_.help(), 2}};
      return {line_, {}};
    } catch (const CLI::ParseError& error) {
      std::ostringstream out;
      std::ostringstream err;
      const int code = app_.exit(error, out, err);
      if (code == 0) return {std::nullopt, {out.str(), 0}};
      if (app_.get_subcommands().empty() && argc > 1 && argv[1][0] != '-') {
        return {std::nullopt, {"zoneknot: " + unknown_command(argv[1]), 2}};
      }
      return {std::nullopt, {"zoneknot: " + one_line(error.what()), 2}};
    }
  }

 private:
  static std::string unknown_command(std::string_view typed) {
    constexpr std::array<std::string_view, 7> kCommands = {"matrix", "check", "prove",    "replay",
                                                           "shrink", "run",   "lockcheck"};
    return "unknown command " + tools::quoted(typed) + did_you_mean(typed, kCommands) +
           "; zoneknot --help names them\n";
  }

  static std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    for (char& c : text) {
      if (c == '\n') c = ' ';
    }
    return text + "\n";
  }

  CLI::App& command(const char* name, const char* help, Command which) {
    CLI::App& app = *app_.add_subcommand(name, help);
    app.callback([this, which] { line_.command = which; });
    app.add_option_function<std::string>(
           "--format", [this](const std::string& text) { line_.format = text == "json" ? Format::json : Format::text; },
           "text (default) or json")
        ->check(check_format);
    return app;
  }

  void add_instance(CLI::App& app) {
    app.add_option("--fixes", line_.fixes, "none, legacy or series, then ,+NAME or ,-NAME (default series)");
    app.add_option("--device", line_.device, "sim[:key=value,...], file:PATH");
    app.add_option("--faults", line_.faults, "fault plan of the device (TOML)");
  }

  void add_search(CLI::App& app) {
    app.add_option("--bound", line_.bound, "jobs=2,zones=2,depth=2,ios=4,blocks=2: a bounded instance");
    add_number(app, "--executions", line_.executions, 1, "executions to search");
    add_number(app, "--max-steps", line_.max_steps, 1, "scheduling points after which an execution is cut");
    add_number(app, "--seed", line_.seed, 0, "seed of the search; fixes block, direction and error draws too");
    add_time(app);
    add_no_order_check(app);
  }

  void add_no_order_check(CLI::App& app) {
    app.add_flag("--no-order-check", line_.no_order_check,
                 "predict no deadlocks; for comparison, the order in which locks are taken is looked at by default");
  }

  // A whole number from `least` on. CLI11 by itself takes -1 for one.
  static void add_number(CLI::App& app, const char* name, std::optional<std::uint64_t>& number, std::uint64_t least,
                         const char* what) {
    const auto parse = [name, &number, least](const std::string& text) {
      const auto parsed = parse_count(text, least, UINT64_MAX);
      if (!parsed) throw CLI::ValidationError(name, parsed.error().message);
      number = *parsed;
    };
    app.add_option_function<std::string>(name, parse, what);
  }

  void add_time(CLI::App& app) {
    app.add_option_function<std::string>(
        "--time", [this](const std::string& text) { line_.time = parse_time("--time", text); },
        "stop after this time: 500ms, 30s, 2m");
  }

  void add_output(CLI::App& app, const char* what) { app.add_option("-o,--output", line_.output, what); }

  void add_graphs(CLI::App& app) {
    app.add_option("--dot", line_.dot, "write who waits for whom to this file, in Graphviz's language");
    app.add_option("--svg", line_.svg, "the same as a picture; needs Graphviz's program dot");
  }

  void add_matrix() {
    CLI::App& app = command("matrix", "sets of fixes x jobs: a search for each cell", Command::matrix);
    app.add_option("JOB", line_.inputs, "job files; JOB@FAULTS runs on a device with the faults of that plan")
        ->required();
    app.add_option("--fixes", line_.rows, "a row, may be repeated; default: the series, with and without each switch")
        ->allow_extra_args(false);
    app.add_option("--device", line_.device, "sim[:key=value,...]");
    add_search(app);
    app.add_option("--strategy", line_.strategy, strategy_names() + "; default portfolio");
    add_output(app, "write the table to this file");
    app.add_option("--witnesses", line_.witnesses,
                   "write the witness of each hang into this folder as soon as it is found");
    app.add_flag("--predictions", line_.predictions,
                 "another table: what was predicted from runs that did not hang, beside the hangs that were found");
    app.add_option("--expect", line_.expect, "a table as --format=json writes it; a difference ends with exit code 1");
  }

  void add_check() {
    CLI::App& app = command("check", "search one job file for hangs and broken rules", Command::check);
    app.add_option("JOB", line_.inputs, "job file")->required()->expected(1);
    add_instance(app);
    add_search(app);
    app.add_option("--strategy", line_.strategy, strategy_names() + "; default portfolio, then stateful with --bound");
    add_output(app, "write the witness to this file");
    app.add_flag("--predictions", line_.predictions,
                 "if it hangs: steer towards what other runs predict as well, and show that too");
    add_graphs(app);
    app.add_option_function<std::string>(
        "--memory", [this](const std::string& text) { line_.memory = parse_bytes("--memory", text); },
        "for the states of a stateful search: 512m, 8g (default 2g)");
  }

  void add_prove() {
    CLI::App& app = command("prove", "prove that no number of such jobs deadlocks", Command::prove);
    app.add_option("JOB", line_.inputs, "job file")->expected(1);
    app.add_flag("--classes", line_.classes, "instead of a job file: a table of every kind of job");
    app.add_option("--fixes", line_.fixes, "none, legacy or series, then ,+NAME or ,-NAME (default series)");
    app.add_option("--device", line_.device, "sim[:key=value,...]");
    app.add_option("--bound", line_.bound,
                   "depth=2,zones=3,blocks=2 (default; with --classes blocks=1): how large each job is");
    app.add_option("--errors", line_.errors, "none (default), device or engine: what may go wrong");
    app.add_option_function<std::string>(
        "--memory", [this](const std::string& text) { line_.memory = parse_bytes("--memory", text); },
        "stop when the search needs more: 512m, 4g (default 4g)");
    add_time(app);
    add_output(app, "write the witness of a hang, or the table, to this file");
  }

  // A witness, and what a line needs beside it.
  void add_witness(CLI::App& app) {
    app.add_option("WITNESS", line_.inputs, "a witness file, or a line zk1:... followed by its job file")
        ->required()
        ->expected(1, 2);
    add_instance(app);
    app.add_option("--bound", line_.bound, "as for check; only with a witness line");
    add_number(app, "--seed", line_.seed, 0, "as for check; only with a witness line");
  }

  void add_shrink() {
    CLI::App& app = command("shrink", "make a witness smaller and keep the kind of its hang", Command::shrink);
    add_witness(app);
    add_number(app, "--executions", line_.executions, 1, "random executions of one attempt (default 10000)");
    add_time(app);
    add_output(app, "write the witness to this file");
  }

  void add_replay() {
    CLI::App& app = command("replay", "run a witness again", Command::replay);
    add_witness(app);
    app.add_option("--trace", line_.trace, "write the event trace to this file");
    app.add_option("--lock-trace", line_.lock_trace, "record the lock trace into this file, for lockcheck");
    add_output(app, "write the verdict to this file");
    add_graphs(app);
  }

  void add_run() {
    CLI::App& app = command("run", "run the workload once and report as fio does", Command::run);
    add_no_order_check(app);
    app.add_option("JOB", line_.inputs, "job file")->required()->expected(1);
    add_instance(app);
    add_number(app, "--seed", line_.seed, 0, "seed of the schedule on a simulated device");
    app.add_option_function<std::string>(
        "--watchdog",
        [this](const std::string& text) {
          line_.watchdog_seconds = std::chrono::duration<double>(parse_time("--watchdog", text)).count();
          if (*line_.watchdog_seconds == 0) throw CLI::ValidationError("--watchdog", "must be above 0");
        },
        "time without progress before a real run is examined (default 5s)");
    app.add_flag("--destroy-data", line_.destroy_data, "write to a file that is not empty");
    app.add_option("--lock-trace", line_.lock_trace, "record the lock trace into this file, for lockcheck");
    add_output(app, "write the report to this file");
    add_graphs(app);
  }

  void add_lockcheck() {
    CLI::App& app = command("lockcheck", "check a recorded lock trace", Command::lockcheck);
    app.add_option("TRACE", line_.inputs, "lock trace, of our own form or RAPID's STD")->required()->expected(1);
    app.add_option("--export", line_.export_as, "instead of checking, write the trace to the file of -o: std or binary")
        ->check(CLI::IsMember({"std", "binary"}));
    add_graphs(app);
    add_output(app, "write the report, or the exported trace, to this file");
  }

  CommandLine line_;
  CLI::App app_{"Zoneknot: finds zone-locking hangs without hardware, luck or a stuck machine", "zoneknot"};
};

}  // namespace

ParsedCommandLine parse_command_line(int argc, const char* const* argv) { return Parser().parse(argc, argv); }

}  // namespace zoneknot::tools
