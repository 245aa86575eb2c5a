// The deterministic world: runs a program's tasks as fibers, one at a time, and lets a Strategy choose at every visible
// operation who makes the next step. Time is virtual and moves only when a timer fires or an I/O ends. One Simulation
// serves one thread and runs one execution after another, reusing all its memory; the search owns it.
//
// It is made of a Scheduler and of the parts that are built on it: locks, cells, timed waits, virtual time. Besides the
// calls of core::Runtime, which programs use, it has calls for the simulated device, engines and clock. Those are made
// on a task's stack too, unless they say otherwise.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "core/runtime.h"
#include "sim/run/scheduler.h"
#include "sim/run/simulated_cells.h"
#include "sim/run/simulated_locks.h"
#include "sim/run/timed_waits.h"
#include "sim/run/virtual_time.h"

namespace zoneknot::sim {

class Simulation final : public core::Runtime, private Scheduler {
 public:
  explicit Simulation(std::size_t stack_bytes = FiberPool::kDefaultStackBytes) : Scheduler(stack_bytes) {}

  // One execution: `main` is task 0. The strategy's begin() must have been called. An exception that leaves a task's
  // body ends the execution and is thrown from here when everything has been unwound; so is std::logic_error when tasks
  // are left that nobody can run and that nobody calls stuck.
  Outcome run(const std::function<void()>& main, Strategy& strategy, const ExecutionOptions& options = {});

  using Scheduler::decisions;
  using Scheduler::watch;

  using Scheduler::failed_outcome;
  using Scheduler::failed_task;
  using Scheduler::heartbeat;
  using Scheduler::is_running;
  using Scheduler::running_task;

  // --- For strategies that recognise states ---

  // While tracking: what tells one state of the program from another, at a scheduling point. The way there is not in
  // it, and virtual time only once `time_counts` says that tasks look at it.
  [[nodiscard]] StateHash state_key(bool time_counts);
  // The state as values; state_key() is the key of these.
  void take_state(bool time_counts, ProgramState& state) const;
  // Some task has looked at the clock in this execution.
  [[nodiscard]] bool clock_read() const { return states().clock_read(); }
  // Where to note what is looked at and changed from now on; null: nowhere. Until the end of the execution.
  void note_step_in(Footprint* footprint) { states().note_in(footprint); }
  // Some task sleeps: the one that wakes first is a candidate, and in a timely execution it may wake now.
  [[nodiscard]] bool anybody_sleeps() const { return !time_.sleepers().empty(); }
  [[nodiscard]] bool sleeper_may_wake() const { return time_.may_fire(); }
  // Who a candidate is.
  [[nodiscard]] StepActor step_actor(ActorId actor) const {
    return is_event(actor) ? StepActor{.task = core::kNoId, .event = event(actor).key()}
                           : StepActor{.task = actor, .event = {}};
  }

  // --- For the parts of the world: Scheduler, StateTracking and VirtualTime say what these do ---

  using Scheduler::abandoned;
  using Scheduler::add_event;
  using Scheduler::add_to_history;
  using Scheduler::at_hang;
  using Scheduler::chance;
  using Scheduler::draw;
  using Scheduler::remove_event;
  using Scheduler::step;
  using Scheduler::visible;
  using Scheduler::visible_when;
  using Scheduler::wake;
  [[nodiscard]] bool tracking() const { return states().on(); }
  void add_state(PartName name, const core::LiveState& part) { states().add_state(name, part); }
  void remove_state(PartName name) { states().remove_state(name); }
  void touch(PartName name) const { states().touch(name); }
  [[nodiscard]] std::uint64_t now_ns() const { return time_.now_ns(); }
  [[nodiscard]] std::uint64_t read_clock() { return time_.read(); }
  void advance_ns(std::uint64_t duration) { time_.advance(duration); }
  void sleep(std::uint64_t duration_ns, core::Site site) { time_.sleep(duration_ns, site); }

 private:
  core::TaskId do_spawn(std::string name, std::function<void()> body, core::Site site) override;
  void do_join(core::TaskId task, core::Site site) override;
  core::TaskId do_current() const override { return running().id; }
  core::Mark do_mark() const override { return running().history.mark(); }
  void do_checkpoint(const core::LiveState* live, const core::Mark& since, core::Site site) override;
  void do_landmark(const core::LiveState& live, const core::Mark& since, core::Site site) override;

  core::LockId do_create_lock(const core::LockInfo& info) override { return locks_.create(info); }
  void do_lock(core::LockId lock, core::Site site) override;
  bool do_try_lock(core::LockId lock, core::Site site) override;
  void do_unlock(core::LockId lock, core::Site site) noexcept override;

  void do_lock_shared(core::LockId lock, core::Site site) override {
    locks_.shared().lock(lock, LockMode::shared, site);
  }
  bool do_lock_shared_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) override {
    return waits_.lock_shared_for(lock, timeout_ns, site);
  }
  void do_unlock_shared(core::LockId lock, core::Site site) noexcept override {
    locks_.shared().unlock_shared(lock, site);
  }

  core::CellId do_create_cell(const core::CellInfo& info) override { return cells_.create(info); }
  void do_access(core::CellId cell, core::Access kind, core::Site site) override { cells_.access(cell, kind, site); }
  std::uint64_t do_load(core::CellId cell, std::atomic<std::uint64_t>& storage, core::Site site) override {
    return cells_.load(cell, storage, site);
  }
  void do_stored(core::CellId cell, std::uint64_t value, core::Site site) override { cells_.stored(cell, value, site); }

  bool do_lock_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) override {
    return waits_.lock_for(lock, timeout_ns, site);
  }
  core::ConditionId do_create_condition(std::string_view name) override { return waits_.create_condition(name); }
  bool do_wait(core::ConditionId condition, core::LockId lock, std::uint64_t timeout_ns, core::Site site) override {
    return waits_.wait(condition, lock, timeout_ns, site);
  }
  void do_wake(core::ConditionId condition, bool all, core::Site site) noexcept override {
    waits_.wake(condition, all, site);
  }
  core::SemaphoreId do_create_semaphore(std::string_view name, std::uint32_t count) override {
    return waits_.create_semaphore(name, count);
  }
  void do_declare_pool(core::SemaphoreId pool) override { watch().pool_declared(pool); }
  bool do_acquire(core::SemaphoreId semaphore, std::uint64_t timeout_ns, core::Site site) override {
    return waits_.acquire(semaphore, timeout_ns, site);
  }
  void do_release(core::SemaphoreId semaphore, std::uint32_t count, core::Site site) noexcept override {
    waits_.release(semaphore, count, site);
  }

  SimulatedLocks locks_{*this};
  SimulatedCells cells_{*this, locks_};
  VirtualTime time_{*this};
  TimedWaits waits_{*this, locks_, time_};
  ProgramState state_;            // room for state_key()
  mutable ValueSink key_values_;  // likewise
};

}  // namespace zoneknot::sim
