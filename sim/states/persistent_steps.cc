#include "sim/states/persistent_steps.h"

#include <algorithm>
#include <bit>

namespace zoneknot::sim {

namespace {

// Notices who has a lock without waiting until it is free.
bool tries(const Op& op) {
  return op.object_class == ObjectClass::lock && op.kind != OpKind::lock && op.kind != OpKind::unlock;
}

bool can_be_protected(const Op& op) {
  return op.object_class == ObjectClass::zone || op.object_class == ObjectClass::cell;
}

// The task's next step is to reap or to cancel.
bool looks_at_completions(const ProgramState& state, core::TaskId owner) {
  const TaskInState& task = state.tasks[owner];
  return !task.ended && task.op.object_class == ObjectClass::completions && task.op.object == owner;
}

// All that can happen to the completions of a task's engine; none if the task might come to do something else first.
std::uint64_t completions_of(core::TaskId owner, const ProgramState& state, const std::vector<StateStep>& steps) {
  if (!looks_at_completions(state, owner)) return 0;
  std::uint64_t found = 0;
  for (std::uint32_t i = 0; i < steps.size(); ++i) {
    const Op& op = steps[i].op;
    if (op.object_class == ObjectClass::completions && op.object == owner) found |= std::uint64_t{1} << i;
  }
  return found;
}

// An I/O that ends while its owner is about to do something else is noticed by nobody before the owner has done that:
// it may as well end later. If nothing else is left: all.
std::uint64_t all_but_early_completions(const ProgramState& state, const std::vector<StateStep>& steps) {
  std::uint64_t all = 0;
  std::uint64_t early = 0;
  for (std::uint32_t i = 0; i < steps.size(); ++i) {
    const Op& op = steps[i].op;
    const std::uint64_t bit = std::uint64_t{1} << i;
    all |= bit;
    const bool completion = steps[i].actor.task == core::kNoId && op.object_class == ObjectClass::completions;
    if (completion && op.object < state.tasks.size() && !looks_at_completions(state, op.object)) early |= bit;
  }
  return early == all ? all : all & ~early;
}

}  // namespace

void PersistentSteps::begin_anew() {
  for (auto& [lock, use] : lock_uses_) use.relied_on = false;
  for (auto& [id, object] : objects_) object.relied_on = false;
}

bool PersistentSteps::look_at(const ProgramState& state, const Steps& steps) {
  bool right = true;
  for (const StateStep& step : steps) {
    const Op& op = step.op;
    if (tries(op)) right &= note_try(op.object);
    if (step.actor.task == core::kNoId) continue;
    if (can_be_protected(op)) right &= note_operation(state, step);
    if (op.object_class == ObjectClass::device && !whole_device_) {
      whole_device_ = true;
      for (const auto& [id, object] : objects_) right &= id.first != ObjectClass::zone || !object.relied_on;
    }
  }
  return right;
}

bool PersistentSteps::note_try(core::LockId lock) {
  LockUse& use = lock_uses_[lock];
  use.tried = true;
  return !use.relied_on;
}

bool PersistentSteps::note_operation(const ProgramState& state, const StateStep& step) {
  const auto [known, first] = objects_.try_emplace({step.op.object_class, step.op.object});
  Object& object = known->second;
  const auto owned = [&](core::LockId lock) { return state.owner(lock) == step.actor.task; };
  if (first) {
    for (core::LockId lock = 0; lock < state.locks.size(); ++lock) {
      if (owned(lock)) object.locks.push_back(lock);
    }
  } else {
    std::erase_if(object.locks, [&](core::LockId lock) { return !owned(lock); });
  }
  return !object.locks.empty() || !object.relied_on;
}

bool PersistentSteps::protected_by_lock(const Op& op) {
  if (!can_be_protected(op) || (op.object_class == ObjectClass::zone && whole_device_)) return false;
  Object& object = objects_[{op.object_class, op.object}];
  if (object.locks.empty()) return false;
  return object.relied_on = true;
}

// Whether a task's operation conflicts with nothing that others can do before it.
bool PersistentSteps::alone(const Op& op) {
  switch (op.kind) {
    case OpKind::start:
    case OpKind::join:
      return true;
    case OpKind::unlock: {
      LockUse& use = lock_uses_[op.object];
      if (!use.tried) use.relied_on = true;
      return !use.tried;
    }
    default:
      return protected_by_lock(op);
  }
}

std::uint64_t PersistentSteps::enough(const ProgramState& state, const Steps& steps) {
  if (steps.size() > kMaxCandidates) return 0;
  std::uint64_t best = all_but_early_completions(state, steps);
  for (std::uint32_t i = 0; i < steps.size(); ++i) {
    const Op& op = steps[i].op;
    if (steps[i].actor.task != core::kNoId && alone(op)) return std::uint64_t{1} << i;
    if (op.object_class != ObjectClass::completions || op.object >= state.tasks.size()) continue;
    const std::uint64_t completions = completions_of(op.object, state, steps);
    if (completions != 0 && std::popcount(completions) < std::popcount(best)) best = completions;
  }
  return best;
}

}  // namespace zoneknot::sim
