#include "device/real/emulated_engine.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <numeric>
#include <utility>

#include "device/model/inside_queue.h"

namespace zoneknot::device {

using core::QueueStatus;

namespace {

// How an I/O ends, by what the device says and by what became of its part that went to the file.
void set_result(core::IoRequest& request, int device_error, const core::IoRequest& of_file) {
  request.error = device_error != 0 ? device_error : of_file.error;
  request.transferred = request.error == 0 ? of_file.transferred : 0;
  request.written_at = of_file.written_at;
}

void put_zeros(const core::IoRequest& request, const std::vector<FileEffect::Part>& parts) {
  if (request.buffer == nullptr) return;
  for (const FileEffect::Part& part : parts) std::memset(request.buffer + part.offset, 0, part.length);
}

}  // namespace

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

void EmulatedEngine::end(core::IoRequest& request, core::Site site) {
  tell_completed(request, site);
  ended_.push_back(&request);
}

void EmulatedEngine::accept(core::IoRequest& request) {
  const std::uint32_t index = free_.back();
  free_.pop_back();
  request.engine_cookie = index;
  Shadow& shadow = shadows_[index];
  static_cast<core::IoRequest&>(shadow) = request;
  shadow.original = &request;
  shadow.device_error = 0;
  queued_.push_back(&shadow);
}

core::IoRequest* EmulatedEngine::release(Shadow& shadow) {
  core::IoRequest* original = std::exchange(shadow.original, nullptr);
  set_result(*original, shadow.device_error, shadow);
  if (!shadow.unwritten.empty()) put_zeros(shadow, shadow.unwritten);
  free_.push_back(static_cast<std::uint32_t>(&shadow - shadows_.data()));
  return original;
}

// The I/O reaches the device. True: `shadow` is what is to be done to the file.
bool EmulatedEngine::reaches_file(Shadow& shadow) {
  FileEffect effect = device_->carry_out(shadow);
  shadow.device_error = effect.device.error;
  shadow.length = effect.device.done;
  shadow.transferred = effect.device.transferred();  // unless the file has a say in it
  shadow.unwritten = std::move(effect.unwritten);
  if (std::exchange(shadow.append, false)) shadow.offset = shadow.written_at = effect.device.at;
  return effect.to_file;
}

QueueStatus EmulatedEngine::run_now(core::IoRequest& request, core::Site site) {
  Shadow shadow;
  static_cast<core::IoRequest&>(shadow) = request;
  // Busy: a commit has failed and left I/Os behind that are to come before this one, which moves no write pointer.
  if (reaches_file(shadow) && inner_->queue(shadow, site) == QueueStatus::busy) return QueueStatus::busy;
  set_result(request, shadow.device_error, shadow);
  put_zeros(shadow, shadow.unwritten);
  return complete(request, site);
}

QueueStatus EmulatedEngine::do_queue(core::IoRequest& request, core::Site site) {
  const bool inside = inside_queue(kind_, request.direction);
  if (inside ? !queued_.empty() : free_.empty()) return QueueStatus::busy;
  request.error = 0;
  request.transferred = 0;
  if (const Fault* fault = device_->strike_queue(request); fault != nullptr) {
    if (fault->kind == FaultKind::busy) return QueueStatus::busy;
    request.error = fault->error;
    return complete(request, site);
  }
  if (inside) return run_now(request, site);
  accept(request);
  return QueueStatus::queued;
}

// Takes at most `most` that have ended from the inner engine, waiting for `min` of them. Negative: its failure.
int EmulatedEngine::take_from_inner(std::size_t most, std::size_t min, core::Site site) {
  const int count = inner_->reap(std::span(taken_).first(std::min(most, taken_.size())), min, site);
  for (int i = 0; i < count; ++i) {
    end(*release(static_cast<Shadow&>(*taken_[static_cast<std::size_t>(i)])), site);
  }
  return count;
}

int EmulatedEngine::do_commit(core::Site site) {
  for (Shadow* shadow : queued_) {
    if (!reaches_file(*shadow)) {
      answered_.push_back(shadow);
      continue;
    }
    // A shadow is room in the inner engine.
    const QueueStatus status = inner_->queue(*shadow, site);
    assert(status == QueueStatus::queued);
    static_cast<void>(status);
  }
  queued_.clear();
  const int error = inner_->commit(site);
  if (answered_.empty()) return error;
  // They end now; what has ended at the file by now ended before.
  static_cast<void>(take_from_inner(taken_.size(), 0, site));
  for (Shadow* shadow : answered_) end(*release(*shadow), site);
  answered_.clear();
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
  if (inner_->synchronous() || std::ranges::find(ended_, &request) != ended_.end()) return false;
  Shadow& shadow = shadows_[request.engine_cookie];
  assert(shadow.original == &request);
  if (const auto place = std::ranges::find(queued_, &shadow); place != queued_.end()) {
    queued_.erase(place);
  } else if (!inner_->cancel(shadow, site)) {
    return false;
  }
  release(shadow);
  return true;
}

}  // namespace zoneknot::device
