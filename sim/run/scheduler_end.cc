// How a Scheduler brings tasks, and an execution that is given up, to their end.

#include <cassert>
#include <exception>
#include <stdexcept>
#include <utility>

#include "sim/run/fiber_switch.h"
#include "sim/run/scheduler.h"

namespace zoneknot::sim {

void Scheduler::fail(std::exception_ptr failure) {
  if (failure_ == nullptr) {
    failure_ = std::move(failure);
    failed_task_ = RunningTask{.name = current_->name, .site = current_->op.site};
  }
  ending_ = true;
}

void Scheduler::refuse(const std::string& what, core::Site site) {
  current_->op.site = site;
  throw std::invalid_argument(what);
}

void Scheduler::refuse_and_end(const std::string& what, core::Site site) {
  current_->op.site = site;
  fail(std::make_exception_ptr(std::invalid_argument(what)));
  hand_over(nullptr);
}

void Scheduler::end_task(Task& task) {
  task.ended = true;
  if (task.parent != core::kNoId) --tasks_[task.parent]->live_children;
  enabled_.remove(task);
  for (Task* joiner = task.first_joiner; joiner != nullptr; joiner = joiner->next_waiter) enabled_.add(*joiner);
  watch_.task_ended(task.id, task.site);
  if (--live_tasks_ == 0) {
    tell_never_made();
    // A task of those that were stuck has woken up for no reason.
    end(outcome_.stuck.empty() ? OutcomeKind::finished : OutcomeKind::hang);
  } else {
    check_stuck(task);
  }
}

// Later tasks first: they may use what is on the stacks of those that made them.
void Scheduler::abandon() {
  abandoned_ = true;
  fibers_.open_left_stacks();
  states_.note_in(nullptr);
  for (std::uint32_t i = task_count_; i-- > 0;) {
    Task& task = *tasks_[i];
    if (task.fiber != nullptr) {
      current_ = &task;
      chosen_.store(&task, std::memory_order_relaxed);
      beat();
      fibers_.switch_to(*task.fiber);
      chosen_.store(nullptr, std::memory_order_relaxed);
      if (fibers_.take_lost() != LostFiber::none) task.fiber = nullptr;
    }
    task.body = nullptr;
  }
}

void Scheduler::give_up() {
  assert(abandoned_);
  if (current_->unwinding || std::uncaught_exceptions() > 0) return;
  current_->unwinding = true;
  throw core::Abandoned{};
}

}  // namespace zoneknot::sim
