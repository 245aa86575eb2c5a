// An execution told by who did how much, instead of by numbers of decisions: turns of tasks, completions named by the
// I/O they end, draws by the task that drew. Told so, a schedule still means something when a part of it is left out,
// and for a smaller program. Beside it what a witness costs a reader. Used by one search, one thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/strategy/strategy_wrapper.h"

namespace zoneknot::sim {

// A task goes on until it has made `until` steps since the beginning; or its `until`-th I/O (from 0) completes.
struct Turn {
  core::TaskId task = 0;
  std::uint32_t until = 0;
  bool completion = false;
  bool operator==(const Turn&) const = default;
};

struct Plan {
  std::vector<Turn> turns;
  std::vector<std::vector<std::uint32_t>> draws;  // by TaskId: the values that it drew
  bool operator==(const Plan&) const = default;
};

// What shrinking makes less, by importance.
struct ScheduleSize {
  std::uint64_t preemptions = 0;  // a task was chosen while the one that ran last could have gone on
  std::uint64_t reordered = 0;    // an I/O completed before an earlier one of the same job
  std::uint64_t ios = 0;          // reached the device
  std::uint64_t switches = 0;     // a task was chosen that is not the one that ran last
  std::uint64_t deviations = 0;   // decisions that Baseline::steady answers otherwise
  std::uint64_t steps = 0;
  auto operator<=>(const ScheduleSize&) const = default;
};

class ScheduleLog {
 public:
  struct Flight {
    core::TaskId owner = core::kNoId;
    std::uint32_t number = 0;   // among its owner's
    std::uint64_t order = 0;    // among all
    std::uint64_t seen_at = 0;  // the last look at which it was there; 0: gone
  };

  void begin();
  // To be called at every step, before it is chosen.
  void look(const Candidates& candidates);
  void chose(const Candidates& candidates, std::uint32_t index);
  void drew(std::uint32_t value);

  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const ScheduleSize& size() const { return size_; }

  // Since the beginning; of the task that ran last.
  [[nodiscard]] std::uint32_t steps_of(core::TaskId task) const { return task < steps_.size() ? steps_[task] : 0; }
  [[nodiscard]] core::TaskId running() const { return running_; }
  // What is known of an event among the candidates that were looked at last.
  [[nodiscard]] const Flight& flight(ActorId event) const { return flights_[event & ~kEventBit]; }
  [[nodiscard]] std::uint32_t draws_of(core::TaskId task) const {
    return task < plan_.draws.size() ? static_cast<std::uint32_t>(plan_.draws[task].size()) : 0;
  }

 private:
  [[nodiscard]] bool overtakes(const Candidates& candidates, const Flight& flight) const;

  Plan plan_;
  ScheduleSize size_;
  std::vector<std::uint32_t> steps_;     // by TaskId
  std::vector<std::uint32_t> launched_;  // by TaskId
  std::vector<Flight> flights_;          // by slot of the event
  std::uint64_t looks_ = 0;
  std::uint64_t launches_ = 0;
  core::TaskId running_ = 0;
};

// Any strategy, with a log of what it does.
class Logged final : public StrategyWrapper {
 public:
  Logged(Strategy& inner, ScheduleLog& log) : StrategyWrapper(inner), log_(log) {}

  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  [[nodiscard]] std::uint32_t chance(double p) override;
  [[nodiscard]] StrategyNeeds needs() const override { return needs_every_step_too(); }

 private:
  std::uint32_t drew(std::uint32_t value);

  ScheduleLog& log_;
};

// Follows a plan as far as the program goes along: a turn whose task cannot go on is over once that task's own I/Os
// have completed, a completion that is not there is left out, and after the last turn the last task goes on, then the
// first task that can; completions come in order and no sooner than they have to. Reads the log it is logged in.
// One execution.
class FollowPlan final : public Strategy {
 public:
  FollowPlan(const Plan& plan, const ScheduleLog& log) : plan_(plan), log_(log) {}

  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true}; }
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "plan"}; }

 private:
  [[nodiscard]] std::optional<std::uint32_t> by_turn(const Candidates& candidates, const Turn& turn) const;
  // The oldest I/O among the candidates, of this task or of any.
  [[nodiscard]] std::optional<std::uint32_t> oldest(const Candidates& candidates,
                                                    std::optional<core::TaskId> task) const;
  [[nodiscard]] std::uint32_t steady(const Candidates& candidates) const;

  const Plan& plan_;
  const ScheduleLog& log_;
  std::size_t turn_ = 0;
  bool done_ = false;
};

}  // namespace zoneknot::sim
