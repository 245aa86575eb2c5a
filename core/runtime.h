// The seam through which a program meets threads: tasks, mutexes, and accesses to shared data that other tasks can see.
// One Runtime runs one program. The simulator (sim/) implements it with fibers, the real world (device/) with threads.
// Every call is made on a task's own stack unless its comment says otherwise.
//
// When a run is given up (a hang was established, a budget is used up) the call a task is suspended in throws
// `Abandoned`; from then on every call of that task does nothing and returns a default, so that its stack can unwind.
// `unlock`, `signal`, `broadcast` and `release` never throw: destructors use them. Nobody catches `Abandoned` but the
// Runtime itself.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/live_state.h"
#include "core/site.h"

namespace zoneknot::core {

using TaskId = std::uint32_t;
using LockId = std::uint32_t;
using CellId = std::uint32_t;
using ConditionId = std::uint32_t;
using SemaphoreId = std::uint32_t;

inline constexpr std::uint32_t kNoId = UINT32_MAX;
inline constexpr std::uint64_t kNoTimeout = UINT64_MAX;

// Thrown through a task's frames when its run is given up. Not an error of the program.
struct Abandoned {};

enum class LockKind : std::uint8_t {
  plain,      // waiting for one that the task owns already never ends
  recursive,  // taking one that the task owns already succeeds at once and counts up
};

// Whether a lock can be shared, and whom it lets in while a writer waits for it.
enum class Readers : std::uint8_t {
  none,           // it has one owner at a time
  first,          // a reader-writer lock: readers get a share while others have one, as with glibc's default
  after_writers,  // nobody gets a share while a writer waits, not even who has one already, as with
                  // PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP
};

// Which part a lock plays in the rules of docs/protocol.md section 5.
enum class LockRole : std::uint8_t {
  none,          // the rules that hold for every lock, and no others
  zone,          // its owner waits for zones, device tables and completions alone; zones are taken in order
  device_table,  // its owner waits for nothing
};

// What is known of a mutex when it is made. The texts must outlive the Runtime (literals).
struct LockInfo {
  std::string_view lock_class;  // locks that are used alike, for example "zone"
  LockKind kind = LockKind::plain;
  std::uint32_t group = 0;  // which device the lock belongs to, in order of first use
  std::optional<std::uint64_t>
      order_key;  // position within (class, group) where the program promises an order: zone index
  LockRole role = LockRole::none;
  std::string_view name{};          // what reports call it; empty: they make one of class, key and group
  Readers readers = Readers::none;  // a lock with readers is plain
};

enum class Access : std::uint8_t { read, write, update };

enum class Sharing : std::uint8_t {
  locked,  // every access is made under one lock
  racy,    // read without the lock as well
};

// Which values a cell can have: least, least + step, … up to most, and `apart`. A proof lets other tasks leave any of
// them there, and checks that nobody stores another one.
struct CellValues {
  std::uint64_t least = 0;
  std::uint64_t most = UINT64_MAX;
  std::uint64_t step = 1;  // at least 1
  std::optional<std::uint64_t> apart{};
  // Any value may be stored, and one of those above stands for each: the program does the same with both.
  bool examples = false;
  // examples: every value above `most` stands for `most`, also for the task that stored it.
  bool open_ended = false;
};

// What is known of a cell of shared data when it is made. `name` must outlive the Runtime (a literal).
struct CellInfo {
  std::string_view name;
  Sharing sharing = Sharing::racy;
  LockId guard = kNoId;  // every writer owns it; kNoId: there is no such lock
  CellValues values{};
};

class Runtime {
 public:
  Runtime() = default;
  virtual ~Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Starts a task; it may run at once. `name` is what reports call it.
  TaskId spawn(std::string name, std::function<void()> body, Site site = Site::current()) {
    return do_spawn(std::move(name), std::move(body), site);
  }

  // Waits until the task has ended.
  void join(TaskId task, Site site = Site::current()) { do_join(task, site); }

  // The calling task. The program's first task is 0.
  [[nodiscard]] TaskId current() const { return do_current(); }

  LockId create_lock(const LockInfo& info) { return do_create_lock(info); }

  // Waits without limit until the lock is this task's. No flag, signal or timeout ends the wait.
  void lock(LockId lock, Site site = Site::current()) { do_lock(lock, site); }

  // True: the lock is this task's now. Never waits. A plain lock that the task owns already: false.
  [[nodiscard]] bool try_lock(LockId lock, Site site = Site::current()) { return do_try_lock(lock, site); }

  // True: the lock is this task's now. False: it was not to be had within `timeout_ns` nanoseconds.
  [[nodiscard]] bool try_lock_for(LockId lock, std::uint64_t timeout_ns, Site site = Site::current()) {
    return do_lock_for(lock, timeout_ns, site);
  }

  // Gives one acquisition back. If the lock is not this task's, the observer is told, and nothing else happens.
  void unlock(LockId lock, Site site = Site::current()) noexcept { do_unlock(lock, site); }

  // Takes a share of a reader-writer lock, which is the task's as long as it likes, though others have one too; a task
  // may have several. lock(), try_lock() and try_lock_for() ask for all of the lock, which is to be had while nobody
  // has a share: a task that has one itself waits for ever.
  void lock_shared(LockId lock, Site site = Site::current()) { do_lock_shared(lock, site); }
  // Never waits. False: another task owns the lock, or waits for it and comes first.
  [[nodiscard]] bool try_lock_shared(LockId lock, Site site = Site::current()) {
    return do_lock_shared_for(lock, 0, site);
  }
  [[nodiscard]] bool try_lock_shared_for(LockId lock, std::uint64_t timeout_ns, Site site = Site::current()) {
    return do_lock_shared_for(lock, timeout_ns, site);
  }
  // Gives one share back. If the task has none, the observer is told, and nothing else happens.
  void unlock_shared(LockId lock, Site site = Site::current()) noexcept { do_unlock_shared(lock, site); }

  // A condition variable, as POSIX has it. `name` is copied.
  ConditionId create_condition(std::string_view name) { return do_create_condition(name); }

  // Gives one acquisition of `lock` back, waits until a signal or a broadcast wakes this task, and takes the lock
  // again, however long that takes. False: it was not woken within `timeout_ns` nanoseconds. A task that takes the lock
  // after it was given back and then signals finds this one waiting. Like a POSIX wait it may return for no reason.
  bool wait(ConditionId condition, LockId lock, std::uint64_t timeout_ns = kNoTimeout, Site site = Site::current()) {
    return do_wait(condition, lock, timeout_ns, site);
  }

  // Wakes one of the tasks that wait, if there is one: any of them. A task that begins to wait later is not woken.
  void signal(ConditionId condition, Site site = Site::current()) noexcept { do_wake(condition, false, site); }

  // Wakes all tasks that wait.
  void broadcast(ConditionId condition, Site site = Site::current()) noexcept { do_wake(condition, true, site); }

  // A counting semaphore that has `count` units. `name` is copied.
  SemaphoreId create_semaphore(std::string_view name, std::uint32_t count) { return do_create_semaphore(name, count); }

  // A semaphore whose units are given back by those who took them, as slots of a queue are: then checkers know who can
  // end a wait for a unit, and a hang is one even while others run. Once another task has given one back, it counts as
  // any other semaphore.
  SemaphoreId create_pool(std::string_view name, std::uint32_t units) {
    const SemaphoreId pool = do_create_semaphore(name, units);
    do_declare_pool(pool);
    return pool;
  }

  // Waits until there is a unit and takes it. False: there was none within `timeout_ns` nanoseconds; 0 never waits.
  bool acquire(SemaphoreId semaphore, std::uint64_t timeout_ns = kNoTimeout, Site site = Site::current()) {
    return do_acquire(semaphore, timeout_ns, site);
  }

  // Adds `count` units; any task may. All of them must stay below 2^32.
  void release(SemaphoreId semaphore, std::uint32_t count = 1, Site site = Site::current()) noexcept {
    do_release(semaphore, count, site);
  }

  // --- Shared data; core::Shared is the front to use ---

  // A cell of data that several tasks use.
  CellId create_cell(const CellInfo& info) { return do_create_cell(info); }
  // Before an access without a lock that every writer holds: a point at which the simulator may let another task run
  // first.
  void access(CellId cell, Access kind, Site site = Site::current()) { do_access(cell, kind, site); }
  // The value that the calling task finds in a cell, of which `storage` has what was stored last. No scheduling point.
  [[nodiscard]] std::uint64_t load(CellId cell, std::atomic<std::uint64_t>& storage, Site site = Site::current()) {
    return do_load(cell, storage, site);
  }
  // To be called when a cell has been given a new value, also its first.
  void stored(CellId cell, std::uint64_t value, Site site = Site::current()) { do_stored(cell, value, site); }

  // --- Loops ---

  // What the calling task was handed until now; the `since` of checkpoints.
  [[nodiscard]] Mark mark() const { return do_mark(); }

  // Called at loop heads. Says that the task is still running, so that a loop without any other visible operation comes
  // to the limit of a search instead of never ending.
  void checkpoint(Site site = Site::current()) { do_checkpoint(nullptr, {}, site); }

  // A checkpoint with a fingerprint: `describe(StateSink&)` is what LiveState::describe says, for everything that has
  // changed since `since`. From here on the search forgets what it knew of the task since then, so that a loop that
  // comes back to the same values is seen to be where it was.
  template <class Describe>
  void checkpoint(const Mark& since, const Describe& describe, Site site = Site::current()) {
    const Described<Describe> live(describe);
    do_checkpoint(&live, since, site);
  }

  // A fingerprint in straight code, where little of the task's past matters any more: for searches that would otherwise
  // tell apart what goes on alike. Never a scheduling point.
  template <class Describe>
  void landmark(const Mark& since, const Describe& describe, Site site = Site::current()) {
    const Described<Describe> live(describe);
    do_landmark(live, since, site);
  }

 private:
  template <class Describe>
  class Described final : public LiveState {
   public:
    explicit Described(const Describe& of) : of_(of) {}
    void describe(StateSink& sink) const override { of_(sink); }

   private:
    const Describe& of_;
  };

  virtual TaskId do_spawn(std::string name, std::function<void()> body, Site site) = 0;
  virtual void do_join(TaskId task, Site site) = 0;
  virtual TaskId do_current() const = 0;
  virtual LockId do_create_lock(const LockInfo& info) = 0;
  virtual void do_lock(LockId lock, Site site) = 0;
  virtual bool do_try_lock(LockId lock, Site site) = 0;
  virtual bool do_lock_for(LockId lock, std::uint64_t timeout_ns, Site site) = 0;
  virtual void do_unlock(LockId lock, Site site) noexcept = 0;
  virtual void do_lock_shared(LockId lock, Site site) = 0;
  virtual bool do_lock_shared_for(LockId lock, std::uint64_t timeout_ns, Site site) = 0;
  virtual void do_unlock_shared(LockId lock, Site site) noexcept = 0;
  virtual ConditionId do_create_condition(std::string_view name) = 0;
  virtual bool do_wait(ConditionId condition, LockId lock, std::uint64_t timeout_ns, Site site) = 0;
  virtual void do_wake(ConditionId condition, bool all, Site site) noexcept = 0;
  virtual SemaphoreId do_create_semaphore(std::string_view name, std::uint32_t count) = 0;
  virtual void do_declare_pool(SemaphoreId /*pool*/) {}
  virtual bool do_acquire(SemaphoreId semaphore, std::uint64_t timeout_ns, Site site) = 0;
  virtual void do_release(SemaphoreId semaphore, std::uint32_t count, Site site) noexcept = 0;
  virtual CellId do_create_cell(const CellInfo& info) = 0;
  virtual void do_access(CellId cell, Access kind, Site site) = 0;
  virtual std::uint64_t do_load(CellId cell, std::atomic<std::uint64_t>& storage, Site site) = 0;
  virtual void do_stored(CellId cell, std::uint64_t value, Site site) = 0;
  virtual Mark do_mark() const = 0;
  // `live` is null where the task tells nothing; it is valid during the call.
  virtual void do_checkpoint(const LiveState* live, const Mark& since, Site site) = 0;
  virtual void do_landmark(const LiveState&, const Mark&, Site) {}
};

// A mutex of a Runtime, as a value. It must not outlive the Runtime.
class Mutex {
 public:
  Mutex(Runtime& runtime, const LockInfo& info) : runtime_(&runtime), id_(runtime.create_lock(info)) {}

  void lock(Site site = Site::current()) { runtime_->lock(id_, site); }
  [[nodiscard]] bool try_lock(Site site = Site::current()) { return runtime_->try_lock(id_, site); }
  [[nodiscard]] bool try_lock_for(std::uint64_t timeout_ns, Site site = Site::current()) {
    return runtime_->try_lock_for(id_, timeout_ns, site);
  }
  void unlock(Site site = Site::current()) noexcept { runtime_->unlock(id_, site); }
  [[nodiscard]] LockId id() const { return id_; }

 private:
  Runtime* runtime_;
  LockId id_;
};

// Owns a Mutex from construction to destruction, or until unlock().
class ScopedLock {
 public:
  explicit ScopedLock(Mutex& mutex, Site site = Site::current()) : mutex_(&mutex), site_(site) { mutex.lock(site); }
  ~ScopedLock() {
    if (mutex_ != nullptr) mutex_->unlock(site_);
  }
  ScopedLock(const ScopedLock&) = delete;
  ScopedLock& operator=(const ScopedLock&) = delete;

  void unlock(Site site = Site::current()) {
    mutex_->unlock(site);
    mutex_ = nullptr;
  }

 private:
  Mutex* mutex_;
  Site site_;
};

}  // namespace zoneknot::core
