#include "device/real/schedule_gate.h"

#include <fmt/core.h>

#include <chrono>
#include <utility>

#include "device/real/real_clock.h"

namespace zoneknot::device {
namespace {

constexpr std::chrono::milliseconds kGateSlice(100);

std::string place_text(core::Site site) {
  const std::string_view path = site.file_name();
  return fmt::format("{}:{}", path.substr(path.rfind('/') + 1), site.line());
}

}  // namespace

ScheduleGate::ScheduleGate(core::StepList steps, std::vector<std::string> task_names, std::uint64_t patience_ns)
    : steps_(std::move(steps)),
      task_names_(std::move(task_names)),
      patience_ns_(patience_ns),
      moved_ns_(monotonic_ns()) {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const core::ScheduledStep& step = steps_[i];
    if (step.kind != core::StepKind::complete && step.kind != core::StepKind::draw)
      follower(step.task).own.push_back(i);
  }
  rest();
}

void ScheduleGate::attach(std::function<void()> give_up, std::function<bool()> given_up) {
  give_up_ = std::move(give_up);
  given_up_ = std::move(given_up);
}

ScheduleGate::Follower& ScheduleGate::follower(core::TaskId task) {
  while (followers_.size() <= task) followers_.emplace_back();
  return followers_[task];
}

std::string ScheduleGate::task_name(core::TaskId task) const {
  return task < task_names_.size() ? task_names_[task] : fmt::format("task {}", task);
}

std::string ScheduleGate::step_text(core::TaskId task, core::StepKind kind, std::uint32_t object,
                                    core::Site site) const {
  const std::string what = core::step_names_object(kind) ? fmt::format("{} {}", core::step_word(kind), object)
                                                         : std::string(core::step_word(kind));
  return fmt::format("'{}' of {} at {}", what, task_name(task), place_text(site));
}

// Completions are nobody's to wait for: the task that reaps them waits for the device.
void ScheduleGate::pass_completions() {
  for (; head_ < steps_.size() && steps_[head_].kind == core::StepKind::complete; ++head_) {
    follower(steps_[head_].task).ended_ios.push_back(steps_[head_].object);
  }
}

// Nobody has the turn.
void ScheduleGate::rest() {
  running_ = core::kNoId;
  pass_completions();
  if (head_ == steps_.size() && opened_ns_ == 0) opened_ns_ = monotonic_ns();
  turn_.notify_all();
}

void ScheduleGate::fail(std::size_t step, std::string why, std::unique_lock<std::mutex>& guard) {
  if (failed_) return;
  failed_ = true;
  failure_ = fmt::format("step {} of {}: {}", step, steps_.size(), why);
  turn_.notify_all();
  guard.unlock();
  give_up_();
  guard.lock();
}

// The task that had the turn has come to its next step, or to its end.
void ScheduleGate::leave(core::TaskId task) {
  if (running_ == task) rest();
}

void ScheduleGate::advance(Follower& of) {
  running_ = steps_[head_].task;
  of.last = steps_[head_].kind;
  ++of.next;
  ++head_;
  moved_ns_ = monotonic_ns();
}

std::string ScheduleGate::why_nobody_comes() const {
  const core::ScheduledStep& wanted = steps_[head_];
  const std::string missing = step_text(wanted.task, wanted.kind, wanted.object, wanted.site);
  if (running_ != core::kNoId) {
    return fmt::format("{} does not come: {} has not returned from the step before it", missing, task_name(running_));
  }
  return fmt::format("{} does not come", missing);
}

void ScheduleGate::before(core::TaskId task, core::StepKind kind, std::uint32_t object, core::Site site) noexcept {
  std::unique_lock guard(mutex_);
  if (open()) return;
  Follower& self = follower(task);
  // In the list it is a step only where the task has come there from another one.
  if (kind == core::StepKind::checkpoint && self.last != core::StepKind::checkpoint) {
    self.last = kind;
    return;
  }
  leave(task);
  if (self.next < self.own.size()) {
    const core::ScheduledStep& own = steps_[self.own[self.next]];
    if (own.kind != kind || (core::step_names_object(kind) && own.object != object)) {
      return fail(self.own[self.next],
                  fmt::format("wanted is {}, and it comes to {}{}", step_text(task, own.kind, own.object, own.site),
                              step_text(task, kind, object, site), self.remembered),
                  guard);
    }
  }
  while (!open()) {
    const bool mine = running_ == core::kNoId && self.next < self.own.size() && self.own[self.next] == head_;
    if (mine) return advance(self);
    if (given_up_()) return;
    const bool late = monotonic_ns() - moved_ns_ > patience_ns_;
    if (head_ == steps_.size()) {
      if (late) rest();  // the last task goes on for long without a step
    } else if (steps_[head_].kind == core::StepKind::draw && running_ == core::kNoId) {
      return fail(head_, fmt::format("{} does not draw what it drew", task_name(steps_[head_].task)), guard);
    } else if (late) {
      return fail(head_, why_nobody_comes(), guard);
    }
    turn_.wait_for(guard, kGateSlice);
  }
}

void ScheduleGate::ended(core::TaskId task) noexcept {
  std::unique_lock guard(mutex_);
  if (open()) return;
  const Follower& self = follower(task);
  if (self.next < self.own.size() && !given_up_()) {
    const core::ScheduledStep& own = steps_[self.own[self.next]];
    fail(self.own[self.next],
         fmt::format("wanted is {}, and it has ended{}", step_text(task, own.kind, own.object, own.site),
                     self.remembered),
         guard);
  }
  leave(task);
}

bool ScheduleGate::following() const {
  const std::lock_guard guard(mutex_);
  return !open();
}

bool ScheduleGate::has_turn(core::TaskId task) const {
  const std::lock_guard guard(mutex_);
  return !open() && running_ == task;
}

std::optional<std::uint32_t> ScheduleGate::draw(core::TaskId task) {
  std::unique_lock guard(mutex_);
  if (open()) return std::nullopt;
  if (head_ == steps_.size()) return std::nullopt;
  const core::ScheduledStep& step = steps_[head_];
  if (step.kind != core::StepKind::draw || step.task != task) {
    fail(head_,
         fmt::format("wanted is {}, and {} draws", step_text(step.task, step.kind, step.object, step.site),
                     task_name(task)),
         guard);
    return std::nullopt;
  }
  const std::uint32_t value = step.object;
  ++head_;
  moved_ns_ = monotonic_ns();
  return value;
}

std::vector<std::uint32_t> ScheduleGate::take_completions(core::TaskId task) {
  const std::lock_guard guard(mutex_);
  return std::exchange(follower(task).ended_ios, {});
}

std::uint64_t ScheduleGate::now_ns() const {
  const std::lock_guard guard(mutex_);
  const std::uint64_t made = head_ == 0 ? 0 : steps_[head_ - 1].now_ns;
  return opened_ns_ == 0 ? made : made + (monotonic_ns() - opened_ns_);
}

void ScheduleGate::remember(core::TaskId task, std::string what) {
  const std::lock_guard guard(mutex_);
  follower(task).remembered = "; before that, " + std::move(what);
}

void ScheduleGate::fail_here(core::TaskId task, const std::string& why) {
  std::unique_lock guard(mutex_);
  if (open()) return;
  fail(head_ == 0 ? 0 : head_ - 1, task_name(task) + ": " + why, guard);
}

std::string ScheduleGate::failure() const {
  const std::lock_guard guard(mutex_);
  return failure_;
}

}  // namespace zoneknot::device
