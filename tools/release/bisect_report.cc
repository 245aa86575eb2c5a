#include "tools/release/bisect_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/fix_table.h"
#include "lockcheck/text/columns.h"
#include "tools/text/shell_word.h"

namespace zoneknot::tools {
namespace {

using Json = nlohmann::ordered_json;
using lockcheck::column;
using lockcheck::counted;
using lockcheck::grouped;
using lockcheck::hanging;
using lockcheck::line;

std::string in_words(const std::string& answer) { return answer == kNothingFound ? "nothing found" : answer; }

const std::string& last_of(const ReleaseRow& row) { return row.names.back(); }
const std::string& first_of(const ReleaseRow& row) { return row.names.front(); }

// "F3 zone-lock".
std::string name_of(core::Fix fix) {
  const core::FixRow& row = core::row_of(fix);
  return (row.alias.empty() ? "" : std::string(row.alias) + " ") + std::string(row.name);
}

std::string text_of_switch(core::Fix fix, bool on) {
  const core::FixRow& row = core::row_of(fix);
  return hanging(on ? "  on   " : "  off  ", fmt::format("{}, in {}: {}; before: {}", name_of(fix), row.routine,
                                                         on ? row.on : row.off, on ? row.off : row.on));
}

std::string how_small(const Change& change) {
  if (change.switches.empty()) return "  Which switches do it was not found.\n";
  const std::string tried = fmt::format("{} asked", counted(change.sets, "set"));
  if (change.smallest) return fmt::format("  No smaller set of switches does it ({}).\n", tried);
  return hanging("  ",
                 fmt::format("Without any one of them it is not that; not all smaller sets were tried ({}).", tried));
}

std::string text_of_side(const char* side, const ReleaseRow& row, const ReleaseFound& found) {
  std::string text = hanging(fmt::format("  {}  ", side), first_of(row) + ": " + found.headline);
  if (!found.replay_command.empty()) text += "          " + found.replay_command + "\n";
  return text;
}

// How a schedule that shows something goes on where that is not found.
std::string text_of_departure(const ReleaseFound& found, const ReleaseRow& other) {
  if (found.file.empty()) return {};
  return fmt::format("  what the other does on the same schedule\n          {} replay {} --fixes={}\n", program_word(),
                     shell_word(found.file), first_of(other));
}

std::string text_of(const Change& change, const Bisected& bisected) {
  const ReleaseRow& from = bisected.rows[change.from];
  const ReleaseRow& to = bisected.rows[change.to];
  std::string text = "\n" + line(fmt::format("{} to {}: {}, then {}", last_of(from), first_of(to),
                                             in_words(change.before), in_words(change.after)));
  for (const core::Fix fix : change.switches) text += text_of_switch(fix, to.fixes.has(fix));
  text += how_small(change);
  const ReleaseFound& before = bisected.found[change.from];
  const ReleaseFound& after = bisected.found[change.to];
  text += text_of_side("before", from, before) + text_of_side("after ", to, after);
  if (change.after == kNothingFound) text += text_of_departure(before, to);
  if (change.before == kNothingFound) text += text_of_departure(after, from);
  return text;
}

std::string text_of_rows(const Bisected& bisected) {
  std::string text;
  for (std::size_t i = 0; i < bisected.found.size(); ++i) {
    text += line(column(bisected.rows[i].label, 20) + bisected.found[i].cell);
  }
  return text;
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json json_of_release(const ReleaseRow& row, const ReleaseFound& found, const std::string& answer) {
  return {{"releases", row.names},
          {"fix_set", row.fixes.to_string()},
          {"verdict", answer},
          {"cell", found.cell},
          {"headline", found.headline},
          {"witness", or_null(found.witness)},
          {"witness_file", or_null(found.file)},
          {"replay_command", or_null(found.replay_command)}};
}

Json json_of(const Change& change, const Bisected& bisected) {
  const ReleaseRow& to = bisected.rows[change.to];
  Json switches = Json::array();
  for (const core::Fix fix : change.switches) {
    const core::FixRow& row = core::row_of(fix);
    switches.push_back({{"name", row.name},
                        {"alias", or_null(std::string(row.alias))},
                        {"turned", to.fixes.has(fix) ? "on" : "off"},
                        {"routine", row.routine}});
  }
  return {{"from", last_of(bisected.rows[change.from])},
          {"to", first_of(to)},
          {"before", change.before},
          {"after", change.after},
          {"switches", switches},
          {"smallest", change.smallest},
          {"sets_asked", change.sets}};
}

}  // namespace

std::string bisect_headline(const Bisected& bisected) {
  const History& history = bisected.history;
  if (history.answers.empty()) return "INCOMPLETE: stopped before an answer";
  if (history.changes.empty()) {
    const std::size_t last = history.answers.size() - 1;
    return fmt::format("{} from {} to {}", in_words(history.answers.front()), first_of(bisected.rows.front()),
                       last_of(bisected.rows[last]));
  }
  std::string text = fmt::format("{} until {}", in_words(history.answers.front()),
                                 last_of(bisected.rows[history.changes.front().from]));
  for (const Change& change : history.changes) {
    text += fmt::format(", {} since {}", in_words(change.after), first_of(bisected.rows[change.to]));
  }
  return text;
}

std::string bisect_text(const Bisected& bisected) {
  const std::string bar(lockcheck::kReportWidth, '=');
  std::string text =
      bar + "\n" + hanging("", bisect_headline(bisected)) + std::string(lockcheck::kReportWidth, '-') + "\n";
  text += hanging("job       ", bisected.job);
  text += hanging("device    ", bisected.device);
  text += hanging("searched  ",
                  fmt::format("at most {} for each set of switches", counted(bisected.executions, "execution")));
  if (bisected.stopped) text += hanging("stopped   ", "before everything was asked");
  text += "\n" + text_of_rows(bisected);
  for (const Change& change : bisected.history.changes) text += text_of(change, bisected);
  return text + bar + "\n";
}

std::string bisect_json(const Bisected& bisected) {
  Json releases = Json::array();
  for (std::size_t i = 0; i < bisected.found.size() && i < bisected.history.answers.size(); ++i) {
    releases.push_back(json_of_release(bisected.rows[i], bisected.found[i], bisected.history.answers[i]));
  }
  Json changes = Json::array();
  for (const Change& change : bisected.history.changes) changes.push_back(json_of(change, bisected));
  const Json json = {{"schema", "zoneknot.bisect/1"},     {"job", bisected.job},
                     {"device", bisected.device},         {"headline", bisect_headline(bisected)},
                     {"executions", bisected.executions}, {"stopped", bisected.stopped},
                     {"releases", std::move(releases)},   {"changes", std::move(changes)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace zoneknot::tools
