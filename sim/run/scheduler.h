// Runs the tasks of one execution as fibers, one at a time: who can go on, who is chosen, when an execution ends, and
// how it is given up. The parts of a Simulation (locks, cells, timed waits, virtual time) and of the world are built on
// its calls, which are made on a task's stack unless they say otherwise. Belongs to a Simulation; one thread.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/runtime.h"
#include "lockcheck/watch/lock_watch.h"
#include "sim/run/actor.h"
#include "sim/run/execution_options.h"
#include "sim/run/fiber.h"
#include "sim/run/outcome.h"
#include "sim/run/state_tracking.h"
#include "sim/run/step_log.h"
#include "sim/run/strategy.h"
#include "sim/run/task.h"

namespace zoneknot::sim {

// A task in the middle of something.
struct RunningTask {
  std::string name;
  core::Site site;  // of its last visible operation or checkpoint
};

class Scheduler {
 public:
  explicit Scheduler(std::size_t stack_bytes);

  // --- The execution under way ---

  [[nodiscard]] const ExecutionOptions& options() const { return *options_; }
  // True while an execution that was given up is unwound: nothing may have an effect any more.
  [[nodiscard]] bool abandoned() const { return abandoned_; }
  // Steps of the execution so far, the present one included.
  [[nodiscard]] std::uint64_t step() const { return steps_; }
  // The alternatives taken, by number of the decision; also after the execution.
  [[nodiscard]] const std::vector<std::uint32_t>& decisions() const { return log_.decisions(); }
  // Who holds and awaits what. After an execution: as it was at its end. Deadlocks are not predicted unless it is told
  // to, for in a search most executions see little that is new and all of them pay for it.
  [[nodiscard]] lockcheck::LockWatch& watch() { return watch_; }
  [[nodiscard]] const lockcheck::LockWatch& watch() const { return watch_; }
  [[nodiscard]] StateTracking& states() { return states_; }
  [[nodiscard]] const StateTracking& states() const { return states_; }
  // Has `look` called at the end of this execution if it hangs, while all tasks, locks and the program's objects are
  // still as they were.
  void at_hang(std::function<void(const lockcheck::StuckCore&)> look) { at_hang_ = std::move(look); }

  // Another number after every step and every checkpoint. Any thread.
  [[nodiscard]] std::uint64_t heartbeat() const { return heartbeat_.load(std::memory_order_acquire); }
  // False between executions. Any thread.
  [[nodiscard]] bool is_running() const { return chosen_.load(std::memory_order_relaxed) != nullptr; }
  // Whose exception run() has thrown, and where it was last seen; nobody's: the execution has not failed.
  [[nodiscard]] const std::optional<RunningTask>& failed_task() const { return failed_task_; }
  // Steps, decisions and trace of an execution that has failed.
  [[nodiscard]] const Outcome& failed_outcome() const { return outcome_; }

  // Who runs; nobody between executions. Any thread that has seen heartbeat() stand still.
  [[nodiscard]] std::optional<RunningTask> running_task() const;

  // --- Tasks ---

  // Whose stack it is.
  [[nodiscard]] Task& running() const { return *current_; }
  [[nodiscard]] Task& task(core::TaskId id) const { return *tasks_[id]; }
  [[nodiscard]] std::uint32_t task_count() const { return task_count_; }
  // No other has been started, or all others have ended.
  [[nodiscard]] bool only_task() const { return live_tasks_ == 1; }
  Task& new_task(std::string_view name, core::Site site);
  // The calling task makes something that is numbered in the order of creation: two that do notice each other by the
  // numbers they get. So it is a scheduling point, but for the first task, which makes most of what there is before
  // anybody else can notice. False: the execution was given up. Throws Abandoned.
  bool about_to_create(ObjectClass object_class, core::Site site) {
    if (current_->id == 0) return true;
    return pass({OpKind::create, ObjectClass::numbers, false, static_cast<std::uint32_t>(object_class), site}, true);
  }
  // It has made it: nothing that a Footprint can tell.
  void note_created(ObjectClass object_class) {
    states_.step_not_told();
    if (every_step_) strategy_->created(object_class);
    const auto at = static_cast<std::size_t>(object_class);
    if (current_->id != 0) return note_created_late(at);
    ++created_by_first_[at];
    outcome_.creations_side_by_side |= creators_not_joined_[at] > 0;
  }
  // The calling task knows that the other has ended.
  void note_joined(const Task& other);
  // The calling task learns a value that other tasks, the device or the search have decided: part of its history.
  void add_to_history(std::uint64_t value) {
    if (states_.on()) current_->history.add(value);
  }
  // The calling task looks at the clock. Others could have kept it waiting for any time.
  void note_clock_read() {
    states_.note_clock_read();
    outcome_.clock_read |= !only_task();
  }
  // The calling task is alive, though it makes no step.
  void beat() { heartbeat_.store(heartbeat_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

  // --- Scheduling points ---

  // A scheduling point before the calling task does `op`. Throws Abandoned.
  void visible(const Op& op) {
    if (abandoned_) return give_up();
    pass(op, true);
  }
  // visible() for an operation that may have to wait: unless `ready`, the task is no candidate before wake() was called
  // for it. `enabled_by`: if it is ready and was not before some step, step() in that step; else 0.
  void visible_when(bool ready, const Op& op, const core::Wait& wait, std::uint64_t enabled_by);
  void wake(core::TaskId task);
  // Publishes what the calling task will do, returns when it is chosen. False: the execution was given up instead. In
  // line, so that the operation is written where it belongs: copying it there right after it was written would stall.
  bool reach(const Op& op, bool ready) {
    current_->op = op;
    return wait_for_turn(ready);
  }
  // reach() for calls that can throw.
  bool pass(const Op& op, bool ready) {
    if (reach(op, ready)) return true;
    give_up();
    return false;
  }
  // What a call does after the execution was given up: throws Abandoned if the task still runs on as if nothing had
  // happened (it was suspended in unlock()), else nothing.
  void give_up();
  // The calling task wants what nobody can do: ends the execution with std::invalid_argument, at that place. The second
  // is for calls that must not throw, and returns when the execution has been given up.
  [[noreturn]] void refuse(const std::string& what, core::Site site);
  void refuse_and_end(const std::string& what, core::Site site);
  // The actor can, or cannot, make the step that it has published.
  void enable(Actor& actor) { enabled_.add(actor); }
  void disable(Actor& actor) { enabled_.remove(actor); }
  [[nodiscard]] std::span<Actor* const> enabled() const { return enabled_.all(); }
  void note_untimely() { outcome_.timely = false; }
  // Somebody has given units to a semaphore: if that is a pool and they were not his to give, nobody may be stuck any
  // more.
  void reconsider_stuck() {
    if (stuck_for_now_) note_stuck();
  }

  // --- Events ---

  // A pseudo-task that does `op`, once, when it is chosen. `target` must live until then, or until remove_event().
  // `label` tells it from others that do the same, in every execution in which it comes about.
  ActorId add_event(const Op& op, EventTarget& target, std::uint64_t cookie, std::uint64_t label);
  void remove_event(ActorId event);
  [[nodiscard]] const Event& event(ActorId id) const { return *events_[id & ~kEventBit]; }
  // Slots of events that are in use or were: event(kEventBit | i) for i below.
  [[nodiscard]] std::uint32_t event_count() const { return event_count_; }

  // --- Draws ---

  // A decision of the search, made by the calling task; bound >= 1. Throws Abandoned.
  [[nodiscard]] std::uint64_t draw(std::uint64_t bound, core::Site site);
  // A decision between no and yes; probability 0 … 1.
  [[nodiscard]] bool chance(double probability, core::Site site);
  // A draw below 2 or more that is not the calling task's to learn. Nothing: the execution was given up.
  [[nodiscard]] std::optional<std::uint32_t> draw_unheard(std::uint32_t bound, core::Site site);

 protected:
  ~Scheduler() = default;

  // The three parts of an execution: everything is as it was before any, `main` runs as task 0 until the end, and all
  // tasks are unwound. finish() throws what an Outcome cannot say (Simulation::run()). execute() is in line, as reach()
  // and what is around it are: no processor predicts where a call returns that was made before the stacks were
  // switched, so each level of calls costs time.
  void begin(Strategy& strategy, const ExecutionOptions& options);
  void execute(const std::function<void()>& main) {
    ready_main(main);
    for (Task* next = choose(); next != nullptr; next = fibers_.close_left_stack() ? current_ : nullptr) {
      hand_over(next);
    }
    note_end();
  }
  Outcome finish();
  [[nodiscard]] Outcome& outcome() { return outcome_; }
  [[nodiscard]] const CreationCounts& created_by_first() const { return created_by_first_; }

 private:
  void note_created_late(std::size_t at);
  void ready_main(const std::function<void()>& main);
  void note_end();
  [[nodiscard]] bool may_be_refilled(const lockcheck::StuckCore& stuck) const;
  static Fiber* run_tasks(void* scheduler, Fiber& self);
  void run_body(Task& task) noexcept;
  void end_task(Task& task);
  void abandon();

  bool wait_for_turn(bool ready);
  // Goes on with `next`; null: with execute(). Returns like reach().
  bool hand_over(Task* next);
  void check_stuck(const Task& task);
  // Makes steps of events until a task is chosen; null: the execution ends.
  Task* choose();
  std::uint32_t decide();
  void record_decision(std::uint32_t answer, std::uint32_t alternatives, std::uint32_t steady);
  std::uint32_t draw_small(std::uint32_t bound, const double* probability, core::Site site);
  void happen(Event& event);
  bool may_go_on();
  void nothing_enabled();
  void note_lost_fiber();
  void fail(std::exception_ptr failure);
  void note_stuck();
  // Tells a strategy that sees every step of all that is left undone.
  void tell_never_made();
  void end(OutcomeKind kind);

  FiberPool fibers_;
  lockcheck::LockWatch watch_;
  StateTracking states_;
  StepLog log_;
  EnabledActors enabled_;
  std::vector<std::unique_ptr<Task>> tasks_;  // the first task_count_ are in use
  std::vector<std::unique_ptr<Event>> events_;
  std::vector<Event*> free_events_;  // among the first event_count_
  std::uint32_t task_count_ = 0;
  std::uint32_t event_count_ = 0;
  std::uint32_t live_tasks_ = 0;
  std::uint32_t starting_tasks_ = 0;  // of these: not started yet

  Strategy* strategy_ = nullptr;
  const ExecutionOptions* options_ = nullptr;
  bool every_step_ = false;  // the strategy needs it
  Task* current_ = nullptr;
  Task* last_ = nullptr;                       // the task that ran last
  std::atomic<const Task*> chosen_ = nullptr;  // who runs or unwinds, while that is so
  std::atomic<std::uint64_t> heartbeat_ = 0;
  Fiber* root_ = nullptr;
  std::uint64_t steps_ = 0;
  std::uint64_t next_look_ = 0;  // the step at which limits are looked at

  CreationCounts created_by_first_{};     // in this execution
  CreationCounts creators_not_joined_{};  // by the first task: others that have created

  bool ending_ = false;
  bool abandoned_ = false;
  bool stuck_for_now_ = false;  // a stranger might still fill the pool that tasks are stuck at
  Outcome outcome_;
  std::exception_ptr failure_;  // left a task's body
  std::optional<RunningTask> failed_task_;
  std::function<void(const lockcheck::StuckCore&)> at_hang_;
};

}  // namespace zoneknot::sim
