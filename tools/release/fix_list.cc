#include "tools/release/fix_list.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/fix_table.h"
#include "lockcheck/text/columns.h"

namespace zoneknot::tools {
namespace {

using Json = nlohmann::ordered_json;
using core::FixRow;
using core::FixSet;
using lockcheck::column;
using lockcheck::hanging;
using lockcheck::line;

constexpr const char* kSchema = "zoneknot.fixes/1";

std::string names_of(FixSet set) {
  std::string text;
  for (const core::Fix fix : set.list()) {
    const FixRow& row = core::row_of(fix);
    text += (text.empty() ? "" : ", ") + std::string(row.name);
    if (!row.alias.empty()) text += fmt::format(" ({})", row.alias);
  }
  return text;
}

std::string text_of(const FixRow& row) {
  std::string text = line(column(row.alias, 5) + column(row.name, 21) + column(row.since, 9) +
                          (row.routine.size() < 45 ? std::string(row.routine) : ""));
  if (row.routine.size() >= 45) text += hanging("     in   ", row.routine);
  text += hanging("     on   ", row.on);
  text += hanging("     off  ", row.off);
  if (!row.needs.empty()) text += hanging("     needs ", names_of(row.needs));
  if (!row.replaces.empty()) text += hanging("     replaces ", names_of(row.replaces));
  return text;
}

std::string text_of(FixSet set) {
  std::string text;
  for (const core::Fix fix : set.list()) text += text_of(core::row_of(fix));
  return text;
}

// "fio-3.21     2020-07-20  adds limit-in-convert, emulated-empty".
std::string presets_text() {
  std::string text;
  FixSet before = FixSet::none();
  for (const core::Preset& preset : core::presets()) {
    const FixSet on = preset.set.without(before);
    const FixSet off = before.without(preset.set);
    std::string what = on.empty() ? "" : "adds " + names_of(on);
    if (!off.empty()) what += (what.empty() ? "takes " : "; takes ") + names_of(off);
    if (what.empty()) what = preset.set.empty() ? "all off" : "the same";
    text += hanging(column(preset.name, 12) + column(preset.date, 12), what);
    // No release comes after the series by itself.
    before = preset.name == "series" ? FixSet::none() : preset.set;
  }
  return text;
}

Json json_of(FixSet set) {
  Json names = Json::array();
  for (const core::Fix fix : set.list()) names.push_back(core::row_of(fix).name);
  return names;
}

Json json_of(const FixRow& row) {
  const auto or_null = [](std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); };
  return {{"name", row.name},
          {"alias", or_null(row.alias)},
          {"since", or_null(row.since)},
          {"routine", row.routine},
          {"on", row.on},
          {"off", row.off},
          {"needs", json_of(row.needs)},
          {"replaces", json_of(row.replaces)}};
}

Json rows_of(FixSet set) {
  Json rows = Json::array();
  for (const core::Fix fix : set.list()) rows.push_back(json_of(core::row_of(fix)));
  return rows;
}

// Every field, in order: what does not apply is null, lists are always lists.
struct FixesJson {
  Json fix_set{};
  Json presets = Json::array();
  Json switches = Json::array();
  Json from{}, to{};
  Json turned_on = Json::array();
  Json turned_off = Json::array();

  [[nodiscard]] std::string printed() const {
    const Json json = {{"schema", kSchema}, {"fix_set", fix_set}, {"presets", presets},     {"switches", switches},
                       {"from", from},      {"to", to},           {"turned_on", turned_on}, {"turned_off", turned_off}};
    return json.dump(2) + "\n";
  }
};

}  // namespace

std::string fixes_text() {
  std::string text = "Presets, each with what it adds to the one before (--fixes=PRESET, then ,+NAME or\n,-NAME)\n\n" +
                     presets_text() + "\nSwitches: alias, name, since, routine; what is done with it, and without\n\n";
  for (const FixRow& row : core::fix_table()) text += text_of(row);
  return text;
}

std::string fixes_json() {
  FixesJson json;
  for (const core::Preset& preset : core::presets()) {
    json.presets.push_back({{"name", preset.name},
                            {"date", preset.date.empty() ? Json(nullptr) : Json(preset.date)},
                            {"switches", json_of(preset.set)}});
  }
  for (const FixRow& row : core::fix_table()) json.switches.push_back(json_of(row));
  return json.printed();
}

std::string set_text(const NamedSet& set) {
  if (set.set.empty()) return set.name + ": all switches are off\n";
  return fmt::format("{}: {} on\n\n", set.name,
                     lockcheck::counted(static_cast<std::uint64_t>(set.set.count()), "switch")) +
         text_of(set.set);
}

std::string set_json(const NamedSet& set) {
  FixesJson json;
  json.fix_set = set.set.to_string();
  json.switches = rows_of(set.set);
  return json.printed();
}

std::string between_text(const NamedSet& from, const NamedSet& to) {
  const FixSet on = to.set.without(from.set);
  const FixSet off = from.set.without(to.set);
  if (on.empty() && off.empty()) return fmt::format("{} and {} are the same\n", from.name, to.name);
  std::string text;
  if (!on.empty()) text += fmt::format("{} turns on, after {}\n\n{}", to.name, from.name, text_of(on));
  if (!off.empty()) {
    text += fmt::format("{}{} turns off, after {}\n\n{}", text.empty() ? "" : "\n", to.name, from.name, text_of(off));
  }
  return text;
}

std::string between_json(const NamedSet& from, const NamedSet& to) {
  FixesJson json;
  json.from = from.name;
  json.to = to.name;
  json.turned_on = rows_of(to.set.without(from.set));
  json.turned_off = rows_of(from.set.without(to.set));
  return json.printed();
}

}  // namespace zoneknot::tools
