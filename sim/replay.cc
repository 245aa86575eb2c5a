#include "sim/replay.h"

#include <utility>

namespace zoneknot::sim {

Replay::Replay(core::Schedule schedule, std::vector<Checkpoint> checkpoints)
    : schedule_(std::move(schedule)), checkpoints_(std::move(checkpoints)), choice_(schedule_.seed) {}

bool Replay::begin() { return !std::exchange(done_, true); }

std::uint32_t Replay::pick(const Candidates& candidates) {
  while (next_checkpoint_ < checkpoints_.size() && checkpoints_[next_checkpoint_].decision <= decision_) {
    const Checkpoint& checkpoint = checkpoints_[next_checkpoint_++];
    if (checkpoint.decision == decision_ && checkpoint.trace_hash != candidates.trace_hash()) return kDiverged;
  }
  return answer(random() ? choice_.below(candidates.size()) : candidates.steady(), candidates.size());
}

std::uint32_t Replay::draw(std::uint32_t bound) { return answer(random() ? choice_.below(bound) : 0, bound); }

std::uint32_t Replay::chance(double p) { return answer(random() ? choice_.chance(p) : 0, 2); }

const std::uint64_t* Replay::seed() const {
  return random() && schedule_.deviations.empty() ? &schedule_.seed : nullptr;
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
