#include "core/fix_set.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

namespace zoneknot::core {
namespace {

std::optional<Fix> find_fix(std::string_view name) {
  for (std::size_t i = 0; i < kFixNames.size(); ++i) {
    const bool alias = i < kSeriesFixes && name.size() == 2 && name[0] == 'F' && name[1] == static_cast<char>('0' + i);
    if (alias || name == kFixNames.at(i)) return static_cast<Fix>(i);
  }
  return std::nullopt;
}

}  // namespace

tl::expected<FixSet, std::string> FixSet::parse(std::string_view text) {
  FixSet set = series();
  std::uint32_t named = 0;
  bool first = true;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    begin = end + 1;
    const bool was_first = std::exchange(first, false);
    if (was_first && (part == "none" || part == "legacy" || part == "series")) {
      set = part == "none" ? none() : part == "legacy" ? legacy() : series();
      continue;
    }
    const char sign = part.empty() ? '\0' : part.front();
    const auto fix = sign == '+' || sign == '-' ? find_fix(part.substr(1)) : std::nullopt;
    if (!fix) {
      return tl::make_unexpected("unknown fix set part '" + std::string(part) +
                                 "': expected none, legacy or series, then +NAME or -NAME");
    }
    if (was_first && sign == '+') set = legacy();
    const std::uint32_t bit = 1U << static_cast<unsigned>(*fix);
    if ((named & bit) != 0) return tl::make_unexpected("fix '" + std::string(part.substr(1)) + "' is named twice");
    named |= bit;
    set = sign == '+' ? set.with(*fix) : set.without(*fix);
  }
  return set;
}

std::string FixSet::to_string() const {
  std::string_view name = "series";
  FixSet base = series();
  const auto consider = [&](std::string_view other_name, FixSet other) {
    if (std::popcount(other.bits_ ^ bits_) >= std::popcount(base.bits_ ^ bits_)) return;
    name = other_name;
    base = other;
  };
  consider("legacy", legacy());
  consider("none", none());
  std::string text(name);
  const std::uint32_t differing = base.bits_ ^ bits_;
  for (std::size_t i = 0; i < kFixNames.size(); ++i) {
    if ((differing >> i & 1U) == 0) continue;
    text += has(static_cast<Fix>(i)) ? ",+" : ",-";
    text += kFixNames.at(i);
  }
  return text;
}

}  // namespace zoneknot::core
