#include "tools/option/fixes_option.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "tools/text/nearest_word.h"

namespace zoneknot::tools {
namespace {

// The first part of a list that is a fix set by itself neither alone nor behind a preset.
std::string_view unknown_part(std::string_view text) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    if (!core::FixSet::parse(begin == 0 ? part : "none," + std::string(part))) return part;
    begin = end + 1;
  }
  return {};
}

// With the sign that was typed; a name without one is meant to have it.
std::string suggestion(std::string_view part) {
  const bool sign = part.starts_with('+') || part.starts_with('-');
  const std::string_view name = sign ? part.substr(1) : part;
  std::vector<std::string_view> names(core::kFixNames.begin(), core::kFixNames.end());
  if (sign) return did_you_mean(name, names);
  if (std::ranges::find(names, name) != names.end()) {
    return " (did you mean '+" + std::string(name) + "' or '-" + std::string(name) + "'?)";
  }
  for (const std::string_view preset : {"none", "legacy", "series"}) names.push_back(preset);
  return did_you_mean(name, names);
}

}  // namespace

tl::expected<core::FixSet, InputError> parse_fixes(const std::string& text) {
  auto fixes = core::FixSet::parse(text);
  if (fixes) return *fixes;
  return tl::unexpected(InputError{.file = "--fixes", .message = fixes.error() + suggestion(unknown_part(text))});
}

std::string fix_names() {
  std::string text;
  for (const std::string_view name : core::kFixNames) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace zoneknot::tools
