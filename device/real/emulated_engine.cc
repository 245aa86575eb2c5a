#include "device/real/emulated_engine.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

namespace zoneknot::device {

using core::QueueStatus;

EmulatedEngine::EmulatedEngine(std::unique_ptr<core::IoEngine> inner, core::EngineKind kind, std::uint32_t depth,
                               FileDevice& device, ThreadRuntime& runtime)
    : inner_(std::move(inner)),
      kind_(kind),
      device_(&device),
      runtime_(&runtime),
      shadows_(depth),
      free_(depth),
      taken_(depth) {
  std::iota(free_.rbegin(), free_.rend(), 0U);
}

void EmulatedEngine::tell_completed(const core::IoRequest& request, core::Site site) const {
  runtime_->observer().io(runtime_->current(),
                          {.step = core::IoStep::complete,
                           .direction = request.direction,
                           .offset = request.offset,
                           .length = request.length,
                           .unit = request.tag,
                           .error = request.error},
                          site);
}

QueueStatus EmulatedEngine::complete(core::IoRequest& request, core::Site site) {
  tell_completed(request, site);
  return QueueStatus::completed;
}

core::IoRequest* EmulatedEngine::release(Shadow& shadow) {
  core::IoRequest* original = std::exchange(shadow.original, nullptr);
  original->error = shadow.error;
  original->transferred = shadow.transferred;
  free_.push_back(static_cast<std::uint32_t>(&shadow - shadows_.data()));
  return original;
}

QueueStatus EmulatedEngine::pass(core::IoRequest& request, std::uint32_t length, core::Site site) {
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Shadow& shadow = shadows_[index];
  static_cast<core::IoRequest&>(shadow) = request;
  shadow.length = length;
  shadow.original = &request;
  request.engine_cookie = index;
  const QueueStatus status = inner_->queue(shadow, site);
  if (status == QueueStatus::queued) return status;
  release(shadow);
  return status == QueueStatus::completed ? complete(request, site) : status;
}

// What the inner engine does inside queue() it does after a commit only. It cannot know of refused I/Os, and the device
// must not be asked about an I/O that is not accepted then.
bool EmulatedEngine::must_wait(core::Direction direction) const {
  const bool inside_queue =
      direction == core::Direction::trim || (direction == core::Direction::sync && kind_ == core::EngineKind::libaio);
  return !inner_->synchronous() && inside_queue && uncommitted_ > 0;
}

QueueStatus EmulatedEngine::do_queue(core::IoRequest& request, core::Site site) {
  if (free_.size() <= refused_.size() || must_wait(request.direction)) return QueueStatus::busy;
  request.error = 0;
  request.transferred = 0;
  const FileDevice::Admission admission = device_->admit(request);
  request.error = admission.error;
  switch (admission.fate) {
    case FileDevice::Fate::passes: {
      const QueueStatus status = pass(request, admission.length, site);
      // A free shadow is room in the inner engine; the model, which has moved the write pointer, could not go back.
      assert(status != QueueStatus::busy || request.direction != core::Direction::write);
      if (status == QueueStatus::queued) ++uncommitted_;
      return status;
    }
    case FileDevice::Fate::busy:
      return QueueStatus::busy;
    case FileDevice::Fate::ends_at_once:
      return complete(request, site);
    case FileDevice::Fate::ends:
      if (inner_->synchronous()) return complete(request, site);
      refused_.push_back(&request);
      ++uncommitted_;
      return QueueStatus::queued;
  }
  __builtin_unreachable();
}

// Takes at most `most` that have ended from the inner engine, waiting for `min` of them. Negative: its failure.
int EmulatedEngine::take_from_inner(std::size_t most, std::size_t min, core::Site site) {
  const int count = inner_->reap(std::span(taken_).first(std::min(most, taken_.size())), min, site);
  for (int i = 0; i < count; ++i) {
    core::IoRequest* request = release(static_cast<Shadow&>(*taken_[static_cast<std::size_t>(i)]));
    tell_completed(*request, site);
    ended_.push_back(request);
  }
  return count;
}

int EmulatedEngine::do_commit(core::Site site) {
  const int error = inner_->commit(site);
  uncommitted_ = 0;
  if (refused_.empty()) return error;
  // They end now; what has ended at the device by now ended before.
  static_cast<void>(take_from_inner(taken_.size(), 0, site));
  for (core::IoRequest* request : refused_) {
    tell_completed(*request, site);
    ended_.push_back(request);
  }
  refused_.clear();
  return error;
}

int EmulatedEngine::do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) {
  const int error = min > 0 ? do_commit(site) : 0;
  int result = -error;
  if (ended_.size() < out.size() && error == 0) {
    const std::size_t missing = min > ended_.size() ? min - ended_.size() : 0;
    result = take_from_inner(out.size() - ended_.size(), missing, site);
  }
  if (result < 0 && ended_.empty()) return result;
  const auto count = std::min(out.size(), ended_.size());
  std::copy_n(ended_.begin(), count, out.begin());
  ended_.erase(ended_.begin(), ended_.begin() + static_cast<std::ptrdiff_t>(count));
  return static_cast<int>(count);
}

bool EmulatedEngine::do_cancel(core::IoRequest& request, core::Site site) {
  if (const auto place = std::ranges::find(refused_, &request); place != refused_.end()) {
    refused_.erase(place);
    return true;
  }
  if (std::ranges::find(ended_, &request) != ended_.end()) return false;
  Shadow& shadow = shadows_[request.engine_cookie];
  assert(shadow.original == &request);
  if (!inner_->cancel(shadow, site)) return false;
  release(shadow);
  return true;
}

}  // namespace zoneknot::device
