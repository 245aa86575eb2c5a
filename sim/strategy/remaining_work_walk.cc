#include "sim/strategy/remaining_work_walk.h"

#include <algorithm>
#include <cassert>

namespace zoneknot::sim {

RemainingWorkWalk::RemainingWorkWalk(const core::Schedule& again)
    : seeds_(again), expectation_(again.parameters), again_(true) {
  assert(fits(expectation_));
}

bool RemainingWorkWalk::fits(const std::vector<std::uint64_t>& parameters) {
  if (parameters.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < parameters.size(); i += 2) {
    if (parameters[i] > kMostExpected || parameters[i + 1] > i / 2) return false;
  }
  return true;
}

std::optional<core::Schedule> RemainingWorkWalk::schedule() const {
  return core::Schedule{.baseline = core::Baseline::remaining_work, .seed = seeds_.last(), .parameters = expectation_};
}

bool RemainingWorkWalk::begin() {
  choice_ = RandomChoice(seeds_.next());
  last_ = core::kNoId;
  if (!again_) expect_the_mean();
  work_.resize(std::max(work_.size(), expectation_.size() / 2));
  for (std::size_t task = 0; task < work_.size(); ++task) {
    Work& work = work_[task];
    work = {.all_steps = work.all_steps, .parent = work.parent};
    if (expectation_.empty()) continue;
    work.expected = expectation_[2 * task];
    work.with_children = work.expected;
    // kNoId is 0 - 1.
    work.parent = static_cast<core::TaskId>(expectation_[2 * task + 1]) - 1;
  }
  // A task is started by one with a smaller number.
  for (std::size_t task = work_.size(); task-- > 0;) {
    if (work_[task].parent == core::kNoId) continue;
    Work& parent = work_[work_[task].parent];
    parent.with_children += work_[task].with_children;
    parent.not_started += work_[task].with_children;
  }
  return true;
}

void RemainingWorkWalk::expect_the_mean() {
  expectation_.clear();
  for (const Work& work : work_) {
    expectation_.push_back(std::min(work.all_steps * kStep / executions_, kMostExpected));
    expectation_.push_back(work.parent + 1U);
  }
}

std::uint32_t RemainingWorkWalk::pick(const Candidates& candidates) {
  left_.clear();
  std::uint64_t all = 0;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (!is_event(candidates.actor(i))) notice(candidates.actor(i));
    left_.push_back(left_of(candidates.actor(i)));
    all += left_.back();
  }
  if (candidates.starting() > 0) {
    const std::uint32_t starts = choice_.one_that_starts(candidates);
    last_ = candidates.actor(starts);
    return starts;
  }
  std::uint32_t chosen = 0;
  for (std::uint64_t at = choice_.below64(all); at >= left_[chosen]; ++chosen) at -= left_[chosen];
  did(candidates.actor(chosen), candidates.op(chosen));
  return chosen;
}

// A task that is there for the first time was started by the task that made the last step.
void RemainingWorkWalk::notice(core::TaskId task) {
  if (task >= work_.size()) work_.resize(task + 1);
  Work& work = work_[task];
  if (work.seen) return;
  work.seen = true;
  if (work.parent != core::kNoId) {
    Work& parent = work_[work.parent];
    parent.not_started -= std::min(parent.not_started, work.with_children);
  } else if (last_ != core::kNoId && last_ < task) {
    work.parent = last_;
  }
}

std::uint64_t RemainingWorkWalk::left_of(ActorId actor) {
  if (is_event(actor) || expectation_.empty()) return kStep;
  const Work& work = work_[actor];
  const std::uint64_t done = work.done * kStep;
  return std::max(kStep, work.expected - std::min(work.expected, done)) + work.not_started;
}

// The end of an I/O names whose it is.
void RemainingWorkWalk::did(ActorId actor, const Op& op) {
  const core::TaskId task = op.kind == OpKind::complete ? op.object : actor;
  if (!is_event(actor)) last_ = actor;
  if (is_event(task)) return;
  if (task >= work_.size()) work_.resize(task + 1);
  ++work_[task].done;
}

void RemainingWorkWalk::ended(const Outcome& /*outcome*/) {
  ++executions_;
  for (Work& work : work_) work.all_steps += work.done;
}

}  // namespace zoneknot::sim
