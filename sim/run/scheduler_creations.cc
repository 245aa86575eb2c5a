// What a Scheduler knows of things that get numbers in the order of creation.

#include "sim/run/scheduler.h"

namespace zoneknot::sim {

// By a task that is not the first: numbers that the first task and another one may get in either order, of which this
// execution has one.
void Scheduler::note_created_late(std::size_t at) {
  Task& self = *current_;
  outcome_.creations_side_by_side |= created_by_first_[at] != self.created_by_first[at];
  const std::uint32_t bit = 1U << at;
  if ((self.created_classes & bit) == 0) ++creators_not_joined_[at];
  self.created_classes |= bit;
}

void Scheduler::note_joined(const Task& other) {
  if (current_->id != 0 || other.created_classes == 0) return;
  for (std::size_t at = 0; at < kObjectClasses; ++at) creators_not_joined_[at] -= other.created_classes >> at & 1U;
}

}  // namespace zoneknot::sim
