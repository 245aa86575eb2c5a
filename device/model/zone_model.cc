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

// One of so many is few enough to be sorted rather than looked for among all.
constexpr std::size_t kFewOf = 64;

// Bytes of a half-full zone: whole blocks, none if the capacity is a single one.
std::uint64_t half_of(const DeviceConfig& config) {
  return config.zone_capacity / config.block_size / 2 * config.block_size;
}

}  // namespace

ZoneModel::ZoneModel(const DeviceConfig& config)
    : config_(config),
      dialect_(&device::dialect(config.dialect)),
      close_policy_(config.close_policy.value_or(dialect_->close_policy)) {
  assert(!check_config(config));
  apply_limit_rules(config_);
  if (config_.zone_capacity == 0) config_.zone_capacity = config_.zone_size;
  geometry_ = {.size = config_.zone_size * config_.zones,
               .zone_size = config_.zone_size,
               .block_size = config_.block_size,
               .max_open = config_.max_open,
               .max_active = config_.max_active,
               .emulated = config_.emulated};
  is_touched_.resize(config_.zones);
  count_initial();
  zones_.reserve(config_.zones);
  for (std::uint32_t i = 0; i < config_.zones; ++i) zones_.push_back(initial_zone(i));
}

void ZoneModel::count_initial() {
  if (config_.filled.empty() && config_.half.empty() && config_.starts.empty()) return;
  initial_.resize(config_.zones, config_.prefilled ? ZoneCondition::full : ZoneCondition::empty);
  for_each_zone(config_.filled, config_.zones, [&](std::uint32_t zone) { initial_[zone] = ZoneCondition::full; });
  // What is open when a device is switched off is closed when it is switched on again.
  const bool any_half = half_of(config_) != 0;
  for_each_zone(config_.half, config_.zones,
                [&](std::uint32_t zone) { initial_[zone] = any_half ? ZoneCondition::closed : ZoneCondition::empty; });
  if (!config_.starts.empty()) initially_written_.resize(config_.zones, half_of(config_));
  for (const ZoneStart& start : config_.starts) {
    for (std::uint32_t zone = start.first; zone <= start.last; ++zone) {
      initial_[zone] = start.condition;
      initially_written_[zone] = start.written * config_.block_size;
    }
  }
  initially_active_ = static_cast<std::uint32_t>(std::ranges::count_if(initial_, counts_as_active));
  initially_open_ = static_cast<std::uint32_t>(std::ranges::count_if(initial_, counts_as_open));
  active_ = initially_active_;
  open_initially();
}

void ZoneModel::open_initially() {
  open_ = initially_open_;
  if (initially_open_ == 0) return;
  for (std::uint32_t zone = 0; zone < config_.zones; ++zone) {
    if (!counts_as_open(initial_[zone])) continue;
    // Its write pointer moves without its becoming open.
    touched_.push_back(zone);
    is_touched_[zone] = true;
    if (config_.max_open != 0 && initial_[zone] == ZoneCondition::implicit_open) implicit_.push_back(zone);
  }
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
  if (counts_as_active(zone.condition)) {
    zone.wp += initially_written_.empty() ? half_of(config_) : initially_written_[index];
  }
  return zone;
}

void ZoneModel::reset_device() {
  for (const std::uint32_t index : touched_) {
    zones_[index] = initial_zone(index);
    is_touched_[index] = false;
  }
  touched_.clear();
  implicit_.clear();
  active_ = initially_active_;
  open_initially();
  cursor_ = 0;
  leaked_ = 0;
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
  if (config_.max_open != 0) count_implicit(index, from, to);
}

void ZoneModel::count_implicit(std::uint32_t index, ZoneCondition from, ZoneCondition to) {
  const auto place = keeps_order() ? std::ranges::find(implicit_, index) : std::ranges::lower_bound(implicit_, index);
  if (from == ZoneCondition::implicit_open) implicit_.erase(place);
  if (to == ZoneCondition::implicit_open) implicit_.insert(place, index);
}

void ZoneModel::close_implicit() {
  auto victim = implicit_.begin();
  if (close_policy_ == ClosePolicy::cursor) {
    victim = std::ranges::lower_bound(implicit_, cursor_);
    if (victim == implicit_.end()) victim = implicit_.begin();
    cursor_ = *victim + 1;
  }
  if (close_policy_ == ClosePolicy::random) {
    constexpr std::uint32_t kSpread = 2654435761;  // Knuth's multiplicative hash
    victim += ++cursor_ * kSpread % static_cast<std::uint32_t>(implicit_.size());
  }
  set_condition(*victim, ZoneCondition::closed);
}

// Room for a zone that is to become open, which is in a condition that does not count as open. A refusal has no side
// effect, unless the dialect closes first.
ZoneStatus ZoneModel::make_room(ZoneCondition from) {
  const bool may_close = close_policy_ != ClosePolicy::none;
  const auto slots_taken = [this] { return config_.max_open != 0 && open_ >= config_.max_open; };
  if (dialect_->closes_before_check && slots_taken() && !implicit_.empty() && may_close) close_implicit();
  if (!counts_as_active(from) && active_limit_reached()) return ZoneStatus::too_many_active;
  if (!slots_taken()) return ZoneStatus::ok;
  if (implicit_.empty() || !may_close) return ZoneStatus::too_many_open;
  if (dialect_->close_needs_active && active_limit_reached()) return ZoneStatus::too_many_open;
  close_implicit();
  return ZoneStatus::ok;
}

// What a condition says of the write pointer holds afterwards.
void ZoneModel::become(std::uint32_t index, ZoneCondition to) {
  set_condition(index, to);
  if (to == ZoneCondition::empty) zones_[index].wp = zones_[index].start;
  if (to == ZoneCondition::full) zones_[index].wp = zones_[index].start + zones_[index].length;
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

bool out_of_service(ZoneCondition condition) {
  return condition == ZoneCondition::read_only || condition == ZoneCondition::offline;
}

}  // namespace

int ZoneModel::manage(core::ZoneAction action, std::uint32_t zone) {
  return errno_of(manage_command(action, zone), dialect_->errors);
}

ZoneStatus ZoneModel::manage_command(core::ZoneAction action, std::uint32_t index) {
  assert(index < zones_.size());
  const ZoneReport& zone = zones_[index];
  auto next = next_condition(event_of(action), zone.condition);
  if (!next) {
    const bool open_or_close = action == core::ZoneAction::open || action == core::ZoneAction::close;
    const bool nothing_to_do = zone.condition == ZoneCondition::empty || zone.condition == ZoneCondition::full;
    return dialect_->refused_is_ok && open_or_close && nothing_to_do ? ZoneStatus::ok : ZoneStatus::invalid_transition;
  }
  if (*next == zone.condition) return ZoneStatus::ok;
  if (action == core::ZoneAction::close && dialect_->closes_to_empty && zone.wp == zone.start) {
    next = ZoneCondition::empty;
  }
  const bool needs_room =
      action == core::ZoneAction::open || (action == core::ZoneAction::finish && dialect_->finish_needs_resources);
  if (needs_room && !counts_as_open(zone.condition)) {
    if (const ZoneStatus status = make_room(zone.condition); status != ZoneStatus::ok) return status;
  }
  become(index, *next);
  return ZoneStatus::ok;
}

void ZoneModel::reset_all() {
  for (std::uint32_t index = config_.conventional; index < config_.zones; ++index) {
    if (!out_of_service(zones_[index].condition)) become(index, ZoneCondition::empty);
  }
}

void ZoneModel::degrade(std::uint32_t index, ZoneCondition condition) {
  assert(out_of_service(condition));
  assert(zones_[index].type == ZoneType::sequential_write_required);
  const ZoneCondition from = zones_[index].condition;
  if (!dialect_->degrade_finishes) {
    if (from != ZoneCondition::offline) set_condition(index, condition);
    return;
  }
  if (from == condition) return become(index, ZoneCondition::empty);
  const bool refused = !out_of_service(from) && manage_command(core::ZoneAction::finish, index) != ZoneStatus::ok;
  if (refused && from == ZoneCondition::closed) ++leaked_;
  set_condition(index, condition);
  zones_[index].wp = zones_[index].start + zones_[index].length;
}

void ZoneModel::power_cut() {
  for (std::uint32_t index = config_.conventional; index < config_.zones; ++index) {
    if (!counts_as_active(zones_[index].condition)) continue;
    const bool written = zones_[index].wp != zones_[index].start;
    set_condition(index, written ? ZoneCondition::closed : ZoneCondition::empty);
  }
  cursor_ = 0;
  leaked_ = 0;
}

void ZoneModel::lose_from(std::uint32_t index, std::uint64_t wp) {
  assert(zones_[index].start <= wp && wp < zones_[index].start + zones_[index].capacity);
  set_condition(index, wp == zones_[index].start ? ZoneCondition::empty : ZoneCondition::closed);
  zones_[index].wp = wp;
}

std::uint64_t ZoneModel::unwritten_from(std::uint32_t index) const {
  const ZoneReport& zone = zones_[index];
  return dialect_->unwritten == Unwritten::ones ? zone.wp : zone.start + zone.length;
}

// The first rule in the dialect's order that a write breaks.
ZoneStatus ZoneModel::broken_rule(const ZoneReport& zone, std::uint64_t offset, std::uint64_t end) const {
  for (const WriteRule rule : dialect_->write_order) {
    switch (rule) {
      case WriteRule::condition:
        if (zone.condition == ZoneCondition::full) return ZoneStatus::full;
        if (zone.condition == ZoneCondition::read_only) return ZoneStatus::read_only;
        if (zone.condition == ZoneCondition::offline) return ZoneStatus::offline;
        break;
      case WriteRule::pointer:
        if (offset != zone.wp) return ZoneStatus::invalid_write;
        break;
      case WriteRule::capacity:
        if (end > zone.start + zone.capacity) return ZoneStatus::boundary;
        break;
    }
  }
  return ZoneStatus::ok;
}

// [offset, end) begins in the zone.
ZoneStatus ZoneModel::write_part(std::uint32_t index, std::uint64_t offset, std::uint64_t end) {
  ZoneReport& zone = zones_[index];
  if (zone.type == ZoneType::conventional) {
    return end > config_.conventional * config_.zone_size ? ZoneStatus::boundary : ZoneStatus::ok;
  }
  const std::uint64_t capacity_end = zone.start + zone.capacity;
  if (!counts_as_open(zone.condition) || offset != zone.wp || end > capacity_end) {
    if (const ZoneStatus status = broken_rule(zone, offset, end); status != ZoneStatus::ok) return status;
    if (!counts_as_open(zone.condition)) {
      if (const ZoneStatus status = make_room(zone.condition); status != ZoneStatus::ok) return status;
      set_condition(index, ZoneCondition::implicit_open);
    }
  }
  zone.wp = end;
  if (end == capacity_end) {
    become(index, ZoneCondition::full);
    if (dialect_->full_at_capacity) zone.wp = end;
  } else if (close_policy_ == ClosePolicy::lru_write && zone.condition == ZoneCondition::implicit_open &&
             config_.max_open != 0) {
    implicit_.erase(std::ranges::find(implicit_, index));
    implicit_.push_back(index);
  }
  return ZoneStatus::ok;
}

ZoneStatus ZoneModel::write_command(std::uint64_t offset, std::uint64_t length) {
  return write_part(zone_of(offset), offset, offset + length);
}

ZoneStatus ZoneModel::read_command(std::uint64_t offset, std::uint64_t length) const {
  const ZoneReport& first = zones_[zone_of(offset)];
  const ZoneReport& last = zones_[zone_of(offset + length - 1)];
  if (first.condition == ZoneCondition::offline) return ZoneStatus::offline;
  if (&first != &last) {
    if (!dialect_->read_crosses_zones || first.type != last.type) return ZoneStatus::boundary;
    if (last.condition == ZoneCondition::offline) return ZoneStatus::offline;
  }
  const std::uint64_t capacity_end = first.start + first.capacity;
  const bool across = offset < capacity_end && offset + length > capacity_end && first.capacity != first.length;
  return across && dialect_->read_stops_at_capacity ? ZoneStatus::boundary : ZoneStatus::ok;
}

ZoneStatus ZoneModel::append_command(std::uint32_t index, std::uint64_t length, std::uint64_t& at) {
  if (dialect_->max_append != 0 && length > dialect_->max_append) return ZoneStatus::invalid_field;
  const ZoneReport& zone = zones_[index];
  if (zone.type == ZoneType::conventional) return ZoneStatus::invalid_field;
  const std::uint64_t pointer = zone.condition == ZoneCondition::full ? zone.start + zone.length : zone.wp;
  const ZoneStatus status = write_part(index, zone.wp, zone.wp + length);
  at = pointer;
  return status;
}

ZoneModel::Appended ZoneModel::append(std::uint64_t offset, std::uint64_t length) {
  if (!dialect_->can_append) return {.error = EOPNOTSUPP};
  const bool too_large = dialect_->max_passthrough != 0 && length > dialect_->max_passthrough;
  if (length == 0 || length % config_.block_size != 0 || too_large) return {.error = EINVAL};
  std::uint64_t at = 0;
  ZoneStatus status = ZoneStatus::lba_range;
  if (offset < config_.zone_size * config_.zones) {
    status = offset % config_.zone_size == 0 ? append_command(zone_of(offset), length, at) : ZoneStatus::invalid_field;
  }
  if (status == ZoneStatus::ok) return {.at = at};
  return {.error = errno_of(status, dialect_->errors), .status = nvme_code(status)};
}

int ZoneModel::refusal(Direction direction, std::uint64_t offset, std::uint32_t length) const {
  if (direction == Direction::sync) return 0;
  if (length == 0 || ((offset | length) & (config_.block_size - 1)) != 0) return EINVAL;
  const std::uint64_t size = config_.zone_size * config_.zones;
  if (offset > size || length > size - offset) return direction == Direction::write ? ENOSPC : EIO;
  return 0;
}

IoEffect ZoneModel::apply(Direction direction, std::uint64_t offset, std::uint32_t length) {
  if (const int error = refusal(direction, offset, length); error != 0) return {.error = error};
  if (direction == Direction::sync) return {};
  if (direction == Direction::trim) return {.done = length};
  const std::uint64_t end = offset + length;
  for (std::uint64_t at = offset; at < end;) {
    const std::uint32_t index = zone_of(at);
    const std::uint64_t part_end = std::min(end, zones_[index].start + config_.zone_size);
    const ZoneStatus status =
        direction == Direction::write ? write_part(index, at, part_end) : read_command(at, part_end - at);
    if (status != ZoneStatus::ok) {
      return {.error = errno_of(status, dialect_->errors), .done = static_cast<std::uint32_t>(at - offset)};
    }
    at = part_end;
  }
  return {.done = length};
}

void ZoneModel::describe(core::StateSink& sink) const {
  const auto add = [&](std::uint32_t index) {
    sink.add(static_cast<std::uint64_t>(zones_[index].condition) << 32U | index);
    sink.add(zones_[index].wp);
  };
  // By number, in whatever order they were touched. Of a large device few are.
  if (touched_.size() < zones_.size() / kFewOf) {
    std::vector<std::uint32_t> touched = touched_;
    std::ranges::sort(touched);
    std::ranges::for_each(touched, add);
  } else {
    for (std::uint32_t index = 0; index < zones_.size(); ++index) {
      if (is_touched_[index]) add(index);
    }
  }
  if (close_policy_ == ClosePolicy::lowest && !dialect_->degrade_finishes) return;
  sink.add(std::uint64_t{leaked_} << 32U | cursor_);
  if (!keeps_order()) return;
  for (const std::uint32_t index : implicit_) sink.add(index);
}

}  // namespace zoneknot::device
