// Turns a hang of real threads into a report instead of a stuck terminal. A thread of its own looks at the LockWatch a
// few times a second; when a task has waited too long, or the run is asked to stop, lockcheck::stuck_core decides
// whether that is a hang. The end of `runtime` is no progress, other tasks that still run are no objection, and a slow
// device is never a hang: that is told as what it is, and so is a time in which the whole process stood still, which
// counts for nothing. Made and destroyed by the caller of ThreadRuntime::run(), around the run.
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

// What looks like a hang and is none.
struct Stillness {
  enum class Kind : std::uint8_t {
    slow,     // no task has moved for `for_ns`, and none waits in a circle
    stopped,  // the process has not run for `for_ns`
  };
  Kind kind = Kind::slow;
  std::uint64_t for_ns = 0;
  std::uint32_t at_device = 0;  // slow: tasks that wait for completions that can come
  std::uint32_t in_flight = 0;  // slow: I/Os that were handed over and not reaped
  std::uint32_t in_calls = 0;   // slow: tasks that are in a call of the system, or compute
};

class Watchdog {
 public:
  // A watchdog that wakes up so much too late was stopped with its process.
  static constexpr std::uint64_t kStoppedNs = 1'000'000'000;
  static constexpr std::uint64_t kDefaultTimeoutNs = 5'000'000'000;
  static constexpr std::uint64_t kPeriodNs = 100'000'000;

  // A task that waits for a lock, or for a completion that cannot come, and has not moved for `timeout_ns`, is looked
  // into. On a hang `on_hang` is called once, on the watchdog's thread, while the threads are still stuck; then the
  // watch is frozen and the runtime abandoned. Once `stop` was raised a hang is one at once, however short it lasts. A
  // run that goes on for `timeout_ns` after that is abandoned too, without a report: some loop of it never looks at
  // stop requests. Watch, runtime and `stop` outlive this; a null `stop` is never raised. `on_still` is called on the
  // same thread, once for every time of stillness; empty: nobody wants it.
  Watchdog(lockcheck::LockWatch& watch, ThreadRuntime& runtime,
           std::function<void(const lockcheck::StuckCore&)> on_hang, std::uint64_t timeout_ns = kDefaultTimeoutNs,
           const std::atomic<bool>* stop = nullptr, std::function<void(const Stillness&)> on_still = {});
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
  void was_stopped(std::uint64_t for_ns);
  void look_for_stillness(const std::vector<lockcheck::TaskSnapshot>& tasks);
  [[nodiscard]] bool stop_asked() const;
  [[nodiscard]] bool ignores_stop();
  void give_up();
  [[nodiscard]] bool someone_waits_too_long(const std::vector<lockcheck::TaskSnapshot>& tasks);

  lockcheck::LockWatch* watch_;
  ThreadRuntime* runtime_;
  std::function<void(const lockcheck::StuckCore&)> on_hang_;
  std::uint64_t timeout_ns_;
  const std::atomic<bool>* stop_request_;
  std::function<void(const Stillness&)> on_still_;
  std::uint64_t moves_ = 0;          // of all tasks, when one last moved
  std::uint64_t moved_ns_ = 0;       // that moment; 0: not yet
  bool still_told_ = false;          // of the present stillness
  bool at_device_ = false;           // nobody moves, and some wait for a device
  std::uint64_t stop_seen_ns_ = 0;   // 0: not yet
  std::vector<Standing> standings_;  // by TaskId
  std::mutex mutex_;                 // stopping_
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace zoneknot::device
