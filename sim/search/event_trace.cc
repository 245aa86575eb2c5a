#include "sim/search/event_trace.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "lockcheck/picture/resource_of.h"
#include "lockcheck/text/lock_name.h"
#include "lockcheck/text/site.h"

namespace zoneknot::sim {
namespace {

using lockcheck::LockWatch;

std::string object_text(const Op& op, const LockWatch& watch, const std::vector<lockcheck::TaskSnapshot>& tasks) {
  switch (op.object_class) {
    case ObjectClass::lock:
    case ObjectClass::shared_lock:
      if (op.object >= watch.lock_count()) return fmt::format("lock {}", op.object);
      return lockcheck::lock_name(watch.lock_info(op.object));
    case ObjectClass::task:
      return op.object < tasks.size() ? tasks[op.object].name : "";
    case ObjectClass::zone: {
      const std::uint32_t device = op.object >> kZoneBits;
      const std::uint32_t zone = op.object & ((1U << kZoneBits) - 1);
      return device == 0 ? fmt::format("zone {}", zone) : fmt::format("zone {} of file {}", zone, device);
    }
    case ObjectClass::numbers:
      return std::string(object_class_name(static_cast<ObjectClass>(op.object)));
    case ObjectClass::condition:
      return fmt::format("'{}'", watch.condition_name(op.object));
    case ObjectClass::semaphore:
      return fmt::format("'{}'", watch.semaphore_name(op.object));
    default:
      return fmt::format("{} {}", object_class_name(op.object_class), op.object);
  }
}

std::string actor_text(ActorId actor, const std::vector<lockcheck::TaskSnapshot>& tasks) {
  if (is_event(actor)) return fmt::format("event.{}", actor & ~kEventBit);
  return actor < tasks.size() ? tasks[actor].name : fmt::format("task.{}", actor);
}

bool takes_a_share(OpKind kind) {
  return kind == OpKind::lock_shared || kind == OpKind::try_lock_shared || kind == OpKind::timed_lock_shared;
}

// Who owns which lock, followed along the recorded steps: says which try_lock succeeded.
class Ownership {
 public:
  explicit Ownership(const LockWatch& watch) : watch_(watch), locks_(watch.lock_count()) {}

  // Somebody else has the lock, or a share of it.
  [[nodiscard]] bool in_the_way(core::TaskId task, core::LockId id) const {
    const Lock& lock = locks_[id];
    return (lock.owner != core::kNoId && lock.owner != task) || lock.readers.size() > lock.readers.count(task);
  }

  // Takes a lock operation; false: a try_lock that failed.
  bool follow(const StepRecord& step) {
    Lock& lock = locks_[step.op.object];
    const OpKind kind = step.op.kind;
    if (step.op.object_class == ObjectClass::shared_lock) return follow_shared(step, lock);
    if (kind == OpKind::unlock) {
      if (lock.count > 0 && lock.owner == step.actor) --lock.count;
      if (lock.count == 0) lock.owner = core::kNoId;
      return true;
    }
    if (lock.count > 0 && lock.owner != step.actor) return false;
    lock.owner = step.actor;
    ++lock.count;
    return true;
  }

 private:
  struct Lock {
    core::TaskId owner = core::kNoId;
    std::uint32_t count = 0;
    std::multiset<core::TaskId> readers{};
    std::set<core::TaskId> queue{};  // writers that wait
  };

  bool follow_shared(const StepRecord& step, Lock& lock) {
    switch (step.op.kind) {
      case OpKind::unlock_shared:
        if (const auto own = lock.readers.find(step.actor); own != lock.readers.end()) lock.readers.erase(own);
        return true;
      case OpKind::unlock_exclusive:
        if (lock.owner == step.actor) lock.owner = core::kNoId;
        return true;
      case OpKind::timeout:
        return true;
      default:
        break;
    }
    const bool free = lock.owner == core::kNoId;
    if (takes_a_share(step.op.kind)) {
      const bool writers_first = watch_.lock_info(step.op.object).readers == core::Readers::after_writers;
      const bool taken = step.op.kind == OpKind::lock_shared || (free && !(writers_first && !lock.queue.empty()));
      if (taken) lock.readers.insert(step.actor);
      return taken;
    }
    const bool taken = free && lock.readers.empty();
    if (taken) lock.owner = step.actor;
    lock.queue.erase(step.actor);
    if (!taken && step.op.kind == OpKind::ask_exclusive) lock.queue.insert(step.actor);
    return taken;
  }

  const LockWatch& watch_;
  std::vector<Lock> locks_;
};

std::string_view verb(OpKind kind) {
  switch (kind) {
    case OpKind::try_lock:
    case OpKind::try_lock_exclusive:
      return "trylock";
    case OpKind::timed_lock:
    case OpKind::timed_lock_exclusive:
      return "timedlock";
    case OpKind::lock_shared:
      return "rdlock";
    case OpKind::try_lock_shared:
      return "tryrdlock";
    case OpKind::timed_lock_shared:
      return "timedrdlock";
    case OpKind::unlock_shared:
      return "rdunlock";
    case OpKind::ask_exclusive:
    case OpKind::lock_exclusive:
      return "wrlock";
    case OpKind::unlock_exclusive:
      return "wrunlock";
    default:
      return op_name(kind);
  }
}

std::string place_text(core::Site site) { return fmt::format("{}:{}", lockcheck::function_name(site), site.line()); }

// What a task waits for, if it is one of the objects that steps are shown of.
std::optional<Op> awaited(const lockcheck::TaskSnapshot& task) {
  switch (task.wait.kind) {
    case core::WaitKind::lock:
      return task.wait.shared ? Op{OpKind::lock_shared, ObjectClass::shared_lock, false, task.wait.object, task.site}
                              : Op{OpKind::lock, ObjectClass::lock, false, task.wait.object, task.site};
    case core::WaitKind::condition:
      return Op{OpKind::woken, ObjectClass::condition, false, task.wait.object, task.site};
    case core::WaitKind::semaphore:
      return Op{OpKind::acquire, ObjectClass::semaphore, false, task.wait.object, task.site};
    default:
      return std::nullopt;
  }
}

using Objects = std::set<std::pair<ObjectClass, std::uint32_t>>;

bool is_lock(const Op& op) {
  return op.object_class == ObjectClass::lock || op.object_class == ObjectClass::shared_lock;
}

std::pair<ObjectClass, std::uint32_t> object_of(const Op& op) {
  return {is_lock(op) ? ObjectClass::lock : op.object_class, op.object};
}

Objects objects_of(const lockcheck::StuckCore& stuck, const std::vector<lockcheck::TaskSnapshot>& tasks) {
  Objects objects;
  for (const core::TaskId task : stuck.core) {
    for (const lockcheck::Held& held : tasks[task].holds) objects.insert({ObjectClass::lock, held.lock});
    if (const auto op = awaited(tasks[task])) objects.insert(object_of(*op));
  }
  return objects;
}

// The stuck core, and who has ended with something that it waits for.
std::vector<core::TaskId> tasks_shown(const lockcheck::StuckCore& stuck,
                                      const std::vector<lockcheck::TaskSnapshot>& tasks, const Objects& objects) {
  std::vector<core::TaskId> shown = stuck.core;
  for (core::TaskId task = 0; task < tasks.size(); ++task) {
    const bool left_behind = tasks[task].state == lockcheck::TaskState::ended &&
                             std::ranges::any_of(tasks[task].holds, [&](const lockcheck::Held& held) {
                               return objects.contains({ObjectClass::lock, held.lock});
                             });
    if (left_behind) shown.push_back(task);
  }
  return shown;
}

// Acquisitions that were not given back, by numbers of the caller's.
class Acquisitions {
 public:
  // A lock operation that succeeded.
  void follow(const StepRecord& step, std::size_t number) {
    std::vector<std::size_t>& taken = taken_[{step.actor, step.op.object}];
    switch (step.op.kind) {
      case OpKind::unlock:
      case OpKind::unlock_shared:
      case OpKind::unlock_exclusive:
        if (!taken.empty()) taken.pop_back();
        break;
      case OpKind::timeout:
        break;
      default:
        taken.push_back(number);
    }
  }
  [[nodiscard]] const std::vector<std::size_t>& of(core::TaskId task, core::LockId lock) {
    return taken_[{task, lock}];
  }
  [[nodiscard]] std::vector<std::size_t> left() const {
    std::vector<std::size_t> all;
    for (const auto& [key, taken] : taken_) all.insert(all.end(), taken.begin(), taken.end());
    return all;
  }

 private:
  std::map<std::pair<core::TaskId, core::LockId>, std::vector<std::size_t>> taken_;
};

// From which step on each task of a hang waits, or has ended: behind its own last step, or at the later one in which
// somebody else took the lock that it had asked for.
class WaitSteps {
 public:
  WaitSteps(const lockcheck::StuckCore& stuck, const std::vector<lockcheck::TaskSnapshot>& tasks,
            const Recording& recording)
      : last_(tasks.size(), 0) {
    for (std::size_t i = 0; i < recording.steps.size(); ++i) {
      const ActorId actor = recording.steps[i].actor;
      if (!is_event(actor) && actor < last_.size()) last_[actor] = i;
    }
    for (const core::TaskId task : stuck.core) {
      if (tasks[task].wait.kind == core::WaitKind::lock) for_locks_.emplace_back(task, tasks[task].wait.object);
    }
  }

  void step_made(std::size_t step, const Ownership& ownership) {
    std::erase_if(for_locks_, [&](const auto& wait) {
      if (step < last_[wait.first] || !ownership.in_the_way(wait.first, wait.second)) return false;
      last_[wait.first] = step;
      return true;
    });
  }
  [[nodiscard]] std::size_t of(core::TaskId task) const { return last_[task]; }

 private:
  std::vector<std::size_t> last_;                                 // by task
  std::vector<std::pair<core::TaskId, core::LockId>> for_locks_;  // that nobody was seen in the way of
};

}  // namespace

std::string difference_text(const Difference& difference, const LockWatch& watch) {
  const std::vector<lockcheck::TaskSnapshot> tasks = watch.tasks();
  const auto step_text = [&](const std::optional<StepRecord>& step) {
    if (!step) return std::string("the end of the execution");
    const Op& op = step->op;
    return fmt::format("'{} {}' of {} at {} in {}, one of {}", verb(op.kind), object_text(op, watch, tasks),
                       actor_text(step->actor, tasks), lockcheck::site_text(op.site), lockcheck::function_name(op.site),
                       step->alternatives);
  };
  std::string text = fmt::format("the program does not repeat itself: under the same choices it first differs at ");
  if (!difference.first && !difference.second) {
    return text + fmt::format("step {} (decision {}), and then not again", difference.step, difference.decision);
  }
  return text + fmt::format("step {}: first {}, then {}", difference.step, step_text(difference.first),
                            step_text(difference.second));
}

std::string op_text(const Op& op, const LockWatch& watch) {
  return fmt::format("{} {} in {} at {}", op_name(op.kind), object_text(op, watch, watch.tasks()),
                     lockcheck::function_name(op.site), lockcheck::site_text(op.site));
}

std::string event_trace_text(const Recording& recording, const LockWatch& watch) {
  const std::vector<lockcheck::TaskSnapshot> tasks = watch.tasks();
  std::string text;
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    const StepRecord& step = recording.steps[i];
    text += fmt::format("{} {} {} {} {}\n", i, actor_text(step.actor, tasks), op_name(step.op.kind),
                        object_text(step.op, watch, tasks), lockcheck::site_text(step.op.site));
  }
  return text;
}

std::vector<lockcheck::StepInVerdict> steps_to_hang(const Recording& recording, const LockWatch& watch,
                                                    const lockcheck::StuckCore& stuck) {
  const std::vector<lockcheck::TaskSnapshot> tasks = watch.tasks();
  const Objects objects = objects_of(stuck, tasks);
  const std::vector<core::TaskId> shown = tasks_shown(stuck, tasks, objects);
  Ownership ownership(watch);
  Acquisitions acquisitions;
  WaitSteps waits(stuck, tasks, recording);
  std::vector<lockcheck::StepInVerdict> steps;
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    const StepRecord& step = recording.steps[i];
    const bool on_lock = is_lock(step.op) && !is_event(step.actor);
    const bool succeeded = !on_lock || ownership.follow(step);
    waits.step_made(i, ownership);
    if (is_event(step.actor) || !objects.contains(object_of(step.op))) continue;
    if (on_lock && std::ranges::find(shown, step.actor) == shown.end()) continue;
    if (on_lock && succeeded) acquisitions.follow(step, steps.size());
    if (!succeeded && step.op.kind == OpKind::ask_exclusive) continue;  // it waits from here on
    steps.push_back({i,
                     {step.actor, tasks[step.actor].name},
                     fmt::format("{} {}{}  {}", verb(step.op.kind), object_text(step.op, watch, tasks),
                                 succeeded ? "" : " FAILED", place_text(step.op.site))});
  }
  for (const std::size_t lasts : acquisitions.left()) steps[lasts].lasts = true;
  for (const core::TaskId task : shown) {
    const auto op = awaited(tasks[task]);
    const bool ended = tasks[task].state == lockcheck::TaskState::ended;
    if (!op && !ended) continue;
    const std::string wait = op ? fmt::format("WAITS for {}{}  {}", tasks[task].wait.shared ? "a share of " : "",
                                              object_text(*op, watch, tasks), place_text(op->site))
                                : "";
    steps.insert(std::ranges::upper_bound(steps, waits.of(task), {}, &lockcheck::StepInVerdict::step),
                 {.step = waits.of(task),
                  .task = {task, tasks[task].name},
                  .what = ended ? "ENDS, and gives nothing back" : wait,
                  .lasts = true});
  }
  return steps;
}

void add_places_of_holds(const Recording& recording, const LockWatch& watch,
                         std::vector<lockcheck::TaskInVerdict>& tasks) {
  Ownership ownership(watch);
  Acquisitions acquisitions;
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    const StepRecord& step = recording.steps[i];
    if (is_lock(step.op) && !is_event(step.actor) && ownership.follow(step)) acquisitions.follow(step, i);
  }
  for (lockcheck::TaskInVerdict& task : tasks) {
    for (lockcheck::HeldLock& held : task.holds) {
      const std::vector<std::size_t>& taken = acquisitions.of(task.task.id, held.lock.id);
      if (taken.size() != held.count) continue;
      for (const std::size_t at : taken) held.taken.push_back(lockcheck::place_of(recording.steps[at].op.site));
    }
  }
}

lockcheck::StepInVerdict step_in_verdict(const Recording& recording, std::size_t at, const LockWatch& watch) {
  const std::vector<lockcheck::TaskSnapshot> tasks = watch.tasks();
  const StepRecord& step = recording.steps.at(at);
  lockcheck::StepInVerdict text{.step = at};
  if (!is_event(step.actor)) text.task = {step.actor, actor_text(step.actor, tasks)};
  if (step.op.kind == OpKind::draw) {
    text.draws = true;
    text.what = fmt::format("draws {} of {}  {}", step.op.object, step.alternatives, place_text(step.op.site));
  } else {
    text.what =
        fmt::format("{} {}  {}", verb(step.op.kind), object_text(step.op, watch, tasks), place_text(step.op.site));
  }
  return text;
}

}  // namespace zoneknot::sim
