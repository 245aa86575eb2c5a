#include "sim/run/virtual_time.h"

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
  sleepers_.pop_back();
  move_to(deadline);
  if (!sleepers_.empty()) scheduler_.enable(*sleepers_.back().task);
  scheduler_.watch().wait_ended(self.id);
}

}  // namespace zoneknot::sim
