#include "device/model/zone_model.h"

#include <algorithm>
#include <cassert>
#include <cerrno>

#include "device/model/zone_state.h"

namespace zoneknot::device {

using core::Direction;
using core::ZoneCondition;
using core::ZoneReport;
using core::ZoneType;

namespace {

// Bytes of a half-full zone: whole blocks, none if the capacity is a single one.
std::uint64_t half_of(const DeviceConfig& config) {
  return config.zone_capacity / config.block_size / 2 * config.block_size;
}

}  // namespace

ZoneModel::ZoneModel(const DeviceConfig& config) : config_(config) {
  assert(!check_config(config));
  if (config_.zone_capacity == 0) config_.zone_capacity = config_.zone_size;
  count_initial();
  zones_.reserve(config_.zones);
  for (std::uint32_t i = 0; i < config_.zones; ++i) zones_.push_back(initial_zone(i));
  is_touched_.resize(config_.zones);
}

void ZoneModel::count_initial() {
  if (config_.filled.empty() && config_.half.empty()) return;
  initial_.resize(config_.zones, config_.prefilled ? ZoneCondition::full : ZoneCondition::empty);
  for_each_zone(config_.filled, config_.zones, [&](std::uint32_t zone) { initial_[zone] = ZoneCondition::full; });
  // What is open when a device is switched off is closed when it is switched on again.
  const bool any_half = half_of(config_) != 0;
  for_each_zone(config_.half, config_.zones,
                [&](std::uint32_t zone) { initial_[zone] = any_half ? ZoneCondition::closed : ZoneCondition::empty; });
  initially_active_ = static_cast<std::uint32_t>(std::ranges::count(initial_, ZoneCondition::closed));
  active_ = initially_active_;
}

ZoneReport ZoneModel::initial_zone(std::uint32_t index) const {
  const bool conventional = index < config_.conventional;
  ZoneReport zone;
  zone.start = index * config_.zone_size;
  zone.length = config_.zone_size;
  zone.capacity = conventional ? config_.zone_size : config_.zone_capacity;
  zone.type = conventional ? ZoneType::conventional : ZoneType::sequential_write_required;
  if (conventional) {
    zone.condition = ZoneCondition::not_wp;
  } else if (!initial_.empty()) {
    zone.condition = initial_[index];
  } else {
    zone.condition = config_.prefilled ? ZoneCondition::full : ZoneCondition::empty;
  }
  zone.wp = zone.start;
  if (conventional || zone.condition == ZoneCondition::full) zone.wp += zone.length;
  if (zone.condition == ZoneCondition::closed) zone.wp += half_of(config_);
  return zone;
}

void ZoneModel::reset_device() {
  for (const std::uint32_t index : touched_) {
    zones_[index] = initial_zone(index);
    is_touched_[index] = false;
  }
  touched_.clear();
  implicit_.clear();
  open_ = 0;
  active_ = initially_active_;
}

core::DeviceGeometry ZoneModel::geometry() const {
  return {.size = config_.zone_size * config_.zones,
          .zone_size = config_.zone_size,
          .block_size = config_.block_size,
          .max_open = config_.max_open,
          .max_active = config_.max_active};
}

void ZoneModel::set_condition(std::uint32_t index, ZoneCondition to) {
  ZoneReport& zone = zones_[index];
  const ZoneCondition from = zone.condition;
  if (from == to) return;
  if (!is_touched_[index]) {
    is_touched_[index] = true;
    touched_.push_back(index);
  }
  open_ = open_ + (counts_as_open(to) ? 1 : 0) - (counts_as_open(from) ? 1 : 0);
  active_ = active_ + (counts_as_active(to) ? 1 : 0) - (counts_as_active(from) ? 1 : 0);
  zone.condition = to;
  if (config_.max_open == 0) return;
  const auto place = std::ranges::lower_bound(implicit_, index);
  if (from == ZoneCondition::implicit_open) implicit_.erase(place);
  if (to == ZoneCondition::implicit_open) implicit_.insert(place, index);
}

// Both limits are looked at before anything is closed, so that a refusal has no side effect.
int ZoneModel::make_room(ZoneCondition from, ZoneCondition to) {
  const bool needs_active = counts_as_active(to) && !counts_as_active(from);
  const bool needs_open = counts_as_open(to) && !counts_as_open(from);
  if (needs_active && config_.max_active != 0 && active_ >= config_.max_active) return EOVERFLOW;
  if (!needs_open || config_.max_open == 0 || open_ < config_.max_open) return 0;
  if (implicit_.empty()) return ETOOMANYREFS;
  set_condition(implicit_.front(), ZoneCondition::closed);
  return 0;
}

int ZoneModel::move(std::uint32_t index, ZoneCondition to) {
  if (const int error = make_room(zones_[index].condition, to); error != 0) return error;
  set_condition(index, to);
  if (to == ZoneCondition::empty) zones_[index].wp = zones_[index].start;
  if (to == ZoneCondition::full) zones_[index].wp = zones_[index].start + zones_[index].length;
  return 0;
}

namespace {

ZoneEvent event_of(core::ZoneAction action) {
  switch (action) {
    case core::ZoneAction::open:
      return ZoneEvent::open;
    case core::ZoneAction::close:
      return ZoneEvent::close;
    case core::ZoneAction::finish:
      return ZoneEvent::finish;
    case core::ZoneAction::reset:
      return ZoneEvent::reset;
  }
  __builtin_unreachable();
}

}  // namespace

int ZoneModel::manage(core::ZoneAction action, std::uint32_t zone) {
  assert(zone < zones_.size());
  const auto next = next_condition(event_of(action), zones_[zone].condition);
  return next ? move(zone, *next) : EIO;
}

void ZoneModel::degrade(std::uint32_t zone, ZoneCondition condition) {
  assert(condition == ZoneCondition::read_only || condition == ZoneCondition::offline);
  assert(zones_[zone].type == ZoneType::sequential_write_required);
  set_condition(zone, condition);
}

// [offset, end) lies in the zone. Order of the checks as in a ZNS controller: condition, write pointer, capacity,
// resources.
int ZoneModel::write_part(std::uint32_t index, std::uint64_t offset, std::uint64_t end) {
  const ZoneReport& zone = zones_[index];
  const auto next = next_condition(ZoneEvent::write, zone.condition);
  if (!next) return EIO;
  if (zone.type == ZoneType::conventional) return 0;
  if (offset != zone.wp || end > zone.start + zone.capacity) return EIO;
  if (const int error = move(index, *next); error != 0) return error;
  zones_[index].wp = end;
  return end < zone.start + zone.capacity ? 0 : move(index, *next_condition(ZoneEvent::fill, zone.condition));
}

IoEffect ZoneModel::apply(Direction direction, std::uint64_t offset, std::uint32_t length) {
  if (direction == Direction::sync) return {};
  if (length == 0 || ((offset | length) & (config_.block_size - 1)) != 0) return {.error = EINVAL};
  const std::uint64_t size = config_.zone_size * config_.zones;
  if (offset > size || length > size - offset) return {.error = direction == Direction::write ? ENOSPC : EIO};
  if (direction == Direction::trim) return {.done = length};
  const std::uint64_t end = offset + length;
  for (std::uint64_t at = offset; at < end;) {
    const std::uint32_t index = zone_of(at);
    const std::uint64_t part_end = std::min(end, zones_[index].start + config_.zone_size);
    const int error = direction == Direction::write                       ? write_part(index, at, part_end)
                      : zones_[index].condition == ZoneCondition::offline ? EIO
                                                                          : 0;
    if (error != 0) return {.error = error, .done = static_cast<std::uint32_t>(at - offset)};
    at = part_end;
  }
  return {.done = length};
}

void ZoneModel::describe(core::StateSink& sink) const {
  for (std::uint32_t index = 0; index < zones_.size(); ++index) {
    if (!is_touched_[index]) continue;
    sink.add(static_cast<std::uint64_t>(zones_[index].condition) << 32U | index);
    sink.add(zones_[index].wp);
  }
}

}  // namespace zoneknot::device
