// Exhaustive search, stateless, by source-DPOR with sleep sets (Abdulla, Aronis, Jonsson, Sagonas: "Optimal dynamic
// partial order reduction", POPL 2014). An execution is explored to its end along one way; where two of its steps are
// in a race that could have gone the other way round, another actor is put down to be tried at the earlier one. Each
// Mazurkiewicz trace, which is all executions that differ only in the order of independent steps, is completed once.
// Executions that turn out to repeat others are pruned on the way. Draws are decisions, each value is tried.
//
// It covers a program whose tasks notice each other through visible operations alone: not by Clock::now_ns. Of sleeps
// that overlap only the order in which virtual time ends them is explored; describe() says so.
//
// At every decision that is repeated, all has to be as it was the first time; if not, the answer is kDiverged.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/dpor/event_order.h"
#include "sim/run/strategy.h"

namespace zoneknot::sim {

class SourceDpor final : public Strategy {
 public:
  [[nodiscard]] StrategyDescription describe() const override;
  void look_at(const lockcheck::LockWatch& watch) override { watch_ = &watch; }
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true, .whole_executions = true}; }
  void never_made(const Actor& actor) override;

  // How much of all has been explored, 0 … 1: an estimate that goes up and down, as more is found to explore.
  [[nodiscard]] double explored() const;
  // Everything has been explored. Set by the begin() that says so.
  [[nodiscard]] bool exhausted() const { return exhausted_; }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // An actor that is to be tried at a node.
  struct Choice {
    ActorId actor = 0;
    bool explored = false;
    Op op;                       // known once it was tried
    std::uint32_t next = kNone;  // in choices_, of the same node
  };
  // What an actor would do, where doing it now leads to nothing new.
  struct Sleeper {
    ActorId actor = 0;
    Op op;
  };
  // A step or a draw on the current path.
  struct Node {
    std::uint64_t trace_hash = 0;
    std::uint32_t alternatives = 0;  // candidates, or values of a draw
    std::uint32_t index = 0;         // of the alternative that is being explored
    std::uint32_t events = 0;        // before it
    std::uint32_t choice = kNone;    // in choices_: what is being explored; a draw has none
    std::uint32_t choices = kNone;   // in choices_: the first
    std::uint32_t sleepers = 0;      // how many are asleep when it is reached
    std::size_t first_sleeper = 0;   // in sleepers_
  };

  [[nodiscard]] bool repeating() const { return depth_ < path_.size(); }
  // Takes up the next alternative of a node; false: there is none.
  bool advance(Node& node);
  void drop_last_node();
  std::uint32_t retake(Node& node, const Candidates& candidates);
  std::uint32_t discover(const Candidates& candidates);
  [[nodiscard]] std::uint32_t first_choice(const Candidates& candidates) const;
  void push(Node node);
  void take(const Node& node, const Actor& actor);
  // Sees to it that races with the order's subject are explored the other way round.
  void turn_round(std::span<const std::uint32_t> races);
  void turn_round(std::uint32_t event);
  void add_choice(Node& node, ActorId actor);
  // Whatever begins with that actor is explored at the node, or was before.
  [[nodiscard]] bool begun_with(const Node& node, ActorId actor) const;
  [[nodiscard]] std::span<const Sleeper> sleepers_at(const Node& node) const {
    return std::span(sleepers_).subspan(node.first_sleeper, node.sleepers);
  }
  [[nodiscard]] bool asleep(ActorId actor) const;

  const lockcheck::LockWatch* watch_ = nullptr;
  EventOrder order_;
  std::vector<Node> path_;
  std::vector<std::uint32_t> nodes_;  // by event
  std::vector<Choice> choices_;
  std::uint32_t free_choice_ = kNone;    // the first that is not in use
  std::vector<std::uint32_t> initials_;  // of one reversal
  std::vector<Sleeper> sleepers_;        // of all nodes on the path, in its order
  std::vector<Sleeper> asleep_;          // now; meaningful once the repeated part is over
  std::size_t depth_ = 0;                // nodes passed in this execution
  bool started_ = false;
  bool exhausted_ = false;
};

}  // namespace zoneknot::sim
