// Small seeded delays before visible operations, to shake a real run out of the order that it falls into by itself.
// What it does follows from the seed; what comes of it does not, for the machine has a say as well.
#pragma once

#include <cstdint>

#include "device/real/step_hook.h"

namespace zoneknot::device {

class Perturbation final : public StepHook {
 public:
  static constexpr std::uint64_t kMostNs = 200'000;  // of one delay
  static constexpr std::uint64_t kOneIn = 8;         // operations

  explicit Perturbation(std::uint64_t seed) : seed_(seed) {}

  void before(core::TaskId task, core::StepKind kind, std::uint32_t object, core::Site site) noexcept override;

 private:
  std::uint64_t seed_;
};

}  // namespace zoneknot::device
