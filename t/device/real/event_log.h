// An observer that writes down what it is told and, like a real one, knows who owns which lock. Any thread.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/ignoring_observer.h"

namespace zoneknot::device {

class EventLog final : public core::IgnoringObserver {
 public:
  // "started 0 main", "wants 0 1", "got 0 1", "gave 0 1", "stranger 0 1", "waits 0
  // lock|completion|timer|join|condition|semaphore", "waited 0", "ended 0", "io complete 4096 error 5", …
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard guard(mutex_);
    return lines_;
  }
  [[nodiscard]] bool has(const std::string& line) const {
    const std::vector<std::string> all = lines();
    return std::ranges::find(all, line) != all.end();
  }
  [[nodiscard]] std::size_t count(const std::string& line) const {
    const std::vector<std::string> all = lines();
    return static_cast<std::size_t>(std::ranges::count(all, line));
  }
  // Whether the last wait that began can end.
  [[nodiscard]] bool last_wait_can_end() const {
    const std::lock_guard guard(mutex_);
    return can_end_;
  }

  void task_started(core::TaskId task, std::string_view name) override { add("started", task, std::string(name)); }
  void task_ended(core::TaskId task, core::Site) override { add("ended", task); }
  void lock_requested(core::TaskId task, core::LockId lock, core::Site) override {
    add("wants", task, std::to_string(lock));
  }
  void lock_acquired(core::TaskId task, core::LockId lock, core::Site) override {
    const std::lock_guard guard(mutex_);
    owned_[{task, lock}]++;
    lines_.push_back("got " + std::to_string(task) + " " + std::to_string(lock));
  }
  bool lock_released(core::TaskId task, core::LockId lock, core::Site) override {
    const std::lock_guard guard(mutex_);
    int& count = owned_[{task, lock}];
    const bool owner = count > 0;
    if (owner) --count;
    lines_.push_back((owner ? "gave " : "stranger ") + std::to_string(task) + " " + std::to_string(lock));
    return owner;
  }
  void wait_began(core::TaskId task, const core::Wait& wait, core::Site) override {
    constexpr const char* kNames[] = {"lock", "completion", "timer", "join", "condition", "semaphore"};
    const std::lock_guard guard(mutex_);
    can_end_ = wait.can_end;
    lines_.push_back("waits " + std::to_string(task) + " " + kNames[static_cast<std::size_t>(wait.kind)]);
  }
  void wait_ended(core::TaskId task) override { add("waited", task); }
  void io(core::TaskId, const core::IoEvent& event, core::Site) override {
    const std::lock_guard guard(mutex_);
    lines_.push_back("io " + std::string(event.step == core::IoStep::complete ? "complete " : "other ") +
                     std::to_string(event.offset) + " error " + std::to_string(event.error));
  }
  void task_forked(core::TaskId task, core::TaskId child, core::Site) override { add_pair("forked", task, child); }
  void task_joined(core::TaskId task, core::TaskId other, core::Site) override { add_pair("joined", task, other); }
  void lock_refused(core::TaskId task, core::LockId lock, core::Site) override { add_pair("refused", task, lock); }
  void condition_entered(core::TaskId task, core::ConditionId condition, core::LockId, core::Site) override {
    add_pair("entered", task, condition);
  }
  void condition_signalled(core::TaskId task, core::ConditionId condition, bool all, core::Site) override {
    add_pair(all ? "broadcast" : "signalled", task, condition);
  }
  void condition_woke(core::TaskId task, core::TaskId woken, core::ConditionId) override {
    add_pair("woke", task, woken);
  }
  void semaphore_acquired(core::TaskId task, core::SemaphoreId semaphore, core::Site) override {
    add_pair("unit", task, semaphore);
  }
  void semaphore_refused(core::TaskId task, core::SemaphoreId semaphore, core::Site) override {
    add_pair("no unit", task, semaphore);
  }
  void semaphore_released(core::TaskId task, core::SemaphoreId semaphore, std::uint32_t count, core::Site) override {
    add_pair("units", task, semaphore, " " + std::to_string(count));
  }
  bool wants_accesses() const override { return wants_accesses_; }
  void cell_created(core::CellId cell, std::string_view name) override { add("cell", cell, std::string(name)); }
  void cell_accessed(core::TaskId task, core::CellId cell, core::Access access, core::Site) override {
    add_pair(access == core::Access::read ? "read" : "wrote", task, cell);
  }
  // Before the run.
  void want_accesses() { wants_accesses_ = true; }

 private:
  void add(const std::string& what, core::TaskId task, const std::string& more = {}) {
    const std::lock_guard guard(mutex_);
    lines_.push_back(what + " " + std::to_string(task) + (more.empty() ? "" : " " + more));
  }

  void add_pair(const std::string& what, core::TaskId task, std::uint32_t object, const std::string& more = {}) {
    add(what, task, std::to_string(object) + more);
  }

  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  std::map<std::pair<core::TaskId, core::LockId>, int> owned_;
  bool can_end_ = true;
  bool wants_accesses_ = false;
};

}  // namespace zoneknot::device
