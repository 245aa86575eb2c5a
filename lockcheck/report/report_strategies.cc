#include "lockcheck/report/report_strategies.h"

#include <fmt/format.h>

#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

std::string text_of_executions(const StrategyInVerdict& strategy) {
  std::string out = counted(strategy.executions, "execution");
  if (strategy.traces) {
    out += fmt::format(", {}{}", strategy.traces_exact ? "" : "about ", counted(*strategy.traces, "trace"));
  }
  return out + ", " + counted(strategy.steps, "scheduling point");
}

std::string text_of_hangs(const StrategyInVerdict& strategy) {
  if (strategy.hangs > 0) {
    std::string out = fmt::format("; {} hung", grouped(strategy.hangs));
    if (strategy.first_hang_execution && strategy.first_hang_steps) {
      out += fmt::format(", the first after {} and {}", counted(*strategy.first_hang_execution, "execution"),
                         counted(*strategy.first_hang_steps, "scheduling point"));
    }
    return out;
  }
  if (!strategy.hang_probability_below) return "; none hung";
  return fmt::format("; none hung: fewer than {:.2g} % of its executions do", *strategy.hang_probability_below * 100);
}

std::string text_of_guarantee(const StrategyInVerdict& strategy) {
  if (!strategy.guarantee) return {};
  const StrategyInVerdict::Guarantee& guarantee = *strategy.guarantee;
  return fmt::format("; an execution meets a hang of depth {} with a probability of at least {:.1e} (n = {}, k = {})",
                     guarantee.depth, guarantee.probability, guarantee.actors, guarantee.decisions);
}

}  // namespace

std::string text_of_strategies(const Verdict& verdict) {
  if (verdict.search.strategies.empty() || verdict.search.executions.value_or(0) <= 1) return {};
  std::string out = "\nby strategy\n";
  for (const StrategyInVerdict& strategy : verdict.search.strategies) {
    out +=
        hanging("  - ", strategy.strategy + ": " + text_of_executions(strategy) + text_of_hangs(strategy) +
                            text_of_guarantee(strategy) + (strategy.coverage.empty() ? "" : "; " + strategy.coverage));
  }
  return out;
}

}  // namespace zoneknot::lockcheck
