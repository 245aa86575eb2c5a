// Who ends waits for one condition variable or one pool, and what each of these tasks has to get past before it does: a
// task that owns such a lock and waits may keep them all from coming. Belongs to an order checker, which serialises
// calls.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockcheck/order/order_graph.h"

namespace zoneknot::lockcheck {

class Wakers {
 public:
  // A task has woken somebody, or released a unit. `needs`: what it had waited for since it did so last; ascending.
  void woke(core::TaskId task, std::vector<NodeId> needs);
  // The unit was not one that the task had acquired: the units come and go like events.
  void released_foreign() { foreign_ = true; }
  // A task has released a unit that it had acquired, when it owned `units` of them. `needs`: what it had waited for
  // meanwhile; ascending.
  void released_own(core::TaskId task, std::uint32_t units, const std::vector<NodeId>& needs);

  // Units of a pool, at the beginning.
  void set_capacity(std::uint32_t units) { capacity_ = units; }

  // A pool whose units were given back by those who had acquired them, so far.
  [[nodiscard]] bool owned_units() const { return capacity_ > 0 && !foreign_; }

  // `task` comes to end a wait only after it has got `needed`.
  [[nodiscard]] bool needs(core::TaskId task, NodeId needed) const;
  // While `waiter` waits and `stopped` wait for something else, nobody is left who could end the wait without
  // `needed`.
  [[nodiscard]] bool all_need(core::TaskId waiter, NodeId needed, std::span<const core::TaskId> stopped) const;

 private:
  struct Waker {
    core::TaskId task = core::kNoId;
    bool woke = false;
    std::vector<NodeId> every_time;  // waited for before each wake-up
    std::uint32_t most_units = 0;
    std::vector<NodeId> owning;  // waited for at any time while it owned a unit
  };

  Waker& of(core::TaskId task);

  std::vector<Waker> wakers_;  // in the order in which they came
  std::uint32_t capacity_ = 0;
  bool foreign_ = false;
};

}  // namespace zoneknot::lockcheck
