// How much of every other task's life is known to come before a moment: by task, how many of its events. Copies share
// what they have in common, so a clock of many tasks that changes in a few places takes room for those alone; copying
// one, and putting two together that differ little, costs little. A value; one thread.
#pragma once

#include <cstdint>
#include <memory>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

class TaskClock {
 public:
  // How many of the task's events come before.
  [[nodiscard]] std::uint32_t at(core::TaskId task) const;
  // At least the task's first `length` events do.
  void raise(core::TaskId task, std::uint32_t length);
  // What comes before `other` does too.
  void merge(const TaskClock& other);
  // What comes before both.
  static TaskClock of_both(const TaskClock& a, const TaskClock& b);

  // True: they are equal. False says nothing.
  [[nodiscard]] bool shares_all_with(const TaskClock& other) const { return root_ == other.root_; }

 private:
  struct Node;
  struct Leaf;
  struct Inner;
  using Ref = std::shared_ptr<Node>;

  template <class Kind>
  static Kind& writable(Ref& ref);
  static void raise(Ref& ref, unsigned height, core::TaskId task, std::uint32_t length);
  static void merge(Ref& into, const Ref& other, unsigned height);
  static Ref of_both(const Ref& a, const Ref& b, unsigned height);
  // Makes room for as many tasks as a clock of that height has.
  void grow_to(unsigned height);

  Ref root_;  // null: nothing comes before
  unsigned height_ = 0;
};

}  // namespace zoneknot::lockcheck
