// stuck_core against the slow and obvious way, on states that RapidCheck makes and shrinks.
#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

#include "lockcheck/stuck/wait_state.h"
#include "t/lockcheck/stuck/naive_stuck.h"

namespace zoneknot::lockcheck {
namespace {

using core::kNoId;
using core::TaskId;
using core::WaitKind;

constexpr TaskId kMaxTasks = 9;
constexpr core::LockId kWaitLocks = 6;
constexpr core::SemaphoreId kSemaphores = 2;

struct Picture {
  WaitState state;
};

void show(std::ostream& out, const TaskWait& entry) {
  if (entry.state != TaskState::waiting) {
    out << (entry.state == TaskState::running ? "runs" : "ended");
    return;
  }
  if (entry.wait.timed) out << "with a time-out ";
  switch (entry.wait.kind) {
    case WaitKind::lock:
      out << "waits for " << (entry.wait.shared ? "a share of " : "") << "lock " << entry.wait.object;
      break;
    case WaitKind::join:
      out << "joins " << entry.wait.object;
      break;
    case WaitKind::completion:
      out << (entry.wait.can_end ? "reaps" : "reaps what cannot come");
      break;
    case WaitKind::timer:
      out << "sleeps";
      break;
    case WaitKind::condition:
      out << "waits for condition variable " << entry.wait.object;
      break;
    case WaitKind::semaphore:
      out << "waits for semaphore " << entry.wait.object;
      break;
  }
}

void show_holders(std::ostream& out, const WaitState& state) {
  for (core::SemaphoreId semaphore = 0; semaphore < state.unit_holders.size(); ++semaphore) {
    if (!state.unit_holders[semaphore]) continue;
    out << "\n  semaphore " << semaphore << " is a pool, units with";
    for (const TaskId holder : *state.unit_holders[semaphore]) out << " " << holder;
  }
}

void showValue(const Picture& picture, std::ostream& out) {
  for (TaskId task = 0; task < picture.state.tasks.size(); ++task) {
    out << "\n  task " << task << " ";
    show(out, picture.state.tasks[task]);
  }
  for (core::LockId lock = 0; lock < picture.state.lock_owner.size(); ++lock) {
    const TaskId owner = picture.state.lock_owner[lock];
    out << "\n  lock " << lock << " ";
    if (owner == kNoId) {
      out << "is free";
    } else {
      out << "is owned by " << owner;
    }
  }
  for (core::LockId lock = 0; lock < picture.state.shares.size(); ++lock) {
    const SharesInWaitState& shares = picture.state.shares[lock];
    out << "\n  lock " << lock << (shares.writers_first ? ", writers first" : ", readers first") << ", read by";
    for (const TaskId reader : shares.readers) out << " " << reader;
  }
  show_holders(out, picture.state);
}

rc::Gen<TaskWait> waiting(WaitKind kind, rc::Gen<std::uint32_t> object, rc::Gen<bool> can_end, rc::Gen<bool> timed) {
  return rc::gen::apply([kind](std::uint32_t to, bool ends,
                               bool times_out) { return TaskWait{TaskState::waiting, {kind, to, ends, times_out}}; },
                        std::move(object), std::move(can_end), std::move(timed));
}

// `hopeless`: hardly anybody goes on by himself, so that those who wait on anybody get stuck often.
rc::Gen<TaskWait> any_task(TaskId tasks, core::LockId locks, bool hopeless) {
  const auto just = [](std::uint32_t object) { return rc::gen::just(object); };
  const auto below = [](std::uint32_t bound) { return rc::gen::inRange<std::uint32_t>(0, bound); };
  const auto yes = rc::gen::just(true);
  const auto no = rc::gen::just(false);
  const auto timed = hopeless ? no : rc::gen::map(below(4), [](std::uint32_t one_in) { return one_in == 0; });
  const std::size_t hope = hopeless ? 0 : 1;
  return rc::gen::weightedOneOf<TaskWait>(
      {{hope, rc::gen::just(TaskWait{})},
       {1, rc::gen::just(TaskWait{TaskState::ended, {}})},
       {hope, waiting(WaitKind::timer, just(kNoId), yes, no)},
       {1, waiting(WaitKind::completion, just(kNoId), hopeless ? no : rc::gen::arbitrary<bool>(), no)},
       {1, waiting(WaitKind::join, below(tasks), yes, no)},
       {1, waiting(WaitKind::condition, below(2), no, timed)},
       {5, waiting(WaitKind::semaphore, below(kSemaphores), no, timed)},
       {5, waiting(WaitKind::lock, below(locks), yes, timed)}});
}

// Nothing: any task may release.
rc::Gen<std::optional<std::vector<TaskId>>> any_holders(TaskId tasks) {
  return rc::gen::exec([tasks]() -> std::optional<std::vector<TaskId>> {
    if (*rc::gen::inRange(0, 4) == 0) return std::nullopt;
    std::vector<TaskId> holders;
    for (TaskId task = 0; task < tasks; ++task) {
      if (*rc::gen::inRange(0, 3) == 0) holders.push_back(task);
    }
    return holders;
  });
}

rc::Gen<Picture> any_picture() {
  return rc::gen::exec([] {
    const TaskId tasks = *rc::gen::inRange<TaskId>(1, kMaxTasks);
    const core::LockId locks = *rc::gen::inRange<core::LockId>(1, kWaitLocks);
    const bool hopeless = *rc::gen::arbitrary<bool>();
    const std::size_t free = hopeless ? 0 : 1;
    Picture picture;
    picture.state.tasks = *rc::gen::container<std::vector<TaskWait>>(tasks, any_task(tasks, locks, hopeless));
    picture.state.lock_owner = *rc::gen::container<std::vector<TaskId>>(
        locks, rc::gen::weightedOneOf<TaskId>({{free, rc::gen::just(kNoId)}, {4, rc::gen::inRange<TaskId>(0, tasks)}}));
    picture.state.semaphore_count = *rc::gen::container<std::vector<std::uint32_t>>(
        kSemaphores, rc::gen::inRange<std::uint32_t>(0, hopeless ? 1 : 2));
    for (core::SemaphoreId i = 0; i < kSemaphores; ++i) picture.state.unit_holders.push_back(*any_holders(tasks));
    return picture;
  });
}

// The locks of a picture have readers, too, or instead of an owner.
void add_shares(Picture& picture) {
  WaitState& state = picture.state;
  const auto tasks = static_cast<TaskId>(state.tasks.size());
  state.shares.resize(state.lock_owner.size());
  for (core::LockId lock = 0; lock < state.shares.size(); ++lock) {
    state.shares[lock].writers_first = *rc::gen::arbitrary<bool>();
    if (*rc::gen::inRange(0, 4) == 0) continue;
    state.lock_owner[lock] = kNoId;
    for (TaskId task = 0; task < tasks; ++task) {
      if (*rc::gen::inRange(0, 4) == 0) state.shares[lock].readers.push_back(task);
    }
  }
  for (TaskWait& entry : state.tasks) {
    if (entry.wait.kind == WaitKind::lock) entry.wait.shared = *rc::gen::inRange(0, 3) == 0;
  }
}

rc::Gen<Picture> any_picture_with_readers() {
  return rc::gen::exec([] {
    Picture picture = *any_picture();
    add_shares(picture);
    return picture;
  });
}

// Nobody waits for what one of several others could give.
bool one_way_out_each(const WaitState& state) {
  return std::ranges::none_of(state.tasks, [](const TaskWait& entry) {
    return entry.wait.kind == WaitKind::condition || entry.wait.kind == WaitKind::semaphore;
  });
}

std::vector<bool> stuck_in(const WaitState& state) {
  const StuckCore found = stuck_core(state);
  std::vector<bool> stuck(state.tasks.size(), false);
  for (const TaskId task : found.core) stuck[task] = true;
  for (const TaskId task : found.bystanders) stuck[task] = true;
  return stuck;
}

RC_GTEST_PROP(StuckCoreOfReadersProperty, NamesExactlyTheTasksThatTheNaiveFixpointFinds, ()) {
  const Picture picture = *any_picture_with_readers();
  const std::vector<bool> stuck = stuck_in(picture.state);
  RC_CLASSIFY(std::ranges::find(stuck, true) != stuck.end(), "somebody is stuck");
  RC_ASSERT(stuck == naive_stuck(picture.state));
}

RC_GTEST_PROP(StuckCoreOfReadersProperty, NamesASmallestCircleWhereTasksWaitForTasks, ()) {
  Picture picture = *any_picture_with_readers();
  for (TaskWait& entry : picture.state.tasks) {
    if (!one_way_out_each({.tasks = {entry}, .lock_owner = {}})) entry = TaskWait{};
  }
  const std::vector<TaskId> core = stuck_core(picture.state).core;
  RC_ASSERT(core.size() == naive_smallest_knot(picture.state));
  RC_PRE(!core.empty());
  RC_ASSERT(core.size() == 1 || is_a_circle(picture.state, core));
}

RC_GTEST_PROP(StuckCoreOfReadersProperty, NamesACoreOfWhichNoPartIsStuckWithoutTheRest, ()) {
  const Picture picture = *any_picture_with_readers();
  const std::vector<TaskId> core = stuck_core(picture.state).core;
  RC_PRE(!core.empty());
  RC_ASSERT(stay_stuck(picture.state, core));
  for (std::uint32_t part = 1; part + 1 < 1U << core.size(); ++part) {
    std::vector<TaskId> some;
    for (std::size_t i = 0; i < core.size(); ++i) {
      if ((part >> i & 1U) != 0) some.push_back(core[i]);
    }
    RC_ASSERT(!stay_stuck(picture.state, some));
  }
}

RC_GTEST_PROP(StuckCoreProperty, NamesExactlyTheTasksThatTheNaiveFixpointFinds, ()) {
  const Picture picture = *any_picture();
  const StuckCore found = stuck_core(picture.state);
  std::vector<bool> stuck(picture.state.tasks.size(), false);
  for (const TaskId task : found.core) stuck[task] = true;
  for (const TaskId task : found.bystanders) stuck[task] = true;
  RC_CLASSIFY(!found.empty(), "somebody is stuck");
  const auto on_anybody = [&](TaskId task) { return waits_on_anybody(picture.state, task); };
  const auto on_holders = [&](TaskId task) { return waits_on_several_holders(picture.state, task); };
  RC_CLASSIFY(std::ranges::any_of(found.core, on_anybody), "who could be woken by anybody");
  RC_CLASSIFY(found.core.size() > 1 && std::ranges::any_of(found.core, on_holders), "who wait for units of a pool");
  RC_ASSERT(stuck == naive_stuck(picture.state));
}

RC_GTEST_PROP(StuckCoreProperty, NamesASmallestKnotInTheOrderOfWaiting, ()) {
  const Picture picture = *any_picture();
  const StuckCore found = stuck_core(picture.state);
  RC_ASSERT(found.core.size() == naive_smallest_knot(picture.state));
  RC_ASSERT(is_a_knot_in_order(picture.state, found.core));
}

RC_GTEST_PROP(StuckCoreProperty, NamesACoreOfWhichNoPartIsStuckWithoutTheRest, ()) {
  const Picture picture = *any_picture();
  const std::vector<TaskId> core = stuck_core(picture.state).core;
  RC_PRE(!core.empty());
  RC_ASSERT(stay_stuck(picture.state, core));
  for (std::uint32_t part = 1; part + 1 < 1U << core.size(); ++part) {
    std::vector<TaskId> some;
    for (std::size_t i = 0; i < core.size(); ++i) {
      if ((part >> i & 1U) != 0) some.push_back(core[i]);
    }
    RC_ASSERT(!stay_stuck(picture.state, some));
  }
}

RC_GTEST_PROP(StuckCoreProperty, FreesEverybodyBehindAKnotWhenTheKnotIsFreed, ()) {
  Picture picture = *any_picture();
  const StuckCore before = stuck_core(picture.state);
  RC_PRE(!before.empty());
  for (const TaskId task : before.core) picture.state.tasks[task] = TaskWait{};
  const StuckCore after = stuck_core(picture.state);
  RC_ASSERT(after.core.size() + after.bystanders.size() <= before.bystanders.size());
}

}  // namespace
}  // namespace zoneknot::lockcheck
