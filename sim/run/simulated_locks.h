// The locks of an execution: who owns which, who is about to take one, and the visible operations on them. What a
// Simulation does for core::Runtime; belongs to it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/run/scheduler.h"
#include "sim/run/simulated_shared_locks.h"

namespace zoneknot::sim {

class SimulatedLocks {
 public:
  struct Lock {
    core::TaskId owner = core::kNoId;
    std::uint32_t count = 0;
    core::LockKind kind = core::LockKind::plain;
    bool shared = false;            // nothing else counts: SimulatedSharedLocks has it
    Task* first_pending = nullptr;  // tasks whose next operation is to lock it
    Task* first_trying = nullptr;   // tasks whose next operation is a try_lock of it: read-only while it would fail

    [[nodiscard]] bool can_be_taken_by(const Task& task) const {
      return owner == core::kNoId || (owner == task.id && kind == core::LockKind::recursive);
    }
  };

  explicit SimulatedLocks(Scheduler& scheduler) : scheduler_(scheduler), shared_(scheduler) {}

  // An execution begins.
  void clear() {
    locks_.clear();
    shared_.clear();
  }
  // By LockId.
  [[nodiscard]] const std::vector<Lock>& all() const { return locks_; }

  core::LockId create(const core::LockInfo& info);
  void lock(core::LockId id, core::Site site);
  bool try_lock(core::LockId id, core::Site site);
  void unlock(core::LockId id, core::Site site) noexcept;
  // Those that are reader-writer locks, and what only these have.
  [[nodiscard]] SimulatedSharedLocks& shared() { return shared_; }
  [[nodiscard]] bool is_shared(core::LockId id) const { return locks_[id].shared; }

  // The parts of a lock with a time-out: an attempt that does not wait; the wait of the calling task, which publishes
  // an operation of this kind (false: the execution was given up); and the end of it.
  bool try_to_take(core::LockId id, core::Site site);
  bool wait_for(Task& self, core::LockId id, OpKind kind, core::Site site) {
    link(locks_[id].first_pending, self);
    const bool free = locks_[id].can_be_taken_by(self);
    self.wait_told = false;
    if (!free) begin_wait(self, id, site);
    if (!scheduler_.pass({kind, ObjectClass::lock, false, id, site}, free)) return false;
    unlink(locks_[id].first_pending, self);
    if (self.wait_told) scheduler_.watch().wait_ended(self.id);
    return true;
  }
  [[nodiscard]] bool can_be_taken_by(const Task& self, core::LockId id) const {
    return locks_[id].can_be_taken_by(self);
  }
  void take(Task& self, core::LockId id, core::Site site);

 private:
  [[nodiscard]] std::string unknown(core::LockId id) const;
  [[noreturn]] void refuse(core::LockId id, core::Site site);
  void begin_wait(Task& task, core::LockId id, core::Site site);
  void look_at(core::LockId id) {
    if (Footprint* footprint = scheduler_.states().footprint()) footprint->look(Footprint::Place::lock, id);
  }

  Scheduler& scheduler_;
  std::vector<Lock> locks_;
  SimulatedSharedLocks shared_;
};

}  // namespace zoneknot::sim
