// What --strategy names: the one table of strategies by name. Plain values; a strategy is made anew for each search.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "sim/run/strategy.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

struct StrategyOption {
  std::function<std::unique_ptr<sim::Strategy>(std::uint64_t seed)> make;
  // No strategy of its own, `make` is empty: sim::explore_states().
  bool recognises_states = false;
  bool exhaustive = false;  // its answer comes at its end; before that it has none
};

// The value of --strategy: a name, and for some ':' and an argument. The error names the nearest one.
tl::expected<StrategyOption, InputError> parse_strategy(const std::string& text);

// What searches without --strategy use: a portfolio of all that draw.
StrategyOption default_strategy();

// "random, pos, pct[:d], …" for messages and --help.
std::string strategy_names();

}  // namespace zoneknot::tools
