// The call stacks that a trace has of places, for verdicts. Pure functions.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "lockcheck/trace/trace_event.h"
#include "lockcheck/verdict/scene.h"

namespace zoneknot::lockcheck {

// By number of a place: its stack. Refers to the names.
using CallersBySite = std::unordered_map<std::uint32_t, const TraceStack*>;
CallersBySite callers_by_site(const TraceNames& names);

Place place_with_callers(const TraceNames& names, std::uint32_t site, const CallersBySite& callers);

// A scene knows its places by what they are called. One that was come to by several ways gets the first.
void add_callers(const TraceNames& names, SceneInVerdict& scene);

}  // namespace zoneknot::lockcheck
