#include "lockcheck/text/columns.h"

#include <algorithm>

namespace zoneknot::lockcheck {
namespace {

bool continues_a_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20U || c == '\x7f'; }

// The first `width` characters.
std::string_view head(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  while (end < text.size()) {
    if (!continues_a_character(text[end]) && width-- == 0) break;
    ++end;
  }
  return text.substr(0, end);
}

std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), is_control, '?');
  return out;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_a_character(c); }));
}

std::string fit(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return printable(text);
  if (width <= 2) return std::string(width, '.');
  return printable(head(text, width - 2)) + "..";
}

std::string column(std::string_view text, std::size_t width) {
  std::string out = fit(text, width);
  out.append(width - width_of(out), ' ');
  return out;
}

std::string line(std::string text) {
  text.resize(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!lines.back().empty() && width_of(lines.back()) + 1 + width_of(word) > width) lines.emplace_back();
    while (width_of(word) > width) {
      const std::string_view part = head(word, width);
      lines.back() = printable(part);
      lines.emplace_back();
      word.remove_prefix(part.size());
    }
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += printable(word);
  }
  return lines;
}

std::string hanging(std::string_view label, std::string_view text) {
  std::string out;
  std::string before(label);
  for (const std::string& line : wrap(text, kReportWidth - width_of(label))) {
    out += before + line + "\n";
    before.assign(width_of(label), ' ');
  }
  return out;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t from_end = 3; from_end < digits.size(); from_end += 4) digits.insert(digits.size() - from_end, ",");
  return digits;
}

std::string counted(std::uint64_t number, std::string_view word) {
  return grouped(number) + " " + std::string(word) + (number == 1 ? "" : "s");
}

}  // namespace zoneknot::lockcheck
