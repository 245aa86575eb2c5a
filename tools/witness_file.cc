#include "tools/witness_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "sim/baseline.h"

namespace zoneknot::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "zoneknot.witness/1";

std::string base_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

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

// By core::Baseline.
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

Json schedule_json(const sim::Witness& witness) {
  Json deviations = Json::array();
  for (const core::Deviation& deviation : witness.schedule.deviations) {
    deviations.push_back({deviation.decision, deviation.alternative});
  }
  Json checkpoints = Json::array();
  for (const sim::Checkpoint& checkpoint : witness.checkpoints) {
    checkpoints.push_back({checkpoint.decision, number_text(checkpoint.trace_hash)});
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
  json["checkpoints"] = std::move(checkpoints);
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
  const auto by_decision = [](const core::Deviation& a, const core::Deviation& b) { return a.decision < b.decision; };
  if (!std::is_sorted(witness.schedule.deviations.begin(), witness.schedule.deviations.end(), by_decision)) {
    throw std::invalid_argument("deviations out of order");
  }
  witness.decisions = count_of(json.at("decisions"));
  witness.steps = count_of(json.at("steps"));
  witness.trace_hash = number_of(json.at("trace_hash"));
  for (const Json& checkpoint : json.at("checkpoints")) {
    witness.checkpoints.push_back({count_of(checkpoint.at(0)), number_of(checkpoint.at(1))});
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
  file.source.bound = program.at("bound").get<std::string>();
  if (const Json& seed = program.at("seed"); !seed.is_null()) file.source.seed = number_of(seed);
  file.source.environment = program.at("environment").get<std::map<std::string, std::string>>();
  file.job_text = program.at("job_file").get<std::string>();
  file.faults_text = program.at("fault_plan").get<std::string>();
  file.witness = witness_of(json.at("schedule"));
  return file;
}

}  // namespace

std::string to_witness_file(const Instance& instance, const sim::Witness& witness, std::string_view verdict_json) {
  Json json;
  json["schema"] = kSchema;
  json["about"] = "A witness of zoneknot. 'zoneknot replay FILE' runs it again.";
  const auto line = sim::to_line(witness);
  json["line"] = line ? Json(*line) : Json();
  json["program"] = {{"job", base_name(instance.source.job_path)},
                     {"job_file", instance.job_text},
                     {"fault_plan_name", base_name(instance.source.faults_path)},
                     {"fault_plan", instance.faults_text},
                     {"fixes", instance.fixes.to_string()},
                     {"device", instance.source.device},
                     {"bound", instance.source.bound},
                     {"seed", instance.seed ? Json(number_text(*instance.seed)) : Json()},
                     {"environment", instance.environment}};
  json["schedule"] = schedule_json(witness);
  json["verdict"] = Json::parse(verdict_json);
  // A comment in Latin-1 is no reason to lose a hang. If a byte that mattered is replaced, the identity will not fit.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
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
              "has schema " + tools::quoted(json["schema"].get<std::string>()) + ", this program reads " + kSchema});
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
