// The character device of an NVMe namespace, /dev/ng0n1: what io_uring sends commands through that Linux has no system
// call for, so that many are under way at once. Owned by whoever opened it, one task.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct io_uring_sqe;  // NOLINT(readability-identifier-naming): the kernel's
struct io_uring_cqe;  // NOLINT(readability-identifier-naming): the kernel's

namespace zoneknot::device {

struct NvmeAppended;

class NvmeGeneric {
 public:
  // That of the namespace whose block device is open as `block_fd`. Null: it is no NVMe device, the kernel
  // (before 5.13) has no such thing, or we may not open it.
  static std::unique_ptr<NvmeGeneric> of(int block_fd);
  ~NvmeGeneric();
  NvmeGeneric(const NvmeGeneric&) = delete;
  NvmeGeneric& operator=(const NvmeGeneric&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint32_t block_size() const { return block_size_; }

  // An append of whole blocks to the zone that begins at byte `zone_start`. `entry` is one of a ring with
  // IORING_SETUP_SQE128; `file` is fd(), or its number in the ring. All of the entry is set, so flags come afterwards.
  void prepare_append(io_uring_sqe& entry, int file, std::uint64_t zone_start, std::span<std::byte> data) const;
  // How it ended; `end` is one of a ring with IORING_SETUP_CQE32.
  [[nodiscard]] static NvmeAppended appended(const io_uring_cqe& end);

 private:
  NvmeGeneric(int fd, std::uint32_t nsid, std::uint32_t block_size) : fd_(fd), nsid_(nsid), block_size_(block_size) {}

  int fd_;
  std::uint32_t nsid_;
  std::uint32_t block_size_;
};

}  // namespace zoneknot::device
