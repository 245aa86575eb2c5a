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

 private:
  virtual std::uint64_t do_now_ns() const = 0;
  virtual std::uint64_t do_stamp_ns() const { return do_now_ns(); }
  virtual void do_sleep(std::uint64_t duration_ns, Site site) = 0;
};

}  // namespace zoneknot::core
