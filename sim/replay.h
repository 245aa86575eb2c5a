// Repeats executions: Replay follows a core::Schedule, Script a list of alternatives as they were recorded. Both make
// one execution and then have nothing left.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/schedule.h"
#include "sim/strategy.h"

namespace zoneknot::sim {

// What the trace hash has to be before one decision, if the program is still the one the schedule was made for.
struct Checkpoint {
  std::uint64_t decision = 0;
  std::uint64_t trace_hash = 0;
  bool operator==(const Checkpoint&) const = default;
};

class Replay final : public Strategy {
 public:
  // `checkpoints`: by ascending decision; at the first decision between candidates at or after one that does not fit,
  // the answer is kDiverged. So it is where the schedule names an alternative that does not exist.
  explicit Replay(core::Schedule schedule, std::vector<Checkpoint> checkpoints = {});

  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  [[nodiscard]] std::uint32_t chance(double p) override;
  [[nodiscard]] bool sees_every_step() const override;
  [[nodiscard]] std::optional<core::Schedule> schedule() const override;

 private:
  std::uint32_t answer(std::uint32_t by_baseline, std::uint32_t alternatives);

  core::Schedule schedule_;
  std::vector<Checkpoint> checkpoints_;
  std::unique_ptr<Strategy> baseline_;  // null: steady
  std::uint64_t decision_ = 0;
  std::size_t next_deviation_ = 0;
  std::size_t next_checkpoint_ = 0;
  bool done_ = false;
};

class Script final : public Strategy {
 public:
  // Steady after the last one.
  explicit Script(std::vector<std::uint32_t> alternatives) : alternatives_(std::move(alternatives)) {}

  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;

 private:
  std::uint32_t next(std::uint32_t steady, std::uint32_t alternatives);

  std::vector<std::uint32_t> alternatives_;
  std::size_t decision_ = 0;
  bool done_ = false;
};

}  // namespace zoneknot::sim
