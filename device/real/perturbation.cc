#include "device/real/perturbation.h"

#include <chrono>
#include <thread>

#include "core/random.h"

namespace zoneknot::device {

// A task's delays are a stream of its own, whatever the others do.
void Perturbation::before(core::TaskId task, core::StepKind /*kind*/, std::uint32_t /*object*/,
                          core::Site /*site*/) noexcept {
  thread_local std::uint64_t made = 0;
  const std::uint64_t drawn = core::SplitMix64::mix(seed_ ^ core::SplitMix64::mix(std::uint64_t{task} << 32U ^ ++made));
  if (drawn % kOneIn != 0) return;
  std::this_thread::sleep_for(std::chrono::nanoseconds(drawn / kOneIn % kMostNs));
}

}  // namespace zoneknot::device
