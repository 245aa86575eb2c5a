#include "lockcheck/report/report_proof.h"

#include <fmt/format.h>

#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

// Of the steps that lead to a broken obligation, as many of the last ones are shown; JSON has all.
constexpr std::size_t kMostSteps = 40;

std::string text_of_steps(const std::vector<StepInVerdict>& steps) {
  std::string out = "  shortest way there\n";
  const std::size_t first = steps.size() > kMostSteps ? steps.size() - kMostSteps : 0;
  if (first > 0) out += fmt::format("    ... {} before\n", counted(first, "step"));
  for (std::size_t i = first; i < steps.size(); ++i) {
    out += hanging(fmt::format("    {:>4}  ", steps[i].step), steps[i].what);
  }
  return out;
}

std::string text_of(const ObligationInVerdict& broken) {
  std::string out = "\n" + hanging("", fmt::format("does not hold: {} [{}]", broken.obligation, broken.status));
  out += hanging("  ", fmt::format("{}: {}", broken.job, broken.what));
  out += "  at " + column(broken.function, 46) + " " + fit(broken.site, 28) + "\n";
  for (const HeldLock& held : broken.holds) {
    out += hanging("  ", fmt::format("owns {} ({}) since {} {}", held.lock, counted(held.count, "acquisition"),
                                     held.function, held.site));
  }
  return broken.steps.empty() ? out : out + text_of_steps(broken.steps);
}

}  // namespace

std::string text_of_proof(const Verdict& verdict) {
  std::string out;
  for (const ObligationInVerdict& broken : verdict.obligations) out += text_of(broken);
  if (verdict.evidence.empty()) return out;
  out += "\nlooked at besides (evidence, no proof)\n";
  for (const std::string& line : verdict.evidence) out += hanging("  - ", line);
  return out;
}

}  // namespace zoneknot::lockcheck
