#include "tools/text/shell_word.h"

#include <algorithm>
#include <filesystem>

namespace zoneknot::tools {
namespace {

std::string& program() {
  static std::string word = "zoneknot";
  return word;
}

bool is_plain(char c) {
  constexpr std::string_view kOthers = "_@%+=:,./-";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

// $'…' of bash, zsh and POSIX 2024: a control character is never printed.
std::string with_escapes(std::string_view text) {
  constexpr std::string_view kDigits = "01234567";
  std::string word = "$'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_control(c)) {
      word += {'\\', kDigits[byte >> 6U], kDigits[byte >> 3U & 7U], kDigits[byte & 7U]};
    } else {
      if (c == '\'' || c == '\\') word += '\\';
      word += c;
    }
  }
  return word + "'";
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  if (std::ranges::any_of(text, is_control)) return with_escapes(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

std::string with_infix(const std::string& path, const std::string& infix) {
  const std::filesystem::path whole(path);
  const std::string name = whole.stem().string() + "." + infix + whole.extension().string();
  return (whole.parent_path() / name).string();
}

std::string output_word(const std::string& wanted, const std::vector<std::string>& inputs) {
  const auto place = [](const std::string& path) { return std::filesystem::absolute(path).lexically_normal(); };
  const auto is_read = [&](const std::string& path) {
    return std::ranges::any_of(inputs,
                               [&](const std::string& input) { return !input.empty() && place(input) == place(path); });
  };
  std::string name = wanted;
  for (std::size_t i = 2; is_read(name); ++i) name = with_infix(wanted, std::to_string(i));
  return shell_word(name);
}

const std::string& program_word() { return program(); }

void set_program(std::string_view typed) {
  if (!typed.empty()) program() = shell_word(typed);
}

}  // namespace zoneknot::tools
