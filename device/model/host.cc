#include "device/model/host.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <iterator>

#include "device/model/zone_state.h"

namespace zoneknot::device {

using core::ZoneAction;
using core::ZoneReport;
using core::ZoneType;

// Cuts are counted from the start of the I/O, and again from the start of each zone.
std::uint64_t Host::piece_end(std::uint64_t at, std::uint64_t end) const {
  if (model_->config().host == HostLayer::raw) return end;
  const ZoneReport& zone = model_->zone(model_->zone_of(at));
  const std::uint32_t most = model_->dialect().max_transfer;
  const std::uint64_t piece = most == 0 ? end : at + most;
  return std::min({end, piece, zone.start + zone.length});
}

int Host::write_plugged(std::uint32_t zone, std::uint64_t offset, std::uint64_t length) {
  const ZoneReport& report = model_->zone(zone);
  const auto [place, fresh] = plugs_.try_emplace(zone, Plug{.pointer = offset - report.start});
  Plug& plug = place->second;
  // What is refused here does not come to the end of a command, where a plug that is not needed any more would go.
  if (plug.doubtful) return EIO;
  if (plug.pointer >= report.capacity || plug.pointer != offset - report.start) {
    plug.doubtful = true;
    return EIO;
  }
  plug.pointer += length;
  const int result = error(model_->write_command(offset, length));
  plug.doubtful = result != 0;
  if (plug.pointer >= report.capacity) plugs_.erase(place);
  return result;
}

int Host::write_piece(std::uint64_t offset, std::uint64_t length) {
  const std::uint32_t zone = model_->zone_of(offset);
  if (plugs() && model_->zone(zone).type != ZoneType::conventional) return write_plugged(zone, offset, length);
  const std::uint32_t most = model_->dialect().max_transfer;
  if (most != 0 && length > most) return error(ZoneStatus::invalid_field);
  return error(model_->write_command(offset, length));
}

int Host::write(std::uint64_t offset, std::uint64_t length, const Moved& moved) {
  int result = 0;
  const Refusal refusal = model_->dialect().refusal;
  std::uint32_t refused = core::kNoId;  // the zone whose last piece was refused
  std::uint64_t refused_at = 0;         // the first one that was
  for (std::uint64_t at = offset; at < offset + length;) {
    const std::uint64_t end = piece_end(at, offset + length);
    const std::uint32_t zone = model_->zone_of(at);
    // Plugged pieces wait behind the one that is refused, and are thrown away with it, unless it is over before they
    // come.
    const bool over = refusal == Refusal::at_once || (refusal == Refusal::first_at_once && refused_at == offset);
    const bool thrown_away = plugs() && zone == refused && !over;
    const int piece = thrown_away ? EIO : write_piece(at, end - at);
    if (piece != 0 && refused != zone) refused_at = at;
    if (piece != 0) refused = zone;
    if (piece == 0) moved(at, end - at);
    if (piece != 0) result = piece;
    at = end;
  }
  return result;
}

int Host::read(std::uint64_t offset, std::uint64_t length, const Moved& moved) const {
  int result = 0;
  for (std::uint64_t at = offset; at < offset + length;) {
    const std::uint64_t end = piece_end(at, offset + length);
    const std::uint32_t most = model_->dialect().max_transfer;
    const bool too_large = most != 0 && end - at > most;
    const int piece = error(too_large ? ZoneStatus::invalid_field : model_->read_command(at, end - at));
    if (piece == 0) moved(at, end - at);
    if (piece != 0) result = piece;
    at = end;
  }
  return result;
}

int Host::manage_zone(ZoneAction action, std::uint32_t zone, int earlier) {
  const bool moves_pointer = action == ZoneAction::reset || action == ZoneAction::finish;
  const bool conventional = model_->zone(zone).type == ZoneType::conventional;
  if (plugs() && moves_pointer && conventional) return EIO;
  const int result = error(model_->manage_command(action, zone));
  // The commands of a range are chained, and the host takes an earlier one's error for this one's too.
  if (result == 0 && earlier == 0 && moves_pointer) plugs_.erase(zone);
  return result;
}

int Host::reset_all(const Wiped& wiped) {
  for (std::uint32_t zone = 0; zone < model_->config().zones; ++zone) {
    if (next_condition(ZoneEvent::reset, model_->zone(zone).condition)) wiped(zone);
  }
  model_->reset_all();
  all_were_reset();
  return 0;
}

int Host::manage(ZoneAction action, std::uint32_t first, std::uint32_t count, const Wiped& wiped) {
  assert(count > 0 && first + count <= model_->config().zones);
  if (action == ZoneAction::reset && count == model_->config().zones) return reset_all(wiped);
  int result = 0;
  for (std::uint32_t zone = first; zone < first + count; ++zone) {
    const int one = manage_zone(action, zone, result);
    if (one == 0 && action == ZoneAction::reset) wiped(zone);
    if (one != 0) result = one;
  }
  return result;
}

void Host::report() {
  for (auto place = plugs_.begin(); place != plugs_.end();) {
    Plug& plug = place->second;
    const ZoneReport& report = model_->zone(place->first);
    if (plug.doubtful) plug = {.pointer = counts_as_active(report.condition) ? report.wp - report.start : 0};
    const bool known = plug.pointer == 0 || plug.pointer >= report.capacity;
    place = known ? plugs_.erase(place) : std::next(place);
  }
}

void Host::describe(core::StateSink& sink) const {
  for (const auto& [zone, plug] : plugs_) {
    sink.add(std::uint64_t{zone} << 1U | (plug.doubtful ? 1U : 0U));
    sink.add(plug.pointer);
  }
}

void Host::power_cut() {
  plugs_.clear();
  model_->power_cut();
}

}  // namespace zoneknot::device
