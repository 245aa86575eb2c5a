#include "sim/persistent_steps.h"

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

}  // namespace

void PersistentSteps::begin_anew() {
  for (auto& [lock, use] : lock_uses_) use.relied_on = false;
  for (auto& [id, object] : objects_) object.relied_on = false;
}

bool PersistentSteps::look_at(const Candidates& candidates) {
  bool right = true;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    const Op& op = candidates.op(i);
    if (tries(op)) right &= note_try(op.object);
    if (is_event(candidates.actor(i))) continue;
    if (can_be_protected(op)) right &= note_operation(candidates.actor(i), op);
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

bool PersistentSteps::note_operation(core::TaskId task, const Op& op) {
  const auto [known, first] = objects_.try_emplace({op.object_class, op.object});
  Object& object = known->second;
  const auto owned = [&](core::LockId lock) { return simulation_.owner(lock) == task; };
  if (first) {
    for (core::LockId lock = 0; lock < simulation_.locks(); ++lock) {
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

std::uint64_t PersistentSteps::enough(const Candidates& candidates) {
  if (candidates.size() > kMaxCandidates) return 0;
  std::uint64_t best = candidates.size() == kMaxCandidates ? UINT64_MAX : (std::uint64_t{1} << candidates.size()) - 1;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    const Op& op = candidates.op(i);
    if (!is_event(candidates.actor(i)) && alone(op)) return std::uint64_t{1} << i;
    if (op.object_class != ObjectClass::completions || op.object >= simulation_.tasks()) continue;
    const std::uint64_t completions = completions_of(op.object, candidates);
    if (completions != 0 && std::popcount(completions) < std::popcount(best)) best = completions;
  }
  return best;
}

// All that can happen to the completions of a task's engine; none if the task might come to do something else first.
std::uint64_t PersistentSteps::completions_of(core::TaskId owner, const Candidates& candidates) const {
  const Op& next = simulation_.next_op(owner);
  if (next.object_class != ObjectClass::completions || next.object != owner) return 0;
  std::uint64_t steps = 0;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    const Op& op = candidates.op(i);
    if (op.object_class == ObjectClass::completions && op.object == owner) steps |= std::uint64_t{1} << i;
  }
  return steps;
}

}  // namespace zoneknot::sim
