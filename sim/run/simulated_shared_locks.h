// The reader-writer locks of an execution: who owns which, who has a share of which, and who is about to. What a
// Simulation does for core::Runtime; belongs to it. Steps on them are not told as a Footprint.
//
// Where writers come first, one that begins to wait is noticed by readers, so a writer's lock() is two visible
// operations there: it takes the lock or joins the waiting writers, and it gets the lock. A reader's is one everywhere:
// nobody notices that it waits. All operations on one lock are dependent, those of readers among each other too: what a
// writer needs is that all of them have come and gone, which no pair of operations says.
#pragma once

#include <cstdint>
#include <vector>

#include "core/live_state.h"
#include "sim/run/scheduler.h"

namespace zoneknot::sim {

enum class LockMode : std::uint8_t { exclusive, shared };

class SimulatedSharedLocks {
 public:
  explicit SimulatedSharedLocks(Scheduler& scheduler) : scheduler_(scheduler) {}

  // An execution begins.
  void clear();
  // The locks that are none of these have numbers of the same kind.
  void create(core::LockId id, core::Readers readers);

  void lock(core::LockId id, LockMode mode, core::Site site);
  bool try_lock(core::LockId id, LockMode mode, core::Site site);
  void unlock(core::LockId id, core::Site site) noexcept;
  void unlock_shared(core::LockId id, core::Site site) noexcept;

  // The parts of a lock with a time-out, as SimulatedLocks has them; and that the time of a task that waits is over.
  bool try_to_take(core::LockId id, LockMode mode, core::Site site);
  bool wait_for(core::LockId id, LockMode mode, OpKind kind, core::Site site);
  [[nodiscard]] bool can_be_taken(core::LockId id, LockMode mode) const { return can_be_taken(locks_[id], mode); }
  void take(core::LockId id, LockMode mode, core::Site site);
  void time_is_over(Task& task);

 private:
  struct Share {
    core::TaskId task = core::kNoId;
    std::uint32_t count = 0;
  };
  struct Lock {
    core::Readers readers = core::Readers::none;  // none: not one of these
    core::TaskId owner = core::kNoId;
    std::vector<Share> shares;                // by TaskId
    std::vector<core::TaskId> queue;          // writers that keep readers out; by TaskId
    Task* first_exclusive_pending = nullptr;  // tasks whose next operation is to get all of it
    Task* first_shared_pending = nullptr;     // tasks whose next operation is to get a share
  };
  // Who has what and who waits, as a part of the program's state.
  class Holders final : public core::LiveState {
   public:
    explicit Holders(const SimulatedSharedLocks& locks) : locks_(locks) {}
    void describe(core::StateSink& sink) const override;

   private:
    const SimulatedSharedLocks& locks_;
  };

  [[nodiscard]] static bool can_be_taken(const Lock& lock, LockMode mode);
  [[nodiscard]] static Task*& first_pending(Lock& lock, LockMode mode) {
    return mode == LockMode::shared ? lock.first_shared_pending : lock.first_exclusive_pending;
  }
  // Who waits can, or cannot, go on as things are now.
  void settle(core::LockId id);
  void settle(Task* first, core::LockId id, LockMode mode);
  void begin_wait(Task& task, core::LockId id, LockMode mode, core::Site site);
  static void leave_queue(Lock& lock, core::TaskId task);

  Scheduler& scheduler_;
  std::vector<Lock> locks_;  // by LockId
  Holders holders_{*this};
  bool in_state_ = false;
};

}  // namespace zoneknot::sim
