// The questions a LockWatch answers: snapshots of all tasks at one moment, and what was broken.

#include <algorithm>
#include <span>
#include <utility>

#include "lockcheck/text/lock_name.h"
#include "lockcheck/watch/lock_watch.h"
#include "lockcheck/watch/lock_watch_state.h"

namespace zoneknot::lockcheck {
namespace {

std::vector<Held> in_order_of_acquisition(const TaskRecord& record) {
  std::vector<std::pair<HeldEntry, bool>> entries;  // whether it is a share
  for (const HeldEntry& entry : record.held.entries()) entries.emplace_back(entry, false);
  for (const HeldEntry& entry : record.shares) entries.emplace_back(entry, true);
  std::ranges::sort(entries, {}, [](const auto& entry) { return entry.first.since; });
  std::vector<Held> holds;
  holds.reserve(entries.size());
  for (const auto& [entry, shared] : entries) holds.push_back({entry.lock, entry.site, entry.count, shared});
  return holds;
}

}  // namespace

bool LockWatch::may_be_stuck(core::TaskId task) const {
  const State& s = *state_;
  const StoppedTasks all(s.mode, s.tasks);
  const std::uint32_t tasks = all.count();
  // A chain that has not ended after as many steps as there are tasks runs in a cycle.
  for (std::uint32_t step = 0; step <= tasks; ++step) {
    if (task >= tasks) return false;
    const TaskRecord& record = s.tasks[task];
    if (record.state == TaskState::running) return false;
    // At the start: whoever waits for what it has left behind is stuck. On the way: the owner of a lock, which stays
    // taken for ever; or a task that was joined, and then "true" is merely cautious.
    // A task that waits on anybody may have lost the last one that could have helped.
    if (record.state == TaskState::ended) {
      return !record.held.empty() || !record.shares.empty() || s.waiting_on_anybody.load(std::memory_order_relaxed) > 0;
    }
    const core::Wait& wait = record.wait;
    if (wait.kind == core::WaitKind::timer || wait.timed) return false;
    if (wait.kind == core::WaitKind::semaphore && is_pool(wait.object)) return true;
    if (waits_on_anybody(wait)) return !s.somebody_runs(all);
    if (wait.kind == core::WaitKind::completion) return !wait.can_end;
    if (wait.kind == core::WaitKind::join) {
      task = wait.object;
    } else if (s.is_shared(wait.object)) {
      return true;  // it may wait for several
    } else {
      task = s.locks[wait.object].owner.load(std::memory_order_relaxed);
    }
  }
  return true;
}

WaitState LockWatch::wait_state() const {
  const State& s = *state_;
  const StoppedTasks all(s.mode, s.tasks);
  WaitState moment;
  moment.tasks.reserve(all.count());
  for (core::TaskId task = 0; task < all.count(); ++task) {
    moment.tasks.push_back({s.tasks[task].state, s.tasks[task].wait});
  }
  const std::uint32_t locks = s.locks.size();
  moment.lock_owner.reserve(locks);
  for (core::LockId lock = 0; lock < locks; ++lock) {
    moment.lock_owner.push_back(s.locks[lock].owner.load(std::memory_order_relaxed));
  }
  if (s.any_readers.load(std::memory_order_relaxed)) moment.shares = s.shares_in_wait_state(all);
  const std::uint32_t semaphores = s.semaphores.size();
  moment.semaphore_count.reserve(semaphores);
  moment.unit_holders.reserve(semaphores);
  for (core::SemaphoreId semaphore = 0; semaphore < semaphores; ++semaphore) {
    const SemaphoreRecord& record = s.semaphores[semaphore];
    moment.semaphore_count.push_back(record.count.load(std::memory_order_relaxed));
    const GuardIfMany guard(record.lock, s.threads);
    moment.unit_holders.push_back(record.holders_of_all());
  }
  return moment;
}

std::vector<TaskSnapshot> LockWatch::tasks() const {
  const State& s = *state_;
  const StoppedTasks all(s.mode, s.tasks);
  std::vector<TaskSnapshot> snapshots;
  snapshots.reserve(all.count());
  for (core::TaskId task = 0; task < all.count(); ++task) {
    const TaskRecord& record = s.tasks[task];
    snapshots.push_back({.name = record.name,
                         .state = record.state,
                         .wait = record.wait,
                         .site = record.site,
                         .holds = in_order_of_acquisition(record),
                         .in_flight = record.ios.in_flight(),
                         .unput = record.ios.unput(),
                         .events = record.moves.load(std::memory_order_relaxed) / 2});
  }
  return snapshots;
}

core::LockInfo LockWatch::lock_info(core::LockId lock) const { return state_->locks[lock].info; }

std::string LockWatch::condition_name(core::ConditionId condition) const {
  return condition < state_->conditions.size() ? state_->conditions[condition].name : std::to_string(condition);
}

std::string LockWatch::semaphore_name(core::SemaphoreId semaphore) const {
  return semaphore < state_->semaphores.size() ? state_->semaphores[semaphore].name : std::to_string(semaphore);
}

bool LockWatch::is_pool(core::SemaphoreId semaphore) const {
  return semaphore < state_->semaphores.size() && state_->semaphores[semaphore].is_pool;
}

std::uint32_t LockWatch::semaphore_count(core::SemaphoreId semaphore) const {
  return state_->semaphores[semaphore].count.load(std::memory_order_relaxed);
}

std::size_t LockWatch::lock_count() const { return state_->locks.size(); }

std::uint64_t LockWatch::lock_waits() const { return state_->lock_waits.load(std::memory_order_relaxed); }

core::TaskId LockWatch::task_count() const { return state_->tasks.size(); }

std::span<const HeldEntry> LockWatch::held_by(core::TaskId task) const { return state_->tasks[task].held.entries(); }

const core::Wait* LockWatch::wait_of(core::TaskId task) const {
  const TaskRecord& record = state_->tasks[task];
  return record.state == TaskState::waiting ? &record.wait : nullptr;
}

core::Site LockWatch::wait_site(core::TaskId task) const { return state_->tasks[task].site; }

std::vector<RuleBreak> LockWatch::broken_rules() const {
  const State& s = *state_;
  const Names names = {
      .lock = [this](core::LockId lock) { return lock_name(lock_info(lock)); },
      .task =
          [&s](core::TaskId task) {
            if (task >= s.tasks.size()) return std::string("a task");
            const StoppedTasks all(s.mode, s.tasks);
            return s.tasks[task].name;
          },
      .pool = [this](core::SemaphoreId pool) { return "semaphore '" + semaphore_name(pool) + "'"; },
  };
  // Text is made of a copy: names need records, whose locks come before rules_lock.
  RuleLog rules;
  {
    const GuardIfMany guard(s.rules_lock, s.threads);
    rules = s.rules;
  }
  return rules.breaks(names);
}

std::size_t LockWatch::broken_places() const { return state_->rules.size(); }

bool LockWatch::any_rule_broken() const { return state_->any_broken.load(std::memory_order_relaxed); }

}  // namespace zoneknot::lockcheck
