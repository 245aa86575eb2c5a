// What a lock trace predicts, by trying everything: which rings of waits there could be, and which of them some run
// ends in that does what the trace did, as far as it goes. Slow, and as plain as it can be made. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "proptests/small_trace.h"

namespace zoneknot::proptests {

// By the places at which its tasks wait: whether a ring is sound.
using PredictedRings = std::map<std::multiset<std::string>, bool>;

// Which runs are looked at: with the sections of each lock in the order of the trace, or in whatever order.
enum class SectionOrder : std::uint8_t { recorded, any };

PredictedRings all_rings(const SmallTrace& trace, SectionOrder order = SectionOrder::recorded);

}  // namespace zoneknot::proptests
