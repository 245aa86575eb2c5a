#include "lockcheck/report/report_html_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "lockcheck/report/html_text.h"
#include "lockcheck/report/report_predictions.h"
#include "lockcheck/report/report_scene.h"
#include "lockcheck/report/report_story.h"
#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

using Lines = std::vector<std::string>;  // of one cell

constexpr std::size_t kPredictionsInTables = 8;
constexpr std::size_t kLinksInTables = 64;

std::string table_row(const std::vector<Lines>& cells, const char* element) {
  std::string out = "<tr>";
  for (const Lines& lines : cells) {
    out += fmt::format("<{}>", element);
    for (std::size_t i = 0; i < lines.size(); ++i) out += (i == 0 ? "" : "<br>") + html_escaped(lines[i]);
    out += fmt::format("</{}>", element);
  }
  return out + "</tr>\n";
}

std::string head_row(const std::vector<std::string>& names) {
  std::vector<Lines> cells;
  cells.reserve(names.size());
  for (const std::string& name : names) cells.push_back({name});
  return table_row(cells, "th");
}

std::string with_blank(const std::string& first, const std::string& second) {
  return first.empty() || second.empty() ? first + second : first + " " + second;
}

// "zbd.c:1061 in convert_to_open_zone", and from where that was called.
Lines place_lines(const Verdict& verdict, const Place& place) {
  Lines lines = {with_blank(function_text(verdict, place.function), place_text(place))};
  if (lines.front().empty()) lines.front() = "not known";
  for (const Place& caller : place.callers) {
    lines.push_back("called from " + with_blank(caller.function, place_text(caller)));
  }
  return lines;
}

void append(Lines& to, const Lines& lines) { to.insert(to.end(), lines.begin(), lines.end()); }

std::string whose(const TaskInVerdict& task) {
  std::string names = task.owner.name;
  for (const auto* others : {&task.unit_holders, &task.readers, &task.writers}) {
    for (const TaskRef& other : *others) names += (names.empty() ? "" : ", ") + other.name;
  }
  if (names.empty()) return task.by_anybody ? "nobody is left to give it" : "";
  return names;
}

Lines holds_of(const Verdict& verdict, const TaskInVerdict& task) {
  Lines lines;
  const std::size_t shown = std::min(task.holds.size(), kHoldsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const HeldLock& held = task.holds[i];
    const std::string times = held.count > 1 ? fmt::format(", {} times (the lock is recursive)", held.count) : "";
    const std::vector<PlaceOfHold> places = places_of(held);
    lines.push_back(held.lock.name + (held.lock.shared ? " (shared)" : "") + times + ", taken in");
    if (places.empty()) append(lines, place_lines(verdict, held.since));
    for (const PlaceOfHold& place : places) {
      Lines at = place_lines(verdict, *place.place);
      if (place.count > 1) at.front() += fmt::format(" ({} times)", place.count);
      append(lines, at);
    }
  }
  if (shown < task.holds.size()) lines.push_back("and " + counted(task.holds.size() - shown, "more lock"));
  if (lines.empty()) lines.emplace_back("nothing");
  return lines;
}

std::string stuck_table(const Verdict& verdict) {
  const auto core = core_of(verdict);
  if (core.empty()) return {};
  std::string out = "<h2>Who waits for ever</h2>\n<div class=\"wide\"><table id=\"stuck\">\n" +
                    head_row({"task", "waits for", "which is with", "where it waits", "owns"});
  for (const TaskInVerdict* task : core) {
    out += table_row({{task->task.name},
                      {awaited_text(task->waits_for)},
                      {whose(*task)},
                      place_lines(verdict, task->place),
                      holds_of(verdict, *task)},
                     "td");
  }
  for (const TaskInVerdict& task : verdict.scene.tasks) {
    const bool left_behind = task.standing == TaskStanding::ended && !task.holds.empty();
    if (left_behind) out += table_row({{task.task.name}, {"has ended"}, {}, {}, holds_of(verdict, task)}, "td");
  }
  return out + "</table></div>\n";
}

// A place, and which event of the trace was there.
Lines seen_lines(const Verdict& verdict, const Place& place, std::uint64_t at) {
  Lines lines = place_lines(verdict, place);
  if (at > 0) lines.front() += fmt::format(" ({} {})", verdict.order.counts_lines ? "line" : "event", at);
  return lines;
}

std::string predictions_table(const Verdict& verdict) {
  const auto& predictions = verdict.order.predictions;
  if (predictions.empty() || verdict.word == VerdictWord::hang) return {};
  std::string out = "<h2>Deadlocks that are predicted</h2>\n";
  const std::size_t shown = std::min(predictions.size(), kPredictionsInTables);
  for (std::size_t i = 0; i < shown; ++i) {
    const PredictionInVerdict& prediction = predictions[i];
    out += fmt::format("<p>{}: {} ({}: {})</p>\n<div class=\"wide\"><table class=\"prediction\">\n", i + 1,
                       html_escaped(prediction_text(prediction)), status_name(prediction.status),
                       html_escaped(status_meaning(prediction.status)));
    out += head_row({"task", "has", "taken in", "then asks for", "where"});
    const std::size_t links = std::min(prediction.links.size(), kLinksInTables);
    for (std::size_t j = 0; j < links; ++j) {
      const LinkInVerdict& link = prediction.links[j];
      const LinkSeen seen = j < prediction.seen.size() ? prediction.seen[j] : LinkSeen();
      out += table_row({{link.task.name},
                        {owned_text(link.owns)},
                        seen_lines(verdict, link.owned_at, seen.owned_at),
                        {awaited_text(link.waits_for)},
                        seen_lines(verdict, link.asked_at, seen.asked_at)},
                       "td");
    }
    if (links < prediction.links.size()) {
      out += table_row({{"and " + counted(prediction.links.size() - links, "more task")}}, "td");
    }
    out += "</table></div>\n";
  }
  if (shown < predictions.size()) {
    out += fmt::format("<p>{}, in the report below.</p>\n", counted(predictions.size() - shown, "more prediction"));
  }
  return out;
}

std::string cycle_table(const Verdict& verdict) {
  if (verdict.scene.cycle.empty()) return {};
  std::string out = "<h2>Who goes round without getting on</h2>\n<div class=\"wide\"><table id=\"cycle\">\n" +
                    head_row({"task", "where"});
  for (const TaskAtPlace& task : verdict.scene.cycle) {
    out += table_row({{task.task}, place_lines(verdict, task.place)}, "td");
  }
  return out + "</table></div>\n";
}

std::string rules_table(const Verdict& verdict) {
  if (verdict.scene.rules.empty()) return {};
  std::string out = "<h2>Rules that were broken</h2>\n<div class=\"wide\"><table id=\"rules\">\n" +
                    head_row({"rule", "by", "what happened", "where", "times in all"});
  std::vector<RuleInVerdict> rules = verdict.scene.rules;
  const auto in_knot = [](const RuleInVerdict& rule) { return rule.in_knot.has_value(); };
  std::vector<RuleInVerdict> first;
  std::ranges::copy_if(rules, std::back_inserter(first), in_knot);
  std::erase_if(rules, in_knot);
  rules.insert(rules.begin(), first.begin(), first.end());
  for (const RuleInVerdict& broken : rules) {
    const auto& knot = broken.in_knot;
    const std::string step = !knot ? "" : knot->step ? fmt::format(" (in step {})", *knot->step) : " (in the end)";
    Lines what = {knot ? knot->what + step : broken.what};
    const bool other_first = knot && (knot->task != broken.task || knot->what != broken.what);
    if (other_first) what.push_back(fmt::format("the first time {} {}", broken.task.name, broken.what));
    out += table_row({{fmt::format("{}: {}", rule_name(broken.rule), rule_meaning(broken.rule))},
                      {knot ? knot->task.name : broken.task.name},
                      what,
                      place_lines(verdict, broken.place),
                      {grouped(broken.count)}},
                     "td");
  }
  return out + "</table></div>\n";
}

std::string zones_table(const Verdict& verdict) {
  if (verdict.scene.zones.empty()) return {};
  std::string out =
      "<h2>The zones that it is about</h2>\n<div class=\"wide\"><table id=\"zones-at-the-end\">\n" +
      head_row({"zone", "owner", "condition", "starts at byte", "write pointer", "I/Os that keep it locked"});
  for (const ZoneInVerdict& zone : verdict.scene.zones) {
    const bool past_start = zone.wp >= zone.start;
    out += table_row({{zone.zone},
                      {zone.owner.none() ? "nobody" : zone.owner.name},
                      {zone.condition},
                      {grouped(zone.start)},
                      {past_start ? "start + " + grouped(zone.wp - zone.start) : grouped(zone.wp)},
                      {std::to_string(unput_of(verdict, zone))}},
                     "td");
  }
  return out +
         "</table></div>\n<p class=\"faint\">An I/O keeps its zone locked for its job until it has been reaped (its "
         "completion was taken in) and put (given back).</p>\n";
}

}  // namespace

std::vector<std::string> tasks_concerned(const Verdict& verdict) {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const TaskInVerdict* task : core_of(verdict)) add(task->task.name);
  if (!names.empty()) return names;
  for (const TaskAtPlace& task : verdict.scene.cycle) add(task.task);
  const std::size_t shown = std::min(verdict.order.predictions.size(), kPredictionsInTables);
  for (std::size_t i = 0; i < shown; ++i) {
    for (const LinkInVerdict& link : verdict.order.predictions[i].links) add(link.task.name);
  }
  return names;
}

std::string html_tables(const Verdict& verdict) {
  return stuck_table(verdict) + zones_table(verdict) + cycle_table(verdict) + predictions_table(verdict) +
         rules_table(verdict);
}

}  // namespace zoneknot::lockcheck
