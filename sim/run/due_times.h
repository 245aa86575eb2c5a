// When sleeps and I/Os in flight are due, in virtual time. Whoever adds such an event says it here; a DueOrder goes by
// it, a search does not. Belongs to a SimWorld; one thread.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/run/actor.h"

namespace zoneknot::sim {

class DueTimes {
 public:
  // An execution begins.
  void clear() {
    tasks_.clear();
    events_.clear();
  }
  // 0: at any time.
  void set(ActorId actor, std::uint64_t due_ns) {
    std::vector<std::uint64_t>& times = is_event(actor) ? events_ : tasks_;
    const std::size_t index = actor & ~kEventBit;
    if (index >= times.size()) times.resize(index + 1);
    times[index] = due_ns;
  }
  [[nodiscard]] std::uint64_t of(ActorId actor) const {
    const std::vector<std::uint64_t>& times = is_event(actor) ? events_ : tasks_;
    const std::size_t index = actor & ~kEventBit;
    return index < times.size() ? times[index] : 0;
  }

 private:
  std::vector<std::uint64_t> tasks_;
  std::vector<std::uint64_t> events_;  // by slot
};

}  // namespace zoneknot::sim
