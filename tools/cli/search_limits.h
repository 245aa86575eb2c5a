// The limits of a search from the options of the command line, with Ctrl-C and a progress line on a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sim/search/explorer.h"
#include "tools/cli/command_line.h"

namespace zoneknot::tools {

inline constexpr std::uint64_t kDefaultExecutions = 1000;
inline constexpr std::uint64_t kDefaultExhaustiveExecutions = 10'000'000;
inline constexpr std::chrono::minutes kDefaultExhaustiveTime{1};
inline constexpr std::uint64_t kDefaultMaxSteps = 2'000'000;

// `what` stands at the head of the progress line.
sim::SearchLimits search_limits(const SearchOptions& options, std::uint64_t default_executions,
                                const std::string& what);

// --time, counted from this call: true once it is over. Empty without --time.
std::function<bool()> deadline(const std::optional<std::chrono::milliseconds>& time);

}  // namespace zoneknot::tools
