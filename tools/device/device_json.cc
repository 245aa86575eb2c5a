// What came of commands, and reports of zones, as JSON.
#include <fmt/format.h>

#include "tools/device/player.h"
#include "tools/device/zone_report.h"

namespace zoneknot::tools {
namespace {

std::string json_string(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    const auto code = static_cast<unsigned char>(c);
    json += code < 0x20 ? fmt::format("\\u{:04x}", code) : std::string(1, c);
  }
  return json + "\"";
}

std::string run_json(const BlockRun& run) {
  if (run.found == Found::stamp) {
    return fmt::format(R"({{"blocks": {}, "line": {}, "index": {}}})", run.blocks, run.first.line, run.first.index);
  }
  const char* const what = run.found == Found::zeros ? "zeros" : run.found == Found::ones ? "ones" : "unknown";
  return fmt::format(R"({{"blocks": {}, "is": "{}"}})", run.blocks, what);
}

std::string line_json(const ZoneLine& zone, bool report) {
  std::string json = fmt::format(R"({{"zone": {})", zone.zone);
  if (report) json += fmt::format(R"(, "type": "{}")", zone.conventional ? "CNV" : "SWR");
  json += fmt::format(R"(, "cond": "{}")", zone.condition);
  if (zone.pointer) json += fmt::format(R"(, "wp": {})", *zone.pointer);
  if (report) json += fmt::format(R"(, "cap": {})", zone.capacity);
  return json + "}";
}

template <class Items, class Text>
std::string list_of(const Items& items, const Text& text) {
  std::string json;
  for (const auto& item : items) json += (json.empty() ? "" : ", ") + text(item);
  return "[" + json + "]";
}

}  // namespace

std::string played_json_head(std::string_view target) {
  return R"({"schema": "zoneknot.device-1", "target": )" + json_string(target) + R"(, "commands": [)";
}

std::string played_json(const ScriptCommand& command, const Played& played) {
  std::string json = fmt::format(R"({{"line": {}, "command": {}, "result": "{}")", command.place.line,
                                 json_string(command.text), played.result);
  if (!played.runs.empty()) json += ", \"runs\": " + list_of(played.runs, run_json);
  const auto line = [&](const ZoneLine& zone) { return line_json(zone, played.report); };
  return json + ", \"zones\": " + list_of(played.zones, line) + "}";
}

std::string report_json(const core::DeviceGeometry& geometry, const std::vector<core::ZoneReport>& zones,
                        ConditionFilter filter) {
  std::string json =
      fmt::format(R"({{"schema": "zoneknot.zones-1", "zone_size": {}, "block_size": {}, "nr_zones": {},)"
                  R"( "max_open": {}, "max_active": {}, "zones": [)",
                  geometry.zone_size, geometry.block_size, geometry.nr_zones(), geometry.max_open, geometry.max_active);
  bool first = true;
  for (std::size_t index = 0; index < zones.size(); ++index) {
    const core::ZoneReport& zone = zones[index];
    if (filter && zone.condition != *filter) continue;
    json += first ? "\n" : ",\n";
    first = false;
    json += fmt::format(R"({{"zone": {}, "type": "{}", "cond": "{}", "ofst": {}, "len": {}, "cap": {}, "wp": {}}})",
                        index, zone.type == core::ZoneType::conventional ? "CNV" : "SWR",
                        condition_word(zone.condition), zone.start, zone.length, zone.capacity, zone.wp);
  }
  return json + "\n]}\n";
}

}  // namespace zoneknot::tools
