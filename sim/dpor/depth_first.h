// Exhaustive depth-first search, stateless: each execution repeats the decisions up to the deepest one that has an
// alternative left, and takes that. Sleep sets (Godefroid 1996) leave out executions that differ from an earlier one
// only in the order of independent steps, so that each Mazurkiewicz trace is completed once; executions that turn out
// to repeat others are pruned on the way. Draws are decisions like any other.
//
// It covers a program whose tasks notice each other through visible operations alone. Virtual time is none: a program
// whose way depends on Clock::now_ns is not covered.
//
// At every decision that is repeated, the candidates have to be those of the first time; if not, the answer is
// kDiverged.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/run/strategy.h"

namespace zoneknot::sim {

class DepthFirst final : public Strategy {
 public:
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "depth-first with sleep sets"}; }
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true, .whole_executions = true}; }

  // Everything has been explored. Set by the begin() that says so.
  [[nodiscard]] bool exhausted() const { return exhausted_; }

 private:
  // What an actor would do, where doing it now leads to nothing new.
  struct Sleeper {
    ActorId actor = 0;
    Op op;
  };
  // A decision on the current path.
  struct Node {
    std::uint64_t signature = 0;        // of the candidates
    std::uint32_t next = 0;             // which of its alternatives is being explored
    std::uint32_t alternatives = 0;     // how many are worth exploring
    std::size_t first_alternative = 0;  // in alternatives_; unused for a draw, whose alternatives are all values
    std::size_t first_sleeper = 0;      // in sleepers_: asleep when the node was reached
    bool draw = false;
  };

  [[nodiscard]] bool repeating() const { return depth_ < path_.size(); }
  std::uint32_t repeat(const Candidates& candidates);
  std::uint32_t discover(const Candidates& candidates);
  void list_alternatives(Node& node, const Candidates& candidates);
  // Who sleeps after `chosen` was taken at the last node of the path: its sleepers and what was explored there before,
  // but for what depends on the choice.
  void leave(const Node& node, const Candidates& candidates, std::uint32_t chosen);
  void wake_dependent(const Op& op);
  [[nodiscard]] bool asleep(ActorId actor) const;
  void restore_sleepers(const Node& node);
  void push(const Node& node);
  [[nodiscard]] std::uint32_t chosen_at(const Node& node) const;

  std::vector<Node> path_;
  std::vector<std::uint32_t> alternatives_;  // of all nodes on the path, in its order
  std::vector<Sleeper> sleepers_;            // likewise
  std::vector<Sleeper> asleep_;              // now; meaningful once the repeated part is over
  std::size_t depth_ = 0;                    // decisions made in this execution
  bool started_ = false;
  bool exhausted_ = false;
};

}  // namespace zoneknot::sim
