#include "tools/option/fixes_option.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/fix_table.h"
#include "tools/option/installed_fio.h"
#include "tools/text/nearest_word.h"

namespace zoneknot::tools {
namespace {

constexpr std::string_view kInstalled = "fio";

bool is_known(std::string_view part) {
  const bool sign = part.starts_with('+') || part.starts_with('-');
  return sign ? core::find_fix(part.substr(1)).has_value() : core::find_preset(part) != nullptr;
}

// The first part of a list that names neither a preset nor, behind a sign, a switch; empty: each names something.
std::string_view unknown_part(std::string_view text) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    if (!is_known(part)) return part;
    begin = end + 1;
  }
  return {};
}

// With the sign that was typed; a name without one is meant to have it.
std::string suggestion(std::string_view part) {
  const bool sign = part.starts_with('+') || part.starts_with('-');
  const std::string_view name = sign ? part.substr(1) : part;
  if (name.starts_with("fio-")) return "";  // the nearest releases were named
  if (!sign && core::find_fix(name)) {
    return " (did you mean '+" + std::string(name) + "' or '-" + std::string(name) + "'?)";
  }
  std::vector<std::string_view> names;
  for (const core::FixRow& row : core::fix_table()) names.push_back(row.name);
  if (sign) return did_you_mean(name, names);
  for (const core::Preset& preset : core::presets()) names.emplace_back(preset.name);
  return did_you_mean(name, names);
}

}  // namespace

tl::expected<core::FixSet, InputError> parse_fixes(const std::string& typed) {
  std::string text = typed;
  if (text == kInstalled || text.starts_with("fio,")) {
    const auto version = installed_fio();
    if (!version) return tl::unexpected(InputError{.file = "--fixes", .message = "fio: " + version.error()});
    text = preset_of_version(*version) + text.substr(kInstalled.size());
  }
  auto fixes = core::FixSet::parse(text);
  if (fixes) return *fixes;
  return tl::unexpected(InputError{.file = "--fixes", .message = fixes.error() + suggestion(unknown_part(text))});
}

}  // namespace zoneknot::tools
