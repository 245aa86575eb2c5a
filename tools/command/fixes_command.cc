#include <vector>

#include "tools/cli/delivery.h"
#include "tools/cli/named_files.h"
#include "tools/command/commands.h"
#include "tools/option/fixes_option.h"
#include "tools/release/fix_list.h"

namespace zoneknot::tools {
namespace {

std::string list_of(const std::vector<NamedSet>& sets, Format format) {
  const bool json = format == Format::json;
  if (sets.empty()) return json ? fixes_json() : fixes_text();
  if (sets.size() == 1) return json ? set_json(sets[0]) : set_text(sets[0]);
  return json ? between_json(sets[0], sets[1]) : between_text(sets[0], sets[1]);
}

}  // namespace

int run_command(const FixesOptions& options) {
  std::vector<NamedSet> sets;
  for (const std::string& text : options.sets) {
    auto set = parse_fixes(text);
    if (!set) return refuse({.file = "SET", .message = set.error().message});
    sets.push_back({text, *set});
  }
  if (const auto error = check_named_files({{"--output", options.output, FileUse::written}})) return refuse(*error);
  return deliver(list_of(sets, options.format), options.output, 0);
}

}  // namespace zoneknot::tools
