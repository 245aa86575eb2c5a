// ThreadRuntime's reader-writer locks. A task that waits for one looks up now and then, to leave a run that is given
// up, and stays a waiting writer meanwhile.

#include "device/real/deadline.h"
#include "device/real/thread_runtime.h"

namespace zoneknot::device {

void ThreadRuntime::do_lock_shared(core::LockId lock, core::Site site) {
  static_cast<void>(take(lock, true, core::kNoTimeout, site));
}

bool ThreadRuntime::do_lock_shared_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) {
  return take(lock, true, timeout_ns, site);
}

void ThreadRuntime::do_unlock_shared(core::LockId lock, core::Site site) noexcept { give_back(lock, true, site); }

bool ThreadRuntime::SharedLock::can_be_taken(bool shared) const {
  if (owner != core::kNoId) return false;
  return shared ? !writers_first || writers_waiting == 0 : shares == 0;
}

bool ThreadRuntime::take(core::LockId lock, bool shared, std::uint64_t timeout_ns, core::Site site) {
  Task& task = this_task();
  if (!proceeds(task)) return false;
  const bool timed = timeout_ns != core::kNoTimeout;
  if (!timed && shared) observer_->shared_requested(task.id, lock, site);
  if (!timed && !shared) observer_->lock_requested(task.id, lock, site);
  SharedLock& entry = *locks_[lock].shared;
  std::unique_lock guard(entry.mutex);
  if (!entry.can_be_taken(shared) && timeout_ns > 0) {
    const Deadline deadline(timeout_ns);
    entry.writers_waiting += shared ? 0 : 1;
    observer_->wait_began(task.id, {.kind = core::WaitKind::lock, .object = lock, .timed = timed, .shared = shared},
                          site);
    while (!entry.can_be_taken(shared) && !abandoned() && !deadline.passed()) {
      entry.changed.wait_for(guard, deadline.left(kSliceNs));
    }
    entry.writers_waiting -= shared ? 0 : 1;
    // Readers may have waited for this writer alone, which came to nothing.
    if (!shared) entry.changed.notify_all();
    if (abandoned()) {
      guard.unlock();
      unwind(task);
    }
    observer_->wait_ended(task.id);
  }
  if (!entry.can_be_taken(shared)) {
    observer_->lock_refused(task.id, lock, site);
    return false;
  }
  if (shared) {
    ++entry.shares;
    observer_->shared_acquired(task.id, lock, site);
  } else {
    entry.owner = task.id;
    observer_->lock_acquired(task.id, lock, site);
  }
  return true;
}

// An observer that has stopped looking, because the run is being given up, need not know who has what any more.
void ThreadRuntime::give_back(core::LockId lock, bool shared, core::Site site) noexcept {
  const Task& task = this_task();
  if (task.unwinding) return;
  SharedLock& entry = *locks_[lock].shared;
  const std::lock_guard guard(entry.mutex);
  if (shared) {
    if (!observer_->shared_released(task.id, lock, site) || entry.shares == 0) return;
    --entry.shares;
  } else {
    if (!observer_->lock_released(task.id, lock, site) || entry.owner != task.id) return;
    entry.owner = core::kNoId;
  }
  entry.changed.notify_all();
}

}  // namespace zoneknot::device
