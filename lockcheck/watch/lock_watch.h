// The always-on observer of a run in both worlds: who holds what since where, who waits for what, which rules of the
// protocol page were broken. It belongs to one run at a time; reset() readies it for the next and keeps what was
// allocated. With Threads::many events may come from any thread, those of one task one after another, and
// snapshots may be taken at any moment by any thread; reset() is for when nothing runs. With Threads::one it costs no
// synchronisation. An implementation of Runtime tells of lock_released before it lets the lock go, and of lock_acquired
// after it has got it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/lock_observer.h"
#include "lockcheck/held/held_set.h"
#include "lockcheck/held/threads.h"
#include "lockcheck/order/order_prediction.h"
#include "lockcheck/stuck/wait_state.h"
#include "lockcheck/verdict/rule.h"

namespace zoneknot::lockcheck {

// Whether a run is also looked at for deadlocks that it did not have. Costs a few nanoseconds for a request that was
// seen before, and some hundred for each that is new, which in the short executions of a search are most.
enum class OrderChecks : std::uint8_t {
  off,
  on,
  over_runs,  // and what earlier runs of the same program have shown counts as well, place by place
};

struct RuleBreak {
  Rule rule = Rule::order;
  core::TaskId task = 0;
  core::Site site;
  std::string what;         // one line
  std::uint64_t count = 1;  // how often at this place by any task
};

struct Held {
  core::LockId lock = 0;
  core::Site site;          // of the first acquisition that is still held
  std::uint32_t count = 0;  // acquisitions
  bool shared = false;      // shares of it
};

// Who has a reader-writer lock, in numbers.
struct SharedLock {
  core::TaskId owner = core::kNoId;
  std::uint32_t shares = 0;
  bool readers_wait = false;  // for a writer that comes first and waits
};

// What is known of one task at one moment.
struct TaskSnapshot {
  std::string name;
  TaskState state = TaskState::running;
  core::Wait wait;
  core::Site site;              // of the wait
  std::vector<Held> holds;      // in the order in which they were taken
  std::uint32_t in_flight = 0;  // I/Os committed and not reaped
  std::uint32_t unput = 0;      // I/Os prepared and not put
  std::uint64_t events = 0;     // calls seen of this task: unchanged means it has not moved
};

class LockWatch final : public core::LockObserver {
 public:
  explicit LockWatch(Threads threads, OrderChecks order = OrderChecks::on);
  ~LockWatch() override;

  // From the next run on; between runs.
  void set_order_checks(OrderChecks order);
  // What the run predicts of others, docs/lock-order.md; nothing with OrderChecks::off. At any moment.
  [[nodiscard]] OrderPredictions predictions() const;
  [[nodiscard]] OrderStats order_stats() const;

  // Forgets the run.
  void reset();
  // Ignores every further event: the run is being unwound. lock_released then has no objection to anything.
  void freeze();

  // Cheap and never wrong with "false": false means that no task waits for ever because of what this task's last event
  // changed.
  [[nodiscard]] bool may_be_stuck(core::TaskId task) const;

  // Each of these two shows one moment, not the same one: if no `events` of tasks() has changed from before
  // wait_state() to after it, they belong together.
  [[nodiscard]] WaitState wait_state() const;
  [[nodiscard]] std::vector<TaskSnapshot> tasks() const;  // by TaskId
  [[nodiscard]] core::LockInfo lock_info(core::LockId lock) const;
  [[nodiscard]] std::size_t lock_count() const;
  // How often a task has waited for a lock, in all runs; exact with Threads::one alone.
  [[nodiscard]] std::uint64_t lock_waits() const;

  // For a search that looks at every step; with Threads::one alone, and of tasks below task_count().
  [[nodiscard]] core::TaskId task_count() const;
  // In no order; valid until the task's next event.
  [[nodiscard]] std::span<const HeldEntry> held_by(core::TaskId task) const;
  [[nodiscard]] std::span<const HeldEntry> shares_of(core::TaskId task) const;
  [[nodiscard]] SharedLock shared_lock(core::LockId lock) const;
  // Null: it does not wait. A task that waits for a lock does so until it has got it, even while the lock is free.
  [[nodiscard]] const core::Wait* wait_of(core::TaskId task) const;
  [[nodiscard]] core::Site wait_site(core::TaskId task) const;
  // Units that the semaphore has.
  [[nodiscard]] std::uint32_t semaphore_count(core::SemaphoreId semaphore) const;

  // What was told of them when they were made. A name that this run does not have is the number.
  [[nodiscard]] std::string condition_name(core::ConditionId condition) const;
  [[nodiscard]] std::string semaphore_name(core::SemaphoreId semaphore) const;
  [[nodiscard]] bool is_pool(core::SemaphoreId semaphore) const;
  // By rule, then in the order in which they were first seen; one entry for a rule and place.
  [[nodiscard]] std::vector<RuleBreak> broken_rules() const;
  [[nodiscard]] bool any_rule_broken() const;
  // How many entries broken_rules() has. With Threads::one alone.
  [[nodiscard]] std::size_t broken_places() const;

  // Is told of everything that this is told of, at the same moments, until it is removed. For traces and pictures.
  // Between runs.
  void add_listener(core::LockObserver& listener);
  void remove_listener(core::LockObserver& listener);

  void task_started(core::TaskId task, std::string_view name) override;
  void task_ended(core::TaskId task, core::Site site) override;
  void lock_created(core::LockId lock, const core::LockInfo& info) override;
  void lock_requested(core::TaskId task, core::LockId lock, core::Site site) override;
  void lock_acquired(core::TaskId task, core::LockId lock, core::Site site) override;
  void lock_taken(core::TaskId task, core::LockId lock, core::Site site) override;
  bool lock_released(core::TaskId task, core::LockId lock, core::Site site) override;
  void shared_requested(core::TaskId task, core::LockId lock, core::Site site) override;
  void shared_acquired(core::TaskId task, core::LockId lock, core::Site site) override;
  bool shared_released(core::TaskId task, core::LockId lock, core::Site site) override;
  void condition_created(core::ConditionId condition, std::string_view name) override;
  void semaphore_created(core::SemaphoreId semaphore, std::string_view name, std::uint32_t count) override;
  void pool_declared(core::SemaphoreId pool) override;
  void semaphore_changed(core::SemaphoreId semaphore, std::uint32_t count) override;
  void wait_began(core::TaskId task, const core::Wait& wait, core::Site site) override;
  void wait_ended(core::TaskId task) override;
  void hold_dropped(core::TaskId task, core::LockId lock, core::Site acquired) override;
  void io(core::TaskId task, const core::IoEvent& event, core::Site site) override;
  void assertion_failed(core::TaskId task, std::string_view what, core::Site site) override;
  void task_forked(core::TaskId parent, core::TaskId child, core::Site site) override;
  void task_joined(core::TaskId task, core::TaskId other, core::Site site) override;
  void lock_refused(core::TaskId task, core::LockId lock, core::Site site) override;
  void condition_entered(core::TaskId task, core::ConditionId condition, core::LockId lock, core::Site site) override;
  void condition_signalled(core::TaskId task, core::ConditionId condition, bool all, core::Site site) override;
  void condition_woke(core::TaskId task, core::TaskId woken, core::ConditionId condition) override;
  void semaphore_requested(core::TaskId task, core::SemaphoreId semaphore, core::Site site) override;
  void semaphore_acquired(core::TaskId task, core::SemaphoreId semaphore, core::Site site) override;
  void semaphore_refused(core::TaskId task, core::SemaphoreId semaphore, core::Site site) override;
  void semaphore_released(core::TaskId task, core::SemaphoreId semaphore, std::uint32_t count,
                          core::Site site) override;
  // Whether any listener does.
  [[nodiscard]] bool wants_accesses() const override;
  void cell_created(core::CellId cell, std::string_view name) override;
  void cell_accessed(core::TaskId task, core::CellId cell, core::Access access, core::Site site) override;
  // From a Runtime that knows who owns the lock which protects a cell: the task did not. `cell` must outlive this.
  void guard_missed(core::TaskId task, std::string_view cell, core::LockId guard, core::Access access, core::Site site);
  // From a Runtime with stacks of its own; `site` is the last place the task was seen at.
  void stack_overflowed(core::TaskId task, core::Site site);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace zoneknot::lockcheck
