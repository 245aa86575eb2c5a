// Turns a hang of real threads into a report instead of a stuck terminal. A thread of its own looks at the LockWatch a
// few times a second; when a task has waited too long, lockcheck::stuck_core decides whether that is a hang. The end of
// `runtime` is no progress, other tasks that still run are no objection, and a slow device is never a hang. Made and
// destroyed by the caller of ThreadRuntime::run(), around the run.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "device/real/thread_runtime.h"
#include "lockcheck/stuck/wait_state.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::device {

class Watchdog {
 public:
  static constexpr std::uint64_t kDefaultTimeoutNs = 5'000'000'000;
  static constexpr std::uint64_t kPeriodNs = 100'000'000;

  // A task that waits for a lock, or for a completion that cannot come, and has not moved for `timeout_ns`, is looked
  // into. On a hang `on_hang` is called once, on the watchdog's thread, while the threads are still stuck; then the
  // watch is frozen and the runtime abandoned. A run that goes on for `timeout_ns` after `stop` was raised is abandoned
  // too, without a report: some loop of it never looks at stop requests. Watch, runtime and `stop` outlive this; a
  // null `stop` is never raised.
  Watchdog(lockcheck::LockWatch& watch, ThreadRuntime& runtime,
           std::function<void(const lockcheck::StuckCore&)> on_hang, std::uint64_t timeout_ns = kDefaultTimeoutNs,
           const std::atomic<bool>* stop = nullptr);
  // Stops looking.
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  // Since when a task has been where it is.
  struct Standing {
    std::uint64_t events = 0;
    std::uint64_t since_ns = 0;
  };

  void watch_over();
  [[nodiscard]] bool pause();
  [[nodiscard]] bool ignores_stop();
  void give_up();
  [[nodiscard]] bool someone_waits_too_long(const std::vector<lockcheck::TaskSnapshot>& tasks);

  lockcheck::LockWatch* watch_;
  ThreadRuntime* runtime_;
  std::function<void(const lockcheck::StuckCore&)> on_hang_;
  std::uint64_t timeout_ns_;
  const std::atomic<bool>* stop_request_;
  std::uint64_t stop_seen_ns_ = 0;   // 0: not yet
  std::vector<Standing> standings_;  // by TaskId
  std::mutex mutex_;                 // stopping_
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace zoneknot::device
