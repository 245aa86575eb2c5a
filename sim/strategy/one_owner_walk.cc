#include "sim/strategy/one_owner_walk.h"

#include <cassert>

#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::sim {

bool OneOwnerWalk::begin() {
  assert(watch_ != nullptr);
  choice_ = RandomChoice(seeds_.next());
  return true;
}

bool OneOwnerWalk::owns_locks(core::TaskId task) const {
  return task < watch_->task_count() && !watch_->held_by(task).empty();
}

// One that has ended and left locks behind waits for nothing.
bool OneOwnerWalk::an_owner_waits() const {
  for (core::TaskId task = 0; task < watch_->task_count(); ++task) {
    if (watch_->wait_of(task) != nullptr && owns_locks(task)) return true;
  }
  return false;
}

// If the owner of locks cannot go on, I/Os and timers come before other tasks.
std::uint32_t OneOwnerWalk::pick(const Candidates& candidates) {
  if (candidates.starting() > 0) return choice_.one_that_starts(candidates);
  events_.clear();
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (is_event(candidates.actor(i))) {
      events_.push_back(i);
    } else if (owns_locks(candidates.actor(i))) {
      return i;
    }
  }
  if (events_.empty() || !an_owner_waits()) return choice_.below(candidates.size());
  return events_[choice_.below(static_cast<std::uint32_t>(events_.size()))];
}

}  // namespace zoneknot::sim
