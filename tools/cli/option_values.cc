#include "tools/cli/option_values.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "tools/text/input_error.h"
#include "tools/text/nearest_word.h"
#include "tools/text/size_text.h"

namespace zoneknot::tools {

std::chrono::milliseconds parse_time(const char* option, const std::string& text) {
  std::size_t used = 0;
  double value = 0;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  const std::string unit = text.substr(used);
  const double factor = unit == "ms"                  ? 1
                        : unit.empty() || unit == "s" ? 1000
                        : unit == "m"                 ? 60000
                        : unit == "h"                 ? 3600000
                                                      : 0;
  if (used == 0 || factor == 0 || !(value >= 0) || value * factor > 1e12) {
    throw CLI::ValidationError(option, in_quotes(text) + " is no time; write for example 500ms, 30s or 2m");
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(value * factor));
}

std::uint64_t parse_bytes(const char* option, const std::string& text) {
  const auto amount = parse_amount(text);
  if (!amount || amount->in_zones || amount->in_percent || amount->number == 0) {
    throw CLI::ValidationError(option, in_quotes(text) + " is no amount of memory; write for example 512m or 4g");
  }
  return amount->number;
}

std::size_t parse_word(const char* option, const std::string& text, std::span<const std::string_view> words) {
  const auto found = std::ranges::find(words, text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string expected;
  for (std::size_t i = 0; i < words.size(); ++i) {
    expected += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + std::string(words[i]);
  }
  throw CLI::ValidationError(option,
                             "unknown word " + in_quotes(text) + did_you_mean(text, words) + ", expected " + expected);
}

}  // namespace zoneknot::tools
