// From a search to its verdict: what was searched, what was found, and a witness that was replayed before it is shown.
// Used by check, matrix and replay.
#pragma once

#include <string>
#include <vector>

#include "lockcheck/verdict/verdict.h"
#include "sim/search/explorer.h"
#include "sim/states/stateful.h"
#include "sim/witness/witness.h"
#include "tools/instance/instance.h"
#include "tools/instance/simulated.h"
#include "tools/option/strategy_option.h"

namespace zoneknot::tools {

// Executions of the strategy that goes before an exhaustive one in a bounded instance.
inline constexpr std::uint64_t kExecutionsBeforeExhausting = 1000;

// --strategy. Empty: the default one, and for a bounded instance the stateful search after a short run of that: most
// hangs are found at once by drawing, and the rest, or that there is none, by going through everything.
tl::expected<std::vector<StrategyOption>, InputError> strategies_of(const std::string& option, bool bounded);

// A search never touches a real device.
std::optional<InputError> must_be_simulated(const Instance& instance);

struct SearchPlan {
  std::vector<StrategyOption> strategies;  // one after the other, until one has found something
  sim::SearchLimits limits;                // of the last one
  bool time_is_the_budget = false;         // running out of time is no interruption
  std::uint64_t seed = 1;                  // of strategies that draw
  sim::StatefulOptions stateful{};         // of the one that recognises states
  bool order_check = true;                 // also look at a few runs for deadlocks that they did not have
  bool drive_beside_hangs = false;         // towards what is predicted, also if the search has found a hang

  // The answer comes at the end, and there is none before it.
  [[nodiscard]] bool exhaustive() const { return strategies.back().exhaustive; }
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
