#include "tools/text/nearest_word.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace zoneknot::tools {
namespace {

constexpr std::size_t kMostEdits = 2;

// Levenshtein distance, one row at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string_view> nearest_word(std::string_view typed, std::span<const std::string_view> words) {
  std::optional<std::string_view> nearest;
  std::size_t least = std::min(kMostEdits, typed.size() / 2) + 1;
  for (const std::string_view word : words) {
    const std::size_t lengths = std::max(word.size(), typed.size()) - std::min(word.size(), typed.size());
    if (lengths >= least) continue;
    const std::size_t edits = distance(typed, word);
    if (edits >= least) continue;
    least = edits;
    nearest = word;
  }
  return nearest;
}

std::string did_you_mean(std::string_view typed, std::span<const std::string_view> words) {
  const auto nearest = nearest_word(typed, words);
  return nearest ? " (did you mean '" + std::string(*nearest) + "'?)" : std::string();
}

}  // namespace zoneknot::tools
