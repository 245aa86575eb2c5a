#include "sim/strategy/replay.h"

#include <utility>

#include "sim/strategy/baseline.h"

namespace zoneknot::sim {

Replay::Replay(core::Schedule schedule, StepChecks checks)
    : schedule_(std::move(schedule)), checks_(std::move(checks)), baseline_(baseline_strategy(schedule_)) {}

bool Replay::begin() {
  if (baseline_) (void)baseline_->begin();
  return !std::exchange(done_, true);
}

StrategyNeeds Replay::needs() const {
  return {.every_step = !checks_.hashes.empty() || (baseline_ && baseline_->needs().every_step)};
}

std::uint32_t Replay::pick(const Candidates& candidates) {
  if (!check(candidates.trace_hash())) return kDiverged;
  const bool single = candidates.size() < 2;
  if (!baseline_) return single ? 0 : answer(candidates.steady(), candidates.size());
  const bool ask = !single || baseline_->needs().every_step;
  const std::uint32_t by_baseline = ask ? baseline_->pick(candidates) : 0;
  return single ? 0 : answer(by_baseline, candidates.size());
}

// Before step (i + 1) << shift the hash has to be that of check i.
bool Replay::check(std::uint64_t trace_hash) {
  const std::uint64_t step = step_++;
  const std::uint64_t index = step >> checks_.shift;
  if (index == 0 || index << checks_.shift != step || index > checks_.hashes.size()) return true;
  if (checks_.hashes[index - 1] == check_of(trace_hash)) return true;
  departed_ = {(index - 1) << checks_.shift, step - 1};
  return false;
}

std::uint32_t Replay::draw(std::uint32_t bound) { return answer(baseline_ ? baseline_->draw(bound) : 0, bound); }

std::uint32_t Replay::chance(double p) { return answer(baseline_ ? baseline_->chance(p) : 0, 2); }

std::optional<core::Schedule> Replay::schedule() const {
  if (!baseline_ || !schedule_.deviations.empty()) return std::nullopt;
  return schedule_;
}

std::uint32_t Replay::answer(std::uint32_t by_baseline, std::uint32_t alternatives) {
  const std::uint64_t decision = decision_++;
  if (next_deviation_ == schedule_.deviations.size()) return by_baseline;
  const core::Deviation& deviation = schedule_.deviations[next_deviation_];
  if (deviation.decision != decision) return by_baseline;
  ++next_deviation_;
  return deviation.alternative < alternatives ? deviation.alternative : kDiverged;
}

bool Script::begin() { return !std::exchange(done_, true); }

std::uint32_t Script::pick(const Candidates& candidates) { return next(candidates.steady(), candidates.size()); }

std::uint32_t Script::draw(std::uint32_t bound) { return next(0, bound); }

std::uint32_t Script::next(std::uint32_t steady, std::uint32_t alternatives) {
  if (decision_ == alternatives_.size()) return steady;
  const std::uint32_t alternative = alternatives_[decision_++];
  return alternative < alternatives ? alternative : kDiverged;
}

}  // namespace zoneknot::sim
