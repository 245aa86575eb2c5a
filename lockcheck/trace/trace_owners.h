// Who owns which lock at each moment of a trace, and whether that can be: both readers refuse a trace in which a lock
// has two owners, so that whoever checks one need not doubt it. What a stranger gives back its owner may still have, or
// not: if another task takes it next, it was given back. Owned by whoever reads or checks the trace.
#pragma once

#include <cstdint>
#include <vector>

#include "lockcheck/trace/trace_event.h"

namespace zoneknot::lockcheck {

class TraceOwners {
 public:
  // Takes the event in. Null: it can be; else what is wrong with it, in one line.
  const char* take(const TraceEvent& event, const TraceNames& names) {
    if (event.kind == TraceEventKind::acquire) {
      Owner& owner = of(event.object);
      if (owner.depth > 0 && owner.task != event.task) {
        if (!owner.given_back) return "a lock is taken that another task has";
        owner.depth = 0;
      }
      if (owner.depth > 0 && names.locks[event.object].kind == core::LockKind::plain) {
        return "a plain lock is taken that the task has already";
      }
      owner.task = event.task;
      owner.given_back = false;
      ++owner.depth;
    } else if (event.kind == TraceEventKind::release) {
      Owner& owner = of(event.object);
      if (owner.depth > 0 && owner.task == event.task) --owner.depth;
      owner.given_back = owner.depth > 0 && owner.task != event.task;
    }
    return nullptr;
  }

  // Who has it; kNoId: nobody.
  [[nodiscard]] core::TaskId owner(core::LockId lock) const {
    return lock < owners_.size() && owners_[lock].depth > 0 ? owners_[lock].task : core::kNoId;
  }
  // How often its owner has taken it.
  [[nodiscard]] std::uint32_t depth(core::LockId lock) const { return lock < owners_.size() ? owners_[lock].depth : 0; }
  // A stranger has given it back last, so its owner may have it no more.
  [[nodiscard]] bool is_given_back(core::LockId lock) const {
    return lock < owners_.size() && owners_[lock].given_back;
  }
  [[nodiscard]] bool owns(core::TaskId task, core::LockId lock) const {
    return lock < owners_.size() && owners_[lock].depth > 0 && owners_[lock].task == task;
  }

 private:
  struct Owner {
    core::TaskId task = core::kNoId;
    std::uint32_t depth = 0;
    bool given_back = false;  // by a stranger
  };
  Owner& of(core::LockId lock) {
    if (lock >= owners_.size()) owners_.resize(lock + 1);
    return owners_[lock];
  }

  std::vector<Owner> owners_;
};

}  // namespace zoneknot::lockcheck
