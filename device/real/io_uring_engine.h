// The engine on io_uring. Reads, writes and syncs go through the ring, and zone appends where the device is an NVMe
// namespace whose character device can be opened; trim, and append elsewhere, are done inside queue(). Belongs to one
// job and its task; its destructor waits for the I/Os under way.
#pragma once

#include <memory>
#include <span>
#include <tl/expected.hpp>

#include "device/real/async_engine.h"

struct io_uring_sqe;  // NOLINT(readability-identifier-naming): the kernel's
struct io_uring_cqe;  // NOLINT(readability-identifier-naming): the kernel's

namespace zoneknot::device {

// File and buffers are registered with the ring where the kernel lets us, so that it need not look them up, and pin
// them, for each I/O; RLIMIT_MEMLOCK may be too small for the buffers.
class IoUringEngine final : public AsyncEngine {
 public:
  // Or the errno value of io_uring_queue_init: ENOSYS or EPERM where io_uring is not to be had.
  static tl::expected<std::unique_ptr<IoUringEngine>, int> open(int fd, std::uint32_t depth, ThreadRuntime& runtime);
  ~IoUringEngine() override;

 private:
  struct Ring;
  IoUringEngine(int fd, std::uint32_t depth, ThreadRuntime& runtime);

  void do_use_buffers(std::span<std::byte> memory) override;
  core::QueueStatus do_queue(core::IoRequest& request, core::Site site) override;
  bool do_cancel(core::IoRequest& request, core::Site site) override;
  int submit() override;
  int collect(std::size_t min, std::uint64_t timeout_ns) override;

  void enable();
  [[nodiscard]] int make_ring();
  void register_files();
  void prepare(core::IoRequest& request, io_uring_sqe& entry) const;
  void prepare_append(core::IoRequest& request, io_uring_sqe& entry) const;
  void take_end(core::IoRequest& request, const io_uring_cqe& end);
  int enter(int& tries);
  int wait_for_ends(std::size_t count, std::uint64_t timeout_ns);
  void take_ends();

  std::unique_ptr<Ring> ring_;
};

}  // namespace zoneknot::device
