// How a search chooses: the one interface between the simulator and everything that decides schedules. A Strategy
// belongs to one search, is used by one thread, and lives through all executions of the search.
#pragma once

#include <cstdint>
#include <functional>
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
  Candidates(std::span<Actor* const> actors, std::uint32_t last, std::uint64_t trace_hash, std::uint32_t starting = 0)
      : actors_(actors), last_(last), starting_(starting), trace_hash_(trace_hash) {}

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(actors_.size()); }
  [[nodiscard]] ActorId actor(std::uint32_t index) const { return actors_[index]->id; }
  [[nodiscard]] const Op& op(std::uint32_t index) const { return actors_[index]->op; }
  [[nodiscard]] const Actor& at(std::uint32_t index) const { return *actors_[index]; }
  // The index of the task that ran last, kNoId if it cannot go on.
  [[nodiscard]] std::uint32_t last() const { return last_; }
  // What Baseline::steady takes here.
  [[nodiscard]] std::uint32_t steady() const { return last_ == core::kNoId ? 0 : last_; }
  // How many of them are tasks that have not started yet.
  [[nodiscard]] std::uint32_t starting() const { return starting_; }
  // The hash of all steps before this one.
  [[nodiscard]] std::uint64_t trace_hash() const { return trace_hash_; }

 private:
  std::span<Actor* const> actors_;
  std::uint32_t last_;
  std::uint32_t starting_;
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

// What a strategy says of itself, and of what a search without a hang is worth.
struct StrategyDescription {
  std::string name;  // what reports call it: "random walk", "PCT of depth 3"
  // Executions are drawn anew, each from about the same distribution: the rule of three applies to them.
  bool samples = false;
  std::optional<Guarantee> guarantee{};
  // What has been covered, in words; empty: nothing can be said, or begin() has not said no yet.
  std::string coverage{};
  // When begin() says no: nothing at all is left, as opposed to nothing within a bound of the strategy's own.
  bool covers_everything = true;
};

// What a strategy asks of the execution that the last begin() readied.
struct StrategyNeeds {
  // pick() is asked for steps with a single candidate as well, which are no decisions and are not recorded; created()
  // and never_made() are told.
  bool every_step = false;
  // Executions go on after a hang, as long as anybody can, unless the first hang ends the search: for searches that
  // learn from an execution what others to make.
  bool whole_executions = false;
};

// A strategy has to begin, to decide and to describe itself; all else is for those that want more. A strategy around
// another one is a StrategyWrapper (sim/strategy/strategy_wrapper.h), which passes everything on.
class Strategy {
 public:
  Strategy() = default;
  virtual ~Strategy() = default;
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;

  // Readies the next execution. False: there is nothing left to explore.
  [[nodiscard]] virtual bool begin() = 0;

  // A decision between two or more candidates: an index, kPrune or kDiverged.
  [[nodiscard]] virtual std::uint32_t pick(const Candidates& candidates) = 0;

  // A decision between the values [0, bound), bound from 2 to kMaxAlternatives: a value, kPrune or kDiverged.
  [[nodiscard]] virtual std::uint32_t draw(std::uint32_t bound) = 0;

  // As things are now: between executions, at any time of a search.
  [[nodiscard]] virtual StrategyDescription describe() const = 0;

  // --- For strategies that want more ---

  // A decision between no (0) and yes (1), where yes has probability p, 0 < p < 1. A search that wants to see both
  // leaves it a plain draw.
  [[nodiscard]] virtual std::uint32_t chance(double /*p*/) { return draw(2); }

  // Asked once for each execution.
  [[nodiscard]] virtual StrategyNeeds needs() const { return {}; }

  // Told before the first begin(), for strategies that look at who holds and awaits what: `watch` shows the execution
  // under way for as long as the search lasts.
  virtual void look_at(const lockcheck::LockWatch& /*watch*/) {}

  // The task whose step it is has created a task or an object that is numbered in the order of creation.
  virtual void created(ObjectClass /*object_class*/) {}

  // An operation that was published and is not made in this execution: its event was taken back, or the execution has
  // finished, hung or been pruned.
  virtual void never_made(const Actor& /*actor*/) {}

  // Told before the first begin(): whoever works long between executions asks it now and then, and gives up where it
  // says so; the search is over then.
  virtual void stop_when(const std::function<bool()>& /*stop*/) {}

  // The execution that the last begin() readied is over.
  virtual void ended(const Outcome& /*outcome*/) {}

  // Steps that were made from memory, without the program (sim/states/step_memo.h).
  [[nodiscard]] virtual std::uint64_t memoised_steps() const { return 0; }

  // A short schedule, without deviations, of the execution that the last begin() readied, however it goes on.
  [[nodiscard]] virtual std::optional<core::Schedule> schedule() const { return std::nullopt; }

  // The strategy that readied the execution under way: this one, or the part of a portfolio whose turn it is.
  [[nodiscard]] virtual const Strategy& acting() const { return *this; }
};

}  // namespace zoneknot::sim
