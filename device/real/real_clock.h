// core::Clock on the machine's monotonic clock. It serves the tasks of one ThreadRuntime; now_ns() any thread may call.
#pragma once

#include "core/clock.h"
#include "device/real/schedule_gate.h"
#include "device/real/thread_runtime.h"

namespace zoneknot::device {

// CLOCK_MONOTONIC in nanoseconds.
std::uint64_t monotonic_ns();

class RealClock final : public core::Clock {
 public:
  // With a gate: that says what time it is.
  explicit RealClock(ThreadRuntime& runtime, ScheduleGate* gate = nullptr) : runtime_(&runtime), gate_(gate) {}

 private:
  std::uint64_t do_now_ns() const override { return gate_ == nullptr ? monotonic_ns() : gate_->now_ns(); }
  // Ends early, by core::Abandoned, only when the run is given up. A caller that has to look at stop requests sleeps in
  // pieces.
  void do_sleep(std::uint64_t duration_ns, core::Site site) override;

  ThreadRuntime* runtime_;
  ScheduleGate* gate_;
};

}  // namespace zoneknot::device
