#include "lockcheck/text/site.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace zoneknot::lockcheck {
namespace {

constexpr std::string_view kLambda = "<lambda>";
constexpr std::string_view kOperator = "operator";

// How the compilers write what has no name: gcc "<lambda(int)>", clang "(anonymous class)" and "(lambda at f.cc:1:2)".
bool names_a_lambda(std::string_view group) {
  return group.starts_with("<lambda") || group.starts_with("(anonymous class)") || group.starts_with("(lambda");
}

char closing(char open) {
  switch (open) {
    case '(':
      return ')';
    case '<':
      return '>';
    case '{':
      return '}';
    default:
      return ']';
  }
}

// Length of the bracketed group that begins at text[0]; an arrow is no bracket.
std::size_t group_length(std::string_view text) {
  std::string expected;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '(' || c == '<' || c == '{' || c == '[') {
      expected += closing(c);
    } else if (!expected.empty() && c == expected.back() && !(c == '>' && text[i - 1] == '-')) {
      expected.pop_back();
      if (expected.empty()) return i + 1;
    }
  }
  return text.size();
}

// Length of "operator" and the symbol after it, if an operator's name begins here, else 0. operator() needs no care: it
// looks like a function of that name without parameters.
std::size_t operator_length(std::string_view text, char before) {
  const bool continues_a_word = before == '_' || (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') ||
                                (before >= '0' && before <= '9');
  if (continues_a_word || !text.starts_with(kOperator) || text.size() == kOperator.size()) return 0;
  const std::string_view rest = text.substr(kOperator.size());
  if (std::string_view("<>=!+-*/%^&|~,[").find(rest.front()) == std::string_view::npos) return 0;
  return kOperator.size() + std::min(rest.find('('), rest.size());
}

// Components between "::", with template arguments left out and parameter lists emptied.
std::vector<std::string> components(std::string_view pretty) {
  std::vector<std::string> parts(1);
  std::size_t i = 0;
  while (i < pretty.size()) {
    const std::string_view rest = pretty.substr(i);
    std::string& part = parts.back();
    if (rest.starts_with(" [") || rest.starts_with(" requires ")) break;
    if (rest.starts_with("::")) {
      parts.emplace_back();
      i += 2;
    } else if (const std::size_t length = operator_length(rest, i == 0 ? ' ' : pretty[i - 1]); length > 0) {
      part += rest.substr(0, length);
      i += length;
    } else if (rest.front() == '(' || rest.front() == '<' || rest.front() == '{' || rest.front() == '[') {
      if (names_a_lambda(rest)) part += kLambda;
      if (rest.front() == '(' && !part.empty() && part != kLambda) part += "()";
      i += group_length(rest);
    } else {
      part += rest.front();
      ++i;
    }
  }
  return parts;
}

// "void run() const" → "run".
std::string name_in(std::string part) {
  if (const std::size_t parameters = part.rfind("()"); parameters != std::string::npos) part.resize(parameters);
  if (part.starts_with("operator ")) return part;
  const std::size_t space = part.rfind(' ');
  part = space == std::string::npos ? part : part.substr(space + 1);
  while (!part.empty() && (part.front() == '*' || part.front() == '&')) part.erase(0, 1);
  return part == kOperator ? part + "()" : part;
}

}  // namespace

std::string bare_function_name(std::string_view pretty) {
  const std::vector<std::string> parts = components(pretty);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].find(kLambda) == std::string::npos) continue;
    const bool inside_a_function = i > 0 && parts[i - 1].find("()") != std::string::npos;
    return inside_a_function ? name_in(parts[i - 1]) : "lambda";
  }
  return name_in(parts.back());
}

std::string site_text(core::Site site) {
  const std::string_view file = site.file_name();
  const std::string base(file.substr(file.rfind('/') + 1));
  if (site.line() == 0) return base;
  return (base.empty() ? base : base + ":") + std::to_string(site.line());
}

// Equal names are mostly one literal, so the pointers decide first.
bool same_place(core::Site a, core::Site b) {
  return a.line() == b.line() && (a.file_name() == b.file_name() || std::strcmp(a.file_name(), b.file_name()) == 0);
}

std::string function_name(core::Site site) { return bare_function_name(site.function_name()); }

}  // namespace zoneknot::lockcheck
