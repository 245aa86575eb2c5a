// The key of a state: what two executions have to agree in for the rest of one to be possible in the other.

#include <algorithm>

#include "sim/run/simulation.h"

namespace zoneknot::sim {

void Simulation::take_state(bool time_counts, ProgramState& state) const {
  state.tasks.resize(task_count());
  for (core::TaskId id = 0; id < task_count(); ++id) {
    const Task& of = task(id);
    // Whether the lock is free, others decide in steps that know nothing of this task.
    const bool can = of.op.kind == OpKind::timed_lock ? of.timed.expired : of.enabled();
    state.tasks[id] = {of.history, of.op, can, of.ended};
  }
  state.locks.clear();
  for (const SimulatedLocks::Lock& lock : locks_.all()) {
    state.locks.push_back(ProgramState::lock_word(lock.owner, lock.count, lock.kind));
  }
  state.cells = cells_.values();
  state.parts.clear();
  for (const StateTracking::Part& part : states().parts()) {
    key_values_.clear();
    part.state->describe(key_values_);
    state.parts.push_back({part.name, key_values_.hash()});
  }
  std::ranges::sort(state.parts, {}, &PartInState::name);
  state.events.clear();
  for (std::uint32_t i = 0; i < event_count(); ++i) {
    const Event& pending = event(kEventBit | i);
    if (pending.enabled()) state.events.push_back({pending.key(), pending.op});
  }
  std::ranges::sort(state.events, {}, &EventInState::key);
  state.timing.clear();
  for (const VirtualTime::Sleeper& sleeper : time_.sleepers()) {
    state.timing.push_back(sleeper.task->id);
    state.timing.push_back(sleeper.deadline - std::min(now_ns(), sleeper.deadline));
  }
  if (time_counts) state.timing.push_back(now_ns());
}

StateHash Simulation::state_key(bool time_counts) {
  take_state(time_counts, state_);
  return state_.key(key_values_);
}

}  // namespace zoneknot::sim
