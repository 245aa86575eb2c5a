#include "lockcheck/offline/trace_closure.h"

#include <algorithm>
#include <cassert>

namespace zoneknot::lockcheck {

TraceClosure::TraceClosure(const TraceOrder& order) : order_(order), tasks_(order.tasks()) {}

void TraceClosure::reset() {
  for (const core::TaskId task : touched_tasks_) tasks_[task] = {};
  for (const core::LockId lock : touched_locks_) last_section_[lock] = core::kNoId;
  touched_tasks_.clear();
  touched_locks_.clear();
  events_ = 0;
}

std::vector<std::uint32_t> TraceClosure::lengths() const {
  std::vector<std::uint32_t> lengths;
  lengths.reserve(tasks_.size());
  for (const OfTask& of : tasks_) lengths.push_back(of.length);
  return lengths;
}

void TraceClosure::add(core::TaskId task, std::uint32_t length) {
  want(task, length);
  while (!queue_.empty()) {
    const core::TaskId next = queue_.back();
    queue_.pop_back();
    OfTask& of = tasks_[next];
    of.queued = false;
    events_ += of.wanted - of.length;
    of.length = of.wanted;
    const std::vector<TraceOrder::Step>& steps = order_.steps(next);
    // A step may want more of this very task: then it is queued again.
    for (; of.next_step < steps.size() && steps[of.next_step].at < of.length; ++of.next_step) {
      const TraceOrder::Step& step = steps[of.next_step];
      ++work_;
      if (step.tie == Tie::section) {
        enter_section(step.what);
      } else if (step.tie != Tie::share) {
        want(step.other, step.what + 1);
      }
    }
  }
}

void TraceClosure::want(core::TaskId task, std::uint32_t length) {
  if (task >= tasks_.size()) return;  // it has no events
  OfTask& of = tasks_[task];
  length = std::min(length, order_.length(task));
  if (length <= of.wanted) return;
  if (of.wanted == 0) touched_tasks_.push_back(task);
  of.wanted = length;
  if (!of.queued) queue_.push_back(task);
  of.queued = true;
}

// Before a section of a lock an earlier one has to be over. One that is never over has no later one.
void TraceClosure::enter_section(std::uint32_t section) {
  const core::LockId lock = order_.section(section).lock;
  if (lock >= last_section_.size()) last_section_.resize(lock + 1, core::kNoId);
  std::uint32_t& last = last_section_[lock];
  if (last == core::kNoId) {
    touched_locks_.push_back(lock);
    last = section;
    return;
  }
  const CriticalSection& earlier = order_.section(std::min(last, section));
  last = std::max(last, section);
  assert(earlier.released.valid());
  want(earlier.released.task, earlier.released.at + 1);
}

}  // namespace zoneknot::lockcheck
