#include "sim/run/scheduler.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

#include "sim/run/fiber_switch.h"

namespace zoneknot::sim {

namespace {

constexpr std::uint64_t kStepsBetweenLooks = 1024;
// At the clock: a step of a task that owns thousands of locks takes long.
constexpr std::uint64_t kStepsBetweenTimes = 128;

}  // namespace

Scheduler::Scheduler(std::size_t stack_bytes)
    : fibers_(stack_bytes), watch_(lockcheck::Threads::one, lockcheck::OrderChecks::off) {}

void Scheduler::begin(Strategy& strategy, const ExecutionOptions& options) {
  strategy_ = &strategy;
  options_ = &options;
  every_step_ = strategy.needs().every_step;
  enabled_.clear();
  for (std::uint32_t i = 0; i < event_count_; ++i) events_[i]->position = Actor::kDisabled;
  free_events_.clear();
  task_count_ = 0;
  event_count_ = 0;
  live_tasks_ = 0;
  starting_tasks_ = 0;
  current_ = nullptr;
  last_ = nullptr;
  steps_ = 0;
  next_look_ = 0;
  created_by_first_ = {};
  creators_not_joined_ = {};
  stuck_for_now_ = false;
  ending_ = false;
  abandoned_ = false;
  outcome_ = Outcome{};
  failed_task_.reset();
  log_.begin(options.recording, options.trace_hash);
  states_.begin(options.tracking);
  watch_.reset();
}

void Scheduler::ready_main(const std::function<void()>& main) {
  root_ = &fibers_.adopt_thread();
  Task& first = new_task("main", core::Site::current());
  first.body = std::cref(main);
  watch_.task_started(first.id, "main");
  current_ = &first;
}

void Scheduler::note_end() {
  note_lost_fiber();
  chosen_.store(nullptr, std::memory_order_relaxed);
  if (last_ != nullptr) {
    outcome_.last_task = last_->id;
    outcome_.last_site = last_->op.site;
  }
}

Outcome Scheduler::finish() {
  if (outcome_.kind == OutcomeKind::hang && !outcome_.stuck.empty() && live_tasks_ > 0 && at_hang_) {
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
  outcome_.decisions = log_.decisions().size();
  outcome_.trace_hash = log_.hash();
  if (failure_ != nullptr) std::rethrow_exception(std::exchange(failure_, nullptr));
  if (outcome_.kind == OutcomeKind::hang && outcome_.stuck.empty()) {
    throw std::logic_error("no task can go on, but none is found stuck");
  }
  return std::move(outcome_);
}

Task& Scheduler::new_task(std::string_view name, core::Site site) {
  if (task_count_ == tasks_.size()) tasks_.push_back(std::make_unique<Task>());
  Task& task = *tasks_[task_count_];
  task.op = Op{OpKind::start, ObjectClass::task, false, task_count_, site};
  task.id = task_count_++;
  task.created = static_cast<std::uint32_t>(steps_);
  task.position = Actor::kDisabled;
  task.enabled_by = 0;
  task.fiber = nullptr;
  task.ended = false;
  task.created_classes = 0;
  task.unwinding = false;
  task.first_joiner = nullptr;
  task.live_children = 0;
  task.last_step = steps_;
  task.parent = current_ == nullptr ? core::kNoId : current_->id;
  if (current_ != nullptr) ++current_->live_children;
  task.timed = {};
  task.waits_for_condition = core::kNoId;
  task.name = name;
  task.site = site;
  // Tasks that may get the same number are told apart by who makes them and when: a task hears of each it has made.
  if (states_.on()) task.history = current_ == nullptr ? StateHash{} : current_->history;
  ++live_tasks_;
  ++starting_tasks_;
  enabled_.add(task);
  return task;
}

// Looks at nothing that the task may still be changing, as its record in the watch is.
std::optional<RunningTask> Scheduler::running_task() const {
  const Task* task = chosen_.load(std::memory_order_relaxed);
  if (task == nullptr) return std::nullopt;
  return RunningTask{.name = task->name, .site = task->op.site};
}

// --- Who goes on ---

void Scheduler::visible_when(bool ready, const Op& op, const core::Wait& wait, std::uint64_t enabled_by) {
  if (abandoned_) return give_up();
  Task& self = *current_;
  self.enabled_by = static_cast<std::uint32_t>(enabled_by);
  if (!ready) watch_.wait_began(self.id, wait, op.site);
  if (!pass(op, ready)) return;
  self.enabled_by = 0;
  if (!ready) watch_.wait_ended(self.id);
}

void Scheduler::wake(core::TaskId task) {
  if (abandoned_) return;
  tasks_[task]->enabled_by = static_cast<std::uint32_t>(steps_);
  enabled_.add(*tasks_[task]);
  if (Footprint* footprint = states_.footprint()) footprint->wake(task);
}

bool Scheduler::wait_for_turn(bool ready) {
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

bool Scheduler::hand_over(Task* next) {
  if (next == nullptr) {
    fibers_.switch_to(*root_);
  } else {
    current_ = next;
    if (next->fiber == nullptr) {
      --starting_tasks_;
      next->fiber = &fibers_.take(&Scheduler::run_tasks, this);
    }
    fibers_.switch_to(*next->fiber);
  }
  return !abandoned_;
}

Task* Scheduler::choose() {
  for (;;) {
    if (steps_ >= next_look_ && !may_go_on()) return nullptr;
    const std::uint32_t count = enabled_.size();
    std::uint32_t index = 0;
    if (count > 1 || (count == 1 && every_step_)) {
      index = decide();
      if (ending_) return nullptr;
    } else if (count == 0) {
      nothing_enabled();
      return nullptr;
    }
    Actor& actor = enabled_.at(index);
    ++steps_;
    log_.step(actor.id, actor.op, count, index);
    if (!is_event(actor.id)) {
      last_ = static_cast<Task*>(&actor);
      last_->last_step = steps_;
      chosen_.store(last_, std::memory_order_relaxed);
      beat();
      if (states_.on()) last_->history.add(static_cast<std::uint64_t>(actor.op.kind) << 32U | actor.op.object);
      return last_;
    }
    happen(static_cast<Event&>(actor));
  }
}

std::uint32_t Scheduler::decide() {
  static_assert(Actor::kDisabled == core::kNoId);
  const Candidates candidates(enabled_.all(), last_ == nullptr ? core::kNoId : last_->position, log_.hash(),
                              starting_tasks_);
  const std::uint32_t answer = strategy_->pick(candidates);
  record_decision(answer, candidates.size(), candidates.steady());
  return answer;
}

void Scheduler::record_decision(std::uint32_t answer, std::uint32_t alternatives, std::uint32_t steady) {
  if (answer >= alternatives) {
    assert(answer == kPrune || answer == kDiverged);
    if (answer == kPrune) tell_never_made();
    end(answer == kPrune ? OutcomeKind::pruned : OutcomeKind::diverged);
    return;
  }
  if (alternatives >= 2) log_.decision(answer, steady);
}

// --- Draws ---

std::uint64_t Scheduler::draw(std::uint64_t bound, core::Site site) {
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 31U;
  assert(bound >= 1);
  if (bound <= kHalf) return draw_small(static_cast<std::uint32_t>(bound), nullptr, site);
  const std::uint64_t high = draw((bound - 1) / kHalf + 1, site);
  return std::min(high * kHalf + draw_small(static_cast<std::uint32_t>(kHalf), nullptr, site), bound - 1);
}

bool Scheduler::chance(double probability, core::Site site) {
  if (probability <= 0) return false;
  if (probability >= 1) return true;
  return draw_small(2, &probability, site) == 1;
}

std::uint32_t Scheduler::draw_small(std::uint32_t bound, const double* probability, core::Site site) {
  if (abandoned_) {
    give_up();
    return 0;
  }
  if (bound < 2) return 0;
  const std::uint32_t value = probability != nullptr ? strategy_->chance(*probability) : strategy_->draw(bound);
  record_decision(value, bound, 0);
  if (ending_) {
    if (!hand_over(nullptr)) give_up();
    return 0;
  }
  add_to_history(value);
  if (Footprint* footprint = states_.footprint()) footprint->draw(bound, value);
  log_.step(current_->id, {OpKind::draw, ObjectClass::draw, false, value, site}, bound, value);
  return value;
}

std::optional<std::uint32_t> Scheduler::draw_unheard(std::uint32_t bound, core::Site site) {
  const std::uint32_t value = strategy_->draw(bound);
  record_decision(value, bound, 0);
  if (ending_) {
    hand_over(nullptr);
    return std::nullopt;
  }
  log_.step(current_->id, {OpKind::draw, ObjectClass::draw, false, value, site}, bound, value);
  return value;
}

// --- Events ---

ActorId Scheduler::add_event(const Op& op, EventTarget& target, std::uint64_t cookie, std::uint64_t label) {
  assert(!abandoned_);
  if (free_events_.empty()) {
    if (event_count_ == events_.size()) {
      events_.push_back(std::make_unique<Event>());
      events_.back()->id = kEventBit | event_count_;
    }
    free_events_.push_back(events_[event_count_++].get());
  }
  Event& event = *free_events_.back();
  free_events_.pop_back();
  event.op = op;
  event.created = static_cast<std::uint32_t>(steps_);
  event.target = &target;
  event.cookie = cookie;
  event.label = label;
  log_.event_added(event.id, current_->id);
  enabled_.add(event);
  if (Footprint* footprint = states_.footprint()) footprint->add({event.key(), op});
  return event.id;
}

void Scheduler::remove_event(ActorId id) {
  if (abandoned_) return;
  Event& event = *events_[id & ~kEventBit];
  assert(event.enabled());
  if (every_step_) strategy_->never_made(event);
  enabled_.remove(event);
  free_events_.push_back(&event);
  if (Footprint* footprint = states_.footprint()) footprint->remove(event.key());
}

void Scheduler::happen(Event& event) {
  if (Footprint* footprint = states_.footprint()) footprint->remove(event.key());
  enabled_.remove(event);
  free_events_.push_back(&event);
  event.target->happened(event.cookie);
}

// --- The end ---

bool Scheduler::may_go_on() {
  // A search of many short executions looks at the clock itself.
  const std::function<bool()>* over = steps_ > 0 ? options_->time_is_over : nullptr;
  if ((options_->stop != nullptr && options_->stop->load(std::memory_order_relaxed)) ||
      (over != nullptr && (*over)())) {
    end(OutcomeKind::stopped);
  } else if (steps_ >= options_->max_steps) {
    outcome_.cut_after_hang = !outcome_.stuck.empty();
    if (stuck_for_now_) outcome_.decisions_to_hang = log_.decisions().size();
    end(outcome_.cut_after_hang ? OutcomeKind::hang : OutcomeKind::cut);
  }
  const std::uint64_t steps = options_->time_is_over != nullptr ? kStepsBetweenTimes : kStepsBetweenLooks;
  next_look_ = std::min(options_->max_steps, steps_ + steps);
  return !ending_;
}

// Asked when a task begins to wait and when it ends. Nothing else can close a circle of waits: a task that takes a lock
// for which others wait runs on.
void Scheduler::check_stuck(const Task& task) {
  if (!outcome_.stuck.empty() || !watch_.may_be_stuck(task.id)) return;
  note_stuck();
  if (options_->hang_ends && !stuck_for_now_ && !outcome_.stuck.empty()) end(OutcomeKind::hang);
}

// The task's fiber is gone, with all that was on it.
void Scheduler::note_lost_fiber() {
  const LostFiber lost = fibers_.take_lost();
  if (lost == LostFiber::none) return;
  Task& task = *current_;
  task.fiber = nullptr;
  if (lost == LostFiber::dangling) {
    return fail(std::make_exception_ptr(std::logic_error(
        "it uses what was on the stack of a task that has ended: that one has to join it, or to own nothing it uses")));
  }
  watch_.stack_overflowed(task.id, task.op.site);
  end(OutcomeKind::overflow);
}

void Scheduler::nothing_enabled() {
  if (outcome_.stuck.empty() || stuck_for_now_) note_stuck();
  tell_never_made();
  end(OutcomeKind::hang);
}

void Scheduler::note_stuck() {
  outcome_.stuck = lockcheck::stuck_core(watch_.wait_state());
  outcome_.decisions_to_hang = log_.decisions().size();
  stuck_for_now_ = may_be_refilled(outcome_.stuck);
}

// That only those who have the units of a pool give them back is a promise, which others who still go on may break.
bool Scheduler::may_be_refilled(const lockcheck::StuckCore& stuck) const {
  const bool at_pool = std::ranges::any_of(stuck.core, [this](core::TaskId task) {
    const core::Wait* wait = watch_.wait_of(task);
    return wait != nullptr && wait->kind == core::WaitKind::semaphore && watch_.is_pool(wait->object);
  });
  return at_pool && stuck.core.size() + stuck.bystanders.size() < live_tasks_;
}

void Scheduler::tell_never_made() {
  if (!every_step_) return;
  for (std::uint32_t i = 0; i < task_count_; ++i) {
    if (!tasks_[i]->ended) strategy_->never_made(*tasks_[i]);
  }
  for (std::uint32_t i = 0; i < event_count_; ++i) {
    if (events_[i]->enabled()) strategy_->never_made(*events_[i]);
  }
}

void Scheduler::end(OutcomeKind kind) {
  ending_ = true;
  outcome_.kind = kind;
}

// --- Tasks on their fibers ---

// Runs a task, and when that has ended any other that was chosen and has no stack yet.
Fiber* Scheduler::run_tasks(void* scheduler, Fiber& self) {
  Scheduler& of = *static_cast<Scheduler*>(scheduler);
  for (;;) {
    Task& task = *of.current_;
    task.fiber = &self;
    of.run_body(task);
    task.fiber = nullptr;
    if (of.abandoned_) return of.root_;
    if (!of.ending_) of.end_task(task);
    Task* next = of.ending_ ? nullptr : of.choose();
    if (next == nullptr) return of.root_;
    of.current_ = next;
    if (task.live_children > 0 && of.fibers_.leave_stack(self)) return of.root_;
    if (next->fiber != nullptr) return next->fiber;
    --of.starting_tasks_;
  }
}

void Scheduler::run_body(Task& task) noexcept {
  try {
    task.body();
  } catch (const core::Abandoned&) {
    assert(abandoned_);
  } catch (...) {
    fail(std::current_exception());
  }
  task.body = nullptr;
}

}  // namespace zoneknot::sim
