#include "device/real/gated_engine.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>
#include <thread>

#include "device/model/inside_queue.h"
#include "device/real/real_clock.h"

namespace zoneknot::device {

using core::StepKind;

void GatedEngine::remember_error(const core::IoRequest& request) {
  if (request.error == 0) return;
  gate_->remember(self(), fmt::format("its I/O of {} bytes at {} ended with: {}", request.length, request.offset,
                                      std::generic_category().message(request.error)));
}

core::QueueStatus GatedEngine::do_queue(core::IoRequest& request, core::Site site) {
  if (inside_queue(kind_, request.direction)) {
    if (!queued_.empty()) return core::QueueStatus::busy;
    runtime_->visible(StepKind::submit, 0, site);
    const core::QueueStatus status = inner_->queue(request, site);
    if (status == core::QueueStatus::completed) remember_error(request);
    return status;
  }
  queued_.push_back(&request);
  return core::QueueStatus::queued;
}

// Each of them is a step of its own.
int GatedEngine::do_commit(core::Site site) {
  while (!queued_.empty()) {
    runtime_->visible(StepKind::submit, 0, site);
    core::IoRequest& request = *queued_.front();
    queued_.pop_front();
    switch (inner_->queue(request, site)) {
      case core::QueueStatus::queued:
        break;
      case core::QueueStatus::completed:
        arrived_[request.tag] = &request;
        continue;
      case core::QueueStatus::busy:
        queued_.push_front(&request);
        return EAGAIN;
    }
    if (const int error = inner_->commit(site); error != 0) return error;
  }
  return 0;
}

// False: it did not come, or the run was given up.
bool GatedEngine::wait_for(std::uint32_t tag, core::Site site) {
  constexpr std::chrono::microseconds kPause(50);
  const std::uint64_t begin = monotonic_ns();
  std::array<core::IoRequest*, 16> some{};
  while (!arrived_.contains(tag)) {
    const int taken = inner_->reap(some, 0, site);
    for (int i = 0; i < taken; ++i) {
      core::IoRequest* request = some.at(static_cast<std::size_t>(i));
      arrived_[request->tag] = request;
    }
    if (arrived_.contains(tag)) break;
    if (runtime_->abandoned()) return false;
    if (taken < 0 || monotonic_ns() - begin > kCompletionNs) {
      gate_->fail_here(self(), fmt::format("the completion of its I/O {} does not come", tag));
      return false;
    }
    if (taken == 0) std::this_thread::sleep_for(kPause);
  }
  return true;
}

int GatedEngine::take_arrived(std::span<core::IoRequest*> out) {
  std::size_t count = 0;
  while (count < out.size() && !arrived_.empty()) {
    out[count++] = arrived_.begin()->second;
    arrived_.erase(arrived_.begin());
  }
  return static_cast<int>(count);
}

int GatedEngine::do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) {
  if (min > 0) {
    if (const int error = do_commit(site); error != 0) return -error;
  }
  runtime_->visible(StepKind::reap, 0, site);
  for (const std::uint32_t tag : gate_->take_completions(self())) ended_.push_back(tag);
  std::size_t count = 0;
  while (count < out.size() && !ended_.empty() && wait_for(ended_.front(), site)) {
    core::IoRequest* request = arrived_[ended_.front()];
    arrived_.erase(ended_.front());
    ended_.pop_front();
    remember_error(*request);
    out[count++] = request;
  }
  if (gate_->following()) return static_cast<int>(count);
  count += static_cast<std::size_t>(take_arrived(out.subspan(count)));
  if (count == out.size()) return static_cast<int>(count);
  const int more = inner_->reap(out.subspan(count), min > count ? min - count : 0, site);
  return more < 0 && count == 0 ? more : static_cast<int>(count) + std::max(more, 0);
}

// What the list has taken back is forgotten, though the device may have done it.
bool GatedEngine::do_cancel(core::IoRequest& request, core::Site site) {
  runtime_->visible(StepKind::cancel, 0, site);
  const auto place = std::ranges::find(queued_, &request);
  if (!gate_->following()) {
    if (place != queued_.end()) {
      queued_.erase(place);
      return true;
    }
    return !arrived_.contains(request.tag) && inner_->cancel(request, site);
  }
  for (const std::uint32_t tag : gate_->take_completions(self())) ended_.push_back(tag);
  if (std::ranges::find(ended_, request.tag) != ended_.end()) return false;
  if (gate_->draw(self()).value_or(0) == 0) return false;
  if (place != queued_.end()) {
    queued_.erase(place);
  } else if (wait_for(request.tag, site)) {
    arrived_.erase(request.tag);
  }
  return true;
}

}  // namespace zoneknot::device
