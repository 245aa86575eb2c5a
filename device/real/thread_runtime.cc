#include "device/real/thread_runtime.h"

#include <algorithm>
#include <cassert>
#include <ctime>
#include <utility>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1  // the name gcc has for it
#endif
#endif
#if defined(__SANITIZE_THREAD__)
// Programs deadlock here on purpose, and the order of locks is what this project checks itself.
extern "C" const char* __tsan_default_options() { return "detect_deadlocks=0"; }
#endif

namespace zoneknot::device {
namespace {

// pthread_mutex_timedlock wants a wall clock. If that is set back, the slice is longer; only a run that is abandoned at
// that very moment could notice.
timespec end_after(std::uint64_t duration_ns) {
  constexpr long kSecondNs = 1'000'000'000;
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  time.tv_nsec += static_cast<long>(std::min(duration_ns, ThreadRuntime::kSliceNs));
  time.tv_sec += time.tv_nsec / kSecondNs;
  time.tv_nsec %= kSecondNs;
  return time;
}

}  // namespace

thread_local ThreadRuntime::Task* ThreadRuntime::current_task_ = nullptr;

ThreadRuntime::ThreadRuntime(core::LockObserver& observer) : observer_(&observer) {}

ThreadRuntime::~ThreadRuntime() {
  join_threads();
  // What a task leaked stays locked, and a locked mutex must not be destroyed; its memory may go.
  for (core::LockId i = 0; i < locks_.size(); ++i) {
    if (locks_[i].owner.load(std::memory_order_relaxed) == core::kNoId) pthread_mutex_destroy(&locks_[i].mutex);
  }
}

void ThreadRuntime::run(std::string name, std::function<void()> body, core::Site site) {
  assert(tasks_.size() == 0);
  accesses_told_ = observer_->wants_accesses();
  do_spawn(std::move(name), std::move(body), site);
  join_threads();
  if (failure_) std::rethrow_exception(failure_);
}

void ThreadRuntime::abandon() {
  const std::lock_guard guard(ended_mutex_);
  abandoned_.store(true, std::memory_order_release);
  task_ended_.notify_all();
}

ThreadRuntime::Task& ThreadRuntime::this_task() const {
  assert(current_task_ != nullptr && current_task_->runtime == this);
  return *current_task_;
}

bool ThreadRuntime::children_ended(core::TaskId task) const {
  for (core::TaskId i = task + 1; i < tasks_.size(); ++i) {
    if (tasks_[i].parent == task && !tasks_[i].ended.load(std::memory_order_relaxed)) return false;
  }
  return true;
}

// They may use what is on the task's stack.
void ThreadRuntime::wait_for_children(const Task& task) {
  std::unique_lock guard(ended_mutex_);
  task_ended_.wait(guard, [&] { return children_ended(task.id); });
}

void ThreadRuntime::unwind(Task& task) {
  task.unwinding = true;
  wait_for_children(task);
  throw core::Abandoned{};
}

// False: the task is unwinding, the call is to do nothing.
bool ThreadRuntime::proceeds(Task& task) {
  if (task.unwinding) return false;
  if (abandoned()) unwind(task);
  return true;
}

void ThreadRuntime::wait(const core::Wait& wait, core::Site site, const std::function<bool()>& step) {
  Task& task = this_task();
  if (!proceeds(task)) return;
  observer_->wait_began(task.id, wait, site);
  while (!step() && !abandoned()) {
  }
  // Also when both are true: what was waited for may have come because the run is being given up.
  if (abandoned()) unwind(task);
  observer_->wait_ended(task.id);
}

// --- tasks -----------------------------------------------------------------------------------------------------------

core::TaskId ThreadRuntime::do_spawn(std::string name, std::function<void()> body, core::Site site) {
  if (current_task_ != nullptr && !proceeds(this_task())) return core::kNoId;
  const std::lock_guard guard(growth_);
  const core::TaskId id = tasks_.size();
  tasks_.grow_to(id + 1, [&](Task& task) {
    task.id = id;
    task.parent = current_task_ == nullptr ? core::kNoId : current_task_->id;
    task.runtime = this;
  });
  Task& task = tasks_[id];
  observer_->task_started(id, name);
  if (current_task_ != nullptr) observer_->task_forked(current_task_->id, id, site);
  try {
    task.thread = std::thread([this, &task, body = std::move(body), site] {
      current_task_ = &task;
      run_task(task, body, site);
    });
  } catch (...) {
    // Nobody is to wait for its end.
    task.ended.store(true, std::memory_order_release);
    throw;
  }
  return id;
}

void ThreadRuntime::run_task(Task& task, const std::function<void()>& body, core::Site site) {
  try {
    come_to(task, core::StepKind::start, task.id, site);
    body();
  } catch (const core::Abandoned&) {
    assert(task.unwinding);
  } catch (...) {
    fail(task, std::current_exception());
  }
  if (!task.unwinding) observer_->task_ended(task.id, site);
  if (hook_ != nullptr) hook_->ended(task.id);
  const std::lock_guard guard(ended_mutex_);
  task.ended.store(true, std::memory_order_release);
  task_ended_.notify_all();
}

// No memory or no thread was left, or the body has thrown something of its own: the run as a whole is given up.
void ThreadRuntime::fail(Task& task, std::exception_ptr failure) {
  task.unwinding = true;
  {
    const std::lock_guard guard(ended_mutex_);
    if (!failure_) failure_ = std::move(failure);
  }
  abandon();
  wait_for_children(task);
}

void ThreadRuntime::join_threads() {
  for (core::TaskId i = 0;; ++i) {
    std::thread thread;
    {
      const std::lock_guard guard(growth_);
      if (i == tasks_.size()) return;
      thread = std::move(tasks_[i].thread);
    }
    if (thread.joinable()) thread.join();
  }
}

void ThreadRuntime::do_join(core::TaskId task, core::Site site) {
  Task& other = tasks_[task];
  Task& self = this_task();
  come_to(self, core::StepKind::join, task, site);
  const bool has_ended = other.ended.load(std::memory_order_acquire);
  // After the look: a task that ended by unwinding has not been joined.
  if (!proceeds(self)) return;
  if (!has_ended) {
    wait({.kind = core::WaitKind::join, .object = task}, site, [&] {
      std::unique_lock guard(ended_mutex_);
      task_ended_.wait(guard, [&] { return other.ended.load(std::memory_order_relaxed) || abandoned(); });
      return other.ended.load(std::memory_order_relaxed);
    });
  }
  observer_->task_joined(self.id, task, site);
}

core::TaskId ThreadRuntime::do_current() const { return this_task().id; }

// --- locks -----------------------------------------------------------------------------------------------------------

core::LockId ThreadRuntime::do_create_lock(const core::LockInfo& info) {
  const std::lock_guard guard(growth_);
  const core::LockId id = locks_.size();
  locks_.grow_to(id + 1, [&](Lock& lock) {
    lock.kind = info.kind;
    if (info.readers == core::Readers::none) return;
    lock.shared = std::make_unique<SharedLock>();
    lock.shared->writers_first = info.readers == core::Readers::after_writers;
  });
  observer_->lock_created(id, info);
  return id;
}

// Takes the lock if that needs no wait.
bool ThreadRuntime::enter(Lock& lock, core::TaskId task) {
  if (lock.owner.load(std::memory_order_relaxed) == task) {
    if (lock.kind == core::LockKind::plain) return false;
    ++lock.depth;
    return true;
  }
  if (pthread_mutex_trylock(&lock.mutex) != 0) return false;
  lock.owner.store(task, std::memory_order_relaxed);
  lock.depth = 1;
  return true;
}

// Waits for the lock, at most a slice.
bool ThreadRuntime::enter_within(Lock& lock, core::TaskId task, std::uint64_t duration_ns) {
  const timespec end = end_after(duration_ns);
  if (pthread_mutex_timedlock(&lock.mutex, &end) != 0) return false;
  lock.owner.store(task, std::memory_order_relaxed);
  lock.depth = 1;
  return true;
}

void ThreadRuntime::do_lock(core::LockId lock, core::Site site) {
  Task& task = this_task();
  come_to(task, core::StepKind::lock, lock, site);
  if (!proceeds(task)) return;
  Lock& entry = locks_[lock];
  if (entry.shared != nullptr) return static_cast<void>(take(lock, false, core::kNoTimeout, site));
  if (enter(entry, task.id)) return observer_->lock_taken(task.id, lock, site);
  observer_->lock_requested(task.id, lock, site);
  wait({.kind = core::WaitKind::lock, .object = lock}, site, [&] { return enter_within(entry, task.id, kSliceNs); });
  observer_->lock_acquired(task.id, lock, site);
}

bool ThreadRuntime::do_try_lock(core::LockId lock, core::Site site) {
  Task& task = this_task();
  come_to(task, core::StepKind::try_lock, lock, site);
  if (!proceeds(task)) return false;
  if (locks_[lock].shared != nullptr) return take(lock, false, 0, site);
  const bool got = enter(locks_[lock], task.id);
  tell_attempt(task, lock, got, site);
  return got;
}

void ThreadRuntime::tell_attempt(const Task& task, core::LockId lock, bool got, core::Site site) {
  if (got) {
    observer_->lock_acquired(task.id, lock, site);
  } else {
    observer_->lock_refused(task.id, lock, site);
  }
}

void ThreadRuntime::do_unlock(core::LockId lock, core::Site site) noexcept {
  Task& task = this_task();
  come_to(task, core::StepKind::unlock, lock, site);
  Lock& entry = locks_[lock];
  if (entry.shared != nullptr) return give_back(lock, false, site);
  if (task.unwinding || !observer_->lock_released(task.id, lock, site)) return;
  // An observer that has stopped looking, because the run is being given up, need not know the owner any more.
  if (entry.owner.load(std::memory_order_relaxed) != task.id || --entry.depth > 0) return;
  entry.owner.store(core::kNoId, std::memory_order_relaxed);
  pthread_mutex_unlock(&entry.mutex);
}

// --- shared data -----------------------------------------------------------------------------------------------------

core::CellId ThreadRuntime::do_create_cell(const core::CellInfo& info) {
  const std::lock_guard guard(growth_);
  observer_->cell_created(cells_, info.name);
  return cells_++;
}

void ThreadRuntime::do_access(core::CellId cell, core::Access access, core::Site site) {
  if (hook_ == nullptr) return;
  come_to(this_task(),
          access == core::Access::read    ? core::StepKind::read
          : access == core::Access::write ? core::StepKind::write
                                          : core::StepKind::update,
          cell, site);
}

std::uint64_t ThreadRuntime::do_load(core::CellId cell, std::atomic<std::uint64_t>& storage, core::Site site) {
  const std::uint64_t value = storage.load(std::memory_order_relaxed);
  if (accesses_told_) tell_access(cell, core::Access::read, site);
  return value;
}

void ThreadRuntime::do_stored(core::CellId cell, std::uint64_t, core::Site site) {
  if (accesses_told_) tell_access(cell, core::Access::write, site);
}

void ThreadRuntime::tell_access(core::CellId cell, core::Access access, core::Site site) {
  // A caller before or after the run, who may look at a cell, is no task.
  if (current_task_ == nullptr) return;
  const Task& task = this_task();
  if (!task.unwinding) observer_->cell_accessed(task.id, cell, access, site);
}

// --- what only a search needs ----------------------------------------------------------------------------------------

// A task that never waits leaves an abandoned run here.
void ThreadRuntime::do_checkpoint(const core::LiveState*, const core::Mark&, core::Site site) {
  Task& task = this_task();
  come_to(task, core::StepKind::checkpoint, task.id, site);
  static_cast<void>(proceeds(task));
}

}  // namespace zoneknot::device
