#include "sim/run/virtual_time.h"

#include <algorithm>
#include <cassert>

namespace zoneknot::sim {

void VirtualTime::sleep(std::uint64_t duration_ns, core::Site site) {
  if (scheduler_.abandoned()) return scheduler_.give_up();
  scheduler_.states().step_not_told();
  Task& self = scheduler_.running();
  const std::uint64_t deadline = deadline_in(duration_ns);
  Task* first_before = sleepers_.empty() ? nullptr : sleepers_.back().task;
  const auto wakes_earlier = [&](const Sleeper& sleeper) { return sleeper.deadline <= deadline; };
  sleepers_.insert(std::find_if(sleepers_.begin(), sleepers_.end(), wakes_earlier), {deadline, &self});
  const bool first = sleepers_.back().task == &self;
  if (first && first_before != nullptr) scheduler_.disable(*first_before);
  scheduler_.watch().wait_began(self.id, {core::WaitKind::timer, core::kNoId, true}, site);
  if (!scheduler_.pass({OpKind::sleep, ObjectClass::clock, false, 0, site}, first)) return;
  assert(sleepers_.back().task == &self);
  if (!may_fire()) scheduler_.note_untimely();
  sleepers_.pop_back();
  move_to(deadline);
  if (!sleepers_.empty()) scheduler_.enable(*sleepers_.back().task);
  scheduler_.watch().wait_ended(self.id);
}

bool VirtualTime::may_fire() const {
  if (sleepers_.back().deadline <= now_ns_) return true;
  const bool spinning = scheduler_.step() - last_moved_ >= kStepsWithoutTime;
  return std::ranges::none_of(scheduler_.enabled(), [&](const Actor* actor) {
    return actor != sleepers_.back().task && (is_event(actor->id) || !spinning);
  });
}

// Looks now and then at whether anybody has been kept waiting since.
void VirtualTime::pass_mark() {
  next_mark_ns_ = now_ns_ + kSlackNs;
  const bool stood = std::ranges::any_of(
      standing_, [](const Standing& at) { return at.task->enabled() && at.task->last_step == at.last_step; });
  const bool overdue = !sleepers_.empty() && sleepers_.back().deadline + 2 * kSlackNs < now_ns_;
  if (stood || overdue) scheduler_.note_untimely();
  standing_.clear();
  for (const Actor* actor : scheduler_.enabled()) {
    if (is_event(actor->id) || actor->op.kind == OpKind::sleep) continue;
    const auto* task = static_cast<const Task*>(actor);
    standing_.push_back({task, task->last_step});
  }
}

}  // namespace zoneknot::sim
