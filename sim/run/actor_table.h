// A value for each actor: for strategies that remember something of those they choose between. Belongs to its strategy.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/run/actor.h"

namespace zoneknot::sim {

template <class T>
class ActorTable {
 public:
  // Made when it is first asked for. The reference holds until another actor is asked for.
  [[nodiscard]] T& operator[](ActorId actor) {
    std::vector<T>& values = is_event(actor) ? events_ : tasks_;
    const std::size_t index = actor & ~kEventBit;
    if (index >= values.size()) values.resize(index + 1);
    return values[index];
  }

  // Every value as it was made.
  void clear() {
    tasks_.clear();
    events_.clear();
  }

  // By TaskId; tasks with greater ones were never asked for.
  [[nodiscard]] const std::vector<T>& tasks() const { return tasks_; }

 private:
  std::vector<T> tasks_;
  std::vector<T> events_;
};

}  // namespace zoneknot::sim
