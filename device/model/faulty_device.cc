#include "device/model/faulty_device.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

#include "device/model/zone_state.h"

namespace zoneknot::device {

using core::Direction;
using core::ZoneAction;
using core::ZoneCondition;
using core::ZoneReport;

namespace {

bool cuts_power(const Fault& fault) { return fault.kind == FaultKind::power_cut; }

Arrival arrival_of(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::late:
      return Arrival::late;
    case FaultKind::reordered:
      return Arrival::reordered;
    case FaultKind::lost:
      return Arrival::lost;
    default:
      return Arrival::in_time;
  }
}

}  // namespace

FaultyDevice::FaultyDevice(const DeviceConfig& config, const FaultPlan& plan, std::function<bool(double)> chance,
                           Lost lost)
    : plan_(&plan),
      model_(config),
      faults_(plan),
      chance_(std::move(chance)),
      lost_(std::move(lost)),
      power_may_fail_(plan.any(cuts_power)),
      write_cache_(plan.any([](const Fault& fault) { return cuts_power(fault) && fault.write_cache; })) {
  if (config.host != HostLayer::write_lock) host_.emplace(model_);
}

void FaultyDevice::reset_device() {
  model_.reset_device();
  if (host_) host_.emplace(model_);
  cache_.clear();
  power_cuts_ = 0;
  if (!plan_->empty()) faults_ = FaultState(*plan_);
}

std::vector<ZoneReport> FaultyDevice::report() {
  if (host_) host_->report();
  return model_.report();
}

const Fault* FaultyDevice::strike(const core::IoRequest& request, FaultMoment moment) {
  if (plan_->empty()) return nullptr;
  const bool in_zone = request.direction != Direction::sync && request.offset < model_.geometry().size;
  const std::uint32_t zone = in_zone ? model_.zone_of(request.offset) : core::kNoId;
  return faults_.strike(fault_target(request.direction), moment, zone, chance_,
                        {request.offset, request.offset + std::max(request.length, 1U)});
}

const Fault* FaultyDevice::strike_queue(const core::IoRequest& request) {
  const Fault* fault = strike(request, FaultMoment::queue);
  assert(fault == nullptr || fault->kind == FaultKind::error || fault->kind == FaultKind::busy);
  return fault;
}

bool FaultyDevice::strike_wait() {
  return !plan_->empty() && faults_.strike(FaultTarget::wait, FaultMoment::complete, core::kNoId, chance_) != nullptr;
}

// What has taken the zone out of service already is not asked again: a device that restores would.
void FaultyDevice::degrade(std::uint32_t zone, FaultKind kind) {
  const ZoneReport& report = model_.zone(zone);
  const ZoneCondition to = kind == FaultKind::offline ? ZoneCondition::offline : ZoneCondition::read_only;
  if (report.type == core::ZoneType::conventional || report.condition == to) return;
  if (report.condition == ZoneCondition::offline) return;
  model_.degrade(zone, to);
}

IoEffect FaultyDevice::carry_out(const core::IoRequest& request) {
  const Fault* fault = strike(request, FaultMoment::complete);
  if (fault == nullptr) return apply(request, request.length);
  if (fault->kind == FaultKind::error) return {.error = fault->error};
  if (fault->kind == FaultKind::power_cut) {
    power_cut();
    return {.error = EIO};
  }
  std::uint32_t length = request.length;
  if (fault->kind == FaultKind::short_transfer) {
    length = std::min(length, fault->transferred) & ~(model_.config().block_size - 1);
    if (length == 0) return {};
  }
  if (fault->kind == FaultKind::read_only || fault->kind == FaultKind::offline) {
    if (request.offset < model_.geometry().size) degrade(model_.zone_of(request.offset), fault->kind);
  }
  IoEffect effect = apply(request, length);
  effect.arrival = arrival_of(*fault);
  effect.delay_ns = fault->delay_ns;
  return effect;
}

IoEffect FaultyDevice::apply(const core::IoRequest& request, std::uint32_t length) {
  const std::uint64_t offset = request.offset;
  const IoEffect effect = request.append ? append(offset, length)
                          : host_        ? apply_through_host(request.direction, offset, length)
                                         : model_.apply(request.direction, offset, length);
  if (power_may_fail_) note_written(request.direction, request.append ? effect.at : offset, effect.done);
  return effect;
}

IoEffect FaultyDevice::append(std::uint64_t offset, std::uint32_t length) {
  const ZoneModel::Appended done = model_.append(offset, length);
  return {.error = done.error, .done = done.error == 0 ? length : 0, .at = done.at};
}

IoEffect FaultyDevice::apply_through_host(Direction direction, std::uint64_t offset, std::uint32_t length) {
  if (direction == Direction::sync || direction == Direction::trim) return model_.apply(direction, offset, length);
  if (const int error = model_.refusal(direction, offset, length); error != 0) return {.error = error};
  IoEffect effect;
  const Host::Moved moved = [&](std::uint64_t at, std::uint64_t bytes) {
    if (at == offset + effect.done) effect.done += static_cast<std::uint32_t>(bytes);
  };
  effect.error =
      direction == Direction::write ? host_->write(offset, length, moved) : host_->read(offset, length, moved);
  return effect;
}

void FaultyDevice::note_written(Direction direction, std::uint64_t offset, std::uint64_t length) {
  if (direction == Direction::sync) cache_.clear();
  if (direction != Direction::write) return;
  for (std::uint64_t at = offset; at < offset + length;) {
    const std::uint32_t zone = model_.zone_of(at);
    const ZoneReport& report = model_.zone(zone);
    const std::uint64_t end = std::min(offset + length, report.start + report.length);
    if (report.type != core::ZoneType::conventional) cache_.wrote(zone, at, end);
    at = end;
  }
}

void FaultyDevice::told(const core::IoRequest& request) {
  if (!power_may_fail_ || write_cache_ || request.direction != Direction::write || request.transferred == 0) return;
  const std::uint64_t begin = request.append ? request.written_at : request.offset;
  const std::uint64_t end = begin + request.transferred;
  for (std::uint32_t zone = model_.zone_of(begin); zone <= model_.zone_of(end - 1); ++zone) {
    cache_.made_durable(zone, std::min(end, model_.zone(zone).start + model_.zone(zone).length));
  }
}

void FaultyDevice::power_cut() {
  ++power_cuts_;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> lost;
  cache_.lose([this] { return chance_(0.5); },
              [&](std::uint32_t zone, std::uint64_t from) { lost.emplace_back(zone, from); });
  if (host_) {
    host_->power_cut();
  } else {
    model_.power_cut();
  }
  for (const auto& [zone, from] : lost) {
    const ZoneReport& report = model_.zone(zone);
    if (report.condition == ZoneCondition::read_only || report.condition == ZoneCondition::offline) continue;
    model_.lose_from(zone, from);
    if (lost_) lost_(from, report.start + report.length - from);
  }
  cache_.clear();
}

int FaultyDevice::apply(ZoneAction action, std::uint32_t zone, const Wipe& wipe, int earlier) {
  const bool resets = action == ZoneAction::reset;
  if (resets && !next_condition(ZoneEvent::reset, model_.zone(zone).condition)) return EIO;
  if (resets) {
    if (const int error = wipe(zone); error != 0) return error;
  }
  const int error = host_ ? host_->manage_zone(action, zone, earlier) : model_.manage(action, zone);
  if (error == 0 && (resets || action == ZoneAction::finish)) cache_.forget(zone);
  return error;
}

const Fault* FaultyDevice::strike(ZoneAction action, std::uint32_t zone) {
  if (plan_->empty()) return nullptr;
  const ZoneReport& report = model_.zone(zone);
  return faults_.strike(fault_target(action), FaultMoment::complete, zone, chance_,
                        {report.start, report.start + report.length});
}

FaultyDevice::Managed FaultyDevice::carry_out(ZoneAction action, std::uint32_t zone, const Wipe& wipe, int earlier) {
  const Fault* fault = strike(action, zone);
  if (fault == nullptr) return {.error = apply(action, zone, wipe, earlier)};
  if (fault->kind == FaultKind::error) return {.error = fault->error};
  if (fault->kind == FaultKind::power_cut) {
    power_cut();
    return {.error = EIO};
  }
  if (fault->kind == FaultKind::read_only || fault->kind == FaultKind::offline) degrade(zone, fault->kind);
  return {.error = apply(action, zone, wipe, earlier), .arrival = arrival_of(*fault), .delay_ns = fault->delay_ns};
}

FaultyDevice::Managed FaultyDevice::reset_all(const Wipe& wipe) {
  Managed all;
  all.error = for_each_zone({0, model_.config().zones}, [&](std::uint32_t zone, int earlier) {
    const auto resettable = [&] { return next_condition(ZoneEvent::reset, model_.zone(zone).condition).has_value(); };
    if (!resettable()) return 0;
    const Managed one = carry_out(ZoneAction::reset, zone, wipe, earlier);
    if (one.arrival == Arrival::lost || all.arrival == Arrival::in_time) all.arrival = one.arrival;
    all.delay_ns = std::max(all.delay_ns, one.delay_ns);
    // A zone that a fault has just taken out of service is passed over like others.
    return resettable() ? one.error : 0;
  });
  if (all.error == 0 && host_) host_->all_were_reset();
  return all;
}

void FaultyDevice::describe(core::StateSink& sink) const {
  model_.describe(sink);
  faults_.describe(sink);
  if (host_) host_->describe(sink);
  if (power_may_fail_) {
    cache_.describe(sink);
    sink.add(power_cuts_);
  }
}

}  // namespace zoneknot::device
