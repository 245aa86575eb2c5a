#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <iterator>

#include "device/model/dialect.h"
#include "tools/cli/delivery.h"
#include "tools/command/commands.h"
#include "tools/device/open_target.h"
#include "tools/device/player.h"
#include "tools/device/zone_report.h"
#include "tools/text/whole_file.h"

namespace zoneknot::tools {
namespace {

constexpr const char* kScriptInput = "standard input";

int device_lost(const std::string& message) {
  static_cast<void>(refuse({.file = "TARGET", .message = message}));
  return kExitOwnFault;
}

int print_report(Target& target, const DeviceOptions& options) {
  const auto zones = target.report();
  if (!zones) return device_lost(zones.error());
  core::DeviceGeometry geometry = target.facts().geometry;
  std::optional<core::ZoneCondition> filter;
  if (!options.report_only.empty()) filter = condition_of_option(options.report_only);
  const std::string text = options.format == Format::json ? report_json(geometry, *zones, filter)
                           : options.csv                  ? report_csv(*zones, filter)
                                                          : report_text(*zones, filter);
  return deliver(text, options.output, 0);
}

tl::expected<std::string, InputError> read_script(const DeviceOptions& options) {
  if (!options.script.empty() && options.script != "-") return read_file(options.script);
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

// The output of a script that has been played as far as it goes.
class PlayedOutput {
 public:
  explicit PlayedOutput(const DeviceOptions& options) : json_(options.format == Format::json) {
    if (json_) text_ = played_json_head(options.target);
  }
  void add(const ScriptCommand& command, const Played& played) {
    if (json_) {
      text_ += (first_ ? "\n" : ",\n") + played_json(command, played);
      first_ = false;
    } else {
      text_ += played_text(command, played);
    }
  }
  [[nodiscard]] std::string take() { return text_ + (json_ ? "\n]}\n" : ""); }

 private:
  bool json_;
  bool first_ = true;
  std::string text_;
};

int play_script(Target& target, const std::vector<ScriptCommand>& commands, const DeviceOptions& options) {
  if (const std::string error = target.begin(); !error.empty()) return device_lost(error);
  Player player(target);
  PlayedOutput output(options);
  std::optional<std::string> lost;
  for (const ScriptCommand& command : commands) {
    const auto played = player.play(command);
    if (!played) {
      lost = played.error();
      break;
    }
    output.add(command, *played);
  }
  const int code = deliver(output.take(), options.output, 0);
  return lost ? device_lost(*lost) : code;
}

// One line at a time from a person. A line that is wrong is said to be so, and the next one asked for.
int converse(Target& target) {
  if (const std::string error = target.begin(); !error.empty()) return device_lost(error);
  Player player(target);
  const TargetFacts facts = target.facts();
  std::string line;
  for (unsigned number = 1;; ++number) {
    std::printf("%u> ", number);
    std::fflush(stdout);
    if (!std::getline(std::cin, line)) break;
    const auto command = parse_script_line(line, number, kScriptInput);
    std::optional<InputError> error;
    if (!command) {
      error = command.error();
    } else if (*command) {
      error = check_command(**command, facts, kScriptInput);
    }
    if (error) {
      static_cast<void>(refuse(*error));
      continue;
    }
    if (!*command) continue;
    const auto played = player.play(**command);
    if (!played) return device_lost(played.error());
    std::fputs(played_text(**command, *played).c_str(), stdout);
  }
  std::puts("");
  return 0;
}

}  // namespace

int run_command(const DeviceOptions& options) {
  if (options.dialects) return deliver(device::dialect_table(), options.output, 0);
  if (options.target.empty()) {
    return refuse({.file = "TARGET", .message = "is missing: sim[:key=value,…], file:PATH or /dev/…"});
  }
  if (!options.report_only.empty() && !condition_of_option(options.report_only)) {
    return refuse(
        {.file = "-ro", .message = in_quotes(options.report_only) + " is none of em, oi, oe, cl, fu, ro, ol, nw"});
  }
  if (options.report && !options.script.empty()) {
    return refuse({.file = "--report", .message = "takes no SCRIPT; a script says report"});
  }
  const bool prompt = !options.report && options.script.empty() && isatty(STDIN_FILENO) == 1;
  const std::string name = options.script.empty() || options.script == "-" ? kScriptInput : options.script;
  std::vector<ScriptCommand> commands;
  if (!options.report && !prompt) {
    const auto text = read_script(options);
    if (!text) return refuse(text.error());
    auto parsed = parse_script(*text, name);
    if (!parsed) return refuse(parsed.error());
    commands = std::move(*parsed);
  }
  const auto target = open_target(options.target, options.destroy_data);
  if (!target) return refuse(target.error());
  if (options.report) return print_report(**target, options);
  if (prompt) return converse(**target);
  const TargetFacts facts = (*target)->facts();
  for (const ScriptCommand& command : commands) {
    if (const auto error = check_command(command, facts, name)) return refuse(*error);
  }
  return play_script(**target, commands, options);
}

}  // namespace zoneknot::tools
