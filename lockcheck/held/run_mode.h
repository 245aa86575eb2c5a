// What every event of a watched run has to heed first: whether the run is being unwound, whether somebody listens, and
// whether a snapshot of all tasks is being taken, for which each of them stops at its next event. Belongs to a
// LockWatch. An event that has nothing to heed pays for that with two plain stores and two looks: the thread that takes
// a snapshot makes the processors of all others pass a memory barrier (membarrier(2)) instead of each event passing
// one. Where the kernel does not know that call, every event does.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "lockcheck/held/threads.h"

namespace zoneknot::lockcheck {

// Twice the number of events that have changed a task's record, and one more while an event changes it.
using Moves = std::atomic<std::uint64_t>;

class RunMode {
 public:
  // With Threads::one nobody stops the tasks. Whether to do without membarrier(2) is for tests.
  explicit RunMode(Threads threads, bool without_membarrier = false);

  // There is nothing to heed.
  [[nodiscard]] bool plain() const { return bits_.load(std::memory_order_acquire) == 0; }
  [[nodiscard]] bool frozen() const { return (bits_.load(std::memory_order_relaxed) & kFrozen) != 0; }
  // Somebody does, to a run that is not frozen.
  [[nodiscard]] bool listened() const {
    return (bits_.load(std::memory_order_relaxed) & (kFrozen | kListened)) == kListened;
  }

  // Between runs.
  void begin(bool listened);
  void set_listened(bool listened);
  // At any moment; until begin().
  void freeze() { bits_.fetch_or(kFrozen, std::memory_order_relaxed); }

  // Before an event changes a task's record, of which `moves` tells. Waits while a snapshot is taken.
  void enter(Moves& moves) const {
    const std::uint64_t before = moves.load(std::memory_order_relaxed);
    if (!enter_plainly(moves, before) && threads_ == Threads::many) heed(moves, before);
  }
  // enter(), for an event that knows what `moves` is and goes another way if there is something to heed. False: there
  // is; then leave(), with as many moves as before, and enter() have to follow.
  [[nodiscard]] bool enter_plainly(Moves& moves, std::uint64_t before) const {
    moves.store(before + 1, std::memory_order_relaxed);
    // For the compiler; the thread that stops the tasks takes care of the processors.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return plain();
  }
  static void leave(Moves& moves, std::uint64_t now) { moves.store(now, std::memory_order_release); }

  // Between stop_tasks() and let_tasks_go() no event begins, and an event that had begun has ended when wait_for() its
  // task returns. Snapshots of several threads follow one another.
  void stop_tasks();
  // False: nothing runs beside whoever takes a snapshot, and there is no task to wait for.
  [[nodiscard]] bool tasks_run_meanwhile() const { return threads_ == Threads::many; }
  static void wait_for(const Moves& moves);
  void let_tasks_go();

 private:
  static constexpr std::uint8_t kFrozen = 1;
  static constexpr std::uint8_t kListened = 2;
  static constexpr std::uint8_t kStopped = 4;
  static constexpr std::uint8_t kEventsFence = 8;  // for good: there is no membarrier

  void heed(Moves& moves, std::uint64_t before) const;

  const Threads threads_;
  std::atomic<std::uint8_t> bits_;
  std::mutex snapshot_;  // class "snapshot": the thread that stops the tasks owns it; before all locks of a LockWatch
};

}  // namespace zoneknot::lockcheck
