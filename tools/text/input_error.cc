#include "tools/text/input_error.h"

namespace zoneknot::tools {
namespace {

constexpr std::size_t kLongestQuote = 60;  // bytes

bool printable(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '\x7f'; }

}  // namespace

std::string InputError::to_string() const {
  std::string text = file;
  if (line != 0) text += ":" + std::to_string(line);
  if (line != 0 && column != 0) text += ":" + std::to_string(column);
  return text + ": " + message;
}

std::string in_quotes(std::string_view text) {
  std::string shown = "'";
  for (const char c : text.substr(0, kLongestQuote)) shown += printable(c) ? c : '?';
  return shown + (text.size() > kLongestQuote ? "…'" : "'");
}

}  // namespace zoneknot::tools
