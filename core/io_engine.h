// The seam through which a job meets its I/O engine (psync, libaio, io_uring, or a simulated one). An engine belongs to
// one job and is used by that job's task alone. Destroying it may wait for the device; it hands back nothing any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/runtime.h"

namespace zoneknot::core {

enum class Direction : std::uint8_t { read, write, trim, sync };

// One I/O as an engine sees it. Owned by the job; its address stays the same from queue() until it was reaped or
// cancelled.
struct IoRequest {
  Direction direction = Direction::read;
  std::uint32_t file = 0;    // which of the job's files, in their order
  std::uint64_t offset = 0;  // bytes from the device's start; 0 for sync
  std::uint32_t length = 0;  // bytes; 0 for sync
  std::byte* buffer =
      nullptr;  // `length` bytes, aligned to 4096; null for trim and sync, or where the World moves no data

  std::uint32_t tag = 0;  // the job's own; engines leave it alone
  // A TRIM or SYNC that goes to the device like any other I/O, where the engine is one that could do that: for libaio a
  // SYNC, for io_uring a TRIM. Else it is done inside queue().
  bool to_device = false;
  // A WRITE that is a zone append: `offset` is its zone's start, and it is put at the write pointer that the zone has
  // when it gets there. EOPNOTSUPP inside queue() where the device, or the way to it, has none.
  bool append = false;

  // Set by the engine when the I/O has ended:
  int error = 0;                    // errno value, 0: none
  std::uint32_t transferred = 0;    // bytes done; below `length` without an error: a short transfer
  std::uint64_t written_at = 0;     // of an append without an error: where it was put, bytes from the device's start
  std::uint64_t engine_cookie = 0;  // the engine's own, between queue() and reap()
};

enum class QueueStatus : std::uint8_t {
  queued,     // accepted; it is handed to the device by commit() at the latest, and ends in a reap
  completed,  // done inside queue(): error and transferred are set
  busy,       // not accepted, nothing has happened; commit, reap, and queue it again
};

class IoEngine {
 public:
  IoEngine() = default;
  virtual ~IoEngine() = default;
  IoEngine(const IoEngine&) = delete;
  IoEngine& operator=(const IoEngine&) = delete;

  // The buffers of the I/Os to come are in this memory, most of them at least; it outlives the engine. Told at most
  // once, before the first queue(), for an engine that makes it known to its kernel; nothing else follows from it.
  void use_buffers(std::span<std::byte> memory) { do_use_buffers(memory); }

  // True: every queue() says completed.
  [[nodiscard]] bool synchronous() const { return do_synchronous(); }

  QueueStatus queue(IoRequest& request, Site site = Site::current()) { return do_queue(request, site); }

  // Hands all queued I/Os to the device. 0 or an errno value.
  [[nodiscard]] int commit(Site site = Site::current()) { return do_commit(site); }

  // Waits until at least `min` accepted I/Os have ended (min 0: does not wait), then takes at most `out.size()` of
  // them, in the order in which they ended. With min > 0 I/Os that were queued but not committed are submitted first.
  // Result: how many were put into `out`, or a negative errno value when the engine itself failed and nothing was
  // taken.
  [[nodiscard]] int reap(std::span<IoRequest*> out, std::size_t min, Site site = Site::current()) {
    return do_reap(out, min, site);
  }

  // Tries to take back an accepted I/O that was not reaped. True: it will never be reaped. False: it goes on.
  [[nodiscard]] bool cancel(IoRequest& request, Site site = Site::current()) { return do_cancel(request, site); }

 private:
  virtual void do_use_buffers(std::span<std::byte> /*memory*/) {}
  virtual bool do_synchronous() const = 0;
  virtual QueueStatus do_queue(IoRequest& request, Site site) = 0;
  virtual int do_commit(Site site) = 0;
  virtual int do_reap(std::span<IoRequest*> out, std::size_t min, Site site) = 0;
  virtual bool do_cancel(IoRequest& request, Site site) = 0;
};

}  // namespace zoneknot::core
