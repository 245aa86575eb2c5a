#include "sim/replay.h"

#include <utility>

#include "sim/baseline.h"

namespace zoneknot::sim {

Replay::Replay(core::Schedule schedule, std::vector<Checkpoint> checkpoints)
    : schedule_(std::move(schedule)), checkpoints_(std::move(checkpoints)), baseline_(baseline_strategy(schedule_)) {}

bool Replay::begin() {
  if (baseline_) (void)baseline_->begin();
  return !std::exchange(done_, true);
}

bool Replay::sees_every_step() const { return baseline_ && baseline_->sees_every_step(); }

std::uint32_t Replay::pick(const Candidates& candidates) {
  const std::uint32_t by_baseline = baseline_ ? baseline_->pick(candidates) : candidates.steady();
  if (candidates.size() == 1) return 0;
  while (next_checkpoint_ < checkpoints_.size() && checkpoints_[next_checkpoint_].decision <= decision_) {
    const Checkpoint& checkpoint = checkpoints_[next_checkpoint_++];
    if (checkpoint.decision == decision_ && checkpoint.trace_hash != candidates.trace_hash()) return kDiverged;
  }
  return answer(by_baseline, candidates.size());
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
