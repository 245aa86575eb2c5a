// What the asynchronous engines (libaio, io_uring) have in common: I/Os accepted but not handed over (pending), at the
// device (under way), ended but not reaped (ended, in the order of their ends), and the reap that waits for them.
// Belongs to one job and its task.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/io_engine.h"
#include "device/real/thread_runtime.h"

namespace zoneknot::device {

class AsyncEngine : public core::IoEngine {
 protected:
  // How often a submission that the kernel has no room for is tried again, with a pause, when no end of an I/O of this
  // engine can make room.
  static constexpr int kMaxSubmitTries = 1000;
  static constexpr std::uint64_t kPauseNs = 1'000'000;

  // `fd` stays the caller's; depth >= 1 is how many I/Os may be accepted and not ended.
  AsyncEngine(int fd, std::uint32_t depth, ThreadRuntime& runtime) : fd_(fd), depth_(depth), runtime_(&runtime) {}

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint32_t depth() const { return depth_; }
  [[nodiscard]] bool full() const { return pending_.size() + under_way_ >= depth_; }
  [[nodiscard]] std::size_t under_way() const { return under_way_; }
  [[nodiscard]] std::vector<core::IoRequest*>& pending() { return pending_; }

  void submitted(std::size_t count) { under_way_ += count; }
  // An I/O that was under way has ended; `result` is its bytes or a negative errno value.
  void ended(core::IoRequest& request, std::int64_t result);
  // An append that was under way.
  void ended(core::IoRequest& request, std::int64_t result, std::uint64_t written_at);
  // An I/O that the kernel refused to begin has ended with `error`.
  void refused(core::IoRequest& request, int error);
  // An I/O that was under way will never be reaped.
  void forgotten() { --under_way_; }
  // Waits until nothing is under way any more, ignoring a run that is given up: the kernel still writes to buffers.
  void drain();

  // Hands over as much of pending() as the kernel takes, removing it. 0 or an errno value.
  virtual int submit() = 0;
  // Reports I/Os that have ended by ended(). Waits at most `timeout_ns` for `min` of them. 0 or an errno value.
  virtual int collect(std::size_t min, std::uint64_t timeout_ns) = 0;

  // Does a trim, a sync or an append inside queue(), or says busy while I/Os are pending: they were to come before it.
  core::QueueStatus run_inside_queue(core::IoRequest& request);
  // After the kernel had no room: waits a moment, for own I/Os if there are any. False: the tries are used up.
  [[nodiscard]] bool make_room(int& tries);

 private:
  bool do_synchronous() const override { return false; }
  int do_commit(core::Site) override { return submit(); }
  int do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) override;

  int wait_for(std::size_t min, core::Site site);

  int fd_;
  std::uint32_t depth_;
  ThreadRuntime* runtime_;
  std::vector<core::IoRequest*> pending_;
  std::size_t under_way_ = 0;
  std::deque<core::IoRequest*> ended_;
};

}  // namespace zoneknot::device
