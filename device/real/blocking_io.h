// I/O requests carried out on the spot by a system call, for the engines that do all of them, or some kinds, inside
// queue(). Pure functions over a file descriptor; any thread.
#pragma once

#include "core/io_engine.h"

namespace zoneknot::device {

// How a system call ended: bytes done, or a negative errno value.
void set_result(core::IoRequest& request, std::int64_t result);

// Whether it begins and ends at blocks of that size, and has any.
[[nodiscard]] bool whole_blocks(const core::IoRequest& request, std::uint32_t block);

// pread, pwrite, fallocate (trim: a hole is punched, the file keeps its size) or fsync, again if a signal comes
// between. An append is sent to an NVMe device by passthrough; EOPNOTSUPP of any other, for which Linux has no way.
void run_now(int fd, core::IoRequest& request);

}  // namespace zoneknot::device
