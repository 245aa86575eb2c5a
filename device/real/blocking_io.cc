#include "device/real/blocking_io.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "device/passthrough/nvme_append.h"

namespace zoneknot::device {
namespace {

std::int64_t call_once(int fd, const core::IoRequest& request) {
  const auto offset = static_cast<off_t>(request.offset);
  switch (request.direction) {
    case core::Direction::read:
      return pread(fd, request.buffer, request.length, offset);
    case core::Direction::write:
      return pwrite(fd, request.buffer, request.length, offset);
    case core::Direction::trim:
      return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, request.length) == 0 ? request.length
                                                                                                    : -1;
    case core::Direction::sync:
      return fsync(fd);
  }
  __builtin_unreachable();
}

void append_now(int fd, core::IoRequest& request) {
  int block = 0;
  if (!is_nvme(fd) || ioctl(fd, BLKSSZGET, &block) != 0 || block <= 0) return set_result(request, -EOPNOTSUPP);
  if (!whole_blocks(request, static_cast<std::uint32_t>(block))) return set_result(request, -EINVAL);
  const NvmeAppended done = nvme_append(fd, request.offset / static_cast<std::uint32_t>(block),
                                        static_cast<std::uint32_t>(block), {request.buffer, request.length});
  request.written_at = done.at * static_cast<std::uint32_t>(block);
  set_result(request, done.error != 0 ? -done.error : request.length);
}

}  // namespace

bool whole_blocks(const core::IoRequest& request, std::uint32_t block) {
  return request.length != 0 && (request.offset | request.length) % block == 0;
}

void set_result(core::IoRequest& request, std::int64_t result) {
  request.error = result < 0 ? static_cast<int>(-result) : 0;
  request.transferred = result < 0 ? 0 : static_cast<std::uint32_t>(result);
}

void run_now(int fd, core::IoRequest& request) {
  std::int64_t result = 0;
  if (request.append) return append_now(fd, request);
  do {
    result = call_once(fd, request);
  } while (result < 0 && errno == EINTR);
  set_result(request, result < 0 ? -errno : result);
}

}  // namespace zoneknot::device
