// What lets a replay notice at which step a program departs from the execution that was recorded: eight bits of the
// hash of all steps so far, at every step or, of long executions, at every second, fourth, … one. A departure stays in
// the hash, so one that the first check after it lets pass, one of 256, the next one notices. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/run/strategy.h"

namespace zoneknot::sim {

inline constexpr std::size_t kMaxStepChecks = std::size_t{1} << 16U;

struct StepChecks {
  static constexpr unsigned kMaxShift = 63;

  unsigned shift = 0;  // check i is of the hash before step (i + 1) << shift, steps counted from 0
  std::vector<std::uint8_t> hashes;
  bool operator==(const StepChecks&) const = default;
};

// How many checks an execution of so many steps has.
inline std::uint64_t check_count(std::uint64_t steps, unsigned shift) { return steps == 0 ? 0 : (steps - 1) >> shift; }

std::uint8_t check_of(std::uint64_t trace_hash);

// Every second one, every fourth one, …, until there are at most so many.
StepChecks thinned(StepChecks checks, std::size_t most);

// Repeats a list of alternatives, steady after the last one, and makes the checks of that execution. One execution.
class CheckedScript final : public Strategy {
 public:
  explicit CheckedScript(const std::vector<std::uint32_t>& alternatives) : alternatives_(alternatives) {}

  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true}; }
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "script with checks"}; }

  [[nodiscard]] const StepChecks& checks() const { return checks_; }

 private:
  std::uint32_t next(std::uint32_t alternatives);

  const std::vector<std::uint32_t>& alternatives_;
  StepChecks checks_;
  std::size_t decision_ = 0;
  std::uint64_t step_ = 0;
  bool done_ = false;
};

}  // namespace zoneknot::sim
