// The end of a wait with a time-out among real threads, by the monotonic clock. A plain value.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "device/real/real_clock.h"

namespace zoneknot::device {

// A moment `timeout_ns` from now.
class Deadline {
 public:
  explicit Deadline(std::uint64_t timeout_ns) {
    const std::uint64_t now = monotonic_ns();
    end_ns_ = now + std::min(timeout_ns, UINT64_MAX - now);
  }

  // 0: it has passed.
  [[nodiscard]] std::uint64_t left_ns() const {
    const std::uint64_t now = monotonic_ns();
    return end_ns_ > now ? end_ns_ - now : 0;
  }
  [[nodiscard]] bool passed() const { return left_ns() == 0; }
  // What is left, but no more than `most_ns`.
  [[nodiscard]] std::chrono::nanoseconds left(std::uint64_t most_ns) const {
    return std::chrono::nanoseconds(std::min(left_ns(), most_ns));
  }

 private:
  std::uint64_t end_ns_ = 0;
};

}  // namespace zoneknot::device
