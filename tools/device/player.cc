#include "tools/device/player.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace zoneknot::tools {

using core::ZoneCondition;
using core::ZoneReport;
using core::ZoneType;

namespace {

constexpr std::array<std::string_view, 8> kConditions = {"NOT_WP", "EMPTY", "IOPEN",  "EOPEN",
                                                         "CLOSED", "FULL",  "RDONLY", "OFFLINE"};

bool has_pointer(ZoneCondition condition) {
  return condition == ZoneCondition::empty || condition == ZoneCondition::implicit_open ||
         condition == ZoneCondition::explicit_open || condition == ZoneCondition::closed;
}

core::ZoneAction action_of(Verb verb) {
  switch (verb) {
    case Verb::open:
      return core::ZoneAction::open;
    case Verb::close:
      return core::ZoneAction::close;
    case Verb::finish:
      return core::ZoneAction::finish;
    default:
      return core::ZoneAction::reset;
  }
}

std::string result_text(int error) { return error == 0 ? "ok" : errno_name(error); }

std::string pointer_text(const ZoneLine& zone) { return zone.pointer ? std::to_string(*zone.pointer) : "-"; }

}  // namespace

std::string errno_name(int error) {
  const char* name = strerrorname_np(error);
  return name != nullptr ? name : "errno " + std::to_string(error);
}

std::string_view condition_word(ZoneCondition condition) { return kConditions.at(static_cast<std::size_t>(condition)); }

Player::Player(Target& target)
    : target_(target),
      geometry_(target.facts().geometry),
      zone_blocks_(geometry_.zone_size / geometry_.block_size),
      shown_(geometry_.nr_zones()),
      reported_(geometry_.nr_zones()) {
  for (std::uint32_t zone = 0; zone < shown_.size(); ++zone) {
    shown_[zone].start = shown_[zone].wp = zone * geometry_.zone_size;
  }
  reported_ = shown_;
}

ZoneLine Player::line_of(std::uint32_t zone, const ZoneReport& report) const {
  ZoneLine line{.zone = zone,
                .conventional = report.type == ZoneType::conventional,
                .condition = condition_word(report.condition),
                .pointer = std::nullopt,
                .capacity = report.capacity / geometry_.block_size};
  if (has_pointer(report.condition)) line.pointer = (report.wp - report.start) / geometry_.block_size;
  return line;
}

Played Player::transfer(const ScriptCommand& command) {
  const std::uint64_t start = command.zone * zone_blocks_;
  const bool reads = command.verb == Verb::read;
  std::uint64_t offset = command.offset;
  if (command.at_pointer) {
    const ZoneReport& zone = reported_[command.zone];
    offset = has_pointer(zone.condition) ? (zone.wp - zone.start) / geometry_.block_size : 0;
  }
  Transfer done = reads ? target_.read(start + offset, command.blocks)
                        : target_.write(start + offset, command.blocks, command.place.line);
  if (done.error != 0) return {.result = errno_name(done.error)};
  if (done.done == 0) return {.result = "EOF"};
  const bool is_short = done.done < command.blocks;
  return {.result = is_short ? "SHORT done=" + std::to_string(done.done) : "ok", .runs = std::move(done.runs)};
}

std::string Player::append(const ScriptCommand& command) {
  const auto zone = static_cast<std::uint32_t>(command.zone);
  const Append done = target_.append(zone, command.blocks, command.place.line);
  if (done.status != 0) return fmt::format("{} status=0x{:03x}", errno_name(done.error), done.status);
  if (done.error != 0) return errno_name(done.error);
  return "ok at=" + std::to_string(done.at - command.zone * zone_blocks_);
}

std::string Player::manage(const ScriptCommand& command) {
  const std::uint32_t zones = geometry_.nr_zones();
  const std::uint64_t count = command.all ? zones : command.count;
  // As the ioctl has it.
  if (count == 0 || count > zones - command.zone) return errno_name(EINVAL);
  return result_text(target_.manage(action_of(command.verb), static_cast<std::uint32_t>(command.zone),
                                    static_cast<std::uint32_t>(count)));
}

Played Player::carry_out(const ScriptCommand& command) {
  const auto zone = static_cast<std::uint32_t>(command.zone);
  switch (command.verb) {
    case Verb::write:
    case Verb::read:
      return transfer(command);
    case Verb::append:
      return {.result = append(command)};
    case Verb::open:
    case Verb::close:
    case Verb::finish:
    case Verb::reset:
      return {.result = manage(command)};
    case Verb::set_readonly:
      return {.result = result_text(target_.degrade(zone, ZoneCondition::read_only))};
    case Verb::set_offline:
      return {.result = result_text(target_.degrade(zone, ZoneCondition::offline))};
    case Verb::power_cut:
      return {.result = result_text(target_.power_cut())};
    case Verb::report:
      return {.result = "ok", .report = true};
  }
  __builtin_unreachable();
}

std::optional<std::string> Player::look(Played& played, bool all) {
  auto report = target_.report();
  if (!report) return std::move(report.error());
  reported_ = std::move(*report);
  for (std::uint32_t zone = 0; zone < reported_.size() && zone < shown_.size(); ++zone) {
    const ZoneReport& now = reported_[zone];
    ZoneReport& before = shown_[zone];
    const bool same = now.condition == before.condition && (!has_pointer(now.condition) || now.wp == before.wp);
    // Before the first report a conventional zone counts as what it is.
    const bool known = now.condition == ZoneCondition::not_wp && before.condition == ZoneCondition::empty;
    if (all || !(same || known)) played.zones.push_back(line_of(zone, now));
  }
  if (!all) shown_ = reported_;
  return std::nullopt;
}

tl::expected<Played, std::string> Player::play(const ScriptCommand& command) {
  Played played = carry_out(command);
  if (command.verb == Verb::read) return played;
  if (auto error = look(played, command.verb == Verb::report)) return tl::unexpected(std::move(*error));
  return played;
}

std::string played_text(const ScriptCommand& command, const Played& played) {
  std::string text = fmt::format("{} {} -> {}", command.place.line, command.text, played.result);
  if (!played.runs.empty()) text += " " + runs_text(played.runs);
  text += "\n";
  for (const ZoneLine& zone : played.zones) {
    if (played.report) {
      text += fmt::format("  zone={} type={} cond={} wp={} cap={}\n", zone.zone, zone.conventional ? "CNV" : "SWR",
                          zone.condition, pointer_text(zone), zone.capacity);
    } else {
      text += fmt::format("  zone={} cond={} wp={}\n", zone.zone, zone.condition, pointer_text(zone));
    }
  }
  return text;
}

}  // namespace zoneknot::tools
