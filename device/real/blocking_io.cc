#include "device/real/blocking_io.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

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

}  // namespace

void set_result(core::IoRequest& request, std::int64_t result) {
  request.error = result < 0 ? static_cast<int>(-result) : 0;
  request.transferred = result < 0 ? 0 : static_cast<std::uint32_t>(result);
}

void run_now(int fd, core::IoRequest& request) {
  std::int64_t result = 0;
  if (request.append) return set_result(request, -EOPNOTSUPP);
  do {
    result = call_once(fd, request);
  } while (result < 0 && errno == EINTR);
  set_result(request, result < 0 ? -errno : result);
}

}  // namespace zoneknot::device
