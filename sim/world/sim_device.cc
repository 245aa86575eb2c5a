#include "sim/world/sim_device.h"

#include <xxhash.h>

#include <algorithm>
#include <cassert>

namespace zoneknot::sim {

namespace {

constexpr std::uint32_t kMaxDevices = 1U << (32 - kZoneBits);

bool any_fault(const device::FaultPlan& plan, const std::function<bool(const device::Fault&)>& property) {
  return std::any_of(plan.faults.begin(), plan.faults.end(), property);
}

}  // namespace

SimDevice::SimDevice(Simulation& simulation, const device::DeviceConfig& config, const device::FaultPlan& faults,
                     std::optional<std::uint64_t> fault_seed, bool moves_data)
    : simulation_(simulation),
      device_(config, faults, [this](double p) { return chance(p); }),
      fault_seed_(fault_seed),
      faults_ordered_(any_fault(faults,
                                [&](const device::Fault& fault) {
                                  return fault.after > 0 || fault.count.has_value() ||
                                         (fault_seed.has_value() && fault.probability > 0 && fault.probability < 1);
                                })),
      zones_linked_(config.max_open > 0 || config.max_active > 0) {
  if (moves_data) contents_.emplace(config.zone_size, config.zones);
}

bool SimDevice::chance(double p) {
  return fault_seed_ ? fault_draws_.chance(p) : simulation_.chance(p, core::Site::current());
}

void SimDevice::reset(std::uint32_t index) {
  assert(index < kMaxDevices);
  index_ = index;
  device_.reset_device();
  fault_draws_ = core::SplitMix64(fault_seed_.value_or(0));
  if (contents_) contents_->clear_all();
  simulation_.add_state(name(), *this);
}

void SimDevice::describe(core::StateSink& sink) const {
  sink.add(name());
  device_.describe(sink);
  if (fault_seed_) sink.add(fault_draws_.state());
  if (contents_) contents_->describe(sink);
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
  if (request.direction == core::Direction::sync || end > model().geometry().size ||
      model().zone_of(request.offset) != model().zone_of(end - 1)) {
    return whole_device(OpKind::submit, !changes, site);
  }
  return zone_op(OpKind::submit, model().zone_of(request.offset), !changes, site);
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

SimDevice::Result SimDevice::carry_out(const core::IoRequest& request) {
  simulation_.touch(name());
  const device::IoEffect effect = device_.carry_out(request);
  const std::uint64_t data = contents_ && request.buffer != nullptr ? move_data(request, effect.done) : 0;
  return {effect.error, effect.transferred(), effect.error == 0 ? data : 0};
}

// While tracking: a hash of what a READ has brought.
std::uint64_t SimDevice::move_data(const core::IoRequest& request, std::uint32_t length) {
  if (request.direction == core::Direction::write) contents_->write(request.offset, request.buffer, length);
  if (request.direction != core::Direction::read) return 0;
  contents_->read(request.offset, request.buffer, length);
  return length > 0 && simulation_.tracking() ? XXH3_64bits(request.buffer, length) : 0;
}

std::vector<core::ZoneReport> SimDevice::do_report() const {
  simulation_.touch(name());
  std::vector<core::ZoneReport> report = model().report();
  for (const core::ZoneReport& zone : report) {
    simulation_.hear(static_cast<std::uint64_t>(zone.condition));
    simulation_.hear(zone.wp);
  }
  return report;
}

int SimDevice::do_manage(core::ZoneAction action, std::uint32_t zone, core::Site site) {
  simulation_.visible(zone_op(OpKind::manage, zone, false, site));
  if (simulation_.abandoned()) return 0;
  simulation_.touch(name());
  simulation_.advance_ns(action == core::ZoneAction::reset ? kResetNs : kIoNs);
  const int error = device_.manage(action, zone, [this, zone] {
    if (contents_) contents_->clear(zone);
    return 0;
  });
  simulation_.hear(static_cast<std::uint64_t>(error));
  return error;
}

}  // namespace zoneknot::sim
