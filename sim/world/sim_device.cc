#include "sim/world/sim_device.h"

#include <xxhash.h>

#include <algorithm>
#include <cassert>

#include "core/lost_completion.h"
#include "device/model/zone_state.h"

namespace zoneknot::sim {

namespace {

using device::FaultKind;

constexpr std::uint32_t kMaxDevices = 1U << (32 - kZoneBits);
constexpr core::ZoneReport kNoZone{.capacity = 1};

}  // namespace

SimDevice::SimDevice(Simulation& simulation, const device::DeviceConfig& config, const device::FaultPlan& faults,
                     std::optional<std::uint64_t> fault_seed, bool moves_data, TimeOrder order, DueTimes& due)
    : simulation_(simulation),
      device_(
          config, faults, [this](double p) { return chance(p); },
          [this](std::uint64_t offset, std::uint64_t length) {
            if (contents_) contents_->erase(offset, length);
          }),
      order_(order),
      due_(due),
      power_may_fail_(faults.any([](const device::Fault& fault) { return fault.kind == FaultKind::power_cut; })),
      fault_seed_(fault_seed),
      faults_ordered_(faults.any([&](const device::Fault& fault) {
        return fault.after > 0 || fault.count.has_value() || fault.kind >= FaultKind::read_only ||
               (fault_seed.has_value() && fault.probability > 0 && fault.probability < 1);
      })),
      signals_come_(faults.any([](const device::Fault& fault) { return fault.kind == FaultKind::signal; })),
      zones_linked_(config.max_open > 0 || config.max_active > 0) {
  if (config.latency) latency_.emplace(*config.latency, config.zone_size * config.zones);
  if (moves_data) contents_.emplace(config.zone_size, config.zones);
}

bool SimDevice::chance(double p) {
  return fault_seed_ ? fault_draws_.chance(p) : simulation_.chance(p, core::Site::current());
}

void SimDevice::reset(std::uint32_t index) {
  assert(index < kMaxDevices);
  index_ = index;
  device_.reset_device();
  if (latency_) latency_->reset();
  fault_draws_ = core::SplitMix64(fault_seed_.value_or(0));
  if (contents_) contents_->clear_all();
  simulation_.add_state(name(), *this);
}

void SimDevice::describe(core::StateSink& sink) const {
  sink.add(name());
  device_.describe(sink);
  if (fault_seed_) sink.add(fault_draws_.state());
  if (contents_) contents_->describe(sink);
  if (latency_ && simulation_.clock_read()) latency_->describe(sink, simulation_.now_ns());
}

Op SimDevice::whole_device(OpKind kind, bool read_only, core::Site site) const {
  return {kind, ObjectClass::device, read_only, index_ << kZoneBits, site};
}

Op SimDevice::zone_op(OpKind kind, std::uint32_t zone, bool read_only, core::Site site) const {
  if (faults_ordered_ || zones_linked_) return whole_device(kind, read_only, site);
  return {kind, ObjectClass::zone, read_only, index_ << kZoneBits | zone, site};
}

Op SimDevice::op_of(const core::IoRequest& request, core::Site site) const {
  const bool changes = request.direction == core::Direction::write || faults_ordered_;
  const std::uint64_t end = request.offset + std::max(request.length, 1U);
  const core::DeviceGeometry& geometry = model().geometry();
  const std::uint32_t zone = model().zone_of(request.offset);
  if (request.direction == core::Direction::sync || end > geometry.size || end > (zone + 1) * geometry.zone_size) {
    return whole_device(OpKind::submit, !changes, site);
  }
  return zone_op(OpKind::submit, zone, !changes, site);
}

const device::Fault* SimDevice::strike_queue(const core::IoRequest& request, core::Site site, bool op_made) {
  if (device_.plan().empty()) return nullptr;
  if (faults_ordered_ && !op_made) {
    simulation_.visible(whole_device(OpKind::queue_fault, false, site));
    if (simulation_.abandoned()) return nullptr;
  }
  simulation_.touch(name());
  return device_.strike_queue(request);
}

bool SimDevice::strike_wait(core::Site site) {
  if (!signals_come_) return false;
  simulation_.visible(whole_device(OpKind::queue_fault, false, site));
  if (simulation_.abandoned()) return false;
  simulation_.touch(name());
  return device_.strike_wait();
}

SimDevice::Result SimDevice::carry_out(const core::IoRequest& request) {
  simulation_.touch(name());
  const bool in_device = request.offset < model().geometry().size;
  const core::ZoneReport before = latency_ && in_device ? model().zone(model().zone_of(request.offset)) : kNoZone;
  const device::IoEffect effect = device_.carry_out(request);
  const std::uint64_t place = request.append ? effect.at : request.offset;
  const std::uint64_t data = contents_ && request.buffer != nullptr ? move_data(request, place, effect.done) : 0;
  Result result{.error = effect.error,
                .transferred = effect.transferred(),
                .data = effect.error == 0 ? data : 0,
                .written_at = effect.at,
                .arrival = effect.arrival};
  if (latency_) {
    const std::uint64_t now = simulation_.now_ns();
    result.due_ns =
        effect.delay_ns + (request.append ? latency_->append_end(before, effect.done, now)
                                          : latency_->io_end(request.direction, before, place, effect.done, now));
  } else if (effect.delay_ns != 0) {
    result.due_ns = simulation_.now_ns() + effect.delay_ns;
  }
  return result;
}

// The end of a command that a task waits for is an event like that of any other I/O. It is told of as a wait for a
// completion, which a protocol may forbid where it would forbid others.
void SimDevice::wait_until(std::uint64_t due_ns, core::Site site) {
  const std::uint64_t now = simulation_.now_ns();
  if (due_ns <= now) return;
  if (order_ == TimeOrder::any) return simulation_.advance_ns(due_ns - now);
  const core::TaskId self = simulation_.current();
  const Op op{OpKind::complete, ObjectClass::completions, false, self, site};
  note_due(simulation_.add_event(op, *this, self, self), due_ns);
  simulation_.visible_when(false, {OpKind::reap, ObjectClass::completions, false, self, site},
                           {core::WaitKind::completion, core::kNoId, true}, 0);
  if (!simulation_.abandoned()) pass_time_to(due_ns);
}

void SimDevice::happened(std::uint64_t cookie) { simulation_.wake(static_cast<core::TaskId>(cookie)); }

void SimDevice::pass_time_to(std::uint64_t due_ns) {
  const std::uint64_t now = simulation_.now_ns();
  if (due_ns > now) simulation_.advance_ns(due_ns - now);
}

void SimDevice::wait_for_ever(core::Site site) {
  simulation_.visible_when(false, {OpKind::reap, ObjectClass::completions, false, simulation_.current(), site},
                           {core::WaitKind::completion, core::kLostByDevice, false}, 0);
}

void SimDevice::wait_for_end(const Result& result, core::Site site) {
  if (result.arrival == device::Arrival::lost) return wait_for_ever(site);
  if (!latency_) simulation_.advance_ns(service_ns(result.transferred));
  if (result.due_ns != 0) wait_until(result.due_ns, site);
}

void SimDevice::pass_time(std::uint32_t transferred, std::uint64_t due_ns) {
  if (!latency_) simulation_.advance_ns(service_ns(transferred));
  pass_time_to(due_ns);
}

void SimDevice::tell(const core::IoRequest& request) {
  if (request.error != 0) return;
  simulation_.touch(name());
  device_.told(request);
}

// While tracking: a hash of what a READ has brought.
std::uint64_t SimDevice::move_data(const core::IoRequest& request, std::uint64_t offset, std::uint32_t length) {
  if (request.direction == core::Direction::write) contents_->write(offset, request.buffer, length);
  if (request.direction != core::Direction::read) return 0;
  contents_->read(offset, request.buffer, length);
  return length > 0 && simulation_.tracking() ? XXH3_64bits(request.buffer, length) : 0;
}

std::vector<core::ZoneReport> SimDevice::do_report() const {
  simulation_.touch(name());
  std::vector<core::ZoneReport> report = device_.report();
  for (const core::ZoneReport& zone : report) {
    simulation_.add_to_history(static_cast<std::uint64_t>(zone.condition));
    simulation_.add_to_history(zone.wp);
  }
  return report;
}

int SimDevice::do_manage(core::ZoneAction action, core::ZoneRange zones, core::Site site) {
  if (device_.resets_all(action, zones)) return reset_all(site);
  return device_.for_each_zone(zones, [&](std::uint32_t zone, int earlier) {
    return simulation_.abandoned() ? 0 : manage_zone(action, zone, earlier, site);
  });
}

int SimDevice::wipe(std::uint32_t zone) {
  if (contents_) contents_->clear(zone);
  return 0;
}

int SimDevice::manage_zone(core::ZoneAction action, std::uint32_t zone, int earlier, core::Site site) {
  simulation_.visible(zone_op(OpKind::manage, zone, false, site));
  if (simulation_.abandoned()) return 0;
  simulation_.touch(name());
  if (!latency_) simulation_.advance_ns(action == core::ZoneAction::reset ? kResetNs : kIoNs);
  const core::ZoneReport before = model().zone(zone);
  const auto wiped = [this](std::uint32_t wiped_zone) { return wipe(wiped_zone); };
  const device::FaultyDevice::Managed done = device_.carry_out(action, zone, wiped, earlier);
  if (done.arrival != device::Arrival::lost) wait_for_command(action, zone, before, done, site);
  return end_of_command(done, site);
}

// It takes as long as the longest reset of a zone.
int SimDevice::reset_all(core::Site site) {
  simulation_.visible(whole_device(OpKind::manage, false, site));
  if (simulation_.abandoned()) return 0;
  simulation_.touch(name());
  const std::vector<core::ZoneReport> before = model().report();
  const device::FaultyDevice::Managed done = device_.reset_all([this](std::uint32_t wiped) { return wipe(wiped); });
  const std::uint64_t now = simulation_.now_ns();
  std::uint64_t end = now + (latency_ ? 0 : kResetNs);
  for (std::uint32_t zone = 0; zone < before.size() && latency_; ++zone) {
    if (!device::next_condition(device::ZoneEvent::reset, before[zone].condition)) continue;
    end = std::max(end, latency_->manage_end(core::ZoneAction::reset, zone, before[zone], now));
  }
  if (done.arrival != device::Arrival::lost) wait_until(end + done.delay_ns, site);
  return end_of_command(done, site);
}

int SimDevice::end_of_command(const device::FaultyDevice::Managed& done, core::Site site) {
  if (done.arrival == device::Arrival::lost) wait_for_ever(site);
  if (simulation_.abandoned()) return 0;
  simulation_.add_to_history(static_cast<std::uint64_t>(done.error));
  return done.error;
}

void SimDevice::wait_for_command(core::ZoneAction action, std::uint32_t zone, const core::ZoneReport& before,
                                 const device::FaultyDevice::Managed& done, core::Site site) {
  const std::uint64_t now = simulation_.now_ns();
  if (latency_ && done.error == 0) {
    wait_until(latency_->manage_end(action, zone, before, now), site);
    while (action == core::ZoneAction::finish && !simulation_.abandoned()) {
      const std::uint64_t end = latency_->finish_end(zone, simulation_.now_ns());
      if (end <= simulation_.now_ns()) break;
      wait_until(end, site);
    }
  }
  if (done.delay_ns != 0) wait_until(now + done.delay_ns, site);
}

}  // namespace zoneknot::sim
