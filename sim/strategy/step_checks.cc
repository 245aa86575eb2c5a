#include "sim/strategy/step_checks.h"

#include <utility>

#include "core/random.h"

namespace zoneknot::sim {

std::uint8_t check_of(std::uint64_t trace_hash) {
  return static_cast<std::uint8_t>(core::SplitMix64::mix(trace_hash) >> 56U);
}

StepChecks thinned(StepChecks checks, std::size_t most) {
  while (checks.hashes.size() > most) {
    for (std::size_t i = 1; i < checks.hashes.size(); i += 2) checks.hashes[i / 2] = checks.hashes[i];
    checks.hashes.resize(checks.hashes.size() / 2);
    ++checks.shift;
  }
  return checks;
}

bool CheckedScript::begin() { return !std::exchange(done_, true); }

std::uint32_t CheckedScript::pick(const Candidates& candidates) {
  const std::uint64_t step = step_++;
  if (step != 0 && (step & ((std::uint64_t{1} << checks_.shift) - 1)) == 0) {
    checks_.hashes.push_back(check_of(candidates.trace_hash()));
    checks_ = thinned(std::move(checks_), kMaxStepChecks);
  }
  return candidates.size() < 2 ? 0 : next(candidates.size());
}

std::uint32_t CheckedScript::draw(std::uint32_t bound) { return next(bound); }

std::uint32_t CheckedScript::next(std::uint32_t alternatives) {
  // An execution that was given up ended here.
  if (decision_ == alternatives_.size()) return kPrune;
  const std::uint32_t alternative = alternatives_[decision_++];
  return alternative < alternatives ? alternative : kDiverged;
}

}  // namespace zoneknot::sim
