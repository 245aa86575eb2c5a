#include "tools/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <vector>

#include "lockcheck/text/columns.h"
#include "tools/cli/option_values.h"
#include "tools/option/device_option.h"
#include "tools/option/fixes_option.h"
#include "tools/option/strategy_option.h"
#include "tools/text/input_error.h"
#include "tools/text/nearest_word.h"
#include "tools/text/size_text.h"

namespace zoneknot::tools {
namespace {

constexpr const char* kVersion = "zoneknot " ZONEKNOT_VERSION;

std::string check_given(const std::string& text) { return text.empty() ? "needs a value" : ""; }

std::string check_format(const std::string& text) {
  if (text == "text" || text == "json") return {};
  return "unknown format " + tools::in_quotes(text) + ", expected text or json";
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
    add_device();
    add_fixes_command();
    add_bisect();
    add_record();
    add_explain();
    app_.footer("zoneknot help COMMAND explains a command. '-' is standard input, for every input that is a file.\n" +
                exit_codes());
    for (CLI::App* app : app_.get_subcommands({})) {
      for (CLI::Option* option : app->get_options()) option->check(check_given);
    }
  }

  ParsedCommandLine parse(int argc, const char* const* argv) {
    // A program's own words are nobody else's business, whatever they look like.
    if (argc > 1 && std::string_view(argv[1]) == "record") {
      const auto* const end = std::find(argv, argv + argc, std::string_view("--"));
      if (end != argv + argc) record_.program.assign(end + 1, argv + argc);
      argc = static_cast<int>(end - argv);
    }
    if (argc > 1 && std::string_view(argv[1]) == "help") return {std::nullopt, help(argc, argv)};
    try {
      app_.parse(argc, argv);
      if (app_.get_subcommands().empty()) return {std::nullopt, {app_.help(), 2}};
      return {chosen_(), {}};
    } catch (const CLI::ParseError& error) {
      std::ostringstream out;
      std::ostringstream err;
      const int code = app_.exit(error, out, err);
      if (code == 0) return {std::nullopt, {out.str(), 0}};
      if (app_.get_subcommands().empty() && argc > 1 && argv[1][0] != '-') {
        return {std::nullopt, {"zoneknot: " + unknown_command(argv[1]), 2}};
      }
      return {std::nullopt, {"zoneknot: " + misspelt_option(argc, argv).value_or(one_line(error.what())), 2}};
    }
  }

 private:
  // zoneknot help [COMMAND]
  UsageExit help(int argc, const char* const* argv) const {
    if (argc == 2) return {app_.help(), 0};
    if (argc > 3) return {"zoneknot: help: names one command at most\n", 2};
    for (const CLI::App* command : app_.get_subcommands(std::function<bool(const CLI::App*)>())) {
      if (command->get_name() == argv[2]) return {command->help("zoneknot"), 0};
    }
    return {"zoneknot: " + unknown_command(argv[2]), 2};
  }

  // The first option of the command that it does not have.
  std::optional<std::string> misspelt_option(int argc, const char* const* argv) const {
    const auto named = app_.get_subcommands();
    const CLI::App& app = named.empty() ? app_ : *named.front();
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    const std::vector<std::string_view> known(names.begin(), names.end());
    for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
      const std::string_view typed = std::string_view(argv[i]).substr(0, std::string_view(argv[i]).find('='));
      if (!typed.starts_with("--") || std::ranges::find(known, typed) != known.end()) continue;
      return "unknown option " + in_quotes(typed) + did_you_mean(typed, known) + "; zoneknot help" +
             (named.empty() ? "" : " " + app.get_name()) + " names them\n";
    }
    return std::nullopt;
  }

  static std::string unknown_command(std::string_view typed) {
    constexpr std::array<std::string_view, 12> kCommands = {"matrix", "check",  "prove",     "replay",
                                                            "shrink", "run",    "lockcheck", "device",
                                                            "fixes",  "bisect", "record",    "explain"};
    return "unknown command " + tools::in_quotes(typed) + did_you_mean(typed, kCommands) +
           "; zoneknot help names them\n";
  }

  static std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    for (char& c : text) {
      if (c == '\n') c = ' ';
    }
    return text + "\n";
  }

  // `options` is what the command's arguments are put into.
  template <class Options>
  CLI::App& command(const char* name, const char* help, Options& options) {
    CLI::App& app = *app_.add_subcommand(name, help);
    app.callback([this, &options] { chosen_ = [&options] { return CommandLine(options); }; });
    if constexpr (requires { options.verbose; }) {
      app.add_flag("--verbose", options.verbose,
                   "print more: how each strategy of a search fared, more steps, every thread, all witness lines");
    }
    if constexpr (requires { options.format; }) {
      const auto set_format = [&options](const std::string& text) {
        options.format = text == "json" ? Format::json : Format::text;
      };
      app.add_option_function<std::string>("--format", set_format, "text (default) or json")->check(check_format);
    }
    app.footer(exit_codes());
    return app;
  }

  static std::string exit_codes() {
    return lockcheck::hanging(
        "Exit codes: ",
        "0 nothing wrong (CLEAN, VERIFIED, PROVED), 1 something found (HANG, LIVELOCK, ABORT, "
        "RULE, EARLY, LATE, POSSIBLE), 2 bad usage or input, 3 stopped before an answer (INCOMPLETE), 4 the tool's "
        "own fault, or a report that could not be written");
  }

  // What the values of the options of a program may be, behind its help.
  static void explain_values(CLI::App& app, bool faults) {
    std::string text = lockcheck::hanging("Sets of fixes: ",
                                          "none, legacy, series, fio-3.18 … fio-3.42, fio-newest, or fio (the one that "
                                          "is installed), then ,+NAME or ,-NAME; 'zoneknot fixes' lists the names") +
                       lockcheck::hanging("Keys of a device: ", device_keys() + " (docs/devices.md)");
    if (faults) text += lockcheck::hanging("Fault plans: ", "docs/faults.md");
    app.footer(text + exit_codes());
  }

  // One argument without an option. It is a list of one, so that a second one is refused by its name.
  static CLI::Option* add_input(CLI::App& app, const char* name, std::string& input, const char* what) {
    const auto take = [&input](const std::vector<std::string>& given) { input = given.front(); };
    return app.add_option_function<std::vector<std::string>>(name, take, what)->expected(1);
  }

  static void add_program(CLI::App& app, ProgramOptions& program) {
    add_fixes(app, program.fixes);
    explain_values(app, true);
    app.add_option("--device", program.device, "sim[:key=value,...], file:PATH[,...], /dev/...");
    app.add_option("--faults", program.faults, "fault plan of the device (TOML)");
  }

  static void add_fixes(CLI::App& app, std::optional<std::string>& fixes) {
    app.add_option("--fixes", fixes,
                   "none, legacy, series or fio-3.N, then ,+NAME or ,-NAME (default " +
                       core::FixSet::standard().to_string() + ")");
  }

  static void add_search(CLI::App& app, SearchOptions& search) {
    app.add_option("--bound", search.bound,
                   "jobs=2,zones=2,depth=2,ios=4,blocks=2,skip=1, any of them: a bounded instance");
    add_number(app, "--executions", search.executions, 1, "executions to search");
    add_number(app, "--max-steps", search.max_steps, 1, "scheduling points after which an execution is cut");
    add_number(app, "--seed", search.seed, 0, "seed of the search; fixes block, direction and error draws too");
    add_time(app, search.time);
    add_no_order_check(app, search.order_check);
  }

  static void add_no_order_check(CLI::App& app, bool& order_check) {
    app.add_flag_callback(
        "--no-order-check", [&order_check] { order_check = false; },
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

  // One of a few words; what they mean, in their order.
  template <class Value>
  static void add_word(CLI::App& app, const char* name, Value& value, const std::vector<std::string_view>& words,
                       const std::vector<Value>& meanings, const char* what) {
    const auto take = [=, &value](const std::string& typed) { value = meanings.at(parse_word(name, typed, words)); };
    app.add_option_function<std::string>(name, take, what);
  }

  static void add_time(CLI::App& app, std::optional<std::chrono::milliseconds>& time) {
    app.add_option_function<std::string>(
        "--time", [&time](const std::string& text) { time = parse_time("--time", text); },
        "stop after this time: 500ms, 30s, 2m");
  }

  static void add_memory(CLI::App& app, std::optional<std::uint64_t>& memory, const char* what) {
    app.add_option_function<std::string>(
        "--memory", [&memory](const std::string& text) { memory = parse_bytes("--memory", text); }, what);
  }

  static void add_output(CLI::App& app, std::string& output, const char* what) {
    app.add_option("-o,--output", output, what);
  }

  static void add_graphs(CLI::App& app, GraphOptions& graphs) {
    app.add_option("--dot", graphs.dot, "write who waits for whom to this file, in Graphviz's language");
    app.add_option("--svg", graphs.svg, "the same as a picture; needs Graphviz's program dot");
    app.add_option("--html", graphs.html, "write a page to look at in a browser, step by step");
    app.add_option("--perfetto", graphs.perfetto, "write the run as a trace for ui.perfetto.dev");
    app.add_option("--sarif", graphs.sarif, "write the findings in SARIF, for code hosts");
  }

  static void add_real_run(CLI::App& app, RealRunOptions& real) {
    app.add_option_function<std::string>(
        "--watchdog",
        [&real](const std::string& text) {
          real.watchdog_seconds = std::chrono::duration<double>(parse_time("--watchdog", text)).count();
          if (*real.watchdog_seconds == 0) throw CLI::ValidationError("--watchdog", "must be above 0");
        },
        "time without progress before a real run is examined (default 5s)");
    app.add_flag("--destroy-data", real.destroy_data, "write to a block device, or to a file that is not empty");
    app.add_flag("--destroy-partitions", real.destroy_partitions, "also to a block device with partitions");
    app.add_flag("--dry-run", real.dry_run, "instead: say what would be overwritten, and change nothing");
    app.add_flag("--emulate-zones", real.emulate_zones,
                 "emulate zones on a block device without: alone, or =zones=64,size=1M with the keys of file:");
  }

  void add_matrix() {
    CLI::App& app = command("matrix", "sets of fixes x jobs: a search for each cell", matrix_);
    app.add_option("JOB", matrix_.inputs, "job files; JOB@FAULTS runs on a device with the faults of that plan")
        ->required();
    app.add_option("--fixes", matrix_.rows, "a row, may be repeated; default: the series, with and without each switch")
        ->allow_extra_args(false);
    app.add_flag("--releases{all}", matrix_.releases, "a row for each release of fio; --releases=3.26-3.33: for these");
    explain_values(app, true);
    app.add_option("--device", matrix_.device, "sim[:key=value,...]");
    add_search(app, matrix_.search);
    app.add_option("--strategy", matrix_.search.strategy, strategy_names() + "; default portfolio");
    add_output(app, matrix_.output, "write the table to this file");
    app.add_option("--witnesses", matrix_.witnesses,
                   "write the witness of each finding into this folder, those of hangs as soon as they are found");
    app.add_flag("--predictions", matrix_.search.predictions,
                 "another table: what was predicted from runs that did not hang, beside the hangs that were found");
    app.add_option("--expect", matrix_.expect,
                   "a table as --format=json writes it; a difference ends with exit code 1");
  }

  void add_check() {
    CLI::App& app = command("check", "search one job file for hangs and broken rules", check_);
    add_input(app, "JOB", check_.job, "job file")->required();
    add_program(app, check_.program);
    add_search(app, check_.search);
    app.add_option("--strategy", check_.search.strategy,
                   strategy_names() + "; default portfolio, then stateful with --bound");
    add_output(app, check_.output, "write the witness to this file");
    app.add_flag("--predictions", check_.search.predictions,
                 "if it hangs: steer towards what other runs predict as well, and show that too");
    add_graphs(app, check_.graphs);
    add_memory(app, check_.memory, "for the states of a stateful search: 512m, 8g (default 2g)");
  }

  void add_prove() {
    CLI::App& app = command("prove", "prove that no number of such jobs deadlocks", prove_);
    add_input(app, "JOB", prove_.job, "job file");
    app.add_flag("--classes", prove_.classes, "instead of a job file: a table of every kind of job");
    add_fixes(app, prove_.fixes);
    explain_values(app, false);
    app.add_option("--device", prove_.device, "sim[:key=value,...]");
    app.add_option("--bound", prove_.bound,
                   "depth=2,zones=3,blocks=2 (default; with --classes blocks=1): how large each job is");
    app.add_option("--errors", prove_.errors, "none (default), device or engine: what may go wrong");
    add_memory(app, prove_.memory, "stop when the search needs more: 512m, 4g (default 4g)");
    add_time(app, prove_.time);
    add_output(app, prove_.output, "write the witness of a hang, or the table, to this file");
  }

  static void add_witness(CLI::App& app, WitnessOptions& witness) {
    app.add_option("WITNESS", witness.inputs, "a witness file, or a line zk2:... followed by its job file")
        ->required()
        ->expected(1, 2);
    add_program(app, witness.program);
    app.add_option("--bound", witness.bound, "as for check; only with a witness line");
    add_number(app, "--seed", witness.seed, 0, "as for check; only with a witness line");
  }

  void add_shrink() {
    CLI::App& app = command("shrink", "make a witness smaller and keep the kind of its hang", shrink_);
    add_witness(app, shrink_.witness);
    add_number(app, "--executions", shrink_.executions, 1, "random executions of one attempt (default 10000)");
    add_time(app, shrink_.time);
    add_output(app, shrink_.output, "write the witness to this file");
  }

  void add_replay() {
    CLI::App& app = command("replay", "run a witness again, simulated or on real threads", replay_);
    add_witness(app, replay_.witness);
    add_real_run(app, replay_.real);
    app.add_option("--trace", replay_.trace, "write the event trace to this file");
    app.add_option("--lock-trace", replay_.lock_trace, "record the lock trace into this file, for lockcheck");
    add_output(app, replay_.output, "write the verdict to this file");
    add_graphs(app, replay_.graphs);
  }

  void add_run() {
    CLI::App& app = command("run", "run the workload once and report as fio does", run_);
    add_no_order_check(app, run_.order_check);
    add_input(app, "JOB", run_.job, "job file")->required();
    add_program(app, run_.program);
    add_number(app, "--seed", run_.seed, 0, "seed of the schedule on a simulated device");
    add_real_run(app, run_.real);
    app.add_flag("--perturb", run_.real.perturb,
                 "small delays at visible operations of a real run; =SEED repeats them");
    app.add_option("--lock-trace", run_.lock_trace, "record the lock trace into this file, for lockcheck");
    add_output(app, run_.output, "write the report to this file");
    add_graphs(app, run_.graphs);
  }

  void add_lockcheck() {
    CLI::App& app = command("lockcheck", "check a recorded lock trace", lockcheck_);
    add_input(app, "TRACE", lockcheck_.trace, "lock trace, of our own form or RAPID's STD")->required();
    add_word<std::string>(app, "--export", lockcheck_.export_as, {"std", "binary"}, {"std", "binary"},
                          "instead of checking, write the trace to the file of -o: std or binary");
    app.add_option("--export-run", lockcheck_.export_run, "write the run that a sound prediction ends in, as STD text");
    add_number(app, "--prediction", lockcheck_.prediction, 1,
               "which of the predictions in the report (default the first sound one)");
    add_word(app, "--fail-on", lockcheck_.fail_on, {"sound", "possible", "ordered"},
             {FailOn::sound, FailOn::possible, FailOn::ordered},
             "exit with 1 for predictions that are this sure: sound, possible (default) or ordered");
    app.add_flag("--inversions", lockcheck_.inversions, "count inversions that data keeps apart as predicted");
    add_time(app, lockcheck_.time);
    add_graphs(app, lockcheck_.graphs);
    add_output(app, lockcheck_.output, "write the report, or the exported trace, to this file");
  }

  void add_fixes_command() {
    CLI::App& app = command("fixes", "list switches and presets, or what lies between two sets", fixes_);
    app.add_option("SET", fixes_.sets, "as --fixes takes it: one to see what is on in it, two to see what lies between")
        ->expected(0, 2);
    add_output(app, fixes_.output, "write the list to this file");
  }

  void add_bisect() {
    CLI::App& app = command("bisect", "find the release and the switch that bring a finding, or end it", bisect_);
    add_input(app, "JOB", bisect_.job, "job file")->required();
    app.add_option("--from", bisect_.from, "the first release (default fio-3.18)");
    app.add_option("--to", bisect_.to, "the last one (default fio-newest)");
    explain_values(app, true);
    app.add_option("--device", bisect_.device, "sim[:key=value,...]");
    app.add_option("--faults", bisect_.faults, "fault plan of the device (TOML)");
    add_search(app, bisect_.search);
    app.add_option("--strategy", bisect_.search.strategy, strategy_names() + "; default portfolio");
    add_output(app, bisect_.output, "write witnesses to files whose names begin so: NAME.fio-3.20.json");
  }

  void add_record() {
    CLI::App& app = command("record", "run a program and record what its threads do with locks", record_);
    app.footer(
        "-- PROGRAM ARGS... comes last. The exit code is PROGRAM's; 2 for bad usage, or a program that cannot be\n"
        "recorded. zoneknot lockcheck TRACE says what the trace shows (docs/record.md).");
    add_output(app, record_.output, "the lock trace; of other processes FILE.PID (default zoneknot.trace)");
    app.add_option_function<std::string>(
        "--limit", [this](const std::string& text) { record_.limit = parse_bytes("--limit", text); },
        "stop recording a process that has noted so much: 512m, 4g (default 1g)");
  }

  void add_device() {
    CLI::App& app =
        command("device", "play zone commands on a simulated device, a file or a zoned block device", device_);
    app.add_option("TARGET", device_.target, "sim[:key=value,...], file:PATH[,key=value,...], /dev/...");
    app.add_option("SCRIPT", device_.script, "zone commands, one a line; without it they come from standard input");
    app.add_flag("--report", device_.report, "instead: print the device's zones, as zbd-utils do");
    app.add_option("--ro", device_.report_only, "-ro em|oi|oe|cl|fu|ro|ol|nw: only zones in this condition");
    app.add_flag("--dialects", device_.dialects, "instead: print in what the dialects differ");
    app.add_flag("--csv", device_.csv, "-csv: the report as comma-separated values");
    app.add_flag("--destroy-data", device_.destroy_data, "write to a block device, or a file that is not empty");
    add_output(app, device_.output, "write what came of the commands to this file");
  }

  void add_explain() {
    CLI::App& app = command("explain", "find the hang that a backtrace of fio shows", explain_);
    app.add_option("BACKTRACE", explain_.backtrace,
                   "what gdb prints for 'thread apply all bt', or pstack, or eu-stack");
    app.add_option("JOB", explain_.job, "the job file that hung");
    add_program(app, explain_.program);
    add_time(app, explain_.time);
    app.add_flag("--functions", explain_.functions, "instead: print which functions of fio are known, as Markdown");
    add_output(app, explain_.output, "write the witness to this file");
    add_graphs(app, explain_.graphs);
  }

  ExplainOptions explain_;
  MatrixOptions matrix_;
  CheckOptions check_;
  ProveOptions prove_;
  ReplayOptions replay_;
  ShrinkOptions shrink_;
  RunOptions run_;
  LockcheckOptions lockcheck_;
  RecordOptions record_;
  DeviceOptions device_;
  FixesOptions fixes_;
  BisectOptions bisect_;
  std::function<CommandLine()> chosen_;  // copies the options of the command that was named
  CLI::App app_{"Zoneknot: finds zone-locking hangs without hardware, luck or a stuck machine", "zoneknot"};
};

}  // namespace

ParsedCommandLine parse_command_line(int argc, const char* const* argv) {
  // zbd-utils have long options behind a single dash.
  std::vector<const char*> words(argv, argv + argc);
  const bool device = argc > 1 && std::string_view(words[1]) == "device";
  for (const char*& word : words) {
    if (device && std::string_view(word) == "-ro") word = "--ro";
    if (device && std::string_view(word) == "-csv") word = "--csv";
  }
  return Parser().parse(argc, words.data());
}

}  // namespace zoneknot::tools
