#include "lockcheck/picture/run_story.h"

#include <algorithm>
#include <string>

#include "lockcheck/picture/resource_of.h"

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

}  // namespace

std::size_t RunStory::begin(SpanKind kind, core::TaskId task, std::string what, core::Site site) {
  spans_.push_back({.kind = kind,
                    .lane = task,
                    .from = step_,
                    .to = step_,
                    .open = true,
                    .what = std::move(what),
                    .at = place_of(site)});
  return spans_.size() - 1;
}

void RunStory::end(std::size_t span) {
  spans_[span].to = step_;
  spans_[span].open = false;
}

RunInVerdict RunStory::story() const {
  RunInVerdict run{.lanes = names_, .steps = step_, .spans = spans_, .left_out = 0, .zones = {}};
  for (SpanInRun& span : run.spans) {
    if (span.open) span.to = step_;
  }
  if (run.spans.size() <= kMostSpans) return run;
  // What is open is what a reader looks for.
  run.left_out = run.spans.size() - kMostSpans;
  const auto end = run.spans.begin() + static_cast<std::ptrdiff_t>(run.left_out);
  std::vector<SpanInRun> kept;
  std::copy_if(run.spans.begin(), end, std::back_inserter(kept), [](const SpanInRun& span) { return span.open; });
  run.left_out -= kept.size();
  kept.insert(kept.end(), end, run.spans.end());
  run.spans = std::move(kept);
  return run;
}

void RunStory::task_started(core::TaskId task, std::string_view name) {
  if (names_.size() <= task) names_.resize(task + 1);
  names_[task] = name;
}

void RunStory::lock_acquired(core::TaskId task, core::LockId lock, core::Site site) {
  const auto [hold, fresh] = holds_.try_emplace({task, lock});
  if (fresh) {
    hold->second.span = begin(SpanKind::hold, task, lock_of(watch_, lock).name, site);
  } else {
    ++hold->second.count;
  }
}

bool RunStory::lock_released(core::TaskId task, core::LockId lock, core::Site /*site*/) { return release(task, lock); }

void RunStory::shared_acquired(core::TaskId task, core::LockId lock, core::Site site) {
  lock_acquired(task, lock, site);
}

bool RunStory::shared_released(core::TaskId task, core::LockId lock, core::Site /*site*/) {
  return release(task, lock);
}

bool RunStory::release(core::TaskId task, core::LockId lock) {
  const auto hold = holds_.find({task, lock});
  if (hold == holds_.end()) return true;
  if (--hold->second.count > 0) return true;
  end(hold->second.span);
  holds_.erase(hold);
  return true;
}

void RunStory::wait_began(core::TaskId task, const core::Wait& wait, core::Site site) {
  std::string what;
  switch (wait.kind) {
    case core::WaitKind::lock:
      what = lock_of(watch_, wait.object).name;
      break;
    case core::WaitKind::completion:
      what = "completion";
      break;
    case core::WaitKind::timer:
      what = "timer";
      break;
    case core::WaitKind::join:
      what = "the end of " + (wait.object < names_.size() ? names_[wait.object] : std::string("a task"));
      break;
    case core::WaitKind::condition:
      what = watch_.condition_name(wait.object);
      break;
    case core::WaitKind::semaphore:
      what = watch_.semaphore_name(wait.object);
      break;
  }
  waits_[task] = begin(SpanKind::wait, task, what, site);
}

void RunStory::wait_ended(core::TaskId task) {
  const auto wait = waits_.find(task);
  if (wait == waits_.end()) return;
  end(wait->second);
  waits_.erase(wait);
}

void RunStory::io(core::TaskId task, const core::IoEvent& event, core::Site site) {
  const Key key{task, event.unit};
  if (event.step == core::IoStep::prepare) {
    ios_[key] = begin(SpanKind::io, task, io_text(event), site);
  } else if (event.step == core::IoStep::put) {
    const auto io = ios_.find(key);
    if (io == ios_.end()) return;
    end(io->second);
    ios_.erase(io);
  }
}

}  // namespace zoneknot::lockcheck
