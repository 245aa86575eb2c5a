#include "tools/release/releases.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "core/fix_table.h"
#include "tools/option/fixes_option.h"

namespace zoneknot::tools {
namespace {

constexpr std::string_view kPrefix = "fio-";

// The releases among the presets, oldest first.
std::span<const core::Preset> releases() {
  const std::span<const core::Preset> all = core::presets();
  const auto first =
      std::ranges::find_if(all, [](const core::Preset& preset) { return preset.name.starts_with(kPrefix); });
  return all.subspan(static_cast<std::size_t>(first - all.begin()));
}

std::string with_prefix(std::string_view name) {
  return name.starts_with(kPrefix) ? std::string(name) : std::string(kPrefix) + std::string(name);
}

tl::expected<std::size_t, InputError> place_of(const std::string& name, const std::string& option) {
  const std::string full = with_prefix(name);
  const auto found = std::ranges::find(releases(), full, &core::Preset::name);
  if (found != releases().end()) return static_cast<std::size_t>(found - releases().begin());
  auto error = parse_fixes(full);
  return tl::make_unexpected(InputError{
      .file = option, .message = error ? in_quotes(name) + " is no release" : std::move(error.error().message)});
}

// "fio-3.30 to 3.33", "fio-3.24, 3.25".
std::string label_of(const std::vector<std::string>& names) {
  if (names.size() == 1) return names.front();
  const std::string last = names.back().substr(kPrefix.size());
  return names.front() + (names.size() == 2 ? ", " : " to ") + last;
}

}  // namespace

ReleaseRow row_named(const std::string& name, core::FixSet fixes) {
  const bool release = std::ranges::find(releases(), name, &core::Preset::name) != releases().end();
  if (!release) return {.label = fixes.to_string(), .names = {}, .fixes = fixes};
  return {.label = name, .names = {name}, .fixes = fixes};
}

tl::expected<std::vector<ReleaseRow>, InputError> releases_between(const std::string& from, const std::string& to,
                                                                   const std::string& option) {
  const auto first = place_of(from, option == "--releases" ? option : "--from");
  if (!first) return tl::make_unexpected(first.error());
  const auto last = place_of(to, option == "--releases" ? option : "--to");
  if (!last) return tl::make_unexpected(last.error());
  if (*first > *last) {
    return tl::make_unexpected(
        InputError{.file = option, .message = with_prefix(from) + " is newer than " + with_prefix(to)});
  }
  std::vector<ReleaseRow> rows;
  for (const core::Preset& preset : releases().subspan(*first, *last - *first + 1)) {
    if (rows.empty() || rows.back().fixes != preset.set)
      rows.push_back({.label = {}, .names = {}, .fixes = preset.set});
    rows.back().names.push_back(preset.name);
    rows.back().label = label_of(rows.back().names);
  }
  return rows;
}

tl::expected<std::vector<ReleaseRow>, InputError> releases_of(const std::string& range, const std::string& option) {
  if (range.empty()) return releases_between(releases().front().name, releases().back().name, option);
  // "fio-3.26-fio-3.33": the dash that is not behind "fio".
  const std::size_t start = range.starts_with(kPrefix) ? kPrefix.size() : 0;
  const std::size_t dash = range.find('-', start);
  if (dash == std::string::npos) return releases_between(range, range, option);
  return releases_between(range.substr(0, dash), range.substr(dash + 1), option);
}

}  // namespace zoneknot::tools
