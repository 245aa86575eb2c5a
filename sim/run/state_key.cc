// The key of a state: what two executions have to agree in for the rest of one to be possible in the other.

#include <algorithm>

#include "sim/run/simulation.h"

namespace zoneknot::sim {

void Simulation::take_state(bool time_counts, ProgramState& state) const {
  state.tasks.resize(task_count_);
  for (core::TaskId id = 0; id < task_count_; ++id) {
    const Task& task = *tasks_[id];
    state.tasks[id] = {task.history, task.op, task.enabled(), task.ended};
  }
  state.locks.clear();
  for (const Lock& lock : locks_) state.locks.push_back(ProgramState::lock_word(lock.owner, lock.count, lock.kind));
  state.cells.clear();
  for (const Cell& cell : cells_) state.cells.push_back(cell.value);
  state.parts.clear();
  for (const Part& part : world_) {
    key_values_.clear();
    part.state->describe(key_values_);
    state.parts.push_back({part.name, key_values_.hash()});
  }
  std::ranges::sort(state.parts, {}, &PartInState::name);
  state.events.clear();
  for (std::uint32_t i = 0; i < event_count_; ++i) {
    if (events_[i]->enabled()) state.events.push_back({key_of(*events_[i]), events_[i]->op});
  }
  std::ranges::sort(state.events, {}, &EventInState::key);
  state.timing.clear();
  for (const Sleeper& sleeper : sleepers_) {
    state.timing.push_back(sleeper.task->id);
    state.timing.push_back(sleeper.deadline - std::min(now_ns_, sleeper.deadline));
  }
  if (time_counts) state.timing.push_back(now_ns_);
}

StateHash Simulation::state_key(bool time_counts) {
  take_state(time_counts, state_);
  return state_.key(key_values_);
}

}  // namespace zoneknot::sim
