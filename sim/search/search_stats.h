// What one strategy of a search has done and what that is worth. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/run/strategy.h"
#include "sim/search/distinct_count.h"

namespace zoneknot::sim {

struct StrategyStats {
  std::string name;
  std::uint64_t executions = 0;  // its own, of any outcome
  std::uint64_t cut = 0;         // of these: ended at the limit of steps
  std::uint64_t pruned = 0;      // of these: covered by others
  std::uint64_t hangs = 0;       // of these
  std::uint64_t steps = 0;
  std::uint64_t first_hang_execution = 0;  // counted from 1 among its own; 0: none hung
  std::uint64_t first_hang_steps = 0;      // of its own, up to the end of that execution
  std::optional<DistinctCount> traces;     // Mazurkiewicz traces, if they were counted
  bool samples = false;
  std::optional<Guarantee> guarantee;
  std::string coverage;

  // Executions that show whether they hang.
  [[nodiscard]] std::uint64_t complete() const { return executions - cut - pruned; }
};

// 95 % confidence: if none of N independent executions hangs, the probability that one does is below 3/N.
inline constexpr std::uint64_t kRuleOfThree = 3;

// The upper bound on the probability that an execution of this strategy hangs; nothing if that cannot be said: it does
// not sample, some hung, or there were too few.
inline std::optional<double> hang_probability_below(const StrategyStats& stats) {
  if (!stats.samples || stats.hangs > 0 || stats.complete() <= kRuleOfThree) return std::nullopt;
  return static_cast<double>(kRuleOfThree) / static_cast<double>(stats.complete());
}

}  // namespace zoneknot::sim
