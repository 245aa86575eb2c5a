#include "lockcheck/report/page_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "lockcheck/report/report_html_tables.h"
#include "lockcheck/report/report_json.h"
#include "lockcheck/report/report_story.h"
#include "lockcheck/report/words.h"

namespace zoneknot::lockcheck {
namespace {

using Json = nlohmann::ordered_json;

// Numbers for what comes again and again.
template <typename Value>
class NumberedValues {
 public:
  std::size_t number_of(const Value& value) {
    const auto [at, is_new] = numbers_.try_emplace(value, all_.size());
    if (is_new) all_.push_back(value);
    return at->second;
  }
  [[nodiscard]] const std::vector<Value>& all() const { return all_; }

 private:
  std::map<Value, std::size_t> numbers_;
  std::vector<Value> all_;
};

std::string_view step_word(StepsAre steps) {
  static constexpr std::array<std::string_view, 4> kStepWords = {"step", "step", "event", "line"};
  return kStepWords.at(static_cast<std::size_t>(steps));
}

std::int64_t difference(std::uint64_t a, std::uint64_t b) { return static_cast<std::int64_t>(a - b); }

Json packed_zone(const ZoneInRun& zone) {
  Json wp = Json::array();
  std::uint64_t before = 0;
  for (const auto& [step, pointer] : zone.wp) {
    wp.push_back(difference(step, before));
    wp.push_back(difference(pointer, zone.start));
    before = step;
  }
  return {{"zone", zone.zone}, {"start", zone.start}, {"wp", wp}};
}

Json packed(const Verdict& verdict, const RunInVerdict& run) {
  using Kind = std::tuple<int, std::uint32_t, std::uint32_t, bool, std::size_t, std::size_t>;
  NumberedValues<std::string> names;
  NumberedValues<std::pair<std::string, std::string>> places;
  NumberedValues<Kind> kinds;
  Json bars = Json::array();
  std::uint64_t before = 0;
  for (const SpanInRun& span : run.spans) {
    const std::size_t place = places.number_of({span.at.function, place_text(span.at)});
    bars.push_back(kinds.number_of(
        {static_cast<int>(span.kind), span.lane, span.object, span.for_end, names.number_of(span.what), place}));
    bars.push_back(difference(span.from, before));
    bars.push_back(span.open ? -1 : difference(span.to, span.from));
    before = span.from;
  }
  Json json = {{"lanes", run.lanes}, {"steps", run.steps}, {"unit", step_word(run.steps_are)}};
  json["left_out"] = {{"bars", run.left_out.spans}, {"from", run.left_out.from_step}, {"to", run.left_out.to_step}};
  json["left_out"]["whole"] = run.whole;
  json["predicted"] = run.shown == RunShown::predicted;
  json["ended"] = Json::array();
  for (const auto& step : run.ended) json["ended"].push_back(step ? Json(*step) : Json(nullptr));
  json["names"] = names.all();
  json["places"] = Json::array();
  for (const auto& [function, place] : places.all()) {
    const std::string text = function_text(verdict, function);
    json["places"].push_back(fmt::format("{}{}{}", text, text.empty() || place.empty() ? "" : " ", place));
  }
  json["kinds"] = Json::array();
  for (const auto& [kind, lane, object, for_end, name, place] : kinds.all()) {
    const Json what = object == core::kNoId ? Json(nullptr) : Json(object);
    json["kinds"].push_back(Json::array({kind, lane, what, for_end ? 1 : 0, name, place}));
  }
  json["bars"] = std::move(bars);
  json["zones"] = Json::array();
  for (const ZoneInRun& zone : run.zones) json["zones"].push_back(packed_zone(zone));
  return json;
}

// Nothing in it ends the script element that it stands in.
std::string in_script(const Json& json) {
  std::string out;
  for (const char c : json.dump(-1, ' ', true, Json::error_handler_t::replace)) {
    out += c == '<' ? std::string("\\u003c") : std::string(1, c);
  }
  return out;
}

std::string packed_text(const Verdict& verdict, const RunInVerdict& run) { return in_script(packed(verdict, run)); }

// Leaves out what begins from step `begins` on, the earliest of what may go that is not among the `first`, and ends
// until the earliest step by which that is enough. False: there is not enough that may go.
template <typename MayGo>
bool leave_out_between(RunInVerdict& run, std::size_t first, std::size_t too_many, const MayGo& may_go) {
  std::vector<std::uint64_t> begins;
  for (const SpanInRun& span : run.spans) {
    if (may_go(span)) begins.push_back(span.from);
  }
  if (begins.size() < first + too_many || too_many == 0) return too_many == 0;
  LeftOut& out = run.left_out;
  const std::uint64_t begin = out.spans > 0 ? std::min(begins[first], out.from_step) : begins[first];
  std::vector<std::uint64_t> ends;
  for (const SpanInRun& span : run.spans) {
    if (may_go(span) && span.from >= begin) ends.push_back(span.to);
  }
  const auto last = ends.begin() + static_cast<std::ptrdiff_t>(too_many - 1);
  std::ranges::nth_element(ends, last);
  const std::uint64_t end = std::max(*last, out.to_step);
  std::erase_if(run.spans, [&](const SpanInRun& span) {
    const bool goes = may_go(span) && span.from >= begin && span.to <= end;
    if (goes) out.add(span);
    return goes;
  });
  return true;
}

// Steps within which bars were left out have no write pointers but the last one there.
void leave_out_pointers(ZoneInRun& zone, const LeftOut& left_out) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> kept;
  for (const auto& at : zone.wp) {
    const bool inside = left_out.from_step < at.first && at.first <= left_out.to_step;
    const bool same_gap = inside && !kept.empty() && left_out.from_step < kept.back().first;
    same_gap ? static_cast<void>(kept.back() = at) : kept.push_back(at);
  }
  zone.wp = std::move(kept);
}

}  // namespace

std::string page_facts(const Verdict& verdict) {
  const Json all = Json::parse(to_json(verdict));
  Json facts;
  for (const char* field : {"verdict", "job", "fix_set", "tasks", "zones", "point_of_no_return"}) {
    facts[field] = all.at(field);
  }
  facts["concerned"] = tasks_concerned(verdict);
  const auto& steps = verdict.scene.steps_to_hang;
  facts["last_step"] = steps.empty() ? 1 : steps.back().step;
  return in_script(facts);
}

void leave_out_middle(RunInVerdict& run, std::size_t most) {
  if (run.spans.size() <= most) return;
  const std::size_t too_many = run.spans.size() - most;
  const std::size_t first = most / 4;  // the end is worth more than the beginning
  if (!leave_out_between(run, first, too_many, [](const SpanInRun& span) { return !span.open && !span.needed; })) {
    run.whole.clear();
    if (!leave_out_between(run, 0, too_many, [](const SpanInRun& span) { return !span.open; })) {
      leave_out_between(run, 0, too_many, [](const SpanInRun&) { return true; });
    }
  }
  for (ZoneInRun& zone : run.zones) leave_out_pointers(zone, run.left_out);
}

std::string page_run(const Verdict& verdict, RunInVerdict run, std::size_t most_bytes) {
  std::string text = packed_text(verdict, run);
  while (text.size() > most_bytes && run.spans.size() > 1) {
    const double share = 0.95 * static_cast<double>(most_bytes) / static_cast<double>(text.size());
    leave_out_middle(run,
                     std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(run.spans.size()))));
    text = packed_text(verdict, run);
  }
  return text;
}

}  // namespace zoneknot::lockcheck
