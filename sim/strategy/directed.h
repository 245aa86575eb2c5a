// Steers towards a Target, by active testing (Joshi, Park, Sen, Naik: A Randomized Dynamic Program Analysis Technique
// for Detecting Real Deadlocks, PLDI 2009): who has come into a wanted position, and would leave it with the next step,
// is held back, so that the others can get into theirs. Among all others the choice is uniform, as are draws.
//
//   position                             held back
//   owns A and asks for B (a cycle)      the task, before it takes B
//   waits for a lock                     the task, before it takes a lock that is free; the owner, before it unlocks
//   waits for a completion               every completion
//   waits for a condition, a semaphore   every signal, every unit that is given back, time-outs
//   waits for a timer, for a task        nobody: that ends by itself
//
// When everybody is held back, one is let go, at random; so is an actor that was held back for kPatience decisions,
// because the others may be going round in a loop until it moves.
#pragma once

#include <cstdint>
#include <vector>

#include "lockcheck/watch/lock_watch.h"
#include "sim/run/actor_table.h"
#include "sim/run/strategy.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/target.h"

namespace zoneknot::sim {

class Directed final : public Strategy {
 public:
  static constexpr std::uint32_t kPatience = 2000;

  Directed(std::uint64_t base_seed, Target target) : target_(std::move(target)), seeds_(base_seed) {}

  [[nodiscard]] StrategyDescription describe() const override;
  void look_at(const lockcheck::LockWatch& watch) override { watch_ = &watch; }
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return choice_.below(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return choice_.chance(p); }
  void ended(const Outcome& outcome) override;
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true}; }

  // In how many executions all tasks waited as described.
  [[nodiscard]] std::uint64_t reached() const { return reached_; }
  // How many tasks waited as described at the best moment so far.
  [[nodiscard]] std::uint32_t nearest() const { return nearest_; }

 private:
  // What is about to be left.
  struct Pending {
    std::uint32_t held_back = 0;  // for how many decisions
    bool let_go = false;
  };

  void look_who_waits();
  [[nodiscard]] bool wants(core::WaitKind what) const;
  [[nodiscard]] bool ends_a_wait(ActorId actor, const Op& op);
  [[nodiscard]] bool would_leave(ActorId actor, const Op& op);
  [[nodiscard]] bool in_cycle(core::TaskId task, const Op& op) const;
  [[nodiscard]] bool about_to_wait(core::TaskId task, const Op& op);
  // The entry of the description that a wait fits, and that has room; its size: none.
  [[nodiscard]] std::size_t entry_of(core::WaitKind what, core::LockId lock, const core::Site& site) const;

  Target target_;
  ExecutionSeeds seeds_;
  RandomChoice choice_;
  const lockcheck::LockWatch* watch_ = nullptr;
  ActorTable<Pending> pending_;
  std::vector<std::uint32_t> free_;     // candidates that are not held back
  std::vector<std::uint32_t> waiting_;  // by entry of the description: how many tasks wait so, or are held back for it
  std::vector<bool> in_position_;       // by TaskId: waits as described
  std::vector<bool> awaited_locks_;     // by LockId: somebody waits for it in a wanted position
  bool all_wait_ = false;               // at some moment of this execution
  std::uint64_t reached_ = 0;
  std::uint32_t nearest_ = 0;
};

}  // namespace zoneknot::sim
