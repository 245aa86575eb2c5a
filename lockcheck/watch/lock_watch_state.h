// What a LockWatch remembers. Private to lock_watch*.cc. With Threads::many each task's record is changed by the events
// of the task, one at a time; a snapshot stops all tasks, so that it shows one moment.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lockcheck/held/held_set.h"
#include "lockcheck/held/io_counts.h"
#include "lockcheck/held/run_mode.h"
#include "lockcheck/held/stable_vector.h"
#include "lockcheck/held/units_owned.h"
#include "lockcheck/order/order_watch.h"
#include "lockcheck/order/task_order.h"
#include "lockcheck/watch/lock_watch.h"
#include "lockcheck/watch/rule_log.h"

namespace zoneknot::lockcheck {

// Held for some tens of nanoseconds, so it spins. Smaller and quicker than a std::mutex.
class SpinLock {
 public:
  void lock() {
    while (taken_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
  }
  void unlock() { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> taken_ = false;
};

// Apart from other tasks' records, which other processors write.
struct alignas(64) TaskRecord {
  Moves moves = 0;  // tells of changes of what follows
  HeldSet held;
  std::vector<HeldEntry> shares;  // of reader-writer locks, in the order in which they were taken
  TaskOrder order;
  UnitsOfTask units;
  IoCounts ios;
  TaskState state = TaskState::running;
  core::Wait wait;  // of a waiting task
  core::Site site;  // of the wait
  std::string name;

  void clear() {
    name.clear();
    state = TaskState::running;
    wait = {};
    site = {};
    held.clear();
    shares.clear();
    order.clear();
    units.clear();
    ios.clear();
    moves.store(0, std::memory_order_relaxed);
  }

  // Null: the task has no share of it.
  [[nodiscard]] HeldEntry* share_of(core::LockId lock) {
    const auto own = std::ranges::find(shares, lock, &HeldEntry::lock);
    return own == shares.end() ? nullptr : &*own;
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
  mutable SpinLock lock;              // class "pool": protects holders
  // Nobody has given back a unit that it had not taken, so far.
  std::atomic<bool> owned_units = true;

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

// An event of a task changes its record.
class RecordChange {
 public:
  RecordChange(const RunMode& mode, TaskRecord& record) : record_(record) { mode.enter(record.moves); }
  ~RecordChange() { RunMode::leave(record_.moves, record_.moves.load(std::memory_order_relaxed) + 1); }
  RecordChange(const RecordChange&) = delete;
  RecordChange& operator=(const RecordChange&) = delete;

 private:
  TaskRecord& record_;
};

// Stops all tasks that exist at the next event of theirs, for one snapshot.
class StoppedTasks {
 public:
  StoppedTasks(RunMode& mode, const StableVector<TaskRecord>& tasks) : mode_(stopped(mode)), count_(tasks.size()) {
    if (!mode.tasks_run_meanwhile()) return;
    for (core::TaskId task = 0; task < count_; ++task) RunMode::wait_for(tasks[task].moves);
  }
  ~StoppedTasks() { mode_.let_tasks_go(); }
  StoppedTasks(const StoppedTasks&) = delete;
  StoppedTasks& operator=(const StoppedTasks&) = delete;

  [[nodiscard]] core::TaskId count() const { return count_; }

 private:
  static RunMode& stopped(RunMode& mode) {
    mode.stop_tasks();
    return mode;
  }

  RunMode& mode_;
  core::TaskId count_;  // a task that is added later has no events meanwhile
};

// Order of the locks below: snapshot (of `mode`), growth, pools, the order checker's, rules. An event may take those
// after growth.
struct LockWatch::State {
  explicit State(Threads many_or_one) : threads(many_or_one), mode(many_or_one) {}

  const Threads threads;
  mutable RunMode mode;
  std::vector<core::LockObserver*> listeners;  // changed between runs
  StableVector<TaskRecord> tasks;
  StableVector<LockRecord> locks;
  OrderWatch order{locks};
  StableVector<ConditionRecord> conditions;
  StableVector<SemaphoreRecord> semaphores;
  std::mutex growth;  // class "growth": protects the sizes of tasks, locks, conditions and semaphores
  std::atomic<std::uint32_t> waiting_on_anybody = 0;  // tasks
  std::atomic<bool> any_readers = false;              // there is a reader-writer lock
  std::atomic<std::uint64_t> lock_waits = 0;          // in all runs
  RuleLog rules;
  mutable std::mutex rules_lock;  // class "rules": protects rules
  std::atomic<bool> any_broken = false;

  // Without the price of an atomic addition: among real threads some may be lost.
  void count_lock_wait() {
    lock_waits.store(lock_waits.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  template <class Tell>
  void tell_listeners(const Tell& tell) const {
    for (core::LockObserver* listener : listeners) tell(*listener);
  }

  // Whether an event is to be ignored, because the run is being unwound. If it is not and somebody listens, `tell` is
  // called with each listener first.
  template <class Tell>
  [[nodiscard]] bool ignores_or_tells(const Tell& tell) const {
    if (mode.plain()) [[likely]]
      return false;
    if (mode.frozen()) return true;
    if (mode.listened()) tell_listeners(tell);
    return false;
  }

  // For an event that only the listeners and the order checker want. False: the order checker does not.
  template <class Tell>
  [[nodiscard]] bool tells_and_orders(const Tell& tell) const {
    if (mode.listened()) tell_listeners(tell);
    return order.on() && !mode.frozen();
  }

  // For an event that is the listeners' alone.
  template <class Tell>
  void pass_on(const Tell& tell) const {
    if (mode.listened()) tell_listeners(tell);
  }

  // A request for a lock that is not the task's has nothing to tell, not even to the order checker. If so, it is noted
  // that it was made again.
  [[nodiscard]] bool may_ask(TaskRecord& record, const LockRecord& wanted) const {
    return record.held.highest_rank() < wanted.limit && record.ios.completing() == 0 &&
           order.knows(record.order, record.held, wanted.mark);
  }
  // All that there can be to say about an event. Not inline, for then the short way would save and restore registers.
  [[gnu::noinline]] void look_at_request(core::TaskId task, core::LockId lock, core::Site site);
  [[gnu::noinline]] void look_at_taking(core::TaskId task, core::LockId lock, core::Site site);
  [[gnu::noinline]] void look_at_acquisition(core::TaskId task, core::LockId lock, core::Site site);
  [[gnu::noinline]] bool look_at_release(core::TaskId task, core::LockId lock, core::Site site);

  // The lock that `task` may not own during this wait and does own; kNoId: none.
  [[nodiscard]] core::LockId forbidden_while_waiting(const TaskRecord& record, core::TaskId task,
                                                     const core::Wait& wait) const;

  [[nodiscard]] bool is_shared(core::LockId lock) const { return locks[lock].info.readers != core::Readers::none; }
  // By LockId, of all locks.
  [[nodiscard]] std::vector<SharesInWaitState> shares_in_wait_state(const StoppedTasks& all) const;

  // Whether a task is in the middle of something.
  [[nodiscard]] bool somebody_runs(const StoppedTasks& all) const {
    for (core::TaskId task = 0; task < all.count(); ++task) {
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
