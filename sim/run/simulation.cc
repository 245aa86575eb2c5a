#include "sim/run/simulation.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

namespace zoneknot::sim {

namespace {

constexpr std::uint64_t kStepsBetweenLooks = 1024;

}  // namespace

Simulation::Simulation(std::size_t stack_bytes)
    : fibers_(stack_bytes), watch_(lockcheck::Threads::one, lockcheck::OrderChecks::off) {}

Simulation::~Simulation() = default;

Outcome Simulation::run(const std::function<void()>& main, Strategy& strategy, const ExecutionOptions& options) {
  options_ = options;
  reset();
  strategy_ = &strategy;
  ask_always_ = strategy.needs().every_step;
  root_ = &fibers_.adopt_thread();
  Task& first = new_task("main", core::Site::current());
  first.body = std::cref(main);
  watch_.task_started(first.id, "main");
  current_ = &first;
  if (Task* next = choose(); next != nullptr) hand_over(next);
  if (fibers_.take_overflow()) note_overflow();
  chosen_.store(nullptr, std::memory_order_relaxed);
  if (last_ != nullptr) {
    outcome_.last_task = last_->id;
    outcome_.last_site = last_->op.site;
  }

  if (outcome_.kind == OutcomeKind::hang && !outcome_.stuck.empty() && at_hang_) {
    try {
      at_hang_(outcome_.stuck);
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  at_hang_ = nullptr;
  watch_.freeze();
  abandon();
  FiberPool::leave_thread();
  outcome_.steps = steps_;
  outcome_.decisions = decisions_.size();
  outcome_.trace_hash = trace_hash_;
  if (failure_ != nullptr) std::rethrow_exception(std::exchange(failure_, nullptr));
  if (outcome_.kind == OutcomeKind::hang && outcome_.stuck.empty()) {
    throw std::logic_error("no task can go on, but none is found stuck");
  }
  return std::move(outcome_);
}

void Simulation::reset() {
  enabled_.clear();
  for (std::uint32_t i = 0; i < event_count_; ++i) events_[i]->position = Actor::kDisabled;
  free_events_.clear();
  locks_.clear();
  cells_.clear();
  world_.clear();
  waits_in_state_ = false;
  clock_read_ = false;
  condition_count_ = 0;
  semaphores_.clear();
  sleepers_.clear();
  task_count_ = 0;
  event_count_ = 0;
  live_tasks_ = 0;
  current_ = nullptr;
  last_ = nullptr;
  steps_ = 0;
  next_look_ = 0;
  trace_hash_ = 0;
  footprint_ = nullptr;
  now_ns_ = 0;
  decisions_.clear();
  ending_ = false;
  abandoned_ = false;
  outcome_ = Outcome{};
  if (options_.recording != nullptr) {
    options_.recording->steps.clear();
    options_.recording->decisions.clear();
  }
  if (options_.trace_hash != nullptr) options_.trace_hash->clear();
  watch_.reset();
  accesses_told_ = watch_.wants_accesses();
}

Simulation::Task& Simulation::new_task(std::string_view name, core::Site site) {
  if (task_count_ == tasks_.size()) tasks_.push_back(std::make_unique<Task>());
  step_not_told();
  Task& task = *tasks_[task_count_];
  task.op = Op{OpKind::start, ObjectClass::task, false, task_count_, site};
  task.id = task_count_++;
  task.created = static_cast<std::uint32_t>(steps_);
  task.position = Actor::kDisabled;
  task.enabled_by = 0;
  task.fiber = nullptr;
  task.ended = false;
  task.unwinding = false;
  task.first_joiner = nullptr;
  task.timed = {};
  task.waits_for_condition = core::kNoId;
  task.name = name;
  task.site = site;
  // Two tasks that may get the same number are told apart by who makes them.
  if (options_.tracking) {
    task.history = current_ == nullptr ? StateHash{} : current_->history;
    task.history.add(task.id);
  }
  ++live_tasks_;
  enabled_.add(task);
  return task;
}

// --- The scheduler ---

bool Simulation::wait_for_turn(bool ready) {
  Task& self = *current_;
  if (ready) {
    enabled_.add(self);
  } else {
    enabled_.remove(self);
    check_stuck(self);
  }
  Task* next = ending_ ? nullptr : choose();
  if (next == &self) return true;
  return hand_over(next);
}

bool Simulation::hand_over(Task* next) {
  if (next == nullptr) {
    fibers_.switch_to(*root_);
  } else {
    current_ = next;
    if (next->fiber == nullptr) next->fiber = &fibers_.take(&Simulation::run_tasks, this);
    fibers_.switch_to(*next->fiber);
  }
  return !abandoned_;
}

Simulation::Task* Simulation::choose() {
  for (;;) {
    if (steps_ >= next_look_ && !may_go_on()) return nullptr;
    const std::uint32_t count = enabled_.size();
    std::uint32_t index = 0;
    if (count > 1 || (count == 1 && ask_always_)) {
      index = decide();
      if (ending_) return nullptr;
    } else if (count == 0) {
      nothing_enabled();
      return nullptr;
    }
    Actor& actor = enabled_.at(index);
    ++steps_;
    note(actor.id, actor.op, count, index);
    if (!is_event(actor.id)) {
      last_ = static_cast<Task*>(&actor);
      chosen_.store(last_, std::memory_order_relaxed);
      beat();
      if (options_.tracking) last_->history.add(static_cast<std::uint64_t>(actor.op.kind) << 32U | actor.op.object);
      return last_;
    }
    happen(static_cast<Event&>(actor));
  }
}

std::uint32_t Simulation::decide() {
  static_assert(Actor::kDisabled == core::kNoId);
  const Candidates candidates(enabled_.all(), last_ == nullptr ? core::kNoId : last_->position, trace_hash_);
  const std::uint32_t answer = strategy_->pick(candidates);
  record_decision(answer, candidates.size(), candidates.steady());
  return answer;
}

void Simulation::record_decision(std::uint32_t answer, std::uint32_t alternatives, std::uint32_t steady) {
  if (answer >= alternatives) {
    assert(answer == kPrune || answer == kDiverged);
    if (answer == kPrune) tell_never_made();
    end(answer == kPrune ? OutcomeKind::pruned : OutcomeKind::diverged);
    return;
  }
  if (alternatives < 2) return;
  decisions_.push_back(answer);
  if (options_.recording != nullptr) options_.recording->decisions.push_back({steady, trace_hash_});
}

void Simulation::happen(Event& event) {
  if (footprint_ != nullptr) footprint_->remove(key_of(event));
  enabled_.remove(event);
  free_events_.push_back(&event);
  event.target->happened(event.cookie);
}

bool Simulation::may_go_on() {
  if (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)) {
    end(OutcomeKind::stopped);
  } else if (steps_ >= options_.max_steps) {
    if (options_.tracking) outcome_.cut_state = state_key(clock_read_);
    outcome_.cut_after_hang = !outcome_.stuck.empty();
    end(outcome_.cut_after_hang ? OutcomeKind::hang : OutcomeKind::cut);
  }
  next_look_ = std::min(options_.max_steps, steps_ + kStepsBetweenLooks);
  return !ending_;
}

// Asked when a task begins to wait and when it ends. Nothing else can close a circle of waits: a task that takes a lock
// for which others wait runs on.
void Simulation::check_stuck(const Task& task) {
  if (!outcome_.stuck.empty() || !watch_.may_be_stuck(task.id)) return;
  note_stuck();
  if (options_.hang_ends && !outcome_.stuck.empty()) end(OutcomeKind::hang);
}

// The task's fiber is gone, with all that was on it.
void Simulation::note_overflow() {
  Task& task = *current_;
  task.fiber = nullptr;
  watch_.stack_overflowed(task.id, task.op.site);
  end(OutcomeKind::overflow);
}

// Looks at nothing that the task may still be changing, as its record in the watch is.
std::optional<RunningTask> Simulation::running_task() const {
  const Task* task = chosen_.load(std::memory_order_relaxed);
  if (task == nullptr) return std::nullopt;
  return RunningTask{.name = task->name, .site = task->op.site};
}

void Simulation::nothing_enabled() {
  if (outcome_.stuck.empty()) note_stuck();
  tell_never_made();
  end(OutcomeKind::hang);
}

void Simulation::note_stuck() {
  outcome_.stuck = lockcheck::stuck_core(watch_.wait_state());
  outcome_.decisions_to_hang = decisions_.size();
}

void Simulation::tell_never_made() {
  if (!ask_always_) return;
  for (std::uint32_t i = 0; i < task_count_; ++i) {
    if (!tasks_[i]->ended) strategy_->never_made(*tasks_[i]);
  }
  for (std::uint32_t i = 0; i < event_count_; ++i) {
    if (events_[i]->enabled()) strategy_->never_made(*events_[i]);
  }
}

void Simulation::end(OutcomeKind kind) {
  ending_ = true;
  outcome_.kind = kind;
}

// --- Tasks on their fibers ---

// Runs a task, and when that has ended any other that was chosen and has no stack yet.
Fiber* Simulation::run_tasks(void* simulation, Fiber& self) {
  Simulation& sim = *static_cast<Simulation*>(simulation);
  for (;;) {
    Task& task = *sim.current_;
    task.fiber = &self;
    sim.run_body(task);
    task.fiber = nullptr;
    if (sim.abandoned_) return sim.root_;
    if (!sim.ending_) sim.end_task(task);
    Task* next = sim.ending_ ? nullptr : sim.choose();
    if (next == nullptr) return sim.root_;
    sim.current_ = next;
    if (next->fiber != nullptr) return next->fiber;
  }
}

void Simulation::run_body(Task& task) noexcept {
  try {
    task.body();
  } catch (const core::Abandoned&) {
    assert(abandoned_);
  } catch (...) {
    if (failure_ == nullptr) failure_ = std::current_exception();
    ending_ = true;
  }
  task.body = nullptr;
}

void Simulation::end_task(Task& task) {
  task.ended = true;
  enabled_.remove(task);
  for (Task* joiner = task.first_joiner; joiner != nullptr; joiner = joiner->next_waiter) enabled_.add(*joiner);
  watch_.task_ended(task.id, task.site);
  if (--live_tasks_ == 0) {
    tell_never_made();
    end(OutcomeKind::finished);
  } else {
    check_stuck(task);
  }
}

// Later tasks first: they may use what is on the stacks of those that made them.
void Simulation::abandon() {
  abandoned_ = true;
  footprint_ = nullptr;
  for (std::uint32_t i = task_count_; i-- > 0;) {
    Task& task = *tasks_[i];
    if (task.fiber != nullptr) {
      current_ = &task;
      chosen_.store(&task, std::memory_order_relaxed);
      beat();
      fibers_.switch_to(*task.fiber);
      chosen_.store(nullptr, std::memory_order_relaxed);
      if (fibers_.take_overflow()) task.fiber = nullptr;
    }
    task.body = nullptr;
  }
}

void Simulation::give_up() {
  assert(abandoned_);
  if (current_->unwinding || std::uncaught_exceptions() > 0) return;
  current_->unwinding = true;
  throw core::Abandoned{};
}

}  // namespace zoneknot::sim
