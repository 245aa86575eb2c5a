// The seam through which core meets time. Virtual in the simulator, monotonic in the real world. Any task may call it.
#pragma once

#include <cstdint>

#include "core/runtime.h"

namespace zoneknot::core {

class Clock {
 public:
  Clock() = default;
  virtual ~Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  // Nanoseconds since some moment before the program began; never goes back.
  [[nodiscard]] std::uint64_t now_ns() const { return do_now_ns(); }

  // now_ns() for statistics, which decide nothing: a search need not tell two of these times apart.
  [[nodiscard]] std::uint64_t stamp_ns() const { return do_stamp_ns(); }

  // Lets at least `duration_ns` nanoseconds pass for the calling task.
  void sleep(std::uint64_t duration_ns, Site site = Site::current()) { do_sleep(duration_ns, site); }

  // How long somebody who may be told to stop meanwhile sleeps at once, when he has slept for `slept_ns` already.
  [[nodiscard]] std::uint64_t nap_ns(std::uint64_t slept_ns) const { return do_nap_ns(slept_ns); }

 protected:
  static constexpr std::uint64_t kNapNs = 100'000'000;

 private:
  virtual std::uint64_t do_nap_ns(std::uint64_t /*slept_ns*/) const { return kNapNs; }
  virtual std::uint64_t do_now_ns() const = 0;
  virtual std::uint64_t do_stamp_ns() const { return do_now_ns(); }
  virtual void do_sleep(std::uint64_t duration_ns, Site site) = 0;
};

}  // namespace zoneknot::core
