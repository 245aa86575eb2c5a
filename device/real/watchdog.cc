#include "device/real/watchdog.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "device/real/real_clock.h"

namespace zoneknot::device {
namespace {

using lockcheck::StuckCore;
using lockcheck::TaskSnapshot;
using lockcheck::TaskState;

// A wait that could be the heart of a hang. A join or a sleep alone is none: there is always a task behind it.
bool could_be_stuck(const TaskSnapshot& task) {
  if (task.state != TaskState::waiting || task.wait.timed) return false;
  switch (task.wait.kind) {
    case core::WaitKind::lock:
    case core::WaitKind::condition:
    case core::WaitKind::semaphore:
      return true;
    case core::WaitKind::completion:
      return !task.wait.can_end;
    case core::WaitKind::timer:
    case core::WaitKind::join:
      return false;
  }
  return false;
}

// The stuck core, and how far each of its tasks had come.
struct Finding {
  StuckCore core;
  std::vector<std::uint64_t> events;
};

Finding look(const lockcheck::LockWatch& watch) {
  Finding finding = {.core = lockcheck::stuck_core(watch.wait_state()), .events = {}};
  const std::vector<TaskSnapshot> tasks = watch.tasks();
  for (const core::TaskId task : finding.core.core) finding.events.push_back(tasks[task].events);
  return finding;
}

}  // namespace

Watchdog::Watchdog(lockcheck::LockWatch& watch, ThreadRuntime& runtime, std::function<void(const StuckCore&)> on_hang,
                   std::uint64_t timeout_ns, const std::atomic<bool>* stop,
                   std::function<void(const Stillness&)> on_still)
    : watch_(&watch),
      runtime_(&runtime),
      on_hang_(std::move(on_hang)),
      timeout_ns_(timeout_ns),
      stop_request_(stop),
      on_still_(std::move(on_still)),
      thread_([this] { watch_over(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

// False: it is time to stop.
bool Watchdog::pause() {
  const std::uint64_t period_ns = std::clamp<std::uint64_t>(timeout_ns_ / 4, 1, kPeriodNs);
  const std::uint64_t begin = monotonic_ns();
  {
    std::unique_lock guard(mutex_);
    if (stop_.wait_for(guard, std::chrono::nanoseconds(period_ns), [this] { return stopping_; })) return false;
  }
  const std::uint64_t late = monotonic_ns() - begin - std::min(period_ns, monotonic_ns() - begin);
  if (late >= kStoppedNs) was_stopped(late);
  return true;
}

// Nobody could have moved meanwhile.
void Watchdog::was_stopped(std::uint64_t for_ns) {
  for (Standing& standing : standings_) standing.since_ns += for_ns;
  if (stop_seen_ns_ != 0) stop_seen_ns_ += for_ns;
  if (moved_ns_ != 0) moved_ns_ += for_ns;
  if (on_still_) on_still_({.kind = Stillness::Kind::stopped, .for_ns = for_ns});
}

// No circle of waits was found.
void Watchdog::look_for_stillness(const std::vector<TaskSnapshot>& tasks) {
  const std::uint64_t now = monotonic_ns();
  std::uint64_t moves = tasks.size();
  bool asleep = false;
  Stillness still;
  for (const TaskSnapshot& task : tasks) {
    moves += task.events;
    still.in_flight += task.in_flight;
    if (task.state == TaskState::running) ++still.in_calls;
    const bool at_device = task.state == TaskState::waiting && task.wait.kind == core::WaitKind::completion;
    if (at_device && task.wait.can_end) ++still.at_device;
    // A sleep comes to its end by itself.
    asleep |= task.state == TaskState::waiting && task.wait.kind == core::WaitKind::timer;
  }
  if (asleep || moves != moves_ || moved_ns_ == 0) {
    moves_ = moves;
    moved_ns_ = now;
    still_told_ = false;
  }
  still.for_ns = now - moved_ns_;
  at_device_ = still.at_device > 0 && still.for_ns > 2 * kPeriodNs;
  if (still_told_ || still.for_ns < timeout_ns_ || still.at_device + still.in_calls == 0) return;
  still_told_ = true;
  if (on_still_) on_still_(still);
}

bool Watchdog::stop_asked() const { return stop_request_ != nullptr && stop_request_->load(std::memory_order_relaxed); }

bool Watchdog::someone_waits_too_long(const std::vector<TaskSnapshot>& tasks) {
  const std::uint64_t now = monotonic_ns();
  bool found = false;
  standings_.resize(tasks.size(), {.events = 0, .since_ns = now});
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    Standing& standing = standings_[i];
    if (standing.events != tasks[i].events) standing = {.events = tasks[i].events, .since_ns = now};
    found = found || (could_be_stuck(tasks[i]) && now - standing.since_ns >= timeout_ns_);
  }
  return found;
}

// The two looks at running threads are two moments. But if none of the core's tasks has moved between the end
// of the first look and the end of the second, what the second look saw of them was true all along.
void Watchdog::watch_over() {
  while (pause()) {
    if (ignores_stop()) {
      give_up();
      return;
    }
    const std::vector<TaskSnapshot> tasks = watch_->tasks();
    look_for_stillness(tasks);
    if (!someone_waits_too_long(tasks) && !stop_asked()) continue;
    const Finding first = look(*watch_);
    if (first.core.empty()) continue;
    if (!pause()) return;
    const Finding second = look(*watch_);
    if (first.core.core != second.core.core || first.events != second.events) continue;
    on_hang_(second.core);
    give_up();
    return;
  }
}

bool Watchdog::ignores_stop() {
  if (!stop_asked()) return false;
  const std::uint64_t now = monotonic_ns();
  // A task that waits for a device does not ignore anything.
  if (stop_seen_ns_ == 0 || at_device_) stop_seen_ns_ = now;
  return now - stop_seen_ns_ >= timeout_ns_;
}

void Watchdog::give_up() {
  watch_->freeze();
  runtime_->abandon();
}

}  // namespace zoneknot::device
