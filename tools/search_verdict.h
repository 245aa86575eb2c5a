// From a search to its verdict: what was searched, what was found, and a witness that was replayed before it is shown.
// Used by check, matrix and replay.
#pragma once

#include <string>

#include "lockcheck/verdict.h"
#include "sim/explorer.h"
#include "sim/witness.h"
#include "tools/instance.h"
#include "tools/simulated.h"

namespace zoneknot::tools {

enum class StrategyKind : std::uint8_t {
  random,
  depth_first,
  // A short random walk, which finds most hangs at once, and then depth-first, which finds the rest or says that there
  // is none.
  random_then_depth_first,
};

inline constexpr std::uint64_t kWalksBeforeDepthFirst = 1000;

// --strategy: random or dfs; empty: both for a bounded instance, else random.
tl::expected<StrategyKind, InputError> strategy_kind(const std::string& name, bool bounded);

// A search never touches a real device.
std::optional<InputError> must_be_simulated(const Instance& instance);

struct SearchPlan {
  StrategyKind strategy = StrategyKind::random;
  sim::SearchLimits limits;         // of the last strategy, if there are two
  bool time_is_the_budget = false;  // running out of time is no interruption
  std::uint64_t seed = 1;           // of the random walk
};

// A finding that can be run again.
struct Finding {
  sim::Witness witness;
  std::string line;   // empty: the schedule is too long for a line
  std::string trace;  // the event trace
};

struct SearchReport {
  lockcheck::Verdict verdict;
  std::optional<Finding> finding;
};

// Searches. Throws std::logic_error when the program does not repeat itself: that is the tool's own fault.
SearchReport search(const Instance& instance, const SearchPlan& plan);

// The parts of a verdict that say which program it is about.
lockcheck::Verdict verdict_about(const Instance& instance);

// What the user has to type to see a finding again. `output` is the witness file, if one was asked for.
std::string replay_command(const Instance& instance, const std::string& line, const std::string& output);

}  // namespace zoneknot::tools
