#include "tools/text/ini_file.h"

#include <algorithm>
#include <array>

namespace zoneknot::tools {
namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";
// fio puts figures of the machine in place of these.
constexpr std::array<std::string_view, 3> kMachineWords = {"$pagesize", "$ncpus", "$mb_memory"};

bool blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

// A part of a line that knows its column, from 1.
struct Piece {
  std::string_view text;
  unsigned column = 1;

  [[nodiscard]] Piece from(std::size_t begin) const {
    return {text.substr(begin), column + static_cast<unsigned>(begin)};
  }
  [[nodiscard]] Piece trimmed() const {
    Piece piece = *this;
    while (!piece.text.empty() && blank(piece.text.front())) piece = piece.from(1);
    while (!piece.text.empty() && blank(piece.text.back())) piece.text.remove_suffix(1);
    return piece;
  }
};

class IniParser {
 public:
  IniParser(std::string_view file_name, const Environment& environment)
      : file_name_(file_name), environment_(environment) {}

  std::optional<InputError> line(std::string_view text) {
    ++line_;
    if (text.size() > kMaxLineBytes) {
      return error(1, "the line is longer than " + std::to_string(kMaxLineBytes) + " bytes");
    }
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
      return error(static_cast<unsigned>(nul + 1), "a NUL byte: this is not a text file");
    }
    const Piece piece = Piece{text.substr(0, text.find_first_of(";#"))}.trimmed();
    if (piece.text.empty()) return std::nullopt;
    return piece.text.front() == '[' ? section(piece) : option(piece);
  }

  IniFile take() { return std::move(file_); }

 private:
  [[nodiscard]] InputError error(unsigned column, std::string message) const {
    return {std::string(file_name_), line_, column, std::move(message)};
  }

  std::optional<InputError> section(Piece piece) {
    const std::size_t bracket = piece.text.find(']');
    if (bracket == std::string_view::npos) return error(piece.column, "a section without its closing ']'");
    const Piece rest = piece.from(bracket + 1).trimmed();
    if (!rest.text.empty()) return error(rest.column, "unexpected " + in_quotes(rest.text) + " after the section");
    const std::string_view name = piece.text.substr(1, bracket - 1);
    if (name.find_first_not_of(kBlanks) == std::string_view::npos)
      return error(piece.column, "a section without a name");
    if (!std::ranges::all_of(name, [](char c) { return c >= 0x20 && c < 0x7f; })) {
      return error(piece.column, "the name of a section is printable ASCII");
    }
    if (file_.sections.size() == kMaxSections) {
      return error(piece.column, "more than " + std::to_string(kMaxSections) + " sections");
    }
    file_.sections.push_back({std::string(name), {line_, piece.column}, {}});
    return std::nullopt;
  }

  std::optional<InputError> option(Piece piece) {
    if (file_.sections.empty())
      return error(piece.column, in_quotes(piece.text) + " stands before the first [section]");
    const std::size_t equals = piece.text.find('=');
    IniOption option;
    option.name = Piece{piece.text.substr(0, equals)}.trimmed().text;
    option.at = {line_, piece.column};
    option.value_at = option.at;
    if (option.name.empty()) return error(piece.column, "an option without a name");
    if (equals != std::string_view::npos) {
      option.has_value = true;
      const Piece value = piece.from(equals + 1).trimmed();
      option.value_at = {line_, value.column};
      if (auto wrong = expand(value, option)) return wrong;
      option.columns.push_back(value.column + static_cast<unsigned>(value.text.size()));
    }
    file_.sections.back().options.push_back(std::move(option));
    return std::nullopt;
  }

  std::optional<InputError> expand(Piece rest, IniOption& option) {
    while (!rest.text.empty()) {
      if (rest.text.starts_with("${")) {
        const std::size_t end = rest.text.find('}');
        if (end == std::string_view::npos) return error(rest.column, "'${' without its closing '}'");
        if (auto wrong = expand_variable(std::string(rest.text.substr(2, end - 2)), rest.column, option)) return wrong;
        rest = rest.from(end + 1);
        continue;
      }
      for (const std::string_view word : kMachineWords) {
        if (rest.text.starts_with(word)) return error(rest.column, in_quotes(word) + " is not supported yet");
      }
      option.value += rest.text.front();
      option.columns.push_back(rest.column);
      rest = rest.from(1);
    }
    return std::nullopt;
  }

  std::optional<InputError> expand_variable(const std::string& name, unsigned column, IniOption& option) {
    if (name.empty()) return error(column, "'${}' names no variable");
    auto value = environment_ ? environment_(name) : std::nullopt;
    if (!value && (name == "ZONED" || option.name == "filename")) value = "sim";
    if (!value) return error(column, "the environment variable " + in_quotes(name) + " is not set");
    if (value->find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos) {
      return error(column, "the environment variable " + in_quotes(name) + " has more than one line");
    }
    expanded_bytes_ += value->size();
    if (expanded_bytes_ > kMaxInputBytes) {
      return error(column, "the file's variables expand to more than " + std::to_string(kMaxInputBytes) + " bytes");
    }
    option.value += *value;
    option.columns.insert(option.columns.end(), value->size(), column);
    return std::nullopt;
  }

  std::string_view file_name_;
  const Environment& environment_;
  unsigned line_ = 0;
  std::size_t expanded_bytes_ = 0;
  IniFile file_;
};

}  // namespace

Position IniOption::position_in_value(std::size_t offset) const {
  if (offset == 0 || columns.empty()) return value_at;
  return {value_at.line, columns[std::min(offset, columns.size() - 1)]};
}

tl::expected<IniFile, InputError> parse_ini(std::string_view text, std::string_view file_name,
                                            const Environment& environment) {
  if (text.size() > kMaxInputBytes) {
    return tl::unexpected(InputError{std::string(file_name), 0, 0,
                                     "the file is larger than " + std::to_string(kMaxInputBytes) + " bytes"});
  }
  IniParser parser(file_name, environment);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (auto wrong = parser.line(text.substr(0, end))) return tl::unexpected(std::move(*wrong));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parser.take();
}

}  // namespace zoneknot::tools
