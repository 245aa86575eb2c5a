// Every execution with no preemption, then every one with one, then two, … (Musuvathi, Qadeer: Iterative Context
// Bounding, PLDI 2007). A preemption is a step of another task, or of an event, where the task that ran last could go
// on; after a task that has to wait, every choice is free. Draws are decisions like any other and cost nothing. Few
// preemptions are enough for most hangs, and covered() says how many have been ruled out.
//
// Depth-first and stateless. No sleep sets: what they leave out may be the one execution of its trace that stays
// within the bound. With each bound the executions of the smaller ones are made again, which costs little, as each
// bound has many times more than the one before.
//
// It covers programs as DepthFirst does, and notices in the same way that a program does not repeat itself.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/run/strategy.h"

namespace zoneknot::sim {

class PreemptionBound final : public Strategy {
 public:
  static constexpr std::uint32_t kNoMost = UINT32_MAX;

  // `most`: the last bound to search; kNoMost: until there is nothing that a greater one would add.
  explicit PreemptionBound(std::uint32_t most = kNoMost) : most_(most) {}

  [[nodiscard]] StrategyDescription describe() const override;
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  void ended(const Outcome& outcome) override;

  // The greatest bound within which every execution was made and seen to its end; nothing: not even the bound 0.
  [[nodiscard]] std::optional<std::uint32_t> covered() const { return covered_; }

 private:
  // A decision on the current path. The alternatives are tried in order, the free one first.
  struct Node {
    std::uint64_t signature = 0;     // of the candidates
    std::uint32_t alternatives = 0;  // how many fit into the bound
    std::uint32_t tried = 0;         // which of them is being explored
    std::uint32_t first = 0;         // the alternative that is tried first; the others follow by number
    std::uint32_t preemptions = 0;   // before this decision
    bool others_preempt = false;
    bool draw = false;
  };

  std::uint32_t decide(const Node& found);
  [[nodiscard]] static std::uint32_t alternative_of(const Node& node);
  [[nodiscard]] bool next_bound();

  std::uint32_t most_;
  std::uint32_t bound_ = 0;
  std::vector<Node> path_;
  std::size_t depth_ = 0;          // decisions made in this execution
  std::uint32_t preemptions_ = 0;  // in this execution
  bool beyond_bound_ = false;      // this bound has left something out
  bool cut_ = false;               // an execution within this bound was not seen to its end
  bool started_ = false;
  std::optional<std::uint32_t> covered_;
};

}  // namespace zoneknot::sim
