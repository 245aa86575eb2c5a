#include "lockcheck/verdict/verdict.h"

#include <algorithm>
#include <array>

namespace zoneknot::lockcheck {
namespace {

struct Word {
  std::string_view name;
  int exit_code;
};

// By VerdictWord.
constexpr std::array<Word, 11> kWords = {{
    {"HANG", 1},
    {"LIVELOCK", 1},
    {"ABORT", 1},
    {"RULE", 1},
    {"EARLY", 1},
    {"LATE", 1},
    {"POSSIBLE", 1},
    {"INCOMPLETE", 3},
    {"PROVED", 0},
    {"VERIFIED", 0},
    {"CLEAN", 0},
}};

const Word& entry_of(VerdictWord word) { return kWords.at(static_cast<std::size_t>(word)); }

}  // namespace

std::string_view word_name(VerdictWord word) { return entry_of(word).name; }

std::optional<VerdictWord> word_named(std::string_view name) {
  const auto* const found = std::ranges::find(kWords, name, &Word::name);
  if (found == kWords.end()) return std::nullopt;
  return static_cast<VerdictWord>(found - kWords.begin());
}

int exit_code(VerdictWord word) { return entry_of(word).exit_code; }

}  // namespace zoneknot::lockcheck
