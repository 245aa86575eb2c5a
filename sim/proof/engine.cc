#include "sim/proof/engine.h"

#include <algorithm>
#include <cerrno>

namespace zoneknot::sim {
namespace {

// The rest of an I/O that was cut short: as small as it gets. How long it is decides nothing but how often it can be
// cut again, and what follows on that is the same each time.
constexpr std::uint32_t kRest = 512;

bool tolerates_anything(const core::ErrorTolerance& tolerance) {
  return tolerance.read || tolerance.write || tolerance.verify;
}

}  // namespace

ProofEngine::ProofEngine(ProofRuntime& runtime, const core::JobSpec& spec, ProofFaults faults)
    : runtime_(runtime), kind_(spec.engine), faults_(faults), data_may_differ_(spec.verify != core::VerifyKind::none) {
  if (faults != ProofFaults::none) {
    errors_.push_back(EIO);
    // One that continue_on_error never covers.
    if (tolerates_anything(spec.continue_on_error)) errors_.push_back(ENOSPC);
  }
  runtime_.add_state(*this);
}

ProofEngine::~ProofEngine() { runtime_.remove_state(*this); }

void ProofEngine::describe(core::StateSink& sink) const {
  if (runtime_.forgetful() && submitted() == accepted_.size()) return sink.add(accepted_.size());
  std::vector<std::uint64_t> tags;
  tags.reserve(accepted_.size());
  for (const Accepted& one : accepted_) tags.push_back(std::uint64_t{one.request->tag} << 1U | (one.submitted ? 1 : 0));
  std::sort(tags.begin(), tags.end());
  sink.add(tags.size());
  for (const std::uint64_t tag : tags) sink.add(tag);
}

bool ProofEngine::inside_queue(const core::IoRequest& request) const {
  const core::Direction direction = request.direction;
  switch (kind_) {
    case core::EngineKind::psync:
      return true;
    case core::EngineKind::libaio:
      return direction == core::Direction::trim || (direction == core::Direction::sync && !request.to_device);
    case core::EngineKind::io_uring:
      return direction == core::Direction::trim && !request.to_device;
  }
  return true;
}

core::QueueStatus ProofEngine::do_queue(core::IoRequest& request, core::Site) {
  if (runtime_.abandoned()) return core::QueueStatus::completed;
  const bool inside = inside_queue(request);
  if (inside && submitted() < accepted_.size()) return core::QueueStatus::busy;
  if (faults_ != ProofFaults::none) {
    if (runtime_.choose(2, "queue() says busy") == 1) return core::QueueStatus::busy;
    if (inside || runtime_.choose(2, "ends inside queue()") == 1) return ended_inside(request);
  } else if (inside) {
    return ended_inside(request);
  }
  note_io(request);
  accepted_.push_back({.request = &request});
  return core::QueueStatus::queued;
}

// A proof of jobs that hand nothing to the device would say nothing.
void ProofEngine::note_io(const core::IoRequest& request) {
  runtime_.findings().any_io |= request.direction != core::Direction::sync;
}

// In full, cut short to a rest or to nothing, or with an error.
core::QueueStatus ProofEngine::ended_inside(core::IoRequest& request) {
  note_io(request);
  end(request);
  if (request.error != 0 || faults_ == ProofFaults::none || request.length == 0) return core::QueueStatus::completed;
  const std::uint32_t cuts = request.length > kRest ? 3 : 2;
  switch (runtime_.choose(cuts, "cut short")) {
    case 1:
      request.transferred = 0;
      break;
    case 2:
      request.transferred = request.length - kRest;
      break;
    default:
      break;
  }
  return core::QueueStatus::completed;
}

// How an I/O ends. What a read finds may be what another job has written since.
void ProofEngine::end(core::IoRequest& request) {
  std::vector<int> results = {0};
  results.insert(results.end(), errors_.begin(), errors_.end());
  if (data_may_differ_ && request.direction == core::Direction::read) results.push_back(EILSEQ);
  request.error = results[runtime_.choose(static_cast<std::uint32_t>(results.size()), "result of an I/O")];
  request.transferred = request.error == 0 ? request.length : 0;
}

std::uint32_t ProofEngine::submitted() const {
  return static_cast<std::uint32_t>(
      std::count_if(accepted_.begin(), accepted_.end(), [](const Accepted& one) { return one.submitted; }));
}

void ProofEngine::submit_all() {
  for (Accepted& one : accepted_) one.submitted = true;
}

int ProofEngine::do_commit(core::Site) {
  if (faults_ != ProofFaults::engine || submitted() == accepted_.size()) {
    submit_all();
    return 0;
  }
  switch (runtime_.choose(3, "commit fails")) {
    case 1:
      return EIO;  // and nothing was handed over
    case 2:
      submit_all();
      return EIO;
    default:
      submit_all();
      return 0;
  }
}

core::IoRequest* ProofEngine::any_submitted() {
  std::uint32_t skip = runtime_.choose(submitted(), "which I/O ends first");
  const auto chosen = std::find_if(accepted_.begin(), accepted_.end(),
                                   [&](const Accepted& one) { return one.submitted && skip-- == 0; });
  core::IoRequest* request = chosen->request;
  accepted_.erase(chosen);
  return request;
}

int ProofEngine::do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) {
  if (runtime_.abandoned()) return 0;
  if (min > 0) submit_all();
  if (min > 0) runtime_.await({core::WaitKind::completion, core::kNoId, submitted() >= min}, site);
  if (faults_ == ProofFaults::engine && runtime_.choose(2, "reap fails") == 1) return -EIO;
  const auto most = std::min<std::uint32_t>(static_cast<std::uint32_t>(out.size()), submitted());
  const auto least = static_cast<std::uint32_t>(min);
  const std::uint32_t taken = least + runtime_.choose(most - least + 1, "more than awaited");
  for (std::uint32_t i = 0; i < taken; ++i) {
    out[i] = any_submitted();
    end(*out[i]);
  }
  return static_cast<int>(taken);
}

bool ProofEngine::do_cancel(core::IoRequest& request, core::Site) {
  if (kind_ == core::EngineKind::psync || runtime_.abandoned()) return false;
  if (runtime_.choose(2, "cancel succeeds") == 0) return false;
  std::erase_if(accepted_, [&](const Accepted& one) { return one.request == &request; });
  return true;
}

}  // namespace zoneknot::sim
