// A random walk that stays easy to follow: a task goes on until it has to wait, but for a few preemptions at random
// steps, and the I/Os of a job complete in order, though at random times. Finds the hangs that need few preemptions,
// which a uniform walk hides among executions that have one at every second step. Deterministic by its seed. Reads the
// log it is logged in. One execution after another, used by one search.
#pragma once

#include <cstdint>
#include <vector>

#include "core/random.h"
#include "sim/run/strategy.h"
#include "sim/witness/schedule_log.h"

namespace zoneknot::sim {

class OrderlyWalk final : public Strategy {
 public:
  // `steps`: how long the first execution is thought to be; later ones are thought to be like the one before.
  OrderlyWalk(std::uint64_t seed, std::uint64_t steps, const ScheduleLog& log)
      : random_(seed), step_(steps), log_(log) {}

  // Executions from here on have at most so many preemptions.
  void set_preemptions(std::uint64_t most) { preemptions_ = most; }

  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true}; }
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "orderly walk"}; }

 private:
  // The oldest I/O of a job that is chosen at random; there is one.
  [[nodiscard]] std::uint32_t completion(const Candidates& candidates);
  // A task that is chosen at random, not `but`; there is one.
  [[nodiscard]] std::uint32_t task(const Candidates& candidates, std::uint32_t but);

  core::SplitMix64 random_;
  std::uint64_t step_;
  const ScheduleLog& log_;
  std::uint64_t preemptions_ = 0;
  std::vector<std::uint64_t> preempted_at_;  // steps
};

}  // namespace zoneknot::sim
