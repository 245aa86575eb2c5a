#include "core/fix_set.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "core/fix_table.h"

namespace zoneknot::core {
namespace {

constexpr unsigned kOldestRelease = 18;  // of fio 3

// What is said of a release that there is no preset for; nothing: the text is not about a release.
std::optional<std::string> unknown_release(std::string_view text) {
  if (!text.starts_with("fio-")) return std::nullopt;
  const std::string message = "unknown release '" + std::string(text) + "': ";
  const std::string newest = presets()[presets().size() - 2].name;
  const std::string oldest = "fio-3." + std::to_string(kOldestRelease);
  const std::string known = " (known: " + oldest + " … " + newest + ", fio-newest)";
  unsigned major = 0;
  unsigned minor = 0;
  const char* const end = text.data() + text.size();
  const auto [after_major, no_major] = std::from_chars(text.data() + 4, end, major);
  if (no_major != std::errc() || major < 2) return message + "the nearest are " + newest + " and fio-newest" + known;
  const bool dotted = after_major != end && *after_major == '.';
  if (dotted) std::from_chars(after_major + 1, end, minor);
  if (major == 3 && dotted && minor >= kOldestRelease) {
    const std::string nearest = "fio-3." + std::to_string(minor);
    if (find_preset(nearest) != nullptr) return message + "the nearest is " + nearest + known;
  }
  const bool later = major > 3 || (major == 3 && minor >= kOldestRelease);
  if (later) return message + "the nearest are " + newest + " and fio-newest" + known;
  return message + "the nearest are " + oldest + " and legacy" + known;
}

// A base and the switches that differ from it.
std::string text_from(std::string_view base_name, FixSet base, FixSet set, bool former_names) {
  std::string text(base_name);
  for (const Fix fix : base.differing(set).list()) {
    text += set.has(fix) ? ",+" : ",-";
    text += former_names && fix == Fix::find_lock ? "find-zone-trylock" : row_of(fix).name;
  }
  return text;
}

}  // namespace

FixSet FixSet::standard() { return presets().back().set; }

std::vector<Fix> FixSet::list() const {
  std::vector<Fix> fixes;
  for (std::size_t i = 0; i < kFixCount; ++i) {
    if (has(static_cast<Fix>(i))) fixes.push_back(static_cast<Fix>(i));
  }
  return fixes;
}

tl::expected<FixSet, std::string> FixSet::parse(std::string_view text) {
  FixSet set = standard();
  FixSet named = none();
  bool first = true;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    begin = end + 1;
    if (std::exchange(first, false)) {
      if (const Preset* preset = find_preset(part); preset != nullptr) {
        set = preset->set;
        continue;
      }
      if (auto message = unknown_release(part)) return tl::make_unexpected(*std::move(message));
    }
    const char sign = part.empty() ? '\0' : part.front();
    const auto fix = sign == '+' || sign == '-' ? find_fix(part.substr(1)) : std::nullopt;
    if (!fix) {
      return tl::make_unexpected("unknown fix set part '" + std::string(part) +
                                 "': expected none, legacy, series or a release (fio-3.18 … fio-newest), then +NAME or "
                                 "-NAME");
    }
    if (named.has(*fix)) return tl::make_unexpected("fix '" + std::string(part.substr(1)) + "' is named twice");
    named = named.with(*fix);
    set = sign == '+' ? set.with(*fix) : set.without(*fix);
  }
  if (auto why = contradiction(set)) {
    return tl::make_unexpected("the set '" + std::string(text) + "' contradicts itself: " + *why);
  }
  return set;
}

std::string FixSet::to_string() const {
  std::string_view name = "series";
  FixSet base = series();
  const auto consider = [&](std::string_view other_name, FixSet other) {
    if (other.differing(*this).count() >= base.differing(*this).count()) return;
    name = other_name;
    base = other;
  };
  consider("legacy", legacy());
  consider("none", none());
  // Releases that behave alike go by the name of the last one; fio-newest is a name that moves.
  for (std::size_t i = presets().size() - 1; i-- > 0;) consider(presets()[i].name, presets()[i].set);
  return text_from(name, base, *this, false);
}

std::string FixSet::resolved() const {
  std::string_view name = "series";
  FixSet base = series();
  for (const auto& [other_name, other] : {std::pair("legacy", legacy()), std::pair("none", none())}) {
    if (other.differing(*this).count() >= base.differing(*this).count()) continue;
    name = other_name;
    base = other;
  }
  return text_from(name, base, *this, true);
}

}  // namespace zoneknot::core
