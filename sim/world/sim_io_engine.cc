#include "sim/world/sim_io_engine.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

#include "core/lost_completion.h"
#include "device/model/inside_queue.h"

namespace zoneknot::sim {

SimIoEngine::SimIoEngine(Simulation& simulation, std::vector<SimDevice*> devices, core::EngineKind kind,
                         FlightTables& tables)
    : simulation_(simulation),
      devices_(std::move(devices)),
      tables_(tables),
      owner_(simulation.current()),
      kind_(kind) {
  if (tables_.empty()) tables_.push_back(std::make_unique<FlightTable>());
  flights_ = std::move(tables_.back());
  tables_.pop_back();
  flights_->clear();
  simulation_.add_state(owner_, *this);
}

SimIoEngine::~SimIoEngine() {
  for (std::uint32_t slot = 0; slot < flights_->slots(); ++slot) {
    const Flight& flight = flights_->at(slot);
    if (flight.event != core::kNoId) simulation_.remove_event(flight.event);
  }
  simulation_.remove_state(owner_);
  tables_.push_back(std::move(flights_));
}

void SimIoEngine::describe(core::StateSink& sink) const {
  sink.add(owner_);
  sink.add(awaited_);
  flights_->describe(sink);
}

core::QueueStatus SimIoEngine::do_queue(core::IoRequest& request, core::Site site) {
  if (simulation_.abandoned()) return core::QueueStatus::completed;
  simulation_.touch(owner_);
  const bool inside = device::inside_queue(kind_, request.direction, request.to_device);
  if (inside && flights_->queued() > 0) return core::QueueStatus::busy;
  if (inside) {
    simulation_.visible(device_of(request).op_of(request, site));
    if (simulation_.abandoned()) return core::QueueStatus::completed;
  }
  const device::Fault* fault = device_of(request).strike_queue(request, site, inside);
  if (simulation_.abandoned()) return core::QueueStatus::completed;
  simulation_.add_to_history(fault == nullptr ? 0 : static_cast<std::uint64_t>(fault->kind) + 1);
  if (fault != nullptr && fault->kind == device::FaultKind::busy) return core::QueueStatus::busy;
  if (fault != nullptr) return complete_now(request, fault->error, 0, site);
  if (inside) return perform(request, site);
  simulation_.touch(owner_);
  flights_->queue(request);
  return core::QueueStatus::queued;
}

// The I/O from beginning to end, inside queue().
core::QueueStatus SimIoEngine::perform(core::IoRequest& request, core::Site site) {
  const SimDevice::Result result = device_of(request).carry_out(request);
  device_of(request).wait_for_end(result, site);
  if (simulation_.abandoned()) return core::QueueStatus::completed;
  simulation_.add_to_history(result.data);
  request.written_at = result.written_at;
  return complete_now(request, result.error, result.transferred, site);
}

core::QueueStatus SimIoEngine::complete_now(core::IoRequest& request, int error, std::uint32_t transferred,
                                            core::Site site) {
  request.error = error;
  request.transferred = transferred;
  device_of(request).told(request);
  add_end_to_history(request);
  tell_complete(request, site);
  return core::QueueStatus::completed;
}

int SimIoEngine::do_commit(core::Site site) {
  simulation_.touch(owner_);
  while (flights_->queued() > 0 && !simulation_.abandoned()) launch(site);
  return 0;
}

// The oldest queued I/O reaches the device; its completion can come at any time from now.
void SimIoEngine::launch(core::Site site) {
  const core::IoRequest& request = *flights_->first_queued();
  simulation_.visible(device_of(request).op_of(request, site));
  if (simulation_.abandoned()) return;
  simulation_.touch(owner_);
  const SimDevice::Result result = device_of(request).carry_out(request);
  const std::uint32_t slot = flights_->launch();
  Flight& flight = flights_->at(slot);
  flight.error = result.error;
  flight.transferred = result.transferred;
  flight.data = result.data;
  flight.due_ns = result.due_ns;
  flight.written_at = result.written_at;
  flight.launched = launched_++;
  flight.power_cuts = device_of(request).power_cuts();
  flight.held = result.arrival == device::Arrival::reordered;
  if (result.arrival == device::Arrival::lost) return flights_->lose(slot);
  if (flight.held) {
    any_held_ = true;
    return;
  }
  send_completion(slot, site);
}

void SimIoEngine::send_completion(std::uint32_t slot, core::Site site) {
  Flight& flight = flights_->at(slot);
  flight.event = simulation_.add_event(queue_op(OpKind::complete, site), *this, slot, flight.request->tag);
  device_of(*flight.request).note_due(flight.event, flight.due_ns);
}

// Those that were to come after one that was launched later come now: when such a one has ended or, as nothing else is
// under way, none will. In the order in which they were launched.
void SimIoEngine::release_held(std::uint64_t launched_before, core::Site site) {
  any_held_ = false;
  std::vector<std::uint32_t> ready;
  for (std::uint32_t slot = 0; slot < flights_->slots(); ++slot) {
    if (!flights_->at(slot).held) continue;
    any_held_ = true;
    if (flights_->at(slot).launched < launched_before) ready.push_back(slot);
  }
  std::ranges::sort(ready, {}, [this](std::uint32_t slot) { return flights_->at(slot).launched; });
  for (const std::uint32_t slot : ready) {
    flights_->at(slot).held = false;
    send_completion(slot, site);
  }
}

bool SimIoEngine::any_on_its_way() const {
  for (std::uint32_t slot = 0; slot < flights_->slots(); ++slot) {
    if (flights_->at(slot).event != core::kNoId) return true;
  }
  return false;
}

void SimIoEngine::happened(std::uint64_t cookie) {
  const auto slot = static_cast<std::uint32_t>(cookie);
  simulation_.touch(owner_);
  Flight& flight = flights_->at(slot);
  flight.event = core::kNoId;
  if (flight.power_cuts != device_of(*flight.request).power_cuts()) {
    flight.error = EIO;
    flight.transferred = 0;
  }
  flight.request->error = flight.error;
  flight.request->transferred = flight.transferred;
  flight.request->written_at = flight.written_at;
  device_of(*flight.request).pass_time(flight.transferred, flight.due_ns);
  device_of(*flight.request).told(*flight.request);
  flights_->end(slot);
  last_end_ = simulation_.step();
  if (any_held_) release_held(flight.launched, core::Site::current());
  tell_complete(*flight.request, core::Site::current());
  if (awaited_ == 0 || flights_->ended() < awaited_) return;
  awaited_ = 0;
  simulation_.wake(owner_);
}

int SimIoEngine::do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) {
  if (min > 0) (void)do_commit(site);
  simulation_.touch(owner_);
  // One that a signal breaks comes back with what has ended, once anything has.
  if (min > 1 && first_device().strike_wait(site)) min = 1;
  simulation_.touch(owner_);
  const std::uint32_t ended = flights_->ended();
  const bool enough = ended >= min;
  if (!enough) awaited_ = static_cast<std::uint32_t>(min);
  const bool promised = ended + flights_->in_flight() >= min;
  const bool can_end = ended + flights_->in_flight() - flights_->lost() >= min;
  if (!enough && any_held_ && !any_on_its_way()) release_held(UINT64_MAX, site);
  const std::uint32_t lost = promised && !can_end ? core::kLostByDevice : core::kNoId;
  simulation_.visible_when(enough, queue_op(OpKind::reap, site), {core::WaitKind::completion, lost, can_end},
                           min > 0 && ended == min ? last_end_ : 0);
  if (simulation_.abandoned()) return 0;
  simulation_.touch(owner_);
  const std::size_t taken = std::min<std::size_t>(out.size(), flights_->ended());
  simulation_.add_to_history(taken);
  for (std::size_t i = 0; i < taken; ++i) {
    simulation_.add_to_history(flights_->first_ended().data);
    out[i] = flights_->reap();
    add_end_to_history(*out[i]);
  }
  return static_cast<int>(taken);
}

bool SimIoEngine::do_cancel(core::IoRequest& request, core::Site site) {
  if (kind_ == core::EngineKind::psync || simulation_.abandoned()) return false;
  simulation_.visible(queue_op(OpKind::cancel, site));
  if (simulation_.abandoned()) return false;
  simulation_.touch(owner_);
  const auto slot = static_cast<std::uint32_t>(request.engine_cookie);
  const Flight& flight = flights_->at(slot);
  assert(flight.request == &request);
  simulation_.add_to_history(flight.state == FlightState::ended ? 1 : 0);
  if (flight.state == FlightState::ended || simulation_.draw(2, site) == 0) return false;
  if (flight.event != core::kNoId) simulation_.remove_event(flight.event);
  flights_->drop(slot);
  return true;
}

// The job learns how an I/O has ended.
void SimIoEngine::add_end_to_history(const core::IoRequest& request) {
  simulation_.add_to_history(request.tag);
  simulation_.add_to_history(static_cast<std::uint64_t>(request.error) << 32U | request.transferred);
  if (request.append) simulation_.add_to_history(request.written_at);
}

// The slot of the job is the job's affair; the count of I/Os goes by queue and reap.
void SimIoEngine::tell_complete(const core::IoRequest& request, core::Site site) {
  core::IoEvent event;
  event.step = core::IoStep::complete;
  event.direction = request.direction;
  event.offset = request.offset;
  event.length = request.length;
  event.unit = request.tag;
  event.error = request.error;
  simulation_.watch().io(owner_, event, site);
}

Op SimIoEngine::queue_op(OpKind kind, core::Site site) const {
  return first_device().completion_op(kind, site).value_or(Op{kind, ObjectClass::completions, false, owner_, site});
}

}  // namespace zoneknot::sim
