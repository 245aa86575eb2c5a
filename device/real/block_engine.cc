#include "device/real/block_engine.h"

#include <cerrno>

#include "device/passthrough/nvme_append.h"

namespace zoneknot::device {

void BlockEngine::ended(const core::IoRequest& request, core::Site site) {
  const bool write = request.direction == core::Direction::write && !request.append;
  if (request.error != 0 && write) device_->write_failed(request.offset);
  runtime_->observer().io(runtime_->current(),
                          {.step = core::IoStep::complete,
                           .direction = request.direction,
                           .offset = request.offset,
                           .length = request.length,
                           .unit = request.tag,
                           .error = request.error},
                          site);
}

core::QueueStatus BlockEngine::do_queue(core::IoRequest& request, core::Site site) {
  if (request.append) return append(request, site);
  const bool write = request.direction == core::Direction::write;
  if (write && inner_->synchronous()) device_->before_write(request.offset);
  const core::QueueStatus status = inner_->queue(request, site);
  if (status == core::QueueStatus::completed) ended(request, site);
  if (write && status == core::QueueStatus::queued) queued_writes_.push_back(request.offset);
  return status;
}

// Linux has no append for programs, but NVMe passthrough, here the ioctl: it is over inside queue(). From 6.10 on the
// kernel does not notice that the write pointer has moved, so appends and writes of one zone are not to be mixed.
core::QueueStatus BlockEngine::append(core::IoRequest& request, core::Site site) {
  if (!queued_writes_.empty()) return core::QueueStatus::busy;
  const std::uint32_t block = device_->geometry().block_size;
  request.error = EOPNOTSUPP;
  request.transferred = 0;
  if (is_nvme(device_->fd())) {
    const bool whole = request.length != 0 && (request.offset | request.length) % block == 0;
    const NvmeAppended done =
        whole ? nvme_append(device_->fd(), request.offset / block, block, {request.buffer, request.length})
              : NvmeAppended{.error = EINVAL};
    request.error = done.error;
    request.transferred = done.error == 0 ? request.length : 0;
    request.written_at = done.at * block;
  }
  ended(request, site);
  return core::QueueStatus::completed;
}

void BlockEngine::hand_over() {
  for (const std::uint64_t offset : queued_writes_) device_->before_write(offset);
  queued_writes_.clear();
}

int BlockEngine::do_commit(core::Site site) {
  hand_over();
  return inner_->commit(site);
}

int BlockEngine::do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) {
  if (min > 0) hand_over();
  const int taken = inner_->reap(out, min, site);
  for (int i = 0; i < taken; ++i) ended(*out[static_cast<std::size_t>(i)], site);
  return taken;
}

bool BlockEngine::do_cancel(core::IoRequest& request, core::Site site) { return inner_->cancel(request, site); }

}  // namespace zoneknot::device
