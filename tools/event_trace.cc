#include "tools/event_trace.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "lockcheck/lock_name.h"
#include "lockcheck/site.h"

namespace zoneknot::tools {
namespace {

using lockcheck::LockWatch;
using sim::ObjectClass;
using sim::OpKind;
using sim::StepRecord;

std::string object_text(const sim::Op& op, const LockWatch& watch, const std::vector<lockcheck::TaskPicture>& tasks) {
  switch (op.object_class) {
    case ObjectClass::lock:
      return lockcheck::lock_name(watch.lock_info(op.object));
    case ObjectClass::task:
      return op.object < tasks.size() ? tasks[op.object].name : "";
    case ObjectClass::zone: {
      const std::uint32_t device = op.object >> sim::kZoneBits;
      const std::uint32_t zone = op.object & ((1U << sim::kZoneBits) - 1);
      return device == 0 ? fmt::format("zone {}", zone) : fmt::format("zone {} of file {}", zone, device);
    }
    default:
      return fmt::format("{} {}", sim::object_class_name(op.object_class), op.object);
  }
}

// Who owns which lock, followed along the recorded steps: says which try_lock succeeded.
class Ownership {
 public:
  explicit Ownership(std::size_t locks) : locks_(locks) {}

  // Of a lock operation; false: a try_lock that failed.
  bool follow(const StepRecord& step) {
    Lock& lock = locks_[step.op.object];
    if (step.op.kind == OpKind::unlock) {
      if (lock.count > 0 && lock.owner == step.actor) --lock.count;
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
  };
  std::vector<Lock> locks_;
};

std::string lock_step_text(const StepRecord& step, bool succeeded, const LockWatch& watch) {
  const std::string lock = lockcheck::lock_name(watch.lock_info(step.op.object));
  const char* verb = step.op.kind == OpKind::unlock ? "unlock" : step.op.kind == OpKind::lock ? "lock" : "trylock";
  return fmt::format("{} {}{}  {}:{}", verb, lock, succeeded ? "" : " FAILED", lockcheck::function_name(step.op.site),
                     step.op.site.line());
}

}  // namespace

std::string event_trace_text(const sim::Recording& recording, const LockWatch& watch) {
  const std::vector<lockcheck::TaskPicture> tasks = watch.tasks();
  std::string text;
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    const StepRecord& step = recording.steps[i];
    const std::string who = sim::is_event(step.actor)   ? fmt::format("event.{}", step.actor & ~sim::kEventBit)
                            : step.actor < tasks.size() ? tasks[step.actor].name
                                                        : fmt::format("task.{}", step.actor);
    text += fmt::format("{} {} {} {} {}\n", i, who, sim::op_name(step.op.kind), object_text(step.op, watch, tasks),
                        lockcheck::site_text(step.op.site));
  }
  return text;
}

std::string op_text(const sim::Op& op, const LockWatch& watch) {
  return fmt::format("{} {} in {} at {}", sim::op_name(op.kind), object_text(op, watch, watch.tasks()),
                     lockcheck::function_name(op.site), lockcheck::site_text(op.site));
}

std::vector<lockcheck::StepInVerdict> steps_to_hang(const sim::Recording& recording, const LockWatch& watch,
                                                    const lockcheck::StuckCore& stuck) {
  const std::vector<lockcheck::TaskPicture> tasks = watch.tasks();
  std::set<core::LockId> involved;
  for (const core::TaskId task : stuck.core) {
    for (const lockcheck::Held& held : tasks[task].holds) involved.insert(held.lock);
    if (tasks[task].wait.kind == core::WaitKind::lock) involved.insert(tasks[task].wait.object);
  }
  Ownership ownership(watch.lock_count());
  std::vector<lockcheck::StepInVerdict> steps;
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    const StepRecord& step = recording.steps[i];
    if (step.op.object_class != ObjectClass::lock) continue;
    const bool succeeded = ownership.follow(step);
    const bool by_stuck = std::find(stuck.core.begin(), stuck.core.end(), step.actor) != stuck.core.end();
    if (!by_stuck || !involved.contains(step.op.object)) continue;
    steps.push_back({i, tasks[step.actor].name, lock_step_text(step, succeeded, watch)});
  }
  for (const core::TaskId task : stuck.core) {
    if (tasks[task].wait.kind != core::WaitKind::lock) continue;
    steps.push_back({recording.steps.size(), tasks[task].name,
                     fmt::format("WAITS for {}  {}:{}", lockcheck::lock_name(watch.lock_info(tasks[task].wait.object)),
                                 lockcheck::function_name(tasks[task].site), tasks[task].site.line())});
  }
  return steps;
}

}  // namespace zoneknot::tools
