#include "lockcheck/report/run_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "lockcheck/report/words.h"

namespace zoneknot::lockcheck {
namespace {

using Json = nlohmann::ordered_json;

std::string_view kind_text(SpanKind kind) {
  static constexpr std::array<std::string_view, 3> kTexts = {"hold", "wait", "io"};
  return kTexts.at(static_cast<std::size_t>(kind));
}

Json perfetto_event(const char* phase, const SpanInRun& span, std::uint64_t step) {
  return {{"ph", phase}, {"pid", 1}, {"tid", span.lane + 1}, {"ts", step}};
}

// One event, or the two that begin and end what may overlap others of its thread.
void add_events(const SpanInRun& span, std::size_t id, Json& events) {
  const std::string name = (span.kind == SpanKind::wait ? "waits for " : "") + span.what;
  const Json args = {{"place", place_text(span.at)}, {"function", span.at.function}, {"ended", !span.open}};
  if (span.kind == SpanKind::wait) {
    Json event = perfetto_event("X", span, span.from);
    // Another one may follow at the same step; behind one that does not end there is none.
    event.update({{"dur", std::max<std::uint64_t>(span.to - span.from, span.open ? 1 : 0)},
                  {"name", name},
                  {"cat", kind_text(span.kind)},
                  {"args", args}});
    events.push_back(std::move(event));
    return;
  }
  for (const bool begin : {true, false}) {
    Json event = perfetto_event(begin ? "b" : "e", span, begin ? span.from : std::max(span.to, span.from + 1));
    event.update({{"id", id}, {"name", name}, {"cat", kind_text(span.kind)}});
    if (begin) event["args"] = args;
    events.push_back(std::move(event));
  }
}

}  // namespace

std::string to_perfetto(const RunInVerdict& run, const std::string& name) {
  Json events = Json::array();
  events.push_back({{"ph", "M"}, {"pid", 1}, {"name", "process_name"}, {"args", {{"name", name}}}});
  for (std::size_t lane = 0; lane < run.lanes.size(); ++lane) {
    events.push_back(
        {{"ph", "M"}, {"pid", 1}, {"tid", lane + 1}, {"name", "thread_name"}, {"args", {{"name", run.lanes[lane]}}}});
  }
  for (std::size_t i = 0; i < run.spans.size(); ++i) add_events(run.spans[i], i + 1, events);
  for (const ZoneInRun& zone : run.zones) {
    if (zone.wp.size() < 2) continue;
    for (const auto& [step, wp] : zone.wp) {
      events.push_back({{"ph", "C"},
                        {"pid", 1},
                        {"ts", step},
                        {"name", "wp of " + zone.zone},
                        {"args", {{"bytes", wp >= zone.start ? wp - zone.start : 0}}}});
    }
  }
  const Json trace = {{"displayTimeUnit", "ns"}, {"traceEvents", events}};
  return trace.dump(0, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace zoneknot::lockcheck
