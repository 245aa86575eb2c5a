// A run for tests of LockWatch: tasks and locks with names, and the events of a Runtime that behaves.
#pragma once

#include <cstdint>
#include <string>

#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

class WatchedRun {
 public:
  using Site = core::Site;

  // Tasks 0 … tasks-1, named "task 0", …
  explicit WatchedRun(core::TaskId tasks = 3) {
    for (core::TaskId task = 0; task < tasks; ++task) watch.task_started(task, "task " + std::to_string(task));
  }

  core::LockId zone(std::uint64_t index, std::uint32_t file = 0) {
    return create({.lock_class = "zone",
                   .kind = core::LockKind::recursive,
                   .group = file,
                   .order_key = index,
                   .role = core::LockRole::zone});
  }
  core::LockId device_table() {
    return create({.lock_class = "M", .kind = core::LockKind::recursive, .role = core::LockRole::device_table});
  }
  core::LockId plain(std::string_view lock_class = "log") {
    return create({.lock_class = lock_class, .kind = core::LockKind::plain, .group = 0, .order_key = {}});
  }

  // lock() that finds the lock free, or the task's own.
  void lock(core::TaskId task, core::LockId lock, Site site = Site::current()) { watch.lock_taken(task, lock, site); }
  // try_lock() that succeeds.
  void try_lock(core::TaskId task, core::LockId lock, Site site = Site::current()) {
    watch.lock_acquired(task, lock, site);
  }
  bool unlock(core::TaskId task, core::LockId lock, Site site = Site::current()) {
    return watch.lock_released(task, lock, site);
  }
  // lock() that has to wait, as far as the waiting.
  void lock_and_wait(core::TaskId task, core::LockId lock, Site site = Site::current()) {
    watch.lock_requested(task, lock, site);
    watch.wait_began(task, {core::WaitKind::lock, lock, true}, site);
  }
  void sleep(core::TaskId task, Site site = Site::current()) {
    watch.wait_began(task, {core::WaitKind::timer, core::kNoId, true}, site);
  }
  void join(core::TaskId task, core::TaskId other, Site site = Site::current()) {
    watch.wait_began(task, {core::WaitKind::join, other, true}, site);
  }
  void reap(core::TaskId task, bool can_end = true, Site site = Site::current()) {
    watch.wait_began(task, {core::WaitKind::completion, core::kNoId, can_end}, site);
  }
  void wait_ended(core::TaskId task) { watch.wait_ended(task); }
  void end(core::TaskId task, Site site = Site::current()) { watch.task_ended(task, site); }
  void io(core::TaskId task, core::IoStep step, std::uint32_t unit = 0, bool holds_zone = false,
          Site site = Site::current()) {
    core::IoEvent event;
    event.step = step;
    event.unit = unit;
    event.holds_zone = holds_zone;
    event.offset = 8192;
    watch.io(task, event, site);
  }

  // The letters of the rules broken so far, in their order: "dg".
  [[nodiscard]] std::string broken() const {
    std::string letters;
    for (const RuleBreak& rule : watch.broken_rules()) letters += rule_name(rule.rule);
    return letters;
  }

  LockWatch watch{Threads::one};

 private:
  core::LockId create(const core::LockInfo& info) {
    const core::LockId lock = locks_++;
    watch.lock_created(lock, info);
    return lock;
  }

  core::LockId locks_ = 0;
};

}  // namespace zoneknot::lockcheck
