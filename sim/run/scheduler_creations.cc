// What a Scheduler knows of things that get numbers in the order of creation.

#include "sim/run/scheduler.h"

namespace zoneknot::sim {

// Numbers that the first task and another one may get in either order, of which this execution has one.
void Scheduler::note_created(ObjectClass object_class) {
  states_.step_not_told();
  if (every_step_) strategy_->created(object_class);
  const auto at = static_cast<std::size_t>(object_class);
  Task& self = *current_;
  if (self.id == 0) {
    ++created_by_first_[at];
    outcome_.creations_side_by_side |= creators_not_joined_[at] > 0;
    return;
  }
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
