// What a LockWatch remembers. Private to lock_watch*.cc. With Threads::many each task's record
// is changed by its own thread under the record's lock; whoever takes a picture holds the locks of all records, so that
// a picture shows one moment.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lockcheck/held_set.h"
#include "lockcheck/io_counts.h"
#include "lockcheck/lock_watch.h"
#include "lockcheck/order_watch.h"
#include "lockcheck/rule_log.h"
#include "lockcheck/stable_vector.h"
#include "lockcheck/task_order.h"

namespace zoneknot::lockcheck {

// Protects one task's record. Held for some tens of nanoseconds by the task itself, and by a watchdog that takes a
// picture: contention is rare, so it spins. Smaller and quicker than a std::mutex.
class RecordLock {
 public:
  void lock() {
    while (taken_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
  }
  void unlock() { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> taken_ = false;
};

struct TaskRecord {
  RecordLock lock;  // class "task record": protects everything below
  std::string name;
  TaskState state = TaskState::running;
  core::Wait wait;  // of a waiting task
  core::Site site;  // of the wait
  HeldSet held;
  TaskOrder order;
  IoCounts ios;
  std::uint64_t events = 0;

  void clear() {
    name.clear();
    state = TaskState::running;
    wait = {};
    site = {};
    held.clear();
    order.clear();
    ios.clear();
    events = 0;
  }
};

struct ConditionRecord {
  std::string name;
};

struct SemaphoreRecord {
  std::string name;
  std::atomic<std::uint32_t> count = 0;
  bool is_pool = false;
  std::uint32_t units = 0;            // of a pool, in all
  std::vector<core::TaskId> holders;  // of a pool: one entry for each unit that was taken
  mutable RecordLock lock;            // class "pool": protects holders

  // Who has the units of a pool, each once, if all of them are with tasks that took them. Nothing while one is on its
  // way, and for good once another task has given one back: from then on there are more units than there were.
  [[nodiscard]] std::optional<std::vector<core::TaskId>> holders_of_all() const {
    if (!is_pool || holders.size() != units) return std::nullopt;
    std::vector<core::TaskId> each = holders;
    std::ranges::sort(each);
    each.erase(std::unique(each.begin(), each.end()), each.end());
    return each;
  }
};

// True: any other task might end the wait, and nothing else.
inline bool waits_on_anybody(const core::Wait& wait) {
  return !wait.timed && (wait.kind == core::WaitKind::condition || wait.kind == core::WaitKind::semaphore);
}

// Takes a lock where there is more than one thread.
template <class Lockable>
class GuardIfMany {
 public:
  GuardIfMany(Lockable& lock, Threads threads) : lock_(threads == Threads::many ? &lock : nullptr) {
    if (lock_ != nullptr) lock_->lock();
  }
  ~GuardIfMany() {
    if (lock_ != nullptr) lock_->unlock();
  }
  GuardIfMany(const GuardIfMany&) = delete;
  GuardIfMany& operator=(const GuardIfMany&) = delete;

 private:
  Lockable* lock_;
};

// Order of the locks below: growth, records by TaskId, pools, the order checker's, rules.
struct LockWatch::State {
  explicit State(Threads many_or_one) : threads(many_or_one) {}

  const Threads threads;
  // One byte, so that an event of a run that nobody listens to costs one look.
  static constexpr std::uint8_t kFrozen = 1;
  static constexpr std::uint8_t kListened = 2;
  std::atomic<std::uint8_t> mode = 0;
  core::LockObserver* listener = nullptr;  // set between runs
  StableVector<TaskRecord> tasks;
  StableVector<LockRecord> locks;
  bool order_checked = false;  // changed between runs
  OrderWatch order{locks};
  StableVector<ConditionRecord> conditions;
  StableVector<SemaphoreRecord> semaphores;
  std::mutex growth;                                  // class "growth": protects the sizes of these four
  std::atomic<std::uint32_t> waiting_on_anybody = 0;  // tasks
  RuleLog rules;
  mutable std::mutex rules_lock;  // class "rules": protects rules
  std::atomic<bool> any_broken = false;

  [[nodiscard]] bool ignores() const { return (mode.load(std::memory_order_relaxed) & kFrozen) != 0; }
  // The same; `tell` is called with the listener of a run that is not ignored, if there is one.
  template <class Tell>
  [[nodiscard]] bool ignores_or_tells(const Tell& tell) const {
    const std::uint8_t now = mode.load(std::memory_order_relaxed);
    if (now == 0) [[likely]]
      return false;
    if ((now & kFrozen) != 0) return true;
    tell(*listener);
    return false;
  }

  // For an event that only the listener and the order checker want. False: the latter does not.
  template <class Tell>
  [[nodiscard]] bool tells_and_orders(const Tell& tell) const {
    const std::uint8_t now = mode.load(std::memory_order_relaxed);
    if (now == kListened) tell(*listener);
    return order_checked && (now & kFrozen) == 0;
  }

  // For an event that is the listener's alone.
  template <class Tell>
  void pass_on(const Tell& tell) const {
    if (mode.load(std::memory_order_relaxed) == kListened) tell(*listener);
  }

  // The lock that `task` may not own during this wait and does own; kNoId: none.
  [[nodiscard]] core::LockId forbidden_while_waiting(const TaskRecord& record, core::TaskId task,
                                                     const core::Wait& wait) const;

  // Whether a task is in the middle of something.
  [[nodiscard]] bool somebody_runs() const {
    for (core::TaskId task = 0; task < tasks.size(); ++task) {
      const GuardIfMany guard(tasks[task].lock, threads);
      if (tasks[task].state == TaskState::running) return true;
    }
    return false;
  }

  void broken(const BreakFacts& facts) {
    const GuardIfMany guard(rules_lock, threads);
    rules.note(facts);
    any_broken.store(true, std::memory_order_relaxed);
  }
};

}  // namespace zoneknot::lockcheck
