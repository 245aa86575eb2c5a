#include "lockcheck/report/report_sarif.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>

#include "lockcheck/report/report_scene.h"
#include "lockcheck/report/report_story.h"
#include "lockcheck/report/report_text.h"
#include "lockcheck/report/words.h"

namespace zoneknot::lockcheck {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "https://json.schemastore.org/sarif-2.1.0.json";

// A path as a reference; of an absolute one it has to have a scheme.
std::string as_uri(const std::string& path) {
  constexpr std::string_view kPlain = "-._~/!$&'()*+,;=@";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte < 0x80 && (std::isalnum(byte) != 0 || kPlain.find(c) != std::string_view::npos);
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return uri;
}

// Each once: the format asks for that.
Json distinct(const Json& all) {
  Json kept = Json::array();
  for (const Json& each : all) {
    if (std::ranges::find(kept, each) == kept.end()) kept.push_back(each);
  }
  return kept;
}

Json location_of(const Place& place, const std::string& says) {
  Json location = {{"message", {{"text", says}}}};
  if (!place.file.empty()) {
    location["physicalLocation"] = {{"artifactLocation", {{"uri", as_uri(place.file)}}}};
    if (place.line > 0) location["physicalLocation"]["region"] = {{"startLine", place.line}};
  }
  if (!place.function.empty()) {
    location["logicalLocations"] = Json::array({{{"name", place.function}, {"kind", "function"}}});
  }
  return location;
}

class Findings {
 public:
  void add(const std::string& rule, const std::string& meaning, const char* level, const std::string& text,
           Json locations, const Json& related = Json::array()) {
    if (rules_seen_.insert(rule).second) {
      rules_.push_back({{"id", rule}, {"shortDescription", {{"text", meaning}}}});
    }
    Json result = {{"ruleId", rule}, {"level", level}, {"message", {{"text", text}}}};
    if (!locations.empty()) result["locations"] = std::move(locations);
    if (!related.empty()) result["relatedLocations"] = distinct(related);
    results_.push_back(std::move(result));
  }

  [[nodiscard]] const Json& rules() const { return rules_; }
  [[nodiscard]] const Json& results() const { return results_; }

 private:
  std::set<std::string> rules_seen_;
  Json rules_ = Json::array();
  Json results_ = Json::array();
};

// The place of the first wait is that of the finding; code hosts show one.
void add_hang(const Verdict& verdict, Findings& findings) {
  Json waits = Json::array();
  Json others = Json::array();
  for (const TaskInVerdict* task : core_of(verdict)) {
    Json wait =
        location_of(task->place, fmt::format("{} waits for {}", task->task.name, awaited_text(task->waits_for)));
    (waits.empty() ? waits : others).push_back(std::move(wait));
    for (const HeldLock& held : task->holds) {
      others.push_back(location_of(held.since, fmt::format("{} owns {}", task->task.name, held.lock.name)));
    }
  }
  const std::string told = story(verdict);
  findings.add("hang", "tasks wait for ever", "error", headline(verdict) + (told.empty() ? "" : ". " + told),
               std::move(waits), others);
}

void add_prediction(const PredictionInVerdict& prediction, Findings& findings) {
  Json asked = Json::array();
  Json others = Json::array();
  for (const LinkInVerdict& link : prediction.links) {
    const std::string says =
        fmt::format("{} waits for {} with {}", link.task.name, awaited_text(link.waits_for), owned_text(link.owns));
    (asked.empty() ? asked : others).push_back(location_of(link.asked_at, says));
    others.push_back(location_of(link.owned_at, fmt::format("{} takes {}", link.task.name, owned_text(link.owns))));
  }
  findings.add("deadlock-predicted", "tasks could wait on each other", "warning",
               fmt::format("{} ({})", prediction_text(prediction), status_name(prediction.status)), std::move(asked),
               others);
}

}  // namespace

std::string to_sarif(const Verdict& verdict) {
  Findings findings;
  if (verdict.word == VerdictWord::hang) add_hang(verdict, findings);
  if (verdict.word == VerdictWord::livelock) {
    Json places = Json::array();
    for (const TaskAtPlace& task : verdict.scene.cycle) {
      places.push_back(location_of(task.place, task.task + " goes round here"));
    }
    findings.add("livelock", "tasks go round without progress", "error", headline(verdict), std::move(places));
  }
  for (const RuleInVerdict& rule : verdict.scene.rules) {
    findings.add(fmt::format("rule-{}", rule_name(rule.rule)), std::string(rule_meaning(rule.rule)), "warning",
                 fmt::format("{}: {}", rule.task.name, rule.what), Json::array({location_of(rule.place, rule.what)}));
  }
  for (const PredictionInVerdict& prediction : verdict.order.predictions) {
    // Beside a hang the report does not show what is merely possible either.
    const bool shown = verdict.word == VerdictWord::hang ? prediction.status == PredictionStatus::confirmed
                                                         : prediction.status != PredictionStatus::refuted;
    if (shown) add_prediction(prediction, findings);
  }
  const Json driver = {{"name", "zoneknot"}, {"rules", findings.rules()}};
  Json run = {{"tool", {{"driver", driver}}},
              {"results", findings.results()},
              {"properties", {{"verdict", word_name(verdict.word)}, {"job", verdict.subject.job}}}};
  const Json log = {{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({std::move(run)})}};
  return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace zoneknot::lockcheck
