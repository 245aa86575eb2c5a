#include "device/real/block_engine.h"

namespace zoneknot::device {

void BlockEngine::ended(const core::IoRequest& request, core::Site site) {
  // An append goes past the kernel, which from 6.10 on keeps a write pointer of its own: the next write of that zone
  // fails, and no report helps before it has.
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
  const bool write = request.direction == core::Direction::write && !request.append;
  if (write && inner_->synchronous()) device_->before_write(request.offset);
  const core::QueueStatus status = inner_->queue(request, site);
  if (status == core::QueueStatus::completed) ended(request, site);
  if (write && status == core::QueueStatus::queued) queued_writes_.push_back(request.offset);
  return status;
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
