// The zone model against a second one that is as simple as can be: every zone is looked at for every question, nothing
// is counted along, and each dialect is spelled out. Any sequence of commands gives the same statuses and zones on
// both.
#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "device/model/zone_model.h"

namespace zoneknot::proptests::zone_dialects {
namespace {

using core::ZoneAction;
using core::ZoneCondition;
using device::DialectName;
using device::ZoneStatus;

constexpr std::uint64_t kBlock = 4096;
constexpr std::uint64_t kZoneBlocks = 8;
constexpr std::uint64_t kCapacityBlocks = 6;
constexpr std::uint32_t kZones = 7;

enum class Kind : std::uint8_t { write, append, open, close, finish, reset, reset_all, degrade, power_cut };

struct DeviceCommand {
  Kind kind = Kind::write;
  std::uint32_t zone = 0;
  std::uint64_t past_pointer = 0;  // of a write: blocks from the write pointer
  std::uint64_t blocks = 1;
  bool offline = false;
};

void showValue(const DeviceCommand& command, std::ostream& out) {
  constexpr const char* kWords[] = {"write", "append",    "open",    "close",    "finish",
                                    "reset", "reset all", "degrade", "power-cut"};
  out << kWords[static_cast<std::size_t>(command.kind)] << " zone " << command.zone << " +" << command.past_pointer
      << " x" << command.blocks << (command.offline ? " offline" : "");
}

class NaiveDevice {
 public:
  NaiveDevice(DialectName dialect, std::uint32_t max_open, std::uint32_t max_active)
      : dialect_(dialect), max_open_(max_open), max_active_(max_active) {
    if (zbc()) max_active_ = 0;
    if (dialect_ == DialectName::qemu && max_open_ == 0) max_open_ = max_active_;
    if (null_blk()) {
      if (max_active_ >= kZones) max_active_ = 0;
      if (max_active_ != 0 && max_open_ > max_active_) max_open_ = max_active_;
      if (max_open_ >= kZones) max_open_ = 0;
    }
  }

  struct Zone {
    ZoneCondition condition = ZoneCondition::empty;
    std::uint64_t written = 0;
    std::uint64_t opened_at = 0;  // when it became implicitly open
  };

  [[nodiscard]] const Zone& zone(std::uint32_t index) const { return zones_[index]; }

  ZoneStatus write(std::uint32_t index, std::uint64_t at, std::uint64_t blocks) {
    Zone& zone = zones_[index];
    const bool too_far = at + blocks > kCapacityBlocks;
    if (zbc() && too_far) return ZoneStatus::boundary;
    if (zone.condition == ZoneCondition::full) return ZoneStatus::full;
    if (zone.condition == ZoneCondition::read_only) return ZoneStatus::read_only;
    if (zone.condition == ZoneCondition::offline) return ZoneStatus::offline;
    if (at != zone.written) return ZoneStatus::invalid_write;
    if (too_far) return ZoneStatus::boundary;
    if (!is_open(zone)) {
      if (const ZoneStatus status = make_room(zone); status != ZoneStatus::ok) return status;
      zone.condition = ZoneCondition::implicit_open;
      zone.opened_at = ++clock_;
    }
    zone.written += blocks;
    if (zone.written == kCapacityBlocks) zone.condition = ZoneCondition::full;
    return ZoneStatus::ok;
  }

  ZoneStatus manage(ZoneAction action, std::uint32_t index) {
    Zone& zone = zones_[index];
    if (zone.condition == ZoneCondition::read_only || zone.condition == ZoneCondition::offline) {
      return ZoneStatus::invalid_transition;
    }
    switch (action) {
      case ZoneAction::reset:
        zone = {};
        return ZoneStatus::ok;
      case ZoneAction::finish:
        if (zone.condition == ZoneCondition::full) return ZoneStatus::ok;
        if (null_blk() && !is_open(zone)) {
          if (const ZoneStatus status = make_room(zone); status != ZoneStatus::ok) return status;
        }
        zone.condition = ZoneCondition::full;
        return ZoneStatus::ok;
      case ZoneAction::open:
        if (zone.condition == ZoneCondition::full) return zbc() ? ZoneStatus::ok : ZoneStatus::invalid_transition;
        if (!is_open(zone)) {
          if (const ZoneStatus status = make_room(zone); status != ZoneStatus::ok) return status;
        }
        zone.condition = ZoneCondition::explicit_open;
        return ZoneStatus::ok;
      case ZoneAction::close:
        if (zone.condition == ZoneCondition::empty || zone.condition == ZoneCondition::full) {
          return zbc() ? ZoneStatus::ok : ZoneStatus::invalid_transition;
        }
        if (is_open(zone)) {
          const bool empty = zone.written == 0 && (zbc() || null_blk());
          zone.condition = empty ? ZoneCondition::empty : ZoneCondition::closed;
        }
        return ZoneStatus::ok;
    }
    return ZoneStatus::ok;
  }

  void reset_all() {
    for (std::uint32_t zone = 0; zone < kZones; ++zone) static_cast<void>(manage(ZoneAction::reset, zone));
  }

  void degrade(std::uint32_t index, ZoneCondition to) {
    Zone& zone = zones_[index];
    if (!null_blk()) {
      if (zone.condition != ZoneCondition::offline) zone.condition = to;
      return;
    }
    if (zone.condition == to) {
      zone = {};
      return;
    }
    const bool closed = zone.condition == ZoneCondition::closed;
    const bool in_service = zone.condition != ZoneCondition::read_only && zone.condition != ZoneCondition::offline;
    if (in_service && manage(ZoneAction::finish, index) != ZoneStatus::ok && closed) ++leaked_;
    zone.condition = to;
  }

  void power_cut() {
    for (Zone& zone : zones_) {
      if (is_open(zone) || zone.condition == ZoneCondition::closed) {
        zone.condition = zone.written != 0 ? ZoneCondition::closed : ZoneCondition::empty;
      }
    }
    leaked_ = 0;
    next_victim_ = 0;
  }

 private:
  static bool is_open(const Zone& zone) {
    return zone.condition == ZoneCondition::implicit_open || zone.condition == ZoneCondition::explicit_open;
  }
  [[nodiscard]] bool zbc() const { return dialect_ == DialectName::zbc || dialect_ == DialectName::scsi_debug; }
  [[nodiscard]] bool null_blk() const { return dialect_ == DialectName::null_blk; }
  [[nodiscard]] std::uint32_t open_zones() const {
    return static_cast<std::uint32_t>(std::ranges::count_if(zones_, is_open));
  }
  [[nodiscard]] bool active_limit_reached() const {
    const auto closed = std::ranges::count(zones_, ZoneCondition::closed, &Zone::condition);
    return max_active_ != 0 && open_zones() + static_cast<std::uint32_t>(closed) + leaked_ >= max_active_;
  }

  [[nodiscard]] Zone* victim() {
    std::vector<std::uint32_t> candidates;
    for (std::uint32_t i = 0; i < kZones; ++i) {
      if (zones_[i].condition == ZoneCondition::implicit_open) candidates.push_back(i);
    }
    if (candidates.empty()) return nullptr;
    std::uint32_t chosen = candidates.front();
    if (dialect_ == DialectName::qemu) {
      chosen = *std::ranges::min_element(candidates, {}, [&](std::uint32_t i) { return zones_[i].opened_at; });
    }
    if (null_blk()) {
      const auto next = std::ranges::find_if(candidates, [&](std::uint32_t i) { return i >= next_victim_; });
      if (next != candidates.end()) chosen = *next;
    }
    return &zones_[chosen];
  }

  void close_one() {
    Zone* const zone = victim();
    zone->condition = ZoneCondition::closed;
    next_victim_ = static_cast<std::uint32_t>(zone - zones_.data()) + 1;
  }

  ZoneStatus make_room(const Zone& zone) {
    const bool needs_active = zone.condition == ZoneCondition::empty;
    const auto taken = [this] { return max_open_ != 0 && open_zones() >= max_open_; };
    if (dialect_ == DialectName::qemu && taken() && victim() != nullptr) close_one();
    if (needs_active && active_limit_reached()) return ZoneStatus::too_many_active;
    if (!taken()) return ZoneStatus::ok;
    if (victim() == nullptr) return ZoneStatus::too_many_open;
    if (null_blk() && active_limit_reached()) return ZoneStatus::too_many_open;
    close_one();
    return ZoneStatus::ok;
  }

  DialectName dialect_;
  std::uint32_t max_open_;
  std::uint32_t max_active_;
  std::vector<Zone> zones_ = std::vector<Zone>(kZones);
  std::uint64_t clock_ = 0;
  std::uint32_t next_victim_ = 0;
  std::uint32_t leaked_ = 0;
};

rc::Gen<DeviceCommand> any_command() {
  return rc::gen::build<DeviceCommand>(
      rc::gen::set(&DeviceCommand::kind, rc::gen::weightedElement<Kind>({{10, Kind::write},
                                                                         {3, Kind::append},
                                                                         {5, Kind::open},
                                                                         {5, Kind::close},
                                                                         {3, Kind::finish},
                                                                         {4, Kind::reset},
                                                                         {1, Kind::reset_all},
                                                                         {2, Kind::degrade},
                                                                         {1, Kind::power_cut}})),
      rc::gen::set(&DeviceCommand::zone, rc::gen::inRange<std::uint32_t>(0, kZones)),
      rc::gen::set(&DeviceCommand::past_pointer, rc::gen::weightedElement<std::uint64_t>({{6, 0}, {1, 1}, {1, 5}})),
      rc::gen::set(&DeviceCommand::blocks, rc::gen::inRange<std::uint64_t>(1, 5)),
      rc::gen::set(&DeviceCommand::offline, rc::gen::arbitrary<bool>()));
}

ZoneAction action_of(Kind kind) {
  return kind == Kind::open     ? ZoneAction::open
         : kind == Kind::close  ? ZoneAction::close
         : kind == Kind::finish ? ZoneAction::finish
                                : ZoneAction::reset;
}

// What both are told; the status of each.
std::pair<ZoneStatus, ZoneStatus> carry_out(const DeviceCommand& command, device::ZoneModel& model,
                                            NaiveDevice& naive) {
  const std::uint32_t zone = command.zone;
  const std::uint64_t start = zone * kZoneBlocks * kBlock;
  const ZoneCondition to = command.offline ? ZoneCondition::offline : ZoneCondition::read_only;
  switch (command.kind) {
    case Kind::write: {
      const std::uint64_t at = naive.zone(zone).written + command.past_pointer;
      if (at >= kZoneBlocks) return {};  // another zone's
      return {model.write_command(start + at * kBlock, command.blocks * kBlock), naive.write(zone, at, command.blocks)};
    }
    case Kind::append: {
      if (!model.dialect().can_append) return {};
      std::uint64_t where = 0;
      const std::uint64_t at = naive.zone(zone).written;
      const auto statuses =
          std::pair{model.append_command(zone, command.blocks * kBlock, where), naive.write(zone, at, command.blocks)};
      if (statuses.first == ZoneStatus::ok) RC_ASSERT(where == start + at * kBlock);
      return statuses;
    }
    case Kind::reset_all:
      model.reset_all();
      naive.reset_all();
      return {};
    case Kind::degrade:
      model.degrade(zone, to);
      naive.degrade(zone, to);
      return {};
    case Kind::power_cut:
      model.power_cut();
      naive.power_cut();
      return {};
    default:
      return {model.manage_command(action_of(command.kind), zone), naive.manage(action_of(command.kind), zone)};
  }
}

RC_GTEST_PROP(ZoneDialectProperty, EveryCommandDoesWhatTheNaiveModelDoes, ()) {
  const auto dialect = *rc::gen::element(DialectName::zns, DialectName::zbc, DialectName::null_blk, DialectName::qemu,
                                         DialectName::scsi_debug);
  const auto max_open = *rc::gen::inRange<std::uint32_t>(0, 4);
  const auto extra = *rc::gen::inRange<std::uint32_t>(0, 4);
  const std::uint32_t max_active = extra == 0 ? 0 : std::max(max_open, 1U) + extra - 1;
  const auto commands = *rc::gen::container<std::vector<DeviceCommand>>(any_command());
  device::ZoneModel model({.zone_size = kZoneBlocks * kBlock,
                           .zone_capacity = kCapacityBlocks * kBlock,
                           .zones = kZones,
                           .max_open = max_open,
                           .max_active = max_active,
                           .dialect = dialect});
  NaiveDevice naive(dialect, max_open, max_active);
  RC_LOG() << device::word_of(dialect) << ", max-open " << max_open << ", max-active " << max_active << "\n";
  for (const DeviceCommand& command : commands) {
    const auto [status, expected] = carry_out(command, model, naive);
    RC_ASSERT(status == expected);
    for (std::uint32_t zone = 0; zone < kZones; ++zone) {
      RC_ASSERT(model.zone(zone).condition == naive.zone(zone).condition);
      const bool has_pointer = naive.zone(zone).condition <= ZoneCondition::closed;
      if (has_pointer) RC_ASSERT(model.zone(zone).wp == (zone * kZoneBlocks + naive.zone(zone).written) * kBlock);
    }
  }
}

}  // namespace
}  // namespace zoneknot::proptests::zone_dialects
