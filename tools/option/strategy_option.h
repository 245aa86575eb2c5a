// What --strategy names: the one table of strategies by name. Plain values; a strategy is made anew for each search.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "sim/conclude/search_plan.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// The value of --strategy: a name, and for some ':' and an argument. The error names the nearest one.
tl::expected<sim::SearchStage, InputError> parse_strategy(const std::string& text);

// "random, pos, pct[:d], …" for messages and --help.
std::string strategy_names();

}  // namespace zoneknot::tools
