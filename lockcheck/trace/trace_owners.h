// Who owns which lock at each moment of a trace, and whether that can be: both readers refuse a trace in which a lock
// has two owners, so that whoever checks one need not doubt it. Owned by a reader.
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
      if (owner.depth > 0 && owner.task != event.task) return "a lock is taken that another task has";
      if (owner.depth > 0 && names.locks[event.object].kind == core::LockKind::plain) {
        return "a plain lock is taken that the task has already";
      }
      owner.task = event.task;
      ++owner.depth;
    } else if (event.kind == TraceEventKind::release) {
      Owner& owner = of(event.object);
      if (owner.depth > 0 && owner.task == event.task) --owner.depth;
    }
    return nullptr;
  }

  [[nodiscard]] bool owns(core::TaskId task, core::LockId lock) const {
    return lock < owners_.size() && owners_[lock].depth > 0 && owners_[lock].task == task;
  }

 private:
  struct Owner {
    core::TaskId task = core::kNoId;
    std::uint32_t depth = 0;
  };
  Owner& of(core::LockId lock) {
    if (lock >= owners_.size()) owners_.resize(lock + 1);
    return owners_[lock];
  }

  std::vector<Owner> owners_;
};

}  // namespace zoneknot::lockcheck
