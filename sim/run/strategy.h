// How a search chooses: the one interface between the simulator and everything that decides schedules. A Strategy
// belongs to one search, is used by one thread, and lives through all executions of the search.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/schedule.h"
#include "sim/run/actor.h"
#include "sim/run/outcome.h"

namespace zoneknot::lockcheck {
class LockWatch;
}

namespace zoneknot::sim {

// Answers beside the index of an alternative.
inline constexpr std::uint32_t kPrune = UINT32_MAX;         // other executions cover what would follow
inline constexpr std::uint32_t kDiverged = UINT32_MAX - 1;  // the program does not do what it did before
inline constexpr std::uint32_t kMaxAlternatives = UINT32_MAX - 2;

// Who could make the next step. Valid during the call it is passed to.
class Candidates {
 public:
  Candidates(std::span<Actor* const> actors, std::uint32_t last, std::uint64_t trace_hash)
      : actors_(actors), last_(last), trace_hash_(trace_hash) {}

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(actors_.size()); }
  [[nodiscard]] ActorId actor(std::uint32_t index) const { return actors_[index]->id; }
  [[nodiscard]] const Op& op(std::uint32_t index) const { return actors_[index]->op; }
  [[nodiscard]] const Actor& at(std::uint32_t index) const { return *actors_[index]; }
  // The index of the task that ran last, kNoId if it cannot go on.
  [[nodiscard]] std::uint32_t last() const { return last_; }
  // What Baseline::steady takes here.
  [[nodiscard]] std::uint32_t steady() const { return last_ == core::kNoId ? 0 : last_; }
  // Of all steps before this one.
  [[nodiscard]] std::uint64_t trace_hash() const { return trace_hash_; }

 private:
  std::span<Actor* const> actors_;
  std::uint32_t last_;
  std::uint64_t trace_hash_;
};

// What theory promises of a strategy: a hang that needs `depth` ordering constraints is met by one execution with at
// least this probability.
struct Guarantee {
  std::uint32_t depth = 1;
  std::uint64_t actors = 0;     // n: the most in an execution so far
  std::uint64_t decisions = 0;  // k: the most in an execution so far
  double probability = 0;
};

class Strategy {
 public:
  Strategy() = default;
  virtual ~Strategy() = default;
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;

  // What reports call it: "random walk", "PCT of depth 3".
  [[nodiscard]] virtual std::string name() const { return "a strategy without a name"; }

  // Told before the first begin(), for strategies that look at who holds and awaits what: `watch` shows the execution
  // under way for as long as the search lasts.
  virtual void look_at(const lockcheck::LockWatch& /*watch*/) {}

  // Readies the next execution. False: there is nothing left to explore.
  [[nodiscard]] virtual bool begin() = 0;

  // A decision between two or more candidates: an index, kPrune or kDiverged.
  [[nodiscard]] virtual std::uint32_t pick(const Candidates& candidates) = 0;

  // A decision between the values [0, bound), bound from 2 to kMaxAlternatives: a value, kPrune or kDiverged.
  [[nodiscard]] virtual std::uint32_t draw(std::uint32_t bound) = 0;

  // A decision between no (0) and yes (1), where yes has probability p, 0 < p < 1. A search that wants to see both
  // leaves it a plain draw.
  [[nodiscard]] virtual std::uint32_t chance(double /*p*/) { return draw(2); }

  // The execution that the last begin() readied is over.
  virtual void ended(const Outcome& /*outcome*/) {}

  // True: pick() is asked for steps with a single candidate as well. Those are no decisions and are not recorded.
  [[nodiscard]] virtual bool sees_every_step() const { return false; }

  // True: executions have to go on after a hang, as long as anybody can, unless the first hang ends the search. For
  // searches that learn from an execution what others to make.
  [[nodiscard]] virtual bool wants_whole_executions() const { return false; }

  // The task whose step it is has created a task or an object that is numbered in the order of creation. Only told to
  // strategies that see every step.
  virtual void created(ObjectClass /*object_class*/) {}

  // An operation that was published and is not made in this execution: its event was taken back, or the execution has
  // finished, hung or been pruned. Only told to strategies that see every step.
  virtual void never_made(const Actor& /*actor*/) {}

  // How many steps it has made besides those of executions.
  [[nodiscard]] virtual std::uint64_t steps_on_values() const { return 0; }

  // A short schedule, without deviations, of the execution that the last begin() readied, however it goes on.
  [[nodiscard]] virtual std::optional<core::Schedule> schedule() const { return std::nullopt; }

  // Who readied the execution under way: this one, or the part of a portfolio whose turn it is.
  [[nodiscard]] virtual const Strategy& acting() const { return *this; }

  // --- What a search without a hang is worth ---

  // Executions are drawn anew, each from about the same distribution: the rule of three applies to them.
  [[nodiscard]] virtual bool samples() const { return false; }
  [[nodiscard]] virtual std::optional<Guarantee> guarantee() const { return std::nullopt; }
  // What has been covered, in words; empty: nothing can be said, or begin() has not said no yet.
  [[nodiscard]] virtual std::string coverage() const { return {}; }
  // When begin() says no: nothing at all is left, as opposed to nothing within a bound of the strategy's own.
  [[nodiscard]] virtual bool covers_everything() const { return true; }
};

}  // namespace zoneknot::sim
