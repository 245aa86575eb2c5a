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
                   std::uint64_t timeout_ns, const std::atomic<bool>* stop)
    : watch_(&watch),
      runtime_(&runtime),
      on_hang_(std::move(on_hang)),
      timeout_ns_(timeout_ns),
      stop_request_(stop),
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
  const std::chrono::nanoseconds period(std::clamp<std::uint64_t>(timeout_ns_ / 4, 1, kPeriodNs));
  std::unique_lock guard(mutex_);
  return !stop_.wait_for(guard, period, [this] { return stopping_; });
}

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
    if (!someone_waits_too_long(watch_->tasks())) continue;
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
  if (stop_request_ == nullptr || !stop_request_->load(std::memory_order_relaxed)) return false;
  const std::uint64_t now = monotonic_ns();
  if (stop_seen_ns_ == 0) stop_seen_ns_ = now;
  return now - stop_seen_ns_ >= timeout_ns_;
}

void Watchdog::give_up() {
  watch_->freeze();
  runtime_->abandon();
}

}  // namespace zoneknot::device
