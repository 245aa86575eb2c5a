#include "lockcheck/report/report_proof.h"

#include <fmt/format.h>

#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

// The last so many steps that lead to a broken obligation are shown; JSON has all.
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
  std::string out = "\n" + hanging("", fmt::format("does not hold: {} [{}]", obligation_text(broken.rule),
                                                   confirmation_text(broken.confirmed)));
  out += hanging("  ", fmt::format("{}: {}", broken.job, broken.what));
  out += "  at " + column(broken.place.function, 46) + " " + fit(place_text(broken.place), 28) + "\n";
  for (const HeldLock& held : broken.holds) {
    out += hanging("  ", fmt::format("owns {} ({}) since {} {}", held.lock.name, counted(held.count, "acquisition"),
                                     held.since.function, place_text(held.since)));
  }
  return broken.steps.empty() ? out : out + text_of_steps(broken.steps);
}

}  // namespace

std::string text_of_proof(const Verdict& verdict) {
  std::string out;
  for (const ObligationInVerdict& broken : verdict.proof.obligations) out += text_of(broken);
  if (verdict.proof.evidence.empty()) return out;
  out += "\nlooked at besides (evidence, no proof)\n";
  for (const std::string& line : verdict.proof.evidence) out += hanging("  - ", line);
  return out;
}

}  // namespace zoneknot::lockcheck
