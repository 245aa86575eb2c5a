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
      model_(config),
      plan_(faults),
      faults_(faults),
      fault_seed_(fault_seed),
      faults_ordered_(any_fault(faults,
                                [&](const device::Fault& fault) {
                                  return fault.after > 0 || fault.count.has_value() ||
                                         (fault_seed.has_value() && fault.probability > 0 && fault.probability < 1);
                                })),
      zones_linked_(config.max_open > 0 || config.max_active > 0) {
  if (moves_data) contents_.emplace(config.zone_size, config.zones);
  chance_ = [this](double p) {
    if (!fault_seed_) return simulation_.chance(p, core::Site::current());
    constexpr double kTwoTo53 = 9007199254740992.0;
    return fault_draws_.next() >> 11U < static_cast<std::uint64_t>(p * kTwoTo53);
  };
}

void SimDevice::reset(std::uint32_t index) {
  assert(index < kMaxDevices);
  index_ = index;
  model_.reset_device();
  if (!plan_.empty()) faults_ = device::FaultState(plan_);
  fault_draws_ = core::SplitMix64(fault_seed_.value_or(0));
  if (contents_) contents_->clear_all();
  simulation_.add_state(name(), *this);
}

void SimDevice::describe(core::StateSink& sink) const {
  sink.add(name());
  model_.describe(sink);
  faults_.describe(sink);
  if (fault_seed_) sink.add(fault_draws_.state());
  if (contents_) contents_->describe(sink);
}

Op SimDevice::whole_device(OpKind kind, bool read_only, core::Site site) const {
  return {kind, ObjectClass::device, read_only, index_ << kZoneBits, site};
}

Op SimDevice::op_of(const core::IoRequest& request, core::Site site) const {
  const bool changes = request.direction == core::Direction::write || faults_ordered_;
  const std::uint64_t end = request.offset + std::max(request.length, 1U);
  if (faults_ordered_ || zones_linked_ || request.direction == core::Direction::sync || end > model_.geometry().size ||
      model_.zone_of(request.offset) != model_.zone_of(end - 1)) {
    return whole_device(OpKind::submit, !changes, site);
  }
  const std::uint32_t zone = index_ << kZoneBits | model_.zone_of(request.offset);
  return {OpKind::submit, ObjectClass::zone, !changes, zone, site};
}

const device::Fault* SimDevice::strike_queue(const core::IoRequest& request, core::Site site, bool op_made) {
  if (plan_.empty()) return nullptr;
  if (faults_ordered_ && !op_made) {
    simulation_.visible(whole_device(OpKind::queue_fault, false, site));
    if (simulation_.abandoned()) return nullptr;
  }
  return strike(device::fault_target(request.direction), device::FaultMoment::queue, first_zone(request));
}

SimDevice::Result SimDevice::carry_out(const core::IoRequest& request, const device::Fault* fault) {
  if (fault == nullptr) {
    fault = strike(device::fault_target(request.direction), device::FaultMoment::complete, first_zone(request));
  }
  simulation_.touch(name());
  std::uint32_t length = request.length;
  if (fault != nullptr) {
    if (fault->kind == device::FaultKind::error) return {fault->error, 0};
    if (fault->kind == device::FaultKind::short_transfer) length = std::min(length, fault->transferred);
  }
  // A transfer cut down to nothing never reaches the zone.
  if (length == 0 && request.length > 0) return {};
  const int error = apply(request, length);
  if (error != 0) return {error, 0};
  const bool read = request.direction == core::Direction::read && request.buffer != nullptr;
  const std::uint64_t data = read && contents_ && simulation_.tracking() ? XXH3_64bits(request.buffer, length) : 0;
  return {0, length, data};
}

std::uint32_t SimDevice::first_zone(const core::IoRequest& request) const {
  const bool in_zone = request.direction != core::Direction::sync && request.offset < model_.geometry().size;
  return in_zone ? model_.zone_of(request.offset) : core::kNoId;
}

const device::Fault* SimDevice::strike(device::FaultTarget target, device::FaultMoment moment, std::uint32_t zone) {
  if (plan_.empty()) return nullptr;
  simulation_.touch(name());
  return faults_.strike(target, moment, zone, chance_);
}

int SimDevice::apply(const core::IoRequest& request, std::uint32_t length) {
  const std::uint64_t end = request.offset + length;
  if (!contents_ || request.buffer == nullptr || end > model_.geometry().size) {
    return model_.apply(request.direction, request.offset, length);
  }
  const std::uint64_t zone_size = model_.config().zone_size;
  std::uint64_t offset = request.offset;
  // Zone by zone, as the model would split it, so that the data of parts before a failed one stay too.
  while (offset < end) {
    const auto part = static_cast<std::uint32_t>(std::min(end, (offset / zone_size + 1) * zone_size) - offset);
    if (const int error = model_.apply(request.direction, offset, part); error != 0) return error;
    move_data(request, offset, part);
    offset += part;
  }
  return 0;
}

void SimDevice::move_data(const core::IoRequest& request, std::uint64_t offset, std::uint32_t length) {
  std::byte* buffer = request.buffer + (offset - request.offset);
  if (request.direction == core::Direction::write) contents_->write(offset, buffer, length);
  if (request.direction == core::Direction::read) contents_->read(offset, buffer, length);
}

std::vector<core::ZoneReport> SimDevice::do_report() const {
  simulation_.touch(name());
  std::vector<core::ZoneReport> report = model_.report();
  for (const core::ZoneReport& zone : report) {
    simulation_.hear(static_cast<std::uint64_t>(zone.condition));
    simulation_.hear(zone.wp);
  }
  return report;
}

int SimDevice::do_manage(ZoneAction action, std::uint32_t zone, core::Site site) {
  simulation_.visible(faults_ordered_ || zones_linked_
                          ? whole_device(OpKind::manage, false, site)
                          : Op{OpKind::manage, ObjectClass::zone, false, index_ << kZoneBits | zone, site});
  if (simulation_.abandoned()) return 0;
  simulation_.touch(name());
  const bool resets = action == ZoneAction::reset;
  simulation_.advance_ns(resets ? kResetNs : kIoNs);
  if (resets) {
    const device::Fault* fault = strike(device::FaultTarget::reset, device::FaultMoment::complete, zone);
    if (fault != nullptr && fault->kind == device::FaultKind::error) {
      simulation_.hear(static_cast<std::uint64_t>(fault->error));
      return fault->error;
    }
  }
  const int error = model_.manage(static_cast<device::ZoneCommand>(action), zone);
  simulation_.hear(static_cast<std::uint64_t>(error));
  if (error == 0 && resets && contents_) contents_->clear(zone);
  return error;
}

}  // namespace zoneknot::sim
