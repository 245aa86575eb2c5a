// Wakeup trees of optimal DPOR: for a node of a search, the sequences of steps that have still to be explored from
// there, in order, as a tree. Nodes come from one pool that belongs to the search and are used again. One thread.
//
// A step is named so that the name holds in every execution in which the same steps came before it: an event by the
// step that created it, since its ActorId is that of whatever slot was free. A step that draws is as many steps as
// there are sequences of values.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "sim/run/actor.h"

namespace zoneknot::sim {

struct StepName {
  ActorId actor = 0;            // of an event: the task that created it
  std::uint32_t number = 0;     // of an event: the step of that task that created it, counted from 1; else 0
  OpKind kind = OpKind::start;  // of an event; else start

  bool operator==(const StepName&) const = default;
};

// What a step draws: all its values, or the first ones and whatever follows (open). Each has a number of its own, so
// that steps are plain values; those without draws cost nothing.
class DrawTable {
 public:
  using Id = std::uint32_t;
  static constexpr Id kAny = 0;   // open, no value given
  static constexpr Id kNone = 1;  // no draw is made

  struct Draws {
    std::vector<std::uint32_t> values;
    std::vector<std::uint32_t> bounds;  // of the values
    bool open = false;
    auto operator<=>(const Draws&) const = default;
  };

  Id id_of(const Draws& draws);
  [[nodiscard]] const Draws& operator[](Id id) const { return *draws_[id]; }
  // Whatever `some` stands for, one of `all` stands for it too. They belong to one step at one place.
  [[nodiscard]] bool cover(std::span<const Id> all, Id some) const;
  [[nodiscard]] bool cover(std::span<const Id> all, const Draws& some) const;

 private:
  std::map<Draws, Id> ids_{{Draws{{}, {}, true}, kAny}, {Draws{{}, {}, false}, kNone}};
  std::vector<const Draws*> draws_{&ids_.find(Draws{{}, {}, true})->first, &ids_.find(Draws{{}, {}, false})->first};
};

struct WakeupStep {
  StepName name;
  Op op;
  DrawTable::Id draws = DrawTable::kAny;
};

class WakeupTrees {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // Siblings in the order in which they are to be explored.
  struct List {
    std::uint32_t first = kNone;
    std::uint32_t last = kNone;
    [[nodiscard]] bool empty() const { return first == kNone; }
  };

  [[nodiscard]] const WakeupStep& step(std::uint32_t node) const { return nodes_[node].step; }
  [[nodiscard]] List children(std::uint32_t node) const { return nodes_[node].children; }
  [[nodiscard]] std::uint32_t next(std::uint32_t node) const { return nodes_[node].next; }

  // Adds a node behind the others; returns it.
  std::uint32_t append(List& list, const WakeupStep& step);
  // Appends to the children of a node.
  std::uint32_t append_child(std::uint32_t parent, const WakeupStep& step);
  // Takes the first node out of a list; its children are left to the caller, its step is valid until the next append.
  std::uint32_t take_first(List& list);
  // Gives a whole list back to the pool.
  void release(List& list);

 private:
  struct Node {
    WakeupStep step;
    std::uint32_t next = kNone;
    List children;
  };

  std::uint32_t new_node();

  std::vector<Node> nodes_;
  std::uint32_t free_ = kNone;
};

}  // namespace zoneknot::sim
