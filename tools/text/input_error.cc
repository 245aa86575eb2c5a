#include "tools/text/input_error.h"

namespace zoneknot::tools {
namespace {

constexpr std::size_t kLongestQuote = 60;  // bytes

bool is_printable(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '\x7f'; }

}  // namespace

std::string InputError::to_string() const {
  std::string text = file;
  if (line != 0) text += ":" + std::to_string(line);
  if (line != 0 && column != 0) text += ":" + std::to_string(column);
  return printable(text + ": " + message + (release.empty() ? "" : " (" + release + ")"));
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    // U+0080 to U+009F: a terminal may take them for escape sequences.
    const bool second_set = text[i] == '\xc2' && i + 1 < text.size() && (text[i + 1] & '\xe0') == '\x80';
    if (second_set) ++i;
    shown += !second_set && (is_printable(text[i]) || text[i] == '\n') ? text[i] : '?';
  }
  return shown;
}

std::string in_quotes(std::string_view text) {
  std::string shown = "'";
  for (const char c : text.substr(0, kLongestQuote)) shown += is_printable(c) ? c : '?';
  return shown + (text.size() > kLongestQuote ? "…'" : "'");
}

}  // namespace zoneknot::tools
