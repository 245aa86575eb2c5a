// core::Runtime on threads of the operating system: a task is a std::thread, a lock a pthread mutex, a condition
// variable, a semaphore and a reader-writer lock are made of std::condition_variables, a cell is nothing at all. It
// tells its observer of every event; waits are bracketed (wait_began, wait_ended) only where a task really has to wait.
// It runs one program. Tasks call it as core/runtime.h says; abandon() and abandoned() any thread may call.
#pragma once

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/lock_observer.h"
#include "core/runtime.h"
#include "device/real/step_hook.h"
#include "lockcheck/held/stable_vector.h"

namespace zoneknot::device {

class ThreadRuntime final : public core::Runtime {
 public:
  // Within so long a waiting task notices that the run is abandoned.
  static constexpr std::uint64_t kSliceNs = 100'000'000;

  // The observer must take calls from many threads, and outlive this.
  explicit ThreadRuntime(core::LockObserver& observer);
  ~ThreadRuntime() override;

  // Runs a program: `body` becomes task 0. Returns when every task has ended. Once, and not from a task.
  void run(std::string name, std::function<void()> body, core::Site site = core::Site::current());

  // Gives the run up: every task leaves its present wait, or else its next call, by core::Abandoned, and run() returns.
  // A task begins to unwind when those that it spawned have ended, for they may use what its frames own. The observer
  // is told nothing of the unwinding. It cannot be taken back.
  void abandon();
  [[nodiscard]] bool abandoned() const { return abandoned_.load(std::memory_order_acquire); }

  [[nodiscard]] core::LockObserver& observer() const { return *observer_; }

  // Called before visible operations of tasks from now on; before run(). Waits with a time-out, condition variables,
  // semaphores and reader-writer locks are not told of.
  void set_hook(StepHook& hook) { hook_ = &hook; }
  // The calling task is about to do something visible that is not the Runtime's own.
  void visible(core::StepKind kind, std::uint32_t object, core::Site site) { come_to(this_task(), kind, object, site); }

  // A wait of the calling task for something that is not a lock of this Runtime. Calls `step` until it says true: the
  // wait has ended; a step may take up to kSliceNs. Throws core::Abandoned when the run is given up; does nothing in a
  // task that is unwinding already.
  void wait(const core::Wait& wait, core::Site site, const std::function<bool()>& step);

 private:
  struct Task {
    core::TaskId id = core::kNoId;
    core::TaskId parent = core::kNoId;
    ThreadRuntime* runtime = nullptr;
    std::thread thread;
    bool unwinding = false;  // core::Abandoned is on its way through the task's frames
    std::atomic<bool> ended{false};
  };

  // No pthread_rwlock_t: a task looks up from its wait now and then, and a writer that did so would let readers in.
  struct SharedLock {
    std::mutex mutex;  // class "shared lock": protects all of it, and the order in which the observer hears of it
    std::condition_variable changed;
    bool writers_first = false;
    core::TaskId owner = core::kNoId;
    std::uint32_t shares = 0;
    std::uint32_t writers_waiting = 0;

    [[nodiscard]] bool can_be_taken(bool shared) const;
  };

  struct alignas(64) Lock {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    core::LockKind kind = core::LockKind::plain;
    std::atomic<core::TaskId> owner{core::kNoId};  // written by the task that owns `mutex`
    std::uint32_t depth = 0;                       // acquisitions; the owner's
    std::unique_ptr<SharedLock> shared;            // of a reader-writer lock, which uses nothing else of this
  };

  // A task in a wait for a condition variable. Lives on the task's stack; everything under the condition's mutex.
  struct Waiter {
    core::TaskId task = core::kNoId;
    bool woken = false;
    bool told = false;  // the observer knows that it waits
    std::condition_variable wake;
  };

  struct Condition {
    std::mutex mutex;  // class "condition": protects waiters
    std::vector<Waiter*> waiters;
  };

  struct Semaphore {
    std::mutex mutex;  // class "semaphore": protects count, and the order in which the observer hears of it
    std::condition_variable released;
    std::uint32_t count = 0;
  };

  core::TaskId do_spawn(std::string name, std::function<void()> body, core::Site site) override;
  void do_join(core::TaskId task, core::Site site) override;
  core::TaskId do_current() const override;
  core::LockId do_create_lock(const core::LockInfo& info) override;
  void do_lock(core::LockId lock, core::Site site) override;
  bool do_try_lock(core::LockId lock, core::Site site) override;
  void do_unlock(core::LockId lock, core::Site site) noexcept override;
  bool do_lock_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) override;
  void do_lock_shared(core::LockId lock, core::Site site) override;
  bool do_lock_shared_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) override;
  void do_unlock_shared(core::LockId lock, core::Site site) noexcept override;
  core::ConditionId do_create_condition(std::string_view name) override;
  bool do_wait(core::ConditionId condition, core::LockId lock, std::uint64_t timeout_ns, core::Site site) override;
  void do_wake(core::ConditionId condition, bool all, core::Site site) noexcept override;
  core::SemaphoreId do_create_semaphore(std::string_view name, std::uint32_t count) override;
  void do_declare_pool(core::SemaphoreId pool) override { observer_->pool_declared(pool); }
  bool do_acquire(core::SemaphoreId semaphore, std::uint64_t timeout_ns, core::Site site) override;
  void do_release(core::SemaphoreId semaphore, std::uint32_t count, core::Site site) noexcept override;
  core::CellId do_create_cell(const core::CellInfo& info) override;
  void do_access(core::CellId cell, core::Access kind, core::Site site) override;
  std::uint64_t do_load(core::CellId cell, std::atomic<std::uint64_t>& storage, core::Site site) override;
  void do_stored(core::CellId cell, std::uint64_t value, core::Site site) override;
  core::Mark do_mark() const override { return {}; }
  void do_checkpoint(const core::LiveState* live, const core::Mark& since, core::Site site) override;

  [[nodiscard]] Task& this_task() const;
  void come_to(const Task& task, core::StepKind kind, std::uint32_t object, core::Site site) const noexcept {
    if (hook_ != nullptr && !task.unwinding) hook_->before(task.id, kind, object, site);
  }
  [[nodiscard]] bool proceeds(Task& task);
  [[noreturn]] void unwind(Task& task);
  [[nodiscard]] bool children_ended(core::TaskId task) const;
  void wait_for_children(const Task& task);
  void run_task(Task& task, const std::function<void()>& body, core::Site site);
  void fail(Task& task, std::exception_ptr failure);
  void join_threads();
  void tell_attempt(const Task& task, core::LockId lock, bool got, core::Site site);
  void tell_access(core::CellId cell, core::Access access, core::Site site);
  [[nodiscard]] static bool enter(Lock& lock, core::TaskId task);
  [[nodiscard]] static bool enter_within(Lock& lock, core::TaskId task, std::uint64_t duration_ns);
  // Reader-writer locks; `shared`: a share is meant.
  bool take(core::LockId lock, bool shared, std::uint64_t timeout_ns, core::Site site);
  void give_back(core::LockId lock, bool shared, core::Site site) noexcept;
  [[nodiscard]] bool wait_to_be_woken(Condition& condition, Waiter& self, const core::Wait& wait,
                                      std::uint64_t timeout_ns, core::Site site);

  static thread_local Task* current_task_;

  core::LockObserver* observer_;
  StepHook* hook_ = nullptr;
  std::atomic<bool> abandoned_{false};
  bool accesses_told_ = false;  // set before there are tasks
  std::mutex growth_;  // one appends to one of these five at a time, and the observer hears of them by ascending id
  core::CellId cells_ = 0;
  lockcheck::StableVector<Task> tasks_;
  lockcheck::StableVector<Lock> locks_;
  lockcheck::StableVector<Condition> conditions_;
  lockcheck::StableVector<Semaphore> semaphores_;
  std::mutex ended_mutex_;      // pairs with task_ended_; Task::ended is set under it
  std::exception_ptr failure_;  // the first that a task has thrown
  std::condition_variable task_ended_;
};

}  // namespace zoneknot::device
