#include "device/model/zone_state.h"

#include <array>

namespace zoneknot::device {
namespace {

using core::ZoneCondition;
using Next = std::optional<ZoneCondition>;

constexpr Next kRefused = std::nullopt;
constexpr Next kEmpty = ZoneCondition::empty;
constexpr Next kExplicit = ZoneCondition::explicit_open;
constexpr Next kClosed = ZoneCondition::closed;
constexpr Next kFull = ZoneCondition::full;

// Rows: ZoneEvent. Columns: ZoneCondition, in the order of its declaration. An explicitly opened zone that was never
// written becomes closed, not empty: that is where ZNS differs from ZBC.
constexpr std::array<std::array<Next, kZoneConditions>, kZoneEvents> kTable = {{
    // clang-format off
    //          not_wp    empty      implicit   explicit   closed     full      read_only offline
    /* open */   {kRefused, kExplicit, kExplicit, kExplicit, kExplicit, kRefused, kRefused, kRefused},
    /* close */  {kRefused, kRefused,  kClosed,   kClosed,   kClosed,   kRefused, kRefused, kRefused},
    /* finish */ {kRefused, kFull,     kFull,     kFull,     kFull,     kFull,    kRefused, kRefused},
    /* reset */  {kRefused, kEmpty,    kEmpty,    kEmpty,    kEmpty,    kEmpty,   kRefused, kRefused},
    // clang-format on
}};

}  // namespace

std::optional<ZoneCondition> next_condition(ZoneEvent event, ZoneCondition condition) {
  return kTable.at(static_cast<std::size_t>(event)).at(static_cast<std::size_t>(condition));
}

}  // namespace zoneknot::device
