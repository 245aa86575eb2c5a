#include "lockcheck/held/run_mode.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cassert>
#include <thread>

namespace zoneknot::lockcheck {
namespace {

bool membarrier(int command) { return syscall(SYS_membarrier, command, 0, 0) == 0; }

// Once for the process, before the first barrier.
bool has_membarrier() {
  static const bool kRegistered = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
  return kRegistered;
}

}  // namespace

RunMode::RunMode(Threads threads, bool without_membarrier)
    : threads_(threads),
      bits_(threads == Threads::one || (!without_membarrier && has_membarrier()) ? 0 : kEventsFence) {}

void RunMode::begin(bool listened) {
  const std::uint8_t kept = bits_.load(std::memory_order_relaxed) & kEventsFence;
  bits_.store(kept | (listened ? kListened : 0), std::memory_order_relaxed);
}

void RunMode::set_listened(bool listened) {
  if (listened) {
    bits_.fetch_or(kListened, std::memory_order_relaxed);
  } else {
    bits_.fetch_and(static_cast<std::uint8_t>(~kListened), std::memory_order_relaxed);
  }
}

// `moves` is odd, but nobody need have seen it yet.
void RunMode::heed(Moves& moves, std::uint64_t before) const {
  const bool fences = (bits_.load(std::memory_order_relaxed) & kEventsFence) != 0;
  for (;;) {
    // In the one order of all such accesses this comes before a snapshot's look at `moves`, or else what follows comes
    // after the snapshot's kStopped.
    if (fences) moves.store(before + 1, std::memory_order_seq_cst);
    if ((bits_.load(std::memory_order_seq_cst) & kStopped) == 0) return;
    leave(moves, before);
    while ((bits_.load(std::memory_order_acquire) & kStopped) != 0) std::this_thread::yield();
    if (enter_plainly(moves, before)) return;
  }
}

void RunMode::stop_tasks() {
  if (threads_ == Threads::one) return;
  snapshot_.lock();
  const std::uint8_t before = bits_.fetch_or(kStopped, std::memory_order_seq_cst);
  if ((before & kEventsFence) != 0) return;
  const bool passed = membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
  assert(passed);
  static_cast<void>(passed);
}

void RunMode::wait_for(const Moves& moves) {
  while (moves.load(std::memory_order_seq_cst) % 2 != 0) std::this_thread::yield();
}

void RunMode::let_tasks_go() {
  if (threads_ == Threads::one) return;
  bits_.fetch_and(static_cast<std::uint8_t>(~kStopped), std::memory_order_release);
  snapshot_.unlock();
}

}  // namespace zoneknot::lockcheck
