#include "tools/witness/witness_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "sim/strategy/baseline.h"
#include "tools/text/whole_file.h"

namespace zoneknot::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "zoneknot.witness/3";

// 64-bit numbers as text: readers in other languages round large JSON numbers.
std::string number_text(std::uint64_t number) { return std::to_string(number); }

std::uint64_t number_of(const Json& json) {
  const std::string& text = json.get_ref<const std::string&>();
  std::uint64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) throw std::invalid_argument("not a number");
  return number;
}

// Json::get() would make something of fractions, negative and large numbers too.
std::uint64_t count_of(const Json& json, std::uint64_t most = UINT64_MAX) {
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() > most) throw std::invalid_argument("not a count");
  return json.get<std::uint64_t>();
}

// Indexed by core::Baseline.
constexpr std::array<std::string_view, 5> kBaselines = {"steady", "random", "partial-order", "priority-changes",
                                                        "remaining-work"};

core::Baseline baseline_of(const std::string& name) {
  const auto known = std::find(kBaselines.begin(), kBaselines.end(), name);
  if (known == kBaselines.end()) throw std::invalid_argument("unknown baseline");
  return static_cast<core::Baseline>(known - kBaselines.begin());
}

core::Deviation deviation_of(const Json& json) {
  return {static_cast<std::uint32_t>(count_of(json.at(0), UINT32_MAX)),
          static_cast<std::uint32_t>(count_of(json.at(1), UINT32_MAX))};
}

// Texts of several lines as lists of lines, which people can read and which give the text again, to the byte.
Json lines_json(std::string_view text) {
  Json lines = Json::array();
  if (text.empty()) return lines;
  for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(end + 1)) {
    end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
  }
  return lines;
}

std::string text_of_lines(const Json& json) {
  if (!json.is_array()) throw std::invalid_argument("no list of lines");
  std::string text;
  bool first = true;
  for (const Json& line : json) {
    text += (first ? "" : "\n") + line.get_ref<const std::string&>();
    first = false;
  }
  return text;
}

// Two hexadecimal digits for each check.
std::string hex_text(const std::vector<std::uint8_t>& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::vector<std::uint8_t> bytes_of(const std::string& text) {
  if (text.size() % 2 != 0 || text.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw std::invalid_argument("not hexadecimal");
  }
  const auto value = [&](std::size_t at) {
    return static_cast<unsigned>(text[at] <= '9' ? text[at] - '0' : text[at] - 'a' + 10);
  };
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(value(i) << 4U | value(i + 1)));
  }
  return bytes;
}

Json schedule_json(const sim::Witness& witness) {
  Json deviations = Json::array();
  for (const core::Deviation& deviation : witness.schedule.deviations) {
    deviations.push_back({deviation.decision, deviation.alternative});
  }
  Json json = {{"identity", number_text(witness.identity)},
               {"baseline", kBaselines.at(static_cast<std::size_t>(witness.schedule.baseline))},
               {"seed", number_text(witness.schedule.seed)}};
  if (sim::has_parameters(witness.schedule.baseline)) {
    json["parameters"] = Json::array();
    for (const std::uint64_t parameter : witness.schedule.parameters) {
      json["parameters"].push_back(number_text(parameter));
    }
  }
  json["deviations"] = std::move(deviations);
  json["decisions"] = witness.decisions;
  json["steps"] = witness.steps;
  json["trace_hash"] = number_text(witness.trace_hash);
  json["check_every"] = std::uint64_t{1} << witness.checks.shift;
  json["checks"] = hex_text(witness.checks.hashes);
  return json;
}

sim::Witness witness_of(const Json& json) {
  sim::Witness witness;
  witness.identity = number_of(json.at("identity"));
  witness.schedule.baseline = baseline_of(json.at("baseline").get_ref<const std::string&>());
  witness.schedule.seed = number_of(json.at("seed"));
  if (sim::has_parameters(witness.schedule.baseline)) {
    for (const Json& parameter : json.at("parameters")) witness.schedule.parameters.push_back(number_of(parameter));
  }
  if (!sim::fits_baseline(witness.schedule)) throw std::invalid_argument("parameters that do not fit the baseline");
  for (const Json& deviation : json.at("deviations")) {
    witness.schedule.deviations.push_back(deviation_of(deviation));
  }
  const auto not_after = [](const core::Deviation& a, const core::Deviation& b) { return a.decision >= b.decision; };
  if (std::ranges::adjacent_find(witness.schedule.deviations, not_after) != witness.schedule.deviations.end()) {
    throw std::invalid_argument("deviations out of order");
  }
  witness.decisions = count_of(json.at("decisions"));
  witness.steps = count_of(json.at("steps"));
  witness.trace_hash = number_of(json.at("trace_hash"));
  const std::uint64_t every = count_of(json.at("check_every"));
  if (!std::has_single_bit(every)) throw std::invalid_argument("not a power of two");
  witness.checks = {static_cast<unsigned>(std::countr_zero(every)),
                    bytes_of(json.at("checks").get_ref<const std::string&>())};
  if (witness.checks.hashes.size() != sim::check_count(witness.steps, witness.checks.shift)) {
    throw std::invalid_argument("more or fewer checks than steps");
  }
  return witness;
}

// The place of a byte in a text, for messages.
InputError error_at_byte(std::string_view text, std::size_t byte, const std::string& file_name, std::string message) {
  const std::string_view before = text.substr(0, std::min(byte == 0 ? 0 : byte - 1, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {.file = file_name,
          .line = static_cast<unsigned>(line),
          .column = static_cast<unsigned>(before.size() - line_start + 1),
          .message = std::move(message)};
}

WitnessFile file_of(const Json& json) {
  WitnessFile file;
  const Json& program = json.at("program");
  file.source.job_path = program.at("job").get<std::string>();
  file.source.faults_path = program.at("fault_plan_name").get<std::string>();
  file.source.fixes = program.at("fixes").get<std::string>();
  file.source.device = program.at("device").get<std::string>();
  if (program.contains("latency") && !program.at("latency").empty()) {
    file.source.latency_text = text_of_lines(program.at("latency"));
  }
  file.source.bound = program.at("bound").get<std::string>();
  if (const Json& seed = program.at("seed"); !seed.is_null()) file.source.seed = number_of(seed);
  file.source.environment = program.at("environment").get<std::map<std::string, std::string>>();
  file.job_text = text_of_lines(program.at("job_file"));
  file.faults_text = text_of_lines(program.at("fault_plan"));
  file.witness = witness_of(json.at("schedule"));
  if (const Json& steps = json.at("steps"); !steps.is_null()) file.steps = steps.get<std::vector<std::string>>();
  return file;
}

std::string text_or(const Json& json, const char* name, const char* instead) {
  return json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : instead;
}

// Who waits where, in a line each.
Json summary_of(const Json& verdict) {
  Json lines = Json::array();
  lines.push_back(text_or(verdict, "verdict", "?") + " in " + text_or(verdict, "job", "?") +
                  " with fixes=" + text_or(verdict, "fix_set", "?") + " on " + text_or(verdict, "device", "?"));
  for (const Json& task : verdict.value("tasks", Json::array())) {
    if (text_or(task, "state", "") != "stuck") continue;
    std::string line = text_or(task, "task", "?") + " waits for ever for " + text_or(task, "waits_for", "?");
    if (const std::string owner = text_or(task, "owner", ""); !owner.empty()) line += ", owned by " + owner + ",";
    line += " in " + text_or(task, "function", "?") + " at " + text_or(task, "site", "?");
    for (const Json& held : task.value("holds", Json::array())) {
      line += "; owns " + text_or(held, "lock", "?") + " since " + text_or(held, "function", "?") + " at " +
              text_or(held, "site", "?");
    }
    lines.push_back(line);
  }
  for (const Json& rule : verdict.value("rules", Json::array())) {
    lines.push_back("rule " + text_or(rule, "rule", "?") + " broken in " + text_or(rule, "function", "?") + " at " +
                    text_or(rule, "site", "?") + ": " + text_or(rule, "task", "?") + " " + text_or(rule, "what", "?"));
  }
  return lines;
}

Json about() {
  return {
      "A witness of zoneknot: one execution of a multi-threaded program, recorded so that it can be repeated.",
      "To see it again: zoneknot replay FILE",
      "To make it smaller: zoneknot shrink FILE -o SMALLER",
      "found: what it shows, in short; verdict: the whole report.",
      "program: all that was run: job file, fault plan, switched-on fixes, simulated device ('' is the default one),",
      "bound (what the jobs were cut down to) and seed (null: blocks, directions and errors are in the schedule).",
      "schedule: which alternative was taken wherever there were several. baseline steady: whoever ran last goes on,",
      "else alternative 0; other baselines: drawn from the seed; deviations: [number of the decision, alternative].",
      "identity is a hash of the program, trace_hash one of all steps, checks are parts of it at each step, in hex.",
      "steps: number, task, operation, object, place; every step of the execution (null: too many, shrink it first).",
      "line: the same schedule for a message; it goes with the job file and the options in verdict.replay_command."};
}

Json steps_json(std::string_view trace) {
  const auto count = static_cast<std::size_t>(std::ranges::count(trace, '\n'));
  if (count == 0 || count > kMaxStepsInWords) return nullptr;
  return lines_json(trace.substr(0, trace.size() - 1));
}

}  // namespace

std::string to_witness_file(const Instance& instance, const sim::Witness& witness, std::string_view verdict_json,
                            std::string_view trace) {
  const Json verdict = Json::parse(verdict_json);
  Json json;
  json["schema"] = kSchema;
  json["about"] = about();
  json["found"] = summary_of(verdict);
  const auto line = sim::to_line(witness);
  json["line"] = line ? Json(*line) : Json();
  json["program"] = {{"job", base_name(instance.source.job_path)},
                     {"job_file", lines_json(instance.job_text)},
                     {"fault_plan_name", base_name(instance.source.faults_path)},
                     {"fault_plan", lines_json(instance.faults_text)},
                     {"fixes", instance.fixes.resolved()},
                     {"device", instance.source.device},
                     {"bound", instance.source.bound},
                     {"seed", instance.seed ? Json(number_text(*instance.seed)) : Json()},
                     {"environment", instance.environment}};
  // Only where there is one: older versions know none.
  if (instance.source.latency_text) json["program"]["latency"] = lines_json(*instance.source.latency_text);
  json["schedule"] = schedule_json(witness);
  json["steps"] = steps_json(trace);
  json["verdict"] = verdict;
  // A comment in Latin-1 is no reason to lose a hang. If a byte that mattered is replaced, the identity will not fit.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

bool looks_like_witness_file(std::string_view text) {
  return text.starts_with('{') && text.find("\"zoneknot.witness/") != std::string_view::npos;
}

tl::expected<WitnessFile, InputError> parse_witness_file(std::string_view text, const std::string& file_name) {
  try {
    const Json json = Json::parse(text);
    if (!json.is_object() || !json.contains("schema") || !json["schema"].is_string()) {
      return tl::make_unexpected(InputError{.file = file_name, .message = "is not a witness of zoneknot"});
    }
    if (json["schema"] != kSchema) {
      return tl::make_unexpected(InputError{
          .file = file_name,
          .message =
              "has schema " + tools::in_quotes(json["schema"].get<std::string>()) + ", this program reads " + kSchema});
    }
    return file_of(json);
  } catch (const Json::parse_error& error) {
    return tl::make_unexpected(error_at_byte(text, error.byte, file_name, "is not JSON"));
  } catch (const std::exception&) {
    // A field that is missing, of the wrong type or out of range: which one is of no use to a reader who did not write
    // the file.
    return tl::make_unexpected(InputError{.file = file_name, .message = "is a damaged witness"});
  }
}

}  // namespace zoneknot::tools
