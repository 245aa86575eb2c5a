#include "lockcheck/picture/hang_kind.h"

#include <algorithm>
#include <set>
#include <vector>

#include "core/lost_completion.h"
#include "lockcheck/text/site.h"

namespace zoneknot::lockcheck {
namespace {

std::string awaited(const LockWatch& watch, const std::vector<TaskSnapshot>& tasks, const WaitState& state,
                    const core::Wait& wait) {
  switch (wait.kind) {
    case core::WaitKind::lock: {
      const core::TaskId owner = state.lock_owner[wait.object];
      const bool ended = owner != core::kNoId && tasks[owner].state == TaskState::ended;
      return (wait.shared ? "a share of " : "") + std::string(watch.lock_info(wait.object).lock_class) +
             (ended ? " of a task that has ended" : "");
    }
    case core::WaitKind::completion:
      return wait.object == core::kLostByDevice ? "a completion that the device never sends" : "a completion";
    case core::WaitKind::timer:
      return "a timer";
    case core::WaitKind::join:
      return "the end of a task";
    case core::WaitKind::condition:
      return "condition variable " + watch.condition_name(wait.object);
    case core::WaitKind::semaphore:
      return (watch.is_pool(wait.object) ? "a unit of pool " : "semaphore ") + watch.semaphore_name(wait.object);
  }
  return "?";
}

std::string owned(const LockWatch& watch, const TaskSnapshot& task) {
  std::set<std::string> classes;
  for (const Held& held : task.holds) {
    classes.insert((held.shared ? "a share of " : "") + std::string(watch.lock_info(held.lock).lock_class));
  }
  std::string text;
  for (const std::string& lock_class : classes) text += (text.empty() ? ", owns " : " and ") + lock_class;
  return text;
}

}  // namespace

std::string hang_kind(const LockWatch& watch, const StuckCore& stuck) {
  const std::vector<TaskSnapshot> tasks = watch.tasks();
  const WaitState state = watch.wait_state();
  std::vector<std::string> parts;
  for (const core::TaskId id : stuck.core) {
    const TaskSnapshot& task = tasks[id];
    parts.push_back(function_name(task.site) + " waits for " + awaited(watch, tasks, state, task.wait) +
                    owned(watch, task));
  }
  std::sort(parts.begin(), parts.end());
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

std::string rule_kind(const RuleBreak& broken) {
  return "rule " + std::string(rule_name(broken.rule)) + " in " + function_name(broken.site) + " " +
         site_text(broken.site);
}

}  // namespace zoneknot::lockcheck
