// PCT, probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with
// Probabilistic Guarantees of Finding Bugs, ASPLOS 2010). Every actor gets a random priority when it appears, and the
// highest that can go on does. At d - 1 decisions, drawn beforehand among k, the actor that would go on falls below all
// others. A hang that needs d ordering constraints is met with probability 1 / (n k^(d-1)) or more, for n actors.
//
// k is the greatest number of decisions of an execution so far; a first execution without any change counts them. The
// promise holds for executions no longer than that. Beyond the algorithm: an actor chosen kMostInARow times
// running over others falls below everybody else too, because a loop that waits for a task of lower priority would
// never end. Draws of the program are uniform.
#pragma once

#include <vector>

#include "sim/run/actor_table.h"
#include "sim/run/strategy.h"
#include "sim/strategy/random_walk.h"

namespace zoneknot::sim {

class PriorityChanges final : public Strategy {
 public:
  static constexpr std::uint32_t kDefaultDepth = 3;
  static constexpr std::uint32_t kMostDepth = 100;
  static constexpr std::uint32_t kMostInARow = 1000;

  // `depth`: d, 1 to kMostDepth.
  PriorityChanges(std::uint64_t base_seed, std::uint32_t depth);
  // Parameters: depth, decisions.
  explicit PriorityChanges(const core::Schedule& again);
  [[nodiscard]] static bool fits(const std::vector<std::uint64_t>& parameters);

  [[nodiscard]] StrategyDescription describe() const override;
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return choice_.below(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return choice_.chance(p); }
  void ended(const Outcome& outcome) override;
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true}; }
  [[nodiscard]] std::optional<core::Schedule> schedule() const override;

 private:
  // Above kChangeable: as drawn. Below: fell at a change point, or later for what it did. 0: not drawn yet.
  using Priority = std::int64_t;
  static constexpr Priority kChangeable = 1U << 20U;

  [[nodiscard]] std::optional<Guarantee> guarantee() const;
  std::uint32_t highest(const Candidates& candidates);
  void fall_at_change_point(ActorId actor);
  void fall_after_a_loop(ActorId actor);

  std::uint32_t depth_;
  ExecutionSeeds seeds_;
  RandomChoice choice_;
  ActorTable<Priority> priorities_;
  std::vector<std::uint64_t> change_points_;  // numbers of decisions; ascending
  std::size_t next_change_ = 0;
  Priority lowest_ = 0;         // of those who fell after a loop
  ActorId last_ = core::kNoId;  // who was chosen last, and for how many decisions running
  std::uint32_t in_a_row_ = 0;
  std::uint64_t decision_ = 0;            // between candidates, in this execution
  std::uint64_t actors_ = 0;              // in this execution
  std::uint64_t expected_decisions_ = 0;  // of this execution: k
  std::uint64_t most_decisions_ = 0;
  std::uint64_t most_actors_ = 0;
};

}  // namespace zoneknot::sim
