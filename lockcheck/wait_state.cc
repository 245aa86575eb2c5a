#include "lockcheck/wait_state.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace zoneknot::lockcheck {
namespace {

using core::kNoId;
using core::TaskId;

enum class Fate : std::uint8_t { unknown, on_path, goes_on, stuck, in_core };

// What one task depends on: another task, any of the others, nothing (it can go on by itself), or what nobody will
// give.
struct Dependency {
  enum class Kind : std::uint8_t { none, task, anybody, never } kind = Kind::none;
  TaskId task = kNoId;
};

constexpr Dependency kNothing{};
constexpr Dependency kAnybody{Dependency::Kind::anybody, kNoId};
constexpr Dependency kNever{Dependency::Kind::never, kNoId};

// An ended owner gives nothing back; a task that nothing is known of yet counts as running.
Dependency on_lock(const WaitState& state, core::LockId lock) {
  if (lock >= state.lock_owner.size()) return kNothing;
  const TaskId owner = state.lock_owner[lock];
  if (owner >= state.tasks.size()) return kNothing;
  if (state.tasks[owner].state == TaskState::ended) return kNever;
  return {Dependency::Kind::task, owner};
}

Dependency on_end_of(const WaitState& state, TaskId task) {
  if (task >= state.tasks.size() || state.tasks[task].state == TaskState::ended) return kNothing;
  return {Dependency::Kind::task, task};
}

Dependency on_unit(const WaitState& state, core::SemaphoreId semaphore) {
  const bool there_is_one = semaphore < state.semaphore_count.size() && state.semaphore_count[semaphore] > 0;
  return there_is_one ? kNothing : kAnybody;
}

Dependency dependency_of(const WaitState& state, TaskId task) {
  const TaskWait& entry = state.tasks[task];
  if (entry.state != TaskState::waiting || entry.wait.timed) return kNothing;
  switch (entry.wait.kind) {
    case core::WaitKind::lock:
      return on_lock(state, entry.wait.object);
    case core::WaitKind::join:
      return on_end_of(state, entry.wait.object);
    case core::WaitKind::completion:
      return entry.wait.can_end ? kNothing : kNever;
    case core::WaitKind::timer:
      return kNothing;
    case core::WaitKind::condition:
      return kAnybody;
    case core::WaitKind::semaphore:
      return on_unit(state, entry.wait.object);
  }
  return kNothing;
}

// Whether a task that waits on any of the others can hope. Those that go on by help of others have such a task at the
// end of their chain of helpers, so looking at one task at a time is enough.
bool somebody_goes_on_alone(const WaitState& state) {
  for (TaskId task = 0; task < state.tasks.size(); ++task) {
    const bool live = state.tasks[task].state != TaskState::ended;
    if (live && dependency_of(state, task).kind == Dependency::Kind::none) return true;
  }
  return false;
}

// Begins a cycle with its smallest task, so that equal states have equal cores.
void rotate_to_smallest(std::vector<TaskId>& cycle) {
  std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
}

// Follows one chain of waits after the other. Each task waits for at most one thing, so a chain ends in a task whose
// fate is known, in one that depends on nothing, on anybody or on what never comes, or in a cycle.
class Reduction {
 public:
  explicit Reduction(const WaitState& state)
      : state_(state), anybody_helps_(somebody_goes_on_alone(state)), fates_(state.tasks.size(), Fate::unknown) {
    for (TaskId task = 0; task < fates_.size(); ++task) {
      if (fates_[task] == Fate::unknown) follow(task);
    }
    // Nobody goes on, and no smaller knot holds the others: all of them are needed to keep each other waiting.
    if (knot_.empty() && waits_on_anybody_) {
      for (TaskId task = 0; task < fates_.size(); ++task) {
        if (fates_[task] == Fate::stuck) knot_.push_back(task);
      }
    }
  }

  StuckCore result() && {
    StuckCore out;
    for (const TaskId task : knot_) fates_[task] = Fate::in_core;
    for (TaskId task = 0; task < fates_.size(); ++task) {
      if (fates_[task] == Fate::stuck) out.bystanders.push_back(task);
    }
    out.core = std::move(knot_);
    return out;
  }

 private:
  void follow(TaskId task) {
    path_.clear();
    while (fates_[task] == Fate::unknown) {
      fates_[task] = Fate::on_path;
      path_.push_back(task);
      const Dependency dependency = dependency_of(state_, task);
      if (dependency.kind == Dependency::Kind::none) return settle(Fate::goes_on);
      if (dependency.kind == Dependency::Kind::anybody) {
        waits_on_anybody_ = true;
        return settle(anybody_helps_ ? Fate::goes_on : Fate::stuck);
      }
      if (dependency.kind == Dependency::Kind::never) {
        offer_knot({task});
        return settle(Fate::stuck);
      }
      task = dependency.task;
    }
    if (fates_[task] == Fate::on_path) {
      offer_knot({std::find(path_.begin(), path_.end(), task), path_.end()});
      return settle(Fate::stuck);
    }
    settle(fates_[task]);
  }

  void settle(Fate fate) {
    for (const TaskId task : path_) fates_[task] = fate;
  }

  // The smallest knot wins; among equals the one with the smallest first task.
  void offer_knot(std::vector<TaskId> knot) {
    rotate_to_smallest(knot);
    if (!knot_.empty() && std::pair(knot_.size(), knot_.front()) <= std::pair(knot.size(), knot.front())) return;
    knot_ = std::move(knot);
  }

  const WaitState& state_;
  const bool anybody_helps_;
  bool waits_on_anybody_ = false;
  std::vector<Fate> fates_;   // by TaskId
  std::vector<TaskId> path_;  // the chain being followed
  std::vector<TaskId> knot_;
};

}  // namespace

StuckCore stuck_core(const WaitState& state) { return Reduction(state).result(); }

}  // namespace zoneknot::lockcheck
