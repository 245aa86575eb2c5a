// The numbers that a task drew in the list that a ScheduleGate follows; behind its end those of a generator. Belongs to
// one job and its task.
#pragma once

#include <algorithm>

#include "core/random.h"
#include "device/real/schedule_gate.h"
#include "device/real/thread_runtime.h"

namespace zoneknot::device {

class GatedRandom final : public core::Random {
 public:
  // Both outlive this.
  GatedRandom(std::uint64_t seed, ScheduleGate& gate, ThreadRuntime& runtime)
      : generator_(seed), gate_(&gate), runtime_(&runtime) {}

 private:
  // A draw from a large range is two numbers of a list, high and low; see Scheduler::draw().
  std::uint64_t do_below(std::uint64_t bound, core::Site site) override {
    constexpr std::uint64_t kHalf = std::uint64_t{1} << 31U;
    if (bound > kHalf) {
      const std::uint64_t high = below((bound - 1) / kHalf + 1, site);
      return std::min(high * kHalf + below(kHalf, site), bound - 1);
    }
    const auto drawn = gate_->draw(runtime_->current());
    return drawn ? std::min<std::uint64_t>(*drawn, bound - 1) : generator_.below(bound);
  }
  bool do_percent(std::uint32_t percent, core::Site /*site*/) override {
    const auto drawn = gate_->draw(runtime_->current());
    return drawn ? *drawn == 1 : generator_.below(100) < percent;
  }
  void do_reseed(std::uint64_t /*seed*/) override {}
  void do_describe(core::StateSink& /*sink*/) const override {}

  core::SplitMix64 generator_;
  ScheduleGate* gate_;
  ThreadRuntime* runtime_;
};

}  // namespace zoneknot::device
