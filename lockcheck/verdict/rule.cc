#include "lockcheck/verdict/rule.h"

#include <algorithm>
#include <array>

namespace zoneknot::lockcheck {
namespace {

constexpr std::array<std::string_view, kRules> kNames = {"a", "b",      "c",         "d",     "e",      "f",
                                                         "g", "assert", "self-wait", "stack", "pool",   "completion",
                                                         "M", "loop",   "guard",     "range", "theorem"};

}  // namespace

std::string_view rule_name(Rule rule) { return kNames.at(static_cast<std::size_t>(rule)); }

std::optional<Rule> rule_named(std::string_view name) {
  const auto* const found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Rule>(found - kNames.begin());
}

}  // namespace zoneknot::lockcheck
