// Repeats executions: Replay follows a core::Schedule, Script a list of alternatives as they were recorded. Both make
// one execution and then have nothing left.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/schedule.h"
#include "sim/run/strategy.h"
#include "sim/strategy/step_checks.h"

namespace zoneknot::sim {

// The steps among which a replay left the recorded execution, counted from 0; usually one.
struct DepartedSteps {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

class Replay final : public Strategy {
 public:
  // The answer is kDiverged at the first check that does not fit, and where the schedule names an alternative that does
  // not exist.
  explicit Replay(core::Schedule schedule, StepChecks checks = {});

  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  [[nodiscard]] std::uint32_t chance(double p) override;
  [[nodiscard]] StrategyNeeds needs() const override;
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "replay"}; }
  [[nodiscard]] std::optional<core::Schedule> schedule() const override;

  // Set when a check did not fit.
  [[nodiscard]] const std::optional<DepartedSteps>& departed() const { return departed_; }

 private:
  bool check(std::uint64_t trace_hash);
  std::uint32_t answer(std::uint32_t by_baseline, std::uint32_t alternatives);

  core::Schedule schedule_;
  StepChecks checks_;
  std::unique_ptr<Strategy> baseline_;  // null: steady
  std::uint64_t decision_ = 0;
  std::size_t next_deviation_ = 0;
  std::uint64_t step_ = 0;
  std::optional<DepartedSteps> departed_;
  bool done_ = false;
};

class Script final : public Strategy {
 public:
  // Steady after the last one.
  explicit Script(std::vector<std::uint32_t> alternatives) : alternatives_(std::move(alternatives)) {}

  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "script"}; }

 private:
  std::uint32_t next(std::uint32_t steady, std::uint32_t alternatives);

  std::vector<std::uint32_t> alternatives_;
  std::size_t decision_ = 0;
  bool done_ = false;
};

}  // namespace zoneknot::sim
