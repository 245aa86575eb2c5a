#include "sim/run/program_state.h"

#include <algorithm>

namespace zoneknot::sim {

bool ProgramState::ready(core::TaskId task) const {
  const TaskInState& it = tasks[task];
  if (it.ended) return false;
  if (it.op.kind == OpKind::lock) return can_take(task, it.op.object);
  if (it.op.kind == OpKind::timed_lock) return it.can || can_take(task, it.op.object);
  if (it.op.kind == OpKind::join) return tasks[it.op.object].ended;
  return it.can;
}

StateHash ProgramState::part(PartName name) const {
  const auto at = std::ranges::find(parts, name, &PartInState::name);
  return at == parts.end() ? StateHash{} : at->hash;
}

void ProgramState::set_part(PartName name, const StateHash& hash) {
  const auto at = std::ranges::lower_bound(parts, name, {}, &PartInState::name);
  const bool there = at != parts.end() && at->name == name;
  if (hash == StateHash{}) {
    if (there) parts.erase(at);
  } else if (there) {
    at->hash = hash;
  } else {
    parts.insert(at, {name, hash});
  }
}

void ProgramState::add_event(const EventInState& event) {
  events.insert(std::ranges::upper_bound(events, event.key, {}, &EventInState::key), event);
}

void ProgramState::remove_event(const EventKey& event) {
  const auto at = std::ranges::lower_bound(events, event, {}, &EventInState::key);
  if (at != events.end() && at->key == event) events.erase(at);
}

void ProgramState::steps(std::vector<StateStep>& out) const {
  out.clear();
  for (core::TaskId task = 0; task < tasks.size(); ++task) {
    if (ready(task)) out.push_back({.actor = {.task = task}, .op = tasks[task].op});
  }
  for (const EventInState& event : events) out.push_back({.actor = {.event = event.key}, .op = event.op});
}

bool ProgramState::names_differ() const {
  return std::ranges::adjacent_find(events, {}, &EventInState::key) == events.end() &&
         std::ranges::adjacent_find(parts, {}, &PartInState::name) == parts.end();
}

bool ProgramState::all_ended() const { return std::ranges::all_of(tasks, &TaskInState::ended); }

std::size_t ProgramState::bytes() const {
  return tasks.size() * sizeof(TaskInState) + (locks.size() + cells.size() + timing.size()) * sizeof(std::uint64_t) +
         parts.size() * sizeof(PartInState) + events.size() * sizeof(EventInState);
}

// Not in it: the order in which tasks came to wait for a lock, which decides nothing; what tasks are about to do, which
// their histories decide; events, since the owner of one describes it.
StateHash ProgramState::key(ValueSink& room) const {
  room.clear();
  room.add(tasks.size());
  for (const TaskInState& task : tasks) {
    // Also of a task that has ended: others may read what it has left.
    room.add(task.history.high);
    room.add(task.history.low);
    room.add(task.ended ? 1 : 0);
  }
  room.add(locks.size());
  room.add(locks);
  room.add(cells.size());
  room.add(cells);
  room.add(timing);
  StateHash key = room.hash();
  for (const PartInState& part : parts) key.toggle(part.hash);
  return key;
}

bool surely_goes_on(const ProgramState& state, core::TaskId task) {
  for (std::size_t waits = 0; waits <= state.tasks.size(); ++waits) {
    const TaskInState& it = state.tasks[task];
    if (it.ended) return false;
    if (state.ready(task)) return true;
    if (it.op.object_class == ObjectClass::completions) {
      return std::ranges::any_of(state.events, [task](const EventInState& event) {
        return event.key.object_class == ObjectClass::completions && event.key.object == task;
      });
    }
    if (it.op.kind == OpKind::lock) {
      if (state.owner(it.op.object) >= state.tasks.size()) return false;
      task = state.owner(it.op.object);
    } else if (it.op.kind == OpKind::join) {
      task = it.op.object;
    } else {
      return false;
    }
  }
  return false;
}

}  // namespace zoneknot::sim
