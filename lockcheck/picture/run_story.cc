#include "lockcheck/picture/run_story.h"

#include <algorithm>

#include "lockcheck/picture/resource_of.h"
#include "lockcheck/text/lock_name.h"

namespace zoneknot::lockcheck {
namespace {

std::string io_text(const core::IoEvent& event) {
  const auto word = [&] {
    switch (event.direction) {
      case core::Direction::read:
        return "read";
      case core::Direction::write:
        return "write";
      case core::Direction::trim:
        return "trim";
      default:
        return "sync";
    }
  };
  return std::string(word()) + " of " + std::to_string(event.length) + " at " + std::to_string(event.offset);
}

std::string named(const std::vector<std::string>& names, std::uint32_t id, const char* otherwise) {
  return id < names.size() && !names[id].empty() ? names[id] : otherwise;
}

}  // namespace

void RunStory::set_step(std::uint64_t step) {
  const std::lock_guard guard(mutex_);
  step_ = step;
}

void RunStory::keep_what_lasts(const RunInVerdict& run) {
  constexpr std::uint64_t kAround = 20;
  constexpr std::size_t kMost = 64;
  std::size_t kept = 0;
  for (const SpanInRun& span : run.spans) {
    if (!span.open || ++kept > kMost) continue;
    keep(span.from - std::min(span.from, kAround), span.from + kAround);
  }
}

std::uint64_t RunStory::step() const {
  const std::lock_guard guard(mutex_);
  return step_;
}

void RunStory::count() {
  if (counts_) ++step_;
}

RunStory::Numbered RunStory::begin(SpanKind kind, core::TaskId task, std::string what, core::Site site) {
  count();
  return {.number = begun_++,
          .span = {.kind = kind,
                   .lane = task,
                   .from = step_,
                   .to = step_,
                   .open = true,
                   .what = std::move(what),
                   .at = place_of(site)}};
}

void RunStory::end(Numbered begun) {
  count();
  begun.span.to = step_;
  begun.span.open = false;
  if (first_.size() < kFirstSpans) {
    first_until_ = step_;
    first_.push_back(std::move(begun));
    return;
  }
  ended_.push_back(std::move(begun));
  if (ended_.size() <= kLastSpans) return;
  Numbered& oldest = ended_.front();
  // What began among the first would be missed there.
  const bool asked_for = is_asked_for(oldest.span);
  if (needed_.size() < kNeededSpans && (asked_for || oldest.span.from <= first_until_)) {
    needed_.push_back(std::move(oldest));
  } else {
    left_out_.add(oldest.span);
    all_asked_for_ = all_asked_for_ && !asked_for;
  }
  ended_.pop_front();
}

bool RunStory::is_asked_for(const SpanInRun& span) const {
  return std::ranges::any_of(kept_steps_,
                             [&](const auto& steps) { return steps.first <= span.to && span.from <= steps.second; });
}

RunInVerdict RunStory::story() const {
  const std::lock_guard guard(mutex_);
  std::vector<Numbered> all = first_;
  all.insert(all.end(), needed_.begin(), needed_.end());
  all.insert(all.end(), ended_.begin(), ended_.end());
  for (const auto& [key, hold] : holds_) all.push_back(hold.begun);
  for (const auto& [key, io] : ios_) all.push_back(io);
  for (const auto& [task, wait] : waits_) all.push_back(wait);
  std::ranges::sort(all, {}, &Numbered::number);
  RunInVerdict run{.lanes = tasks_, .steps = step_, .spans = {}, .left_out = left_out_, .zones = {}};
  if (counts_) run.steps_are = StepsAre::events;
  for (Numbered& each : all) {
    if (each.span.open) each.span.to = step_;
    each.span.needed = is_asked_for(each.span);
    run.spans.push_back(std::move(each.span));
  }
  if (all_asked_for_) run.whole = kept_steps_;
  run.ended = ended_at_;
  return run;
}

void RunStory::name(Names& all, std::uint32_t id, std::string called) {
  const std::lock_guard guard(mutex_);
  if (all.size() <= id) all.resize(id + 1);
  all[id] = std::move(called);
}

void RunStory::task_started(core::TaskId task, std::string_view called) { name(tasks_, task, std::string(called)); }

void RunStory::task_ended(core::TaskId task, core::Site /*site*/) {
  const std::lock_guard guard(mutex_);
  count();
  if (ended_at_.size() <= task) ended_at_.resize(task + 1);
  ended_at_[task] = step_;
}

void RunStory::lock_created(core::LockId lock, const core::LockInfo& info) { name(locks_, lock, lock_name(info)); }

void RunStory::condition_created(core::ConditionId condition, std::string_view called) {
  name(conditions_, condition, std::string(called));
}

void RunStory::semaphore_created(core::SemaphoreId semaphore, std::string_view called, std::uint32_t /*count*/) {
  name(semaphores_, semaphore, std::string(called));
}

void RunStory::lock_acquired(core::TaskId task, core::LockId lock, core::Site site) {
  const std::lock_guard guard(mutex_);
  const auto hold = holds_.find({task, lock});
  if (hold != holds_.end()) {
    ++hold->second.count;
    return;
  }
  Numbered begun = begin(SpanKind::hold, task, named(locks_, lock, "a lock"), site);
  begun.span.object = lock;
  holds_.emplace(Key{task, lock}, Hold{.begun = std::move(begun)});
}

bool RunStory::lock_released(core::TaskId task, core::LockId lock, core::Site /*site*/) {
  const std::lock_guard guard(mutex_);
  const auto hold = holds_.find({task, lock});
  if (hold == holds_.end() || --hold->second.count > 0) return true;
  end(std::move(hold->second.begun));
  holds_.erase(hold);
  return true;
}

void RunStory::shared_acquired(core::TaskId task, core::LockId lock, core::Site site) {
  lock_acquired(task, lock, site);
}

bool RunStory::shared_released(core::TaskId task, core::LockId lock, core::Site site) {
  return lock_released(task, lock, site);
}

// As a span of which nothing else is said.
SpanInRun RunStory::wait_for(const core::Wait& wait) const {
  switch (wait.kind) {
    case core::WaitKind::lock:
      return {.what = named(locks_, wait.object, "a lock"), .object = wait.object};
    case core::WaitKind::completion:
      return {.what = "completion"};
    case core::WaitKind::timer:
      return {.what = "timer"};
    case core::WaitKind::join:
      return {.what = "the end of " + named(tasks_, wait.object, "a task"), .object = wait.object, .for_end = true};
    case core::WaitKind::condition:
      return {.what = named(conditions_, wait.object, "a condition variable")};
    case core::WaitKind::semaphore:
      return {.what = named(semaphores_, wait.object, "a semaphore")};
  }
  return {};
}

void RunStory::wait_began(core::TaskId task, const core::Wait& wait, core::Site site) {
  const std::lock_guard guard(mutex_);
  SpanInRun awaited = wait_for(wait);
  Numbered begun = begin(SpanKind::wait, task, std::move(awaited.what), site);
  begun.span.object = awaited.object;
  begun.span.for_end = awaited.for_end;
  waits_[task] = std::move(begun);
}

void RunStory::wait_ended(core::TaskId task) {
  const std::lock_guard guard(mutex_);
  const auto wait = waits_.find(task);
  if (wait == waits_.end()) return;
  end(std::move(wait->second));
  waits_.erase(wait);
}

void RunStory::io(core::TaskId task, const core::IoEvent& event, core::Site site) {
  if (event.step != core::IoStep::prepare && event.step != core::IoStep::put) return;
  const std::lock_guard guard(mutex_);
  const Key key{task, event.unit};
  if (event.step == core::IoStep::prepare) {
    ios_[key] = begin(SpanKind::io, task, io_text(event), site);
    return;
  }
  const auto io = ios_.find(key);
  if (io == ios_.end()) return;
  end(std::move(io->second));
  ios_.erase(io);
}

}  // namespace zoneknot::lockcheck
