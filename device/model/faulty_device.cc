#include "device/model/faulty_device.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

#include "device/model/zone_state.h"

namespace zoneknot::device {

FaultyDevice::FaultyDevice(const DeviceConfig& config, const FaultPlan& plan, std::function<bool(double)> chance)
    : plan_(&plan), model_(config), faults_(plan), chance_(std::move(chance)) {}

void FaultyDevice::reset_device() {
  model_.reset_device();
  if (!plan_->empty()) faults_ = FaultState(*plan_);
}

const Fault* FaultyDevice::strike(const core::IoRequest& request, FaultMoment moment) {
  if (plan_->empty()) return nullptr;
  const bool in_zone = request.direction != core::Direction::sync && request.offset < model_.geometry().size;
  const std::uint32_t zone = in_zone ? model_.zone_of(request.offset) : core::kNoId;
  return faults_.strike(fault_target(request.direction), moment, zone, chance_);
}

const Fault* FaultyDevice::strike_queue(const core::IoRequest& request) {
  const Fault* fault = strike(request, FaultMoment::queue);
  assert(fault == nullptr || fault->kind != FaultKind::short_transfer);
  return fault;
}

IoEffect FaultyDevice::carry_out(const core::IoRequest& request) {
  const Fault* fault = strike(request, FaultMoment::complete);
  std::uint32_t length = request.length;
  if (fault != nullptr && fault->kind == FaultKind::error) return {.error = fault->error};
  if (fault != nullptr && fault->kind == FaultKind::short_transfer) {
    length = std::min(length, fault->transferred) & ~(model_.config().block_size - 1);
    if (length == 0) return {};
  }
  return model_.apply(request.direction, request.offset, length);
}

int FaultyDevice::reset_zone(std::uint32_t zone, const std::function<int()>& wipe) {
  const Fault* fault = faults_.strike(FaultTarget::reset, FaultMoment::complete, zone, chance_);
  if (fault != nullptr && fault->kind == FaultKind::error) return fault->error;
  if (!next_condition(ZoneEvent::reset, model_.zone(zone).condition)) return EIO;
  if (const int error = wipe(); error != 0) return error;
  return model_.manage(core::ZoneAction::reset, zone);
}

int FaultyDevice::manage(core::ZoneAction action, std::uint32_t zone, const std::function<int()>& wipe) {
  return action == core::ZoneAction::reset ? reset_zone(zone, wipe) : model_.manage(action, zone);
}

void FaultyDevice::describe(core::StateSink& sink) const {
  model_.describe(sink);
  faults_.describe(sink);
}

}  // namespace zoneknot::device
