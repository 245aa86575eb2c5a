// The key of a state: what two executions have to agree in for the rest of one to be possible in the other.

#include <algorithm>

#include "sim/simulation.h"

namespace zoneknot::sim {

// Not in it: the order in which tasks came to wait for a lock, which decides nothing; numbers of events and their order
// among the candidates, since whoever owns an event describes it; what the watch knows.
StateHash Simulation::state_key(bool time_counts) {
  ValueSink& values = key_values_;
  values.clear();
  values.add(task_count_);
  for (std::uint32_t i = 0; i < task_count_; ++i) {
    const Task& task = *tasks_[i];
    // Also of a task that has ended: others may read what it has left.
    values.add(task.history.high);
    values.add(task.history.low);
    values.add(task.ended ? 1 : 0);
  }
  values.add(locks_.size());
  for (const Lock& lock : locks_) values.add(static_cast<std::uint64_t>(lock.owner) << 32U | lock.count);
  for (const Cell& cell : cells_) values.add(cell.value);
  for (const Sleeper& sleeper : sleepers_) {
    values.add(sleeper.task->id);
    values.add(sleeper.deadline - std::min(now_ns_, sleeper.deadline));
  }
  if (time_counts) values.add(now_ns_);
  StateHash key = values.hash();
  for (const core::LiveState* part : world_) {
    values.clear();
    part->describe(values);
    key.toggle(values.hash());
  }
  return key;
}

}  // namespace zoneknot::sim
