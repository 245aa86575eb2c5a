#include "sim/proof/observer.h"

#include <fmt/format.h>

#include <algorithm>

#include "lockcheck/picture/resource_of.h"
#include "lockcheck/text/lock_name.h"
#include "lockcheck/text/site.h"

namespace zoneknot::sim {

using core::kNoId;

namespace {

std::string at(core::Site site) { return "  " + lockcheck::site_text(site); }

std::string_view step_name(core::IoStep step) {
  switch (step) {
    case core::IoStep::prepare:
      return "prepares";
    case core::IoStep::queue:
      return "queues";
    case core::IoStep::commit:
      return "commits";
    case core::IoStep::complete:
      return "completes";
    case core::IoStep::reap:
      return "reaps";
    case core::IoStep::put:
      return "puts";
    case core::IoStep::requeue:
      return "requeues";
  }
  return "?";
}

std::string_view direction_name(core::Direction direction) {
  switch (direction) {
    case core::Direction::read:
      return "read";
    case core::Direction::write:
      return "write";
    case core::Direction::trim:
      return "trim";
    case core::Direction::sync:
      return "sync";
  }
  return "?";
}

std::string wait_text(const core::Wait& wait) {
  if (wait.kind == core::WaitKind::completion) return "waits for a completion";
  return wait.kind == core::WaitKind::timer ? "sleeps" : "waits for the end of a task";
}

}  // namespace

void ProofObserver::reset() {
  watch_.reset();
  broken_in_run_ = 0;
  leaks_ = 0;
}

void ProofObserver::tell(std::string what) {
  if (story_ != nullptr)
    story_->push_back({.step = story_->size() + 1, .task = {0, "the job"}, .what = std::move(what)});
}

std::string ProofObserver::lock_text(core::LockId lock) const { return lockcheck::lock_name(watch_.lock_info(lock)); }

void ProofObserver::note(lockcheck::Rule rule, core::TaskId task, core::Site site, const std::string& what,
                         core::LockId wanted) {
  const lockcheck::Place place = lockcheck::place_of(site);
  if (story_ != nullptr) {
    for (ProofBreak& known : findings_.breaks) {
      if (known.rule == rule && lockcheck::same_place(known.site, site) && known.steps.empty()) known.steps = *story_;
    }
  }
  if (!known_.insert({rule, place}).second) return;
  ProofBreak found{.rule = rule, .site = site, .what = what};
  if (wanted != kNoId) found.waits_for = lockcheck::lock_of(watch_, wanted);
  const std::vector<lockcheck::TaskSnapshot> tasks = watch_.tasks();
  for (const lockcheck::Held& held : tasks.at(task).holds) {
    found.holds.push_back({lockcheck::lock_of(watch_, held.lock), lockcheck::place_of(held.site), held.count});
  }
  findings_.breaks.push_back(std::move(found));
}

void ProofObserver::broken(lockcheck::Rule rule, core::TaskId task, core::Site site, const std::string& what) {
  note(rule, task, site, what, kNoId);
}

// Asked after every event that can break a rule.
void ProofObserver::look(core::TaskId task, core::LockId wanted) {
  const std::size_t places = watch_.broken_places();
  if (places == broken_in_run_) return;
  broken_in_run_ = places;
  for (const lockcheck::RuleBreak& broken : watch_.broken_rules()) {
    note(broken.rule, task, broken.site, broken.what, wanted);
  }
}

void ProofObserver::task_started(core::TaskId task, std::string_view name) { watch_.task_started(task, name); }

void ProofObserver::task_ended(core::TaskId task, core::Site site) {
  if (tells()) tell("ends");
  watch_.task_ended(task, site);
  look(task, kNoId);
}

void ProofObserver::lock_created(core::LockId lock, const core::LockInfo& info) { watch_.lock_created(lock, info); }

void ProofObserver::lock_requested(core::TaskId task, core::LockId lock, core::Site site) {
  if (tells()) tell("lock " + lock_text(lock) + at(site));
  watch_.lock_requested(task, lock, site);
  look(task, lock);
}

void ProofObserver::lock_acquired(core::TaskId task, core::LockId lock, core::Site site) {
  watch_.lock_acquired(task, lock, site);
}

bool ProofObserver::lock_released(core::TaskId task, core::LockId lock, core::Site site) {
  if (tells()) tell("unlock " + lock_text(lock) + at(site));
  const bool owned = watch_.lock_released(task, lock, site);
  look(task, kNoId);
  return owned;
}

void ProofObserver::wait_began(core::TaskId task, const core::Wait& wait, core::Site site) {
  if (tells() && wait.kind != core::WaitKind::lock) tell(wait_text(wait) + at(site));
  watch_.wait_began(task, wait, site);
  look(task, wait.kind == core::WaitKind::lock ? wait.object : kNoId);
}

void ProofObserver::wait_ended(core::TaskId task) { watch_.wait_ended(task); }

void ProofObserver::hold_dropped(core::TaskId task, core::LockId lock, core::Site acquired) {
  if (tells()) tell("drops " + lock_text(lock) + ", taken at" + at(acquired));
  ++leaks_;
  watch_.hold_dropped(task, lock, acquired);
  look(task, kNoId);
}

void ProofObserver::io(core::TaskId task, const core::IoEvent& event, core::Site site) {
  if (tells()) {
    tell(fmt::format("{} a {} at byte {}{}{}", step_name(event.step), direction_name(event.direction), event.offset,
                     event.error != 0 ? fmt::format(", error {}", event.error) : std::string(), at(site)));
  }
  watch_.io(task, event, site);
  look(task, kNoId);
}

void ProofObserver::assertion_failed(core::TaskId task, std::string_view what, core::Site site) {
  if (tells()) tell("assertion fails: " + std::string(what) + at(site));
  watch_.assertion_failed(task, what, site);
  look(task, kNoId);
}

}  // namespace zoneknot::sim
