// What can be chosen to make the next step: a task, or a pseudo-task with one event of its own (an I/O in flight).
// EnabledActors keeps those that can go on in a dense array, so that a strategy picks one by index. Both belong to a
// Simulation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/run/op.h"

namespace zoneknot::sim {

// A task's is its TaskId; an event's is kEventBit and the number of its slot, which is used again after the event.
using ActorId = std::uint32_t;
inline constexpr ActorId kEventBit = 0x80000000U;

inline bool is_event(ActorId actor) { return (actor & kEventBit) != 0; }

struct Actor {
  static constexpr std::uint32_t kDisabled = UINT32_MAX;

  Op op;  // what it will do when it is chosen
  ActorId id = 0;
  std::uint32_t created = 0;           // steps made when it came to be; the last of them made it
  std::uint32_t position = kDisabled;  // among the enabled actors
  // For a reap, the end of a wait for a condition variable, and a wait that is too late: what it waited for came in
  // the last of so many steps. 0: it did not have to wait.
  std::uint32_t enabled_by = 0;

  [[nodiscard]] bool enabled() const { return position != kDisabled; }
};

class EnabledActors {
 public:
  void clear() { actors_.clear(); }

  void add(Actor& actor) {
    if (actor.enabled()) return;
    actor.position = static_cast<std::uint32_t>(actors_.size());
    actors_.push_back(&actor);
  }

  // The last one takes the place of the one that leaves.
  void remove(Actor& actor) {
    if (!actor.enabled()) return;
    Actor* moved = actors_.back();
    actors_[actor.position] = moved;
    moved->position = actor.position;
    actors_.pop_back();
    actor.position = Actor::kDisabled;
  }

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(actors_.size()); }
  [[nodiscard]] Actor& at(std::uint32_t index) const { return *actors_[index]; }
  [[nodiscard]] std::span<Actor* const> all() const { return actors_; }

 private:
  std::vector<Actor*> actors_;
};

}  // namespace zoneknot::sim
