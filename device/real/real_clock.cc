#include "device/real/real_clock.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <thread>

namespace zoneknot::device {

std::uint64_t monotonic_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

void RealClock::do_sleep(std::uint64_t duration_ns, core::Site site) {
  runtime_->visible(core::StepKind::sleep, 0, site);
  if (gate_ != nullptr && gate_->has_turn(runtime_->current())) return;  // the list says what time it is
  const std::uint64_t begin = monotonic_ns();
  runtime_->wait({.kind = core::WaitKind::timer}, site, [&] {
    const std::uint64_t passed = monotonic_ns() - begin;
    if (passed >= duration_ns) return true;
    std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(duration_ns - passed, ThreadRuntime::kSliceNs)));
    return monotonic_ns() - begin >= duration_ns;
  });
}

}  // namespace zoneknot::device
