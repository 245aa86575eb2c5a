// Who owns which lock at each moment of a trace, and whether that can be: both readers refuse a trace in which a lock
// has two owners, so that whoever checks one need not doubt it. What a stranger gives back its owner may still have, or
// not: if another task takes it next, it was given back. Owned by whoever reads or checks the trace.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lockcheck/trace/trace_event.h"

namespace zoneknot::lockcheck {

class TraceOwners {
 public:
  // Takes the event in. Null: it can be; else what is wrong with it, in one line.
  const char* take(const TraceEvent& event, const TraceNames& names) {
    switch (event.kind) {
      case TraceEventKind::request_share:
      case TraceEventKind::acquire_share:
      case TraceEventKind::release_share:
        return take_share(event, names);
      case TraceEventKind::destroy:
        if (event.other == static_cast<std::uint32_t>(TraceDestroyed::lock)) destroy(event.object);
        return nullptr;
      default:
        return take_lock(event, names);
    }
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
    bool destroyed = false;
  };
  struct Share {
    core::LockId lock = core::kNoId;
    core::TaskId task = core::kNoId;
  };

  const char* take_lock(const TraceEvent& event, const TraceNames& names) {
    if (event.kind == TraceEventKind::acquire) {
      Owner& owner = of(event.object);
      if (owner.destroyed) return "a lock is taken that has been destroyed";
      const auto others = [&](const Share& share) { return share.lock == event.object && share.task != event.task; };
      if (std::ranges::any_of(shares_, others)) return "a lock is taken of which another task has a share";
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

  void destroy(core::LockId lock) {
    of(lock) = {.destroyed = true};
    std::erase_if(shares_, [lock](const Share& share) { return share.lock == lock; });
  }

  const char* take_share(const TraceEvent& event, const TraceNames& names) {
    if (names.locks[event.object].readers == core::Readers::none)
      return "a lock is shared that is no reader-writer lock";
    const Owner& owner = of(event.object);
    if (event.kind == TraceEventKind::acquire_share) {
      if (owner.destroyed) return "a share is taken of a lock that has been destroyed";
      if (owner.depth > 0 && owner.task != event.task) return "a share is taken of a lock that another task has";
      shares_.push_back({event.object, event.task});
    } else if (event.kind == TraceEventKind::release_share) {
      const auto own = std::ranges::find_if(
          shares_, [&](const Share& share) { return share.lock == event.object && share.task == event.task; });
      if (own != shares_.end()) shares_.erase(own);
    }
    return nullptr;
  }

  Owner& of(core::LockId lock) {
    if (lock >= owners_.size()) owners_.resize(lock + 1);
    return owners_[lock];
  }

  std::vector<Owner> owners_;
  std::vector<Share> shares_;  // that are out; as many as were taken
};

}  // namespace zoneknot::lockcheck
