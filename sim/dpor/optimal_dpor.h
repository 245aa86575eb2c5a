// Exhaustive search, stateless, by optimal DPOR (Abdulla, Aronis, Jonsson, Sagonas, POPL 2014): like source-DPOR
// (sim/dpor/source_dpor.h), but what is put down to be tried where a race could have gone the other way round is not an
// actor but a whole sequence of steps, in a wakeup tree, so that no execution is begun that others cover. Races are
// looked at when an execution has come to its end. Each trace is completed once, and no execution is pruned, but rarely
// where one step draws more than once.
//
// It covers what source-DPOR covers, of programs whose tasks and objects are created in one order: their numbers have
// to mean the same in every execution. If they do not, describe() says so.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/dpor/event_order.h"
#include "sim/dpor/wakeup_tree.h"
#include "sim/run/strategy.h"

namespace zoneknot::sim {

class OptimalDpor final : public Strategy {
 public:
  [[nodiscard]] StrategyDescription describe() const override;
  void look_at(const lockcheck::LockWatch& watch) override { watch_ = &watch; }
  void stop_when(const std::function<bool()>& stop) override { stop_ = stop; }
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true, .whole_executions = true}; }
  void never_made(const Actor& actor) override;
  void created(ObjectClass object_class) override;

  // How much of all has been explored, 0 … 1: an estimate that goes up and down, as more is found to explore.
  [[nodiscard]] double explored() const;

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // Doing this now leads to nothing new.
  struct Sleeper {
    ActorId actor = 0;
    WakeupStep step;
  };
  // A step or a draw on the current path.
  struct Node {
    std::uint64_t trace_hash = 0;
    std::uint32_t alternatives = 0;  // candidates, or values of a draw
    std::uint32_t index = kNone;     // of the alternative that is being explored
    std::uint32_t events = 0;        // before it
    std::uint32_t explored = 0;      // alternatives before this one
    std::uint32_t sleepers = 0;      // who sleeps when it is reached, and what was explored from it
    bool is_draw = false;
    bool forced = false;            // a draw that the wakeup tree has decided
    WakeupStep step;                // that is being explored
    ActorId actor = 0;              // whose it is
    WakeupTrees::List tree;         // what is left to be explored
    std::size_t first_sleeper = 0;  // in sleepers_
  };
  // An event and a later operation, which was made or not.
  struct Race {
    std::uint32_t event = 0;
    std::size_t nodes = 0;  // on the path when it was found
    EventOrder::Subject subject;
  };
  // Something was created that has a number.
  struct Creation {
    std::uint32_t event = 0;
    ObjectClass object_class = ObjectClass::task;
  };
  // A step of a reversal.
  struct Step {
    WakeupStep step;
    std::uint32_t event = kNone;  // none: the subject of the order
    bool taken = false;           // it is in the tree already
  };

  [[nodiscard]] bool repeating() const { return depth_ < path_.size(); }
  bool advance(Node& node);
  bool take_from_tree(Node& node, std::span<const Sleeper> sleepers);
  // Those of an actor.
  [[nodiscard]] std::span<const DrawTable::Id> draws_of(ActorId actor, std::span<const Sleeper> sleepers) const;
  void drop_last_node();
  std::uint32_t retake(Node& node, const Candidates& candidates);
  std::uint32_t discover(const Candidates& candidates);
  void push(Node node);
  void take(Node& node, const Actor& actor);
  std::uint32_t find(const WakeupStep& step, const Candidates& candidates);
  std::uint32_t give_up();
  [[nodiscard]] std::uint32_t first_awake(const Candidates& candidates) const;
  [[nodiscard]] bool asleep(ActorId actor) const;
  [[nodiscard]] std::span<const Sleeper> sleepers_at(const Node& node) const {
    return std::span(sleepers_).subspan(node.first_sleeper, node.sleepers);
  }

  // Draws of the step at a node.
  [[nodiscard]] DrawTable::Draws drawn_at(std::uint32_t node, std::size_t end) const;
  [[nodiscard]] std::uint32_t next_value(std::uint32_t draw, std::uint32_t value) const;

  // Races.
  // `end`: what comes at or after that event is not made before the subject.
  void note_races(std::span<const std::uint32_t> events, std::uint32_t end);
  void add_reversals();
  void add_other_draws();
  void add_reversal(std::uint32_t event, DrawTable::Id subject_draws);
  [[nodiscard]] bool nothing_new_beside(std::uint32_t event) const;
  void list_steps(std::span<const std::uint32_t> reversal, DrawTable::Id subject_draws);
  [[nodiscard]] StepName name_of(ActorId actor, OpKind kind, std::uint32_t cause) const;
  [[nodiscard]] bool precedes(const Step& earlier, const Step& later) const;
  // Among the steps that are not taken yet; among all.
  [[nodiscard]] bool comes_first(const Step& step) const;
  [[nodiscard]] bool comes_first_of_all(const Step& step) const;
  [[nodiscard]] bool commutes(const Op& op) const;
  [[nodiscard]] bool covered_by_sleepers(const Node& node) const;
  void insert(Node& root, std::uint32_t parent, std::size_t left);
  [[nodiscard]] bool together_cover(const Node& root, std::span<const std::uint32_t> nodes, const Step& step) const;

  const lockcheck::LockWatch* watch_ = nullptr;
  std::function<bool()> stop_;
  EventOrder order_;
  WakeupTrees trees_;
  DrawTable draw_table_;
  std::vector<Node> path_;
  std::vector<std::uint32_t> nodes_;          // by event
  std::vector<Sleeper> sleepers_;             // of all nodes on the path, in its order
  std::vector<Sleeper> asleep_;               // now; meaningful once the repeated part is over
  std::vector<Race> races_;                   // of the path, and of what was not made after it
  std::vector<Creation> creations_;           // of the path
  std::vector<Step> steps_;                   // of one reversal
  mutable std::vector<DrawTable::Id> draws_;  // some that belong to one step
  WakeupTrees::List tree_;                    // what is to be explored from the next node on
  std::size_t depth_ = 0;                     // nodes passed in this execution
  std::size_t first_new_ = 0;                 // node that this execution has changed
  bool started_ = false;
  bool given_up_ = false;  // this execution
  bool exhausted_ = false;
  bool numbers_vary_ = false;  // from execution to execution
};

}  // namespace zoneknot::sim
