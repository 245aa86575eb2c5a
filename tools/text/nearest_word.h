// "Did you mean": the known word that a user who mistyped has probably meant. Pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace zoneknot::tools {

// The first of `words` with the fewest insertions, deletions and replacements from `typed`, at most two of them and
// one for two letters of `typed`; nothing if there is none.
std::optional<std::string_view> nearest_word(std::string_view typed, std::span<const std::string_view> words);

// " (did you mean 'bs'?)", or nothing.
std::string did_you_mean(std::string_view typed, std::span<const std::string_view> words);

}  // namespace zoneknot::tools
