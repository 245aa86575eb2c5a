#include "core/fix_set.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

namespace zoneknot::core {
namespace {

std::optional<Fix> find_fix(std::string_view name) {
  for (std::size_t i = 0; i < kFixNames.size(); ++i) {
    const bool alias = name.size() == 2 && name[0] == 'F' && name[1] == static_cast<char>('0' + i);
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
  struct Base {
    std::string_view name;
    FixSet set;
  };
  const Base bases[] = {{"series", series()}, {"legacy", legacy()}, {"none", none()}};
  const Base* best = &bases[0];
  for (const Base& base : bases) {
    if (std::popcount(base.set.bits_ ^ bits_) < std::popcount(best->set.bits_ ^ bits_)) best = &base;
  }
  std::string text(best->name);
  for (std::size_t i = 0; i < kFixNames.size(); ++i) {
    const Fix fix = static_cast<Fix>(i);
    if (has(fix) == best->set.has(fix)) continue;
    text += has(fix) ? ",+" : ",-";
    text += kFixNames.at(i);
  }
  return text;
}

}  // namespace zoneknot::core
