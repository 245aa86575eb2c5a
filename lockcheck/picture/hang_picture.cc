#include "lockcheck/picture/hang_picture.h"

#include <algorithm>
#include <set>

#include "core/lost_completion.h"
#include "lockcheck/picture/resource_of.h"

namespace zoneknot::lockcheck {
namespace {

bool is_among(const std::vector<core::TaskId>& tasks, core::TaskId task) {
  return std::find(tasks.begin(), tasks.end(), task) != tasks.end();
}

TaskStanding standing_of(const StuckCore& stuck, core::TaskId task, TaskState state) {
  if (is_among(stuck.core, task)) return TaskStanding::stuck;
  if (is_among(stuck.bystanders, task)) return TaskStanding::bystander;
  switch (state) {
    case TaskState::running:
      return TaskStanding::running;
    case TaskState::waiting:
      return TaskStanding::waiting;
    case TaskState::ended:
      break;
  }
  return TaskStanding::ended;
}

class HangDescriber {
 public:
  explicit HangDescriber(const LockWatch& watch) : watch_(watch), tasks_(watch.tasks()), state_(watch.wait_state()) {}

  [[nodiscard]] std::size_t task_count() const { return tasks_.size(); }

  [[nodiscard]] TaskInVerdict task(core::TaskId id, const StuckCore& stuck) const {
    const TaskSnapshot& picture = tasks_[id];
    TaskInVerdict task{.task = ref(id),
                       .standing = standing_of(stuck, id, picture.state),
                       .in_flight = picture.in_flight,
                       .unput = picture.unput};
    if (picture.state == TaskState::waiting) {
      task.waits_for = awaited(picture.wait);
      task.owner = owner_of(picture.wait);
      task.unit_holders = unit_holders(picture.wait);
      task.readers = readers(picture.wait);
      task.writers = writers(picture.wait);
      task.by_anybody = picture.wait.kind == core::WaitKind::condition ||
                        (picture.wait.kind == core::WaitKind::semaphore && task.unit_holders.empty());
      task.place = place_of(picture.site);
    }
    for (const Held& held : picture.holds) {
      task.holds.push_back({lock_of(watch_, held.lock, held.shared), place_of(held.site), held.count});
    }
    return task;
  }

  // One task of the core; `wanted` is the lock that the one before waits for, kNoId: none.
  [[nodiscard]] LinkInVerdict link(core::TaskId id, core::LockId wanted) const {
    const TaskSnapshot& picture = tasks_[id];
    LinkInVerdict link{.task = ref(id)};
    for (const Held& held : picture.holds) {
      if (held.lock != wanted) continue;
      link.owns = lock_of(watch_, held.lock, held.shared);
      link.owned_at = place_of(held.site);
    }
    if (wanted != core::kNoId && link.owns.none() && awaited_lock(id) == wanted) {
      link.owns = lock_of(watch_, wanted);
      link.owns.kind = ResourceType::turn;
      link.owned_at = place_of(picture.site);
    }
    if (picture.state != TaskState::waiting) return link;
    link.waits_for = awaited(picture.wait);
    link.asked_at = place_of(picture.site);
    return link;
  }

  [[nodiscard]] bool joins(core::TaskId id) const {
    return tasks_[id].state == TaskState::waiting && tasks_[id].wait.kind == core::WaitKind::join;
  }
  // The lock that a task waits for and who owns it; kNoId: none.
  [[nodiscard]] core::LockId awaited_lock(core::TaskId id) const {
    const TaskSnapshot& picture = tasks_[id];
    const bool waits = picture.state == TaskState::waiting && picture.wait.kind == core::WaitKind::lock;
    return waits ? picture.wait.object : core::kNoId;
  }
  // The task would have to give back the lock that another one waits for, or to get it first.
  [[nodiscard]] bool in_the_way(core::TaskId id, core::TaskId waiter) const {
    const core::LockId lock = awaited_lock(waiter);
    if (lock == core::kNoId) return false;
    if (owner(lock) == id) return true;
    const bool wants_share = tasks_[waiter].wait.shared;
    const bool has_share =
        std::ranges::any_of(tasks_[id].holds, [lock](const Held& held) { return held.lock == lock && held.shared; });
    if (!wants_share) return has_share;
    const std::vector<TaskRef> first = writers(tasks_[waiter].wait);
    return std::ranges::find(first, id, &TaskRef::id) != first.end();
  }
  [[nodiscard]] core::TaskId owner(core::LockId lock) const {
    return lock == core::kNoId ? core::kNoId : state_.lock_owner[lock];
  }

  // The tasks of the core, each before the one that it waits for as far as that can be; and who has ended and owns what
  // one of them waits for.
  [[nodiscard]] std::vector<core::TaskId> along_the_waits(const std::vector<core::TaskId>& core) const {
    std::vector<core::TaskId> tasks;
    for (core::TaskId task : core) {
      for (; task != core::kNoId && !is_among(tasks, task); task = owner(awaited_lock(task))) tasks.push_back(task);
    }
    return tasks;
  }

  // The zone locks that a task holds or waits for.
  void add_zone_locks(core::TaskId id, std::set<core::LockId>& locks) const {
    const auto add = [&](core::LockId lock) {
      if (watch_.lock_info(lock).order_key) locks.insert(lock);
    };
    const TaskSnapshot& picture = tasks_[id];
    for (const Held& held : picture.holds) add(held.lock);
    if (picture.state == TaskState::waiting && picture.wait.kind == core::WaitKind::lock) add(picture.wait.object);
  }

  [[nodiscard]] ZoneInVerdict zone(core::LockId lock, const ZoneLookup& lookup) const {
    const core::LockInfo info = watch_.lock_info(lock);
    const core::TaskId owner = state_.lock_owner[lock];
    const ZoneFacts facts = lookup(info.group, static_cast<std::uint32_t>(*info.order_key), owner);
    return {.zone = lock_of(watch_, lock).name,
            .condition = facts.condition,
            .start = facts.start,
            .wp = facts.wp,
            .owner = ref(owner),
            .unput = facts.unput};
  }

 private:
  [[nodiscard]] TaskRef ref(core::TaskId id) const {
    return id == core::kNoId ? TaskRef{} : TaskRef{id, tasks_[id].name};
  }

  [[nodiscard]] ResourceInVerdict awaited(const core::Wait& wait) const {
    switch (wait.kind) {
      case core::WaitKind::lock:
        return lock_of(watch_, wait.object, wait.shared);
      case core::WaitKind::completion:
        return {.kind = wait.can_end ? ResourceType::completion : ResourceType::lost_completion,
                .name = wait.object == core::kLostByDevice ? "the device" : ""};
      case core::WaitKind::timer:
        return {.kind = ResourceType::timer};
      case core::WaitKind::join:
        return {.kind = ResourceType::task_end, .id = wait.object, .name = tasks_[wait.object].name};
      case core::WaitKind::condition:
        return {.kind = ResourceType::condition,
                .id = wait.object,
                .name = watch_.condition_name(wait.object),
                .released = released(wait.released)};
      case core::WaitKind::semaphore:
        return {.kind = watch_.is_pool(wait.object) ? ResourceType::pool : ResourceType::semaphore,
                .id = wait.object,
                .name = watch_.semaphore_name(wait.object)};
    }
    return {};
  }

  // A wait for a condition variable with a lock that was taken twice still owns it.
  [[nodiscard]] std::string released(core::LockId lock) const {
    return lock == core::kNoId ? std::string() : lock_of(watch_, lock).name;
  }

  [[nodiscard]] TaskRef owner_of(const core::Wait& wait) const {
    return wait.kind == core::WaitKind::lock ? ref(state_.lock_owner[wait.object]) : TaskRef{};
  }

  [[nodiscard]] std::vector<TaskRef> unit_holders(const core::Wait& wait) const {
    std::vector<TaskRef> holders;
    if (wait.kind != core::WaitKind::semaphore || !state_.unit_holders[wait.object]) return holders;
    for (const core::TaskId holder : *state_.unit_holders[wait.object]) holders.push_back(ref(holder));
    return holders;
  }

  [[nodiscard]] std::vector<TaskRef> readers(const core::Wait& wait) const {
    std::vector<TaskRef> found;
    if (wait.kind != core::WaitKind::lock || wait.shared || wait.object >= state_.shares.size()) return found;
    for (const core::TaskId reader : state_.shares[wait.object].readers) found.push_back(ref(reader));
    return found;
  }

  [[nodiscard]] std::vector<TaskRef> writers(const core::Wait& wait) const {
    std::vector<TaskRef> found;
    if (wait.kind != core::WaitKind::lock || !wait.shared) return found;
    if (wait.object >= state_.shares.size() || !state_.shares[wait.object].writers_first) return found;
    for (core::TaskId task = 0; task < tasks_.size(); ++task) {
      if (awaited_lock(task) == wait.object && !tasks_[task].wait.shared) found.push_back(ref(task));
    }
    return found;
  }

  const LockWatch& watch_;
  std::vector<TaskSnapshot> tasks_;
  WaitState state_;
};

}  // namespace

void describe_hang(const LockWatch& watch, const StuckCore& stuck, SceneInVerdict& scene) {
  const HangDescriber describer(watch);
  for (const core::TaskId task : stuck.core) scene.tasks.push_back(describer.task(task, stuck));
  for (core::TaskId task = 0; task < describer.task_count(); ++task) {
    if (!is_among(stuck.core, task)) scene.tasks.push_back(describer.task(task, stuck));
  }
}

std::vector<ZoneInVerdict> zones_of_hang(const LockWatch& watch, const StuckCore& stuck, const ZoneLookup& lookup) {
  const HangDescriber describer(watch);
  std::set<core::LockId> locks;
  for (const core::TaskId task : stuck.core) describer.add_zone_locks(task, locks);
  std::vector<ZoneInVerdict> zones;
  zones.reserve(locks.size());
  for (const core::LockId lock : locks) zones.push_back(describer.zone(lock, lookup));
  return zones;
}

std::vector<LinkInVerdict> waits_of_hang(const LockWatch& watch, const StuckCore& stuck) {
  const HangDescriber describer(watch);
  std::vector<LinkInVerdict> links;
  std::vector<LinkInVerdict> joining;  // in the core as somebody who could have ended another one's wait, no more
  for (const core::TaskId task : describer.along_the_waits(stuck.core)) {
    core::LockId wanted = core::kNoId;
    for (const core::TaskId other : stuck.core) {
      if (describer.in_the_way(task, other)) wanted = describer.awaited_lock(other);
    }
    const bool merely_joins = wanted == core::kNoId && describer.joins(task);
    (merely_joins ? joining : links).push_back(describer.link(task, wanted));
  }
  return links.empty() ? joining : links;
}

void describe_rules(const std::vector<RuleBreak>& rules, const std::vector<std::string>& task_names,
                    SceneInVerdict& scene) {
  for (const RuleBreak& rule : rules) {
    const bool named = rule.task < task_names.size();
    scene.rules.push_back({.rule = rule.rule,
                           .place = place_of(rule.site),
                           .task = {rule.task, named ? task_names[rule.task] : "task " + std::to_string(rule.task)},
                           .what = rule.what,
                           .count = rule.count});
  }
}

namespace {

// What the task owns although it asks for something that comes before it; null: nothing.
const HeldLock* owned_out_of_order(const TaskInVerdict& task) {
  const ResourceInVerdict& wanted = task.waits_for;
  if (wanted.kind != ResourceType::lock || !wanted.order_key) return nullptr;
  const auto held = std::ranges::find_if(task.holds, [&](const HeldLock& each) {
    return each.lock.lock_class == wanted.lock_class && each.lock.group == wanted.group &&
           each.lock.order_key > wanted.order_key;
  });
  return held == task.holds.end() ? nullptr : &*held;
}

// What the task does against the rule, in the state that hangs; empty: nothing.
std::string break_in_knot(const RuleInVerdict& rule, const TaskInVerdict& task) {
  if (task.standing == TaskStanding::ended) return rule.task == task.task && !task.holds.empty() ? rule.what : "";
  if (task.standing != TaskStanding::stuck || !(rule.place == task.place)) return {};
  if (rule.rule != Rule::order) return rule.task == task.task ? rule.what : "";
  const HeldLock* held = owned_out_of_order(task);
  return held == nullptr ? "" : "asks for " + task.waits_for.name + " while it owns " + held->lock.name;
}

}  // namespace

void find_rules_in_knot(SceneInVerdict& scene) {
  for (RuleInVerdict& rule : scene.rules) {
    for (const TaskInVerdict& task : scene.tasks) {
      const std::string what = break_in_knot(rule, task);
      if (what.empty() || rule.in_knot) continue;
      rule.in_knot = RuleInKnot{.task = task.task, .what = what};
      // Its wait, or its end.
      for (const StepInVerdict& step : scene.steps_to_hang) {
        if (step.lasts && step.task == task.task) rule.in_knot->step = step.step;
      }
    }
  }
}

}  // namespace zoneknot::lockcheck
