// What the switches of a FixSet are called, what they do and need, and the presets: one table, from which the command's
// words and docs/fio-releases.md are made. Constant; any thread may read it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/fix_set.h"

namespace zoneknot::core {

struct FixRow {
  Fix fix;
  std::string_view name;             // "reset-lock"
  std::string_view alias;            // "G1"; empty: has none
  std::string_view since;            // the first release that has it: "3.20"; "patch 1" of the series; empty: none
  std::string_view routine;          // where it is read: "reset_zones"; several are separated by ", "
  std::string_view on;               // what is done with it
  std::string_view off;              // and without
  FixSet needs = FixSet::none();     // without these it says nothing
  FixSet replaces = FixSet::none();  // the other way of doing the same: only one of them can be on
};

// By Fix.
[[nodiscard]] std::span<const FixRow> fix_table();
[[nodiscard]] const FixRow& row_of(Fix fix);
// By name or alias; what it was called before counts.
[[nodiscard]] std::optional<Fix> find_fix(std::string_view name);

struct Preset {
  std::string name;       // "fio-3.33"
  std::string_view date;  // of the release; empty: none
  FixSet set;
};
// none, legacy, series, then the releases, oldest first, and fio-newest.
[[nodiscard]] std::span<const Preset> presets();
[[nodiscard]] const Preset* find_preset(std::string_view name);

// Why a set is no program: a switch that needs another, or two that replace each other. One line without a full stop.
[[nodiscard]] std::optional<std::string> contradiction(FixSet set);

// `set` with one switch turned the other way: on, together with all it needs and instead of what it replaces; off,
// together with all that need it.
[[nodiscard]] FixSet turned(FixSet set, Fix fix);

}  // namespace zoneknot::core
