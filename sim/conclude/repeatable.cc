#include "sim/conclude/repeatable.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "lockcheck/text/site.h"
#include "sim/strategy/step_checks.h"

namespace zoneknot::sim {
namespace {

struct Again {
  Outcome outcome;
  bool same_choices = false;
  std::vector<lockcheck::RuleBreak> rules;
  Ending ending = Ending::as_told;
};

Again make_again(const Examined& examined, const FirstSeen& seen, ExecutionOptions options) {
  CheckedScript script(seen.decisions);
  (void)script.begin();
  options.stop = nullptr;
  options.time_is_over = nullptr;
  options.max_steps = std::min(options.max_steps, seen.max_steps);
  Again again{.outcome = examined.simulation.run([&] { examined.program(examined.simulation); }, script, options)};
  again.same_choices = examined.simulation.decisions() == seen.decisions;
  again.rules = examined.simulation.watch().broken_rules();
  const bool whole = again.outcome.kind == OutcomeKind::finished && again.outcome.timely;
  if (whole && examined.ends) again.ending = worst_of(examined.ends());
  return again;
}

bool hangs_on(const Again& again, const lockcheck::StuckCore& stuck) {
  return again.same_choices && again.outcome.kind == OutcomeKind::hang && again.outcome.stuck.core == stuck.core;
}

bool breaks(const Again& again, const lockcheck::RuleBreak& rule) {
  return std::ranges::any_of(again.rules, [&](const lockcheck::RuleBreak& other) {
    return other.rule == rule.rule && lockcheck::same_place(other.site, rule.site);
  });
}

std::string line_of(const FirstSeen& seen, std::string_view what, const Again& again) {
  const bool went_on = again.outcome.kind == OutcomeKind::pruned;
  const std::string instead = !again.same_choices
                                  ? fmt::format("had other choices before its step {}", again.outcome.steps)
                              : went_on ? fmt::format("went on after {} steps", again.outcome.steps)
                                        : fmt::format("ended after {} steps without that ({})", again.outcome.steps,
                                                      outcome_name(again.outcome.kind));
  return fmt::format(
      "execution {} {}; made again with the same choices it {}: something outside of the Runtime differs between two "
      "calls of the program",
      seen.execution, what, instead);
}

}  // namespace

bool hangs_again(const Examined& examined, const FirstSeen& seen, const lockcheck::StuckCore& stuck,
                 const ExecutionOptions& options) {
  return hangs_on(make_again(examined, seen, options), stuck);
}

std::vector<std::string> drop_what_does_not_repeat(const Examined& examined, const ExecutionOptions& options,
                                                   SearchResult& result) {
  std::vector<std::string> lines;
  if (result.first_hang) {
    const Again again = make_again(examined, *result.first_hang, options);
    if (!hangs_on(again, result.stuck)) {
      lines.push_back(line_of(*result.first_hang, "hung", again));
      result.first_hang.reset();
      result.hangs = 0;
      // Nor is anything said of how seldom it is.
      for (StrategyStats& stats : result.strategies) {
        stats.samples = stats.samples && stats.hangs == 0;
        stats.hangs = 0;
      }
    }
  }
  std::erase_if(result.broken_rules, [&](const BrokenRule& broken) {
    const Again again = make_again(examined, broken.first, options);
    if (breaks(again, broken.what)) return false;
    lines.push_back(
        line_of(broken.first, fmt::format("broke a rule at {}", lockcheck::site_text(broken.what.site)), again));
    return true;
  });
  const auto drop_ending = [&](std::optional<FirstSeen>& first, Ending ending, std::string_view what) {
    if (!first) return;
    const Again again = make_again(examined, *first, options);
    if (again.same_choices && again.ending == ending) return;
    lines.push_back(line_of(*first, what, again));
    first.reset();
  };
  drop_ending(result.early, Ending::early, "ended early");
  drop_ending(result.late, Ending::late, "ended late");
  return lines;
}

}  // namespace zoneknot::sim
