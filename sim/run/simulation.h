// The deterministic world: runs a program's tasks as fibers, one at a time, and lets a Strategy choose at every visible
// operation who makes the next step. Time is virtual and moves only when a timer fires or an I/O ends. One Simulation
// serves one thread and runs one execution after another, reusing all its memory; whoever searches owns it.
//
// Besides the calls of core::Runtime, which programs use, it has calls for the simulated device, engines and clock
// ("for the parts of the world" below). Those are made on a task's stack too, unless they say otherwise.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/runtime.h"
#include "lockcheck/watch/lock_watch.h"
#include "sim/run/actor.h"
#include "sim/run/execution_options.h"
#include "sim/run/fiber.h"
#include "sim/run/footprint.h"
#include "sim/run/outcome.h"
#include "sim/run/program_state.h"
#include "sim/run/state_hash.h"
#include "sim/run/strategy.h"

namespace zoneknot::sim {

// Who is told when an event happens.
class EventTarget {
 public:
  EventTarget() = default;
  virtual ~EventTarget() = default;
  EventTarget(const EventTarget&) = delete;
  EventTarget& operator=(const EventTarget&) = delete;

  // The event added with `cookie` has been chosen and is gone. Called on the stack of any task; must neither throw nor
  // make a visible operation.
  virtual void happened(std::uint64_t cookie) = 0;
};

// A task in the middle of something.
struct RunningTask {
  std::string name;
  core::Site site;  // of its last visible operation or checkpoint
};

class Simulation final : public core::Runtime {
 public:
  explicit Simulation(std::size_t stack_bytes = FiberPool::kDefaultStackBytes);
  ~Simulation() override;

  // While tracking: what tells one state of the program from another, at a scheduling point. The way there is not in
  // it, and virtual time only once `time_counts` says that tasks look at it.
  [[nodiscard]] StateHash state_key(bool time_counts);
  // The same as values; state_key() is the key of these.
  void take_state(bool time_counts, ProgramState& state) const;
  // Where to note what is looked at and changed from now on; null: nowhere. Until the end of the execution.
  void note_step_in(Footprint* footprint) {
    footprint_ = footprint;
    if (waits_in_state_) step_not_told();
  }
  // Who a candidate is.
  [[nodiscard]] StepActor step_actor(ActorId actor) const {
    return is_event(actor) ? StepActor{.task = core::kNoId, .event = key_of(*events_[actor & ~kEventBit])}
                           : StepActor{.task = actor, .event = {}};
  }
  // Some task has looked at the clock in this execution.
  [[nodiscard]] bool clock_read() const { return clock_read_; }

  // One execution: `main` is task 0. The strategy's begin() must have been called. An exception that leaves a task's
  // body ends the execution and is thrown from here when everything has been unwound; so is std::logic_error when tasks
  // are left that nobody can run and that nobody calls stuck.
  Outcome run(const std::function<void()>& main, Strategy& strategy, const ExecutionOptions& options = {});

  // The alternatives taken by the last execution, by number of the decision.
  [[nodiscard]] const std::vector<std::uint32_t>& decisions() const { return decisions_; }
  // Who holds and awaits what. After an execution: as it was at its end. Deadlocks are not predicted unless it is told
  // to, for in a search most executions see little that is new and all of them pay for it.
  [[nodiscard]] lockcheck::LockWatch& watch() { return watch_; }
  [[nodiscard]] const lockcheck::LockWatch& watch() const { return watch_; }

  // Another number after every step and every checkpoint. Any thread.
  [[nodiscard]] std::uint64_t heartbeat() const { return heartbeat_.load(std::memory_order_acquire); }
  // False between executions. Any thread.
  [[nodiscard]] bool is_running() const { return chosen_.load(std::memory_order_relaxed) != nullptr; }
  // Who runs; nobody between executions. Any thread that has seen heartbeat() stand still.
  [[nodiscard]] std::optional<RunningTask> running_task() const;

  // --- For the parts of the world ---

  // Of the execution under way.
  [[nodiscard]] bool tracking() const { return options_.tracking; }
  // Has `look` called at the end of this execution if it hangs, while all tasks, locks and the program's objects are
  // still as they were.
  void at_hang(std::function<void(const lockcheck::StuckCore&)> look) { at_hang_ = std::move(look); }
  // True while an execution that was given up is unwound: nothing may have an effect any more.
  [[nodiscard]] bool abandoned() const { return abandoned_; }
  // A scheduling point before the calling task does `op`. Throws Abandoned.
  void visible(const Op& op) {
    if (abandoned_) return give_up();
    pass(op, true);
  }
  // The same for an operation that may have to wait: unless `ready`, the task is no candidate before wake() was called
  // for it. `enabled_by`: of one that is ready and was not before some step, step() in that step; else 0.
  void visible_when(bool ready, const Op& op, const core::Wait& wait, std::uint64_t enabled_by);
  // Steps of the execution so far, the present one included.
  [[nodiscard]] std::uint64_t step() const { return steps_; }
  void wake(core::TaskId task);
  // A pseudo-task that does `op`, once, when it is chosen. `target` must live until then, or until remove_event().
  // `label` tells it from others that do the same, in every execution in which it comes about.
  ActorId add_event(const Op& op, EventTarget& target, std::uint64_t cookie, std::uint64_t label);
  void remove_event(ActorId event);
  // A decision of the search, made by the calling task; bound >= 1. Throws Abandoned.
  [[nodiscard]] std::uint64_t draw(std::uint64_t bound, core::Site site);
  // A decision between no and yes; probability 0 … 1.
  [[nodiscard]] bool chance(double probability, core::Site site);
  // The calling task learns a value that other tasks, the device or the search have decided: part of its history.
  void hear(std::uint64_t value) {
    if (options_.tracking) current_->history.add(value);
  }
  // A part of the world with a state of its own, which has to be told apart from every other part by its name and by
  // what it describes. Until the end of the execution, or remove_state().
  void add_state(PartName name, const core::LiveState& part) {
    if (footprint_ != nullptr) footprint_->give_up();
    world_.push_back({name, &part});
  }
  void remove_state(PartName name) {
    touch(name);
    std::erase_if(world_, [name](const Part& part) { return part.name == name; });
  }
  // To be called in each step in which the part's state is looked at or changed, before that.
  void touch(PartName name) const {
    if (footprint_ != nullptr) footprint_->touch(name);
  }
  // Virtual nanoseconds since the execution began.
  [[nodiscard]] std::uint64_t now_ns() const { return now_ns_; }
  // The same for a task whose way may depend on it.
  [[nodiscard]] std::uint64_t read_clock() {
    clock_read_ = true;
    hear(now_ns_);
    return now_ns_;
  }
  void advance_ns(std::uint64_t duration) { now_ns_ += duration; }
  // Puts the calling task to sleep. Of all sleeping tasks only the one that wakes first is a candidate.
  void sleep(std::uint64_t duration_ns, core::Site site);

 private:
  // Of a task's present wait that somebody or something may end early.
  struct TimedWait {
    bool on = false;       // there is a time-out
    bool expired = false;  // it is over
    bool woken = false;    // for a condition variable: by a signal, a broadcast, or for no reason
    std::uint64_t deadline = 0;
    ActorId timeout = core::kNoId;   // the event, until it has happened
    ActorId spurious = core::kNoId;  // likewise
  };
  struct Task : Actor {
    Fiber* fiber = nullptr;  // null: not started, or ended
    bool ended = false;
    bool unwinding = false;  // Abandoned was thrown through it
    bool wait_told = false;  // the watch knows that it waits for a lock, a condition variable or a semaphore
    core::ConditionId waits_for_condition = core::kNoId;  // it is among the waiters
    Task* next_waiter = nullptr;  // in the list it is in: pending on one lock or trying it, or joining one task
    Task* previous_waiter = nullptr;
    Task* first_joiner = nullptr;
    TimedWait timed;
    std::function<void()> body;
    std::string name;
    core::Site site;    // of the spawn
    StateHash history;  // while tracking: what it was handed, from its start or its last checkpoint on
  };
  struct Event : Actor {
    EventTarget* target = nullptr;
    std::uint64_t cookie = 0;
    std::uint64_t label = 0;
  };
  struct Part {
    PartName name = 0;
    const core::LiveState* state = nullptr;
  };
  struct Lock {
    core::TaskId owner = core::kNoId;
    std::uint32_t count = 0;
    core::LockKind kind = core::LockKind::plain;
    Task* first_pending = nullptr;  // tasks whose next operation is to lock it
    Task* first_trying = nullptr;   // tasks whose next operation is a try_lock of it: read-only while it would fail
  };
  struct Cell {
    core::CellInfo info;
    std::uint64_t value = 0;  // while tracking
  };
  struct Condition {
    std::vector<Task*> waiters;  // by TaskId: in which order they came makes no difference
  };
  struct Semaphore {
    std::uint32_t count = 0;
    Task* first_pending = nullptr;  // tasks whose next operation is to take a unit
  };
  // Ends waits of tasks: the cookie of an event says whose and which. As a part of the world, once there is any wait of
  // sim/run/simulation_waits.cc: who waits, and how many units there are.
  class WaitEnds final : public EventTarget, public core::LiveState {
   public:
    explicit WaitEnds(Simulation& simulation) : simulation_(simulation) {}
    void happened(std::uint64_t cookie) override;
    void describe(core::StateSink& sink) const override;

   private:
    Simulation& simulation_;
  };
  struct Sleeper {
    std::uint64_t deadline = 0;
    Task* task = nullptr;
  };

  core::TaskId do_spawn(std::string name, std::function<void()> body, core::Site site) override;
  void do_join(core::TaskId task, core::Site site) override;
  core::TaskId do_current() const override { return current_->id; }
  core::LockId do_create_lock(const core::LockInfo& info) override;
  void do_lock(core::LockId lock, core::Site site) override;
  bool do_try_lock(core::LockId lock, core::Site site) override;
  void do_unlock(core::LockId lock, core::Site site) noexcept override;
  bool do_lock_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) override;
  core::ConditionId do_create_condition(std::string_view name) override;
  bool do_wait(core::ConditionId condition, core::LockId lock, std::uint64_t timeout_ns, core::Site site) override;
  void do_wake(core::ConditionId condition, bool all, core::Site site) noexcept override;
  core::SemaphoreId do_create_semaphore(std::string_view name, std::uint32_t count) override;
  void do_declare_pool(core::SemaphoreId pool) override { watch_.pool_declared(pool); }
  bool do_acquire(core::SemaphoreId semaphore, std::uint64_t timeout_ns, core::Site site) override;
  void do_release(core::SemaphoreId semaphore, std::uint32_t count, core::Site site) noexcept override;
  core::CellId do_create_cell(const core::CellInfo& info) override;
  void do_access(core::CellId cell, core::Access kind, core::Site site) override;
  std::uint64_t do_load(core::CellId cell, std::atomic<std::uint64_t>& storage, core::Site site) override;
  void do_stored(core::CellId cell, std::uint64_t value, core::Site site) override;
  core::Mark do_mark() const override;
  void do_checkpoint(const core::LiveState* live, const core::Mark& since, core::Site site) override;
  void do_landmark(const core::LiveState& live, const core::Mark& since, core::Site site) override;

  void reset();
  Task& new_task(std::string_view name, core::Site site);
  // The task that runs is alive. Whatever it has published until now is seen by a thread that looks at heartbeat().
  void beat() { heartbeat_.store(heartbeat_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }
  static Fiber* run_tasks(void* simulation, Fiber& self);
  void run_body(Task& task) noexcept;
  void end_task(Task& task);
  void abandon();
  // What a call does after the execution was given up: throws Abandoned if the task still runs on as if nothing had
  // happened (it was suspended in unlock()), else nothing.
  void give_up();

  // The scheduling point: publishes what the calling task will do, returns when it is chosen. False: the execution was
  // given up instead. In line, so that the operation is written where it belongs: copying it there right after it was
  // written would stall.
  bool reach(const Op& op, bool ready) {
    current_->op = op;
    return wait_for_turn(ready);
  }
  bool wait_for_turn(bool ready);
  // The same for calls that can throw.
  bool pass(const Op& op, bool ready) {
    if (reach(op, ready)) return true;
    give_up();
    return false;
  }
  // Goes on with `next`; null: with run(). Returns like reach().
  bool hand_over(Task* next);
  void check_stuck(const Task& task);
  // Makes steps of events until a task is chosen; null: the execution ends.
  Task* choose();
  std::uint32_t decide();
  void record_decision(std::uint32_t answer, std::uint32_t alternatives, std::uint32_t steady);
  bool may_go_on();
  void nothing_enabled();
  void note_overflow();
  void note_stuck();
  void tell_created(ObjectClass object_class) {
    if (ask_always_) strategy_->created(object_class);
  }
  // Tells a strategy that sees every step of all that is left undone.
  void tell_never_made();
  void end(OutcomeKind kind);
  std::uint32_t draw_small(std::uint32_t bound, const double* probability, core::Site site);
  // Enters a step into the trace.
  void note(ActorId actor, const Op& op, std::uint32_t alternatives, std::uint32_t chosen) {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15U;
    const std::uint64_t who_and_what = static_cast<std::uint64_t>(actor) << 32U | op.object;
    const std::uint64_t kinds = static_cast<std::uint64_t>(op.kind) << 8U | static_cast<std::uint64_t>(op.object_class);
    const std::uint64_t mixed = (trace_hash_ ^ who_and_what) * kOdd + kinds;
    trace_hash_ = mixed ^ mixed >> 29U;
    if (options_.recording != nullptr) options_.recording->steps.push_back({actor, op, alternatives, chosen});
    if (options_.trace_hash != nullptr) options_.trace_hash->step(actor, op);
  }
  void happen(Event& event);
  static EventKey key_of(const Event& event) {
    return {event.op.object_class, event.op.kind, event.op.object, event.label};
  }
  void look_at_lock(core::LockId lock) {
    if (footprint_ != nullptr) footprint_->look(Footprint::Place::lock, lock);
  }
  // The step that is being made cannot be told as a Footprint.
  void step_not_told() {
    if (footprint_ != nullptr) footprint_->give_up();
  }

  static void link(Task*& first, Task& task);
  static void unlink(Task*& first, Task& task);
  static bool can_take(const Lock& lock, const Task& task);
  bool try_to_take(core::LockId lock, core::Site site);
  void take(core::LockId lock, Task& task, core::Site site);
  void begin_lock_wait(Task& task, core::LockId lock, core::Site site);

  // sim/run/simulation_waits.cc
  void add_waits_to_state();
  void start_timeout(Task& task, std::uint64_t timeout_ns, const Op& op);
  void drop_event(ActorId& event);
  void end_wait_early(Task& task);
  void wake_waiter(Task& task, core::ConditionId condition);
  Task* choose_waiter(const Condition& condition, core::Site site);
  bool wait_unlocked(core::ConditionId condition, core::LockId lock, core::Site site);
  void begin_semaphore_wait(Task& task, core::SemaphoreId semaphore, core::Site site);
  bool take_unit(core::SemaphoreId semaphore);
  void tell_unit(core::SemaphoreId semaphore, bool taken, core::Site site);

  FiberPool fibers_;
  lockcheck::LockWatch watch_;
  EnabledActors enabled_;
  std::vector<std::unique_ptr<Task>> tasks_;  // the first task_count_ are in use
  std::vector<std::unique_ptr<Event>> events_;
  std::vector<Event*> free_events_;  // among the first event_count_
  std::vector<Lock> locks_;
  std::vector<Condition> conditions_;  // the first condition_count_ are in use
  std::vector<Semaphore> semaphores_;
  WaitEnds wait_ends_{*this};
  std::vector<Cell> cells_;
  std::vector<Part> world_;
  std::vector<Sleeper> sleepers_;  // the one that wakes first is the last
  std::uint32_t task_count_ = 0;
  std::uint32_t event_count_ = 0;
  std::uint32_t condition_count_ = 0;
  std::uint32_t live_tasks_ = 0;

  Strategy* strategy_ = nullptr;
  ExecutionOptions options_;
  bool ask_always_ = false;       // the strategy sees every step
  bool accesses_told_ = false;    // in this execution
  bool clock_read_ = false;       // in this execution
  ProgramState state_;            // room for state_key()
  mutable ValueSink key_values_;  // likewise
  Footprint* footprint_ = nullptr;
  Task* current_ = nullptr;
  Task* last_ = nullptr;                       // the task that ran last
  std::atomic<const Task*> chosen_ = nullptr;  // who runs or unwinds, while that is so
  std::atomic<std::uint64_t> heartbeat_ = 0;
  Fiber* root_ = nullptr;
  std::uint64_t steps_ = 0;
  std::uint64_t next_look_ = 0;  // the step at which limits are looked at
  std::uint64_t trace_hash_ = 0;
  std::uint64_t now_ns_ = 0;
  std::vector<std::uint32_t> decisions_;

  bool ending_ = false;
  bool abandoned_ = false;
  Outcome outcome_;
  std::exception_ptr failure_;  // left a task's body

  bool waits_in_state_ = false;
  std::function<void(const lockcheck::StuckCore&)> at_hang_;
};

}  // namespace zoneknot::sim
