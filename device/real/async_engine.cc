#include "device/real/async_engine.h"

#include <algorithm>
#include <cassert>

#include "device/real/blocking_io.h"

namespace zoneknot::device {

void AsyncEngine::ended(core::IoRequest& request, std::int64_t result) {
  assert(under_way_ > 0);
  --under_way_;
  set_result(request, result);
  ended_.push_back(&request);
}

void AsyncEngine::ended(core::IoRequest& request, std::int64_t result, std::uint64_t written_at) {
  request.written_at = written_at;
  ended(request, result);
}

void AsyncEngine::refused(core::IoRequest& request, int error) {
  set_result(request, -error);
  ended_.push_back(&request);
}

void AsyncEngine::drain() {
  while (under_way_ > 0 && collect(1, ThreadRuntime::kSliceNs) == 0) {
  }
}

core::QueueStatus AsyncEngine::run_inside_queue(core::IoRequest& request) {
  if (!pending_.empty()) return core::QueueStatus::busy;
  run_now(fd_, request);
  return core::QueueStatus::completed;
}

bool AsyncEngine::make_room(int& tries) {
  if (++tries > kMaxSubmitTries) return false;
  return collect(1, kPauseNs) == 0;
}

int AsyncEngine::wait_for(std::size_t min, core::Site site) {
  int error = 0;
  const core::Wait wait = {.kind = core::WaitKind::completion, .can_end = ended_.size() + under_way_ >= min};
  runtime_->wait(wait, site, [&] {
    error = collect(min - ended_.size(), ThreadRuntime::kSliceNs);
    return error != 0 || ended_.size() >= min;
  });
  return error;
}

int AsyncEngine::do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) {
  assert(min <= out.size());
  int error = min > 0 ? submit() : 0;
  if (under_way_ > 0 && ended_.size() < out.size()) error = error != 0 ? error : collect(0, 0);
  // What could not be submitted is not waited for.
  if (error == 0 && ended_.size() < min) error = wait_for(min, site);
  if (error != 0 && ended_.empty()) return -error;
  const auto count = std::min(out.size(), ended_.size());
  std::copy_n(ended_.begin(), count, out.begin());
  ended_.erase(ended_.begin(), ended_.begin() + static_cast<std::ptrdiff_t>(count));
  return static_cast<int>(count);
}

}  // namespace zoneknot::device
